import type { SuiteResult } from './compare.ts';
import type { FileOutcome } from './suite.ts';

export interface Counts {
  readonly suite: string;
  readonly files: number;
  readonly skipped: number;
  /** Tests that ran in plain Node. */
  readonly tests: number;
  readonly node: number;
  /** Of what Node passes, what the guest passes too. */
  readonly both: number;
  /** What the guest passes and Node does not. */
  readonly guestOnly: number;
}

/** A test that Node passes and the guest does not. */
export interface Failure {
  readonly file: string;
  readonly test: string;
  readonly message: string;
}

export function countsOf({ name, compared, skipped }: SuiteResult): Counts {
  let tests = 0;
  let node = 0;
  let both = 0;
  let guestOnly = 0;
  for (const file of compared) {
    const inNode = passesOf(file.node);
    const inGuest = passesOf(file.guest);
    tests += inNode.size;
    for (const [test, { passed }] of inNode) {
      if (!passed) continue;
      node += 1;
      if (inGuest.get(test)?.passed === true) both += 1;
    }
    for (const [test, { passed }] of inGuest) {
      if (passed && inNode.get(test)?.passed !== true) guestOnly += 1;
    }
  }
  const left = [...skipped.values()].reduce((sum, count) => sum + count, 0);
  return { suite: name, files: compared.length, skipped: left, tests, node, both, guestOnly };
}

export function failuresIn({ compared }: SuiteResult): Failure[] {
  return compared.flatMap(({ file, node, guest }) => {
    const inGuest = passesOf(guest);
    const whole = guest.kind === 'ran' ? (guest.note ?? 'was not reported') : guest.reason;
    return [...passesOf(node)]
      .filter(([test, { passed }]) => passed && inGuest.get(test)?.passed !== true)
      .map(([test]) => ({ file, test, message: inGuest.get(test)?.message ?? whole }));
  });
}

export const heading = [
  'Suite',
  'Files',
  'Skipped',
  'Tests',
  'Node passes',
  'Guest too',
  'Ratio',
  'Guest only',
];

export function rowOf(counts: Counts): string[] {
  const { suite, files, skipped, tests, node, both, guestOnly } = counts;
  const ratio = node === 0 ? '-' : `${(Math.floor((1000 * both) / node) / 10).toFixed(1)} %`;
  return [suite, ...[files, skipped, tests, node, both].map(String), ratio, String(guestOnly)];
}

export function totalOf(all: readonly Counts[], suite: string): Counts {
  const sum = (key: Exclude<keyof Counts, 'suite'>): number =>
    all.reduce((total, counts) => total + counts[key], 0);
  return {
    suite,
    files: sum('files'),
    skipped: sum('skipped'),
    tests: sum('tests'),
    node: sum('node'),
    both: sum('both'),
    guestOnly: sum('guestOnly'),
  };
}

/** For the terminal. */
export function tableOf(results: readonly SuiteResult[]): string {
  const all = results.map(countsOf);
  const rows = [heading, ...all.map(rowOf), rowOf(totalOf(all, 'together'))];
  const widths = heading.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
        .join('  '),
    )
    .join('\n');
}

/** Everything that Node passes and the guest does not; on request also what Node itself fails. */
export function failuresOf(results: readonly SuiteResult[], withNode: boolean): string {
  return results
    .flatMap((result) => [
      ...result.compared.flatMap(({ file, node }) =>
        withNode ? complaintsOf(node).map((text) => `node   ${file}: ${text}`) : [],
      ),
      ...failuresIn(result).map(({ file, test, message }) =>
        file === test ? `guest  ${file}: ${message}` : `guest  ${file} » ${test}: ${message}`,
      ),
    ])
    .join('\n');
}

function complaintsOf(outcome: FileOutcome): string[] {
  if (outcome.kind !== 'ran') return [outcome.reason];
  const failed = outcome.tests
    .filter(({ passed }) => !passed)
    .map(({ name, message }) => `${name}: ${message}`);
  return outcome.note === undefined ? failed : [outcome.note, ...failed];
}

/** Results by name; a name that comes again gets a number. */
function passesOf(outcome: FileOutcome): Map<string, { passed: boolean; message?: string }> {
  const found = new Map<string, { passed: boolean; message?: string }>();
  if (outcome.kind !== 'ran') return found;
  const seen = new Map<string, number>();
  for (const { name, ...result } of outcome.tests) {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    found.set(count === 1 ? name : `${name} #${count}`, result);
  }
  return found;
}
