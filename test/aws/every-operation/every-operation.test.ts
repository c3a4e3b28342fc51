import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operationNames } from '../../../src/aws/model/shapes.ts';
import { deletionSteps, functionSteps } from './functions.ts';
import { Journey, type Step, type Verdict } from './journey.ts';
import {
  concurrencySteps,
  layerSteps,
  managedSteps,
  policySteps,
  settingSteps,
  signingSteps,
} from './settings.ts';
import { durableSteps, mappingSteps, urlSteps } from './sources.ts';

/** In the order in which they have to go: later steps use what earlier ones made. */
const groups: readonly (readonly [title: string, steps: readonly Step[]])[] = [
  ['Invocation, functions, versions, aliases, tags', functionSteps],
  ['Concurrency', concurrencySteps],
  ['Asynchronous invocation, recursion, runtime management', settingSteps],
  ['Permissions', policySteps],
  ['Event source mappings', mappingSteps],
  ['Function URLs', urlSteps],
  ['Layers', layerSteps],
  ['Code signing', signingSteps],
  ['Durable executions', durableSteps],
  ['Managed instances', managedSteps],
  ['Deletion', deletionSteps],
];
const steps = groups.flatMap(([, ofGroup]) => ofGroup);

const page = fileURLToPath(new URL('../../../docs/aws-api.md', import.meta.url));
const begin = '<!-- coverage: made by test/aws/every-operation -->';
const end = '<!-- end of coverage -->';

test('every operation of the API has one step', () => {
  const names = steps.map(({ operation }) => operation);
  expect(names.toSorted()).toEqual([...operationNames].toSorted());
});

describe.each(groups)('%s', (_title, ofGroup) => {
  test.each(ofGroup)('$operation $verdict: $shows', async ({ operation, run }) => {
    const before = journey.sent.length;
    await run(journey);
    expect(journey.sent.slice(before)).toContain(operation);
  });
});

/** `UPDATE_COVERAGE=1 npx vitest run test/aws/every-operation` writes it anew. */
test('the table of docs/aws-api.md is what the steps above say', () => {
  const text = readFileSync(page, 'utf8');
  const start = text.indexOf(begin) + begin.length;
  const stop = text.indexOf(end);
  expect(start, `${page} has "${begin}"`).toBeGreaterThan(begin.length - 1);
  const fresh = `\n\n${table()}\n`;
  if (process.env['UPDATE_COVERAGE'] === '1') {
    writeFileSync(page, text.slice(0, start) + fresh + text.slice(stop));
    return;
  }
  expect(text.slice(start, stop)).toBe(fresh);
});

let journey: Journey;
beforeAll(() => {
  journey = new Journey();
});
afterAll(() => journey[Symbol.asyncDispose]());

function table(): string {
  const count = (verdict: Verdict): number =>
    steps.filter((step) => step.verdict === verdict).length;
  const rows = groups.flatMap(([title, ofGroup]) => [
    `| **${title}** | | |`,
    ...ofGroup.map(({ operation, verdict, shows }) => `| ${operation} | ${verdict} | ${shows} |`),
  ]);
  return [
    `${steps.length} operations: ${count('behaves')} behave, ${count('stores')} store, ${count('refuses')} refuse.`,
    '',
    '| operation | isolambda | what the test shows |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
