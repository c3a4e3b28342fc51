import { readFileSync, writeFileSync } from 'node:fs';
import type { Counts } from './table.ts';

const file = new URL('../expected.json', import.meta.url);

/** The fewest tests of a suite that plain Node and the guest must both pass. */
type Expected = Record<string, number>;

/** Names each suite that has become worse. */
export function checkExpected(all: readonly Counts[]): string[] {
  const expected = JSON.parse(readFileSync(file, 'utf8')) as Expected;
  return Object.entries(expected).flatMap(([suite, least]) => {
    const both = all.find((counts) => counts.suite === suite)?.both ?? 0;
    return both >= least ? [] : [`${suite}: ${both} pass, expected at least ${least}`];
  });
}

export function recordExpected(all: readonly Counts[]): void {
  const expected: Expected = Object.fromEntries(all.map(({ suite, both }) => [suite, both]));
  writeFileSync(file, `${JSON.stringify(expected, undefined, 2)}\n`);
}
