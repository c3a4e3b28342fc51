import { readFileSync, writeFileSync } from 'node:fs';
import type { Suite } from './suite.ts';
import type { Counts } from './table.ts';

const file = new URL('../expected.json', import.meta.url);

/** The fewest tests of a suite that plain Node and the guest must both pass. */
type Expected = Record<string, number>;

/** Names each suite of these kinds that has become worse; one that did not run has. */
export function checkExpected(all: readonly Counts[], kinds: readonly Suite['kind'][]): string[] {
  return Object.entries(readExpected()).flatMap(([suite, least]) => {
    if (!isOf(suite, kinds)) return [];
    const both = all.find((counts) => counts.suite === suite)?.both ?? 0;
    return both >= least ? [] : [`${suite}: ${both} pass, expected at least ${least}`];
  });
}

/** Replaces what is expected of these kinds. */
export function recordExpected(all: readonly Counts[], kinds: readonly Suite['kind'][]): void {
  const expected: Expected = Object.fromEntries([
    ...Object.entries(readExpected()).filter(([suite]) => !isOf(suite, kinds)),
    ...all.map(({ suite, both }) => [suite, both] as const),
  ]);
  writeFileSync(file, `${JSON.stringify(expected, undefined, 2)}\n`);
}

function isOf(suite: string, kinds: readonly Suite['kind'][]): boolean {
  return kinds.some((kind) => suite.startsWith(`${kind}/`));
}

function readExpected(): Expected {
  return JSON.parse(readFileSync(file, 'utf8')) as Expected;
}
