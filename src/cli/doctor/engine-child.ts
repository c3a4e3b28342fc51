/**
 * Looks at the engine in a process of its own, since that process may die of it. Prints a line of JSON before
 * and after each look, so that the parent knows how far it came.
 */
import type { InvokeOutcome, Lambda } from '../../index.ts';
import { fail, ok, warn, type Check } from './check.ts';

/** What the child is doing, or what it saw. */
export type EngineLine = { readonly begins: string } | { readonly saw: Check };

const loop = 'exports.handler = () => { for (;;); }';
const hog = 'const kept = []; exports.handler = () => { for (;;) kept.push({ at: kept.length }); }';
const loopBudgetMs = 200;
const hogMemoryMb = 32;

await look('isolated-vm', loadEngine);

async function loadEngine(): Promise<Check> {
  const { engineReport } = await import('../../index.ts');
  const { isolatedVm, v8, platform, flags } = await engineReport();
  const set = flags.length === 0 ? '' : `, with ${flags.join(' ')}`;
  return ok('isolated-vm', `${isolatedVm} on V8 ${v8} (${platform})${set}`);
}

if (process.exitCode === undefined) {
  const { Lambda } = await import('../../index.ts');
  const lambda = new Lambda();
  await look('runaway loop', () => stopsLoop(lambda));
  await look('memory hog', () => stopsHog(lambda));
  await lambda.close({ drainMs: 1_000 });
}
await look('node:sqlite', checkSqlite);

async function stopsLoop(lambda: Lambda): Promise<Check> {
  const spin = await lambda.createFunction({
    name: 'loop',
    code: { source: loop },
    timeoutMs: 10_000,
    cpuMs: loopBudgetMs,
  });
  const outcome = await spin.invoke();
  const tookMs = Math.round(outcome.report.durationMs);
  return verdict('runaway loop', outcome, {
    errorType: 'Sandbox.Timedout',
    good: `ended after ${tookMs} ms (budget: ${loopBudgetMs} ms of computing)`,
  });
}

async function stopsHog(lambda: Lambda): Promise<Check> {
  const grow = await lambda.createFunction({
    name: 'hog',
    code: { source: hog },
    memoryMb: hogMemoryMb,
    timeoutMs: 20_000,
    cpuMs: 20_000,
  });
  return verdict('memory hog', await grow.invoke(), {
    errorType: 'Runtime.OutOfMemory',
    good: `ended at its cap of ${hogMemoryMb} MB`,
  });
}

function verdict(
  name: string,
  outcome: InvokeOutcome,
  expected: { readonly errorType: string; readonly good: string },
): Check {
  const found = outcome.status === 'ok' ? 'a result' : outcome.error.errorType;
  if (found === expected.errorType) return ok(name, expected.good);
  return fail(
    name,
    `expected ${expected.errorType}, got ${found}`,
    'do not run code on this build of Node and isolated-vm that you do not trust; report it',
  );
}

async function checkSqlite(): Promise<Check> {
  try {
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(':memory:');
    const row = database.prepare('select sqlite_version() as version').get();
    database.close();
    return ok('node:sqlite', `SQLite ${String(row?.['version'])}`);
  } catch {
    return warn(
      'node:sqlite',
      'not in this Node: nothing can be kept in a file (--storage)',
      'use Node 22.13 or later, or NODE_OPTIONS=--experimental-sqlite',
    );
  }
}

async function look(name: string, check: () => Promise<Check>): Promise<void> {
  print({ begins: name });
  try {
    print({ saw: await check() });
  } catch (error) {
    process.exitCode = 1;
    const problem = error instanceof Error ? error.message : String(error);
    print({ saw: fail(name, problem, 'install the versions that are named here') });
  }
}

function print(line: EngineLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
