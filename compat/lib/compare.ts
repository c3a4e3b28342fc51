import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GuestHost } from './guest.ts';
import { runInNode } from './plain.ts';
import { planOf, type Compared, type Deployment, type Suite, type TestFile } from './suite.ts';

export interface SuiteResult {
  readonly name: string;
  /** Files that ran, in the order of the suite. */
  readonly compared: readonly Compared[];
  /** How many files each rule left out. */
  readonly skipped: ReadonlyMap<string, number>;
}

/** Two cores are what CI has. */
const concurrency = 2;

/** Runs every file of every suite on both sides, two files at a time. */
export async function compareSuites(suites: readonly Suite[]): Promise<SuiteResult[]> {
  const results = suites.map(({ name }) => ({
    name,
    compared: [] as Compared[],
    skipped: new Map<string, number>(),
  }));
  const jobs = suites.flatMap((suite, index) =>
    suite.files.map((file) => ({ suite, file, index })),
  );
  const slots: (Compared | undefined)[] = Array.from({ length: jobs.length });
  let next = 0;

  const work = async (): Promise<void> => {
    const host = new GuestHost();
    for (let at = next++; at < jobs.length; at = next++) {
      const { suite, file } = jobs[at]!;
      if (file.deployment === undefined) continue;
      showProgress(`${at + 1}/${jobs.length} ${suite.name} ${file.name}`);
      slots[at] = await compare(suite, file, file.deployment(), host);
    }
    host.close();
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  showProgress('');

  for (const [at, { file, index }] of jobs.entries()) {
    const { compared, skipped } = results[index]!;
    const slot = slots[at];
    if (slot === undefined) note(skipped, file.skip ?? 'unknown');
    else if (slot.node.kind === 'skipped') note(skipped, slot.node.reason);
    // A test that looks at the version of its runtime, or at the memory, decides for itself.
    else if (slot.guest.kind === 'skipped') note(skipped, `${slot.guest.reason} (in the guest)`);
    else compared.push(slot);
  }
  return results;
}

async function compare(
  suite: Suite,
  file: TestFile,
  deployment: Deployment,
  host: GuestHost,
): Promise<Compared> {
  const directory = mkdtempSync(join(tmpdir(), 'compat-'));
  try {
    for (const [path, content] of deployment) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), content);
    }
    const plan = planOf(suite.kind, file, directory);
    return { file: file.name, node: await runInNode(plan), guest: await host.run(plan) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function note(skipped: Map<string, number>, reason: string): void {
  skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
}

function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[2K${text.slice(0, 100)}`);
}
