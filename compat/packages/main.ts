/**
 * The package table: `node compat/packages/main.ts [name...] [--save]`. Runs the handlers whose file name
 * contains one of the names, all without names. Ends with 1 when a control fails, or when something fails
 * that worked when the table was saved. Needs `npm --prefix compat/packages install` and `npm run build`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { cases } from './cases.ts';
import { startStubs } from './stubs/all.ts';
import type { Form } from './lib/handler-module.ts';
import { runCase, type Row, type Verdict } from './lib/row.ts';
import { documentOf, lineOf } from './lib/table.ts';

type Recorded = Record<string, Partial<Record<Form, Verdict['kind']>>>;

const recordFile = new URL('recorded.json', import.meta.url);
const documentFile = new URL('../../docs/packages.md', import.meta.url);

const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const isSaving = process.argv.includes('--save');
const chosen = cases.filter(
  ({ handler }) => names.length === 0 || names.some((name) => handler.includes(name)),
);

const startedAt = Date.now();
const rows = await runAll();
const recorded = JSON.parse(await readFile(recordFile, 'utf8')) as Recorded;
const faults = rows.flatMap((row) => faultsOf(row, recorded[row.id] ?? {}));
for (const fault of faults) console.log(`FAILED: ${fault}`);
const working = rows.filter(({ bundle }) => bundle?.kind !== 'fails').length;
const seconds = Math.round((Date.now() - startedAt) / 1_000);
console.log(
  `${working} of ${rows.length} as expected, ${faults.length} worse than recorded, ${seconds} s`,
);

if (isSaving && names.length > 0) {
  console.log('nothing saved: --save is for the whole table');
} else if (isSaving) {
  await writeFile(recordFile, `${JSON.stringify(recordOf(rows), null, 2)}\n`);
  await writeFile(documentFile, documentOf(rows));
}
process.exitCode = faults.length > 0 && !isSaving ? 1 : 0;

/** Each core takes the next case; rows come back in the order of the cases. */
async function runAll(): Promise<Row[]> {
  const stubs = await startStubs();
  const done = new Map<number, Row>();
  const queue = chosen.entries();
  const worker = async (): Promise<void> => {
    for (const [index, packageCase] of queue) {
      const row = await runCase(packageCase, stubs);
      done.set(index, row);
      console.log(lineOf(row));
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, worker));
  await stubs.close();
  return chosen.flatMap((_, index) => done.get(index) ?? []);
}

/** What is worse than it was. */
function faultsOf(row: Row, before: Recorded[string]): string[] {
  if (row.control.kind !== 'works') return [`${row.id} in plain Node`];
  return (['bundle', 'folder'] as const)
    .filter((form) => before[form] !== undefined && before[form] !== 'fails')
    .filter((form) => row[form]?.kind !== before[form])
    .map((form) => `${row.id} as a ${form}: was recorded as "${before[form]}"`);
}

function recordOf(all: readonly Row[]): Recorded {
  return Object.fromEntries(
    all.map(({ id, bundle, folder }) => [
      id,
      { ...(bundle && { bundle: bundle.kind }), ...(folder && { folder: folder.kind }) },
    ]),
  );
}
