import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../fixtures/hostile-child.ts', import.meta.url));

/** What a hostile handler did to the process that ran it. */
export interface ChildEnd {
  /** What the process said, by name. */
  readonly said: ReadonlyMap<string, unknown>;
  /** `SIGKILL` by itself once all was said; then `said` has `closed`. */
  readonly signal: NodeJS.Signals | null;
  readonly exitCode: number | null;
  readonly stderr: string;
  /** The process did not end by itself and was killed by the test. */
  readonly wasHung: boolean;
}

/** Runs `source` in a child that the test kills when it has said nothing new for `patienceMs`. */
export async function runHostileChild(options: {
  readonly tier: 'inline' | 'thread';
  readonly source: string;
  readonly settings?: object;
  readonly format?: 'commonjs' | 'module';
  readonly patienceMs?: number;
}): Promise<ChildEnd> {
  const { tier, source, settings = {}, format = 'commonjs', patienceMs = 3_000 } = options;
  const args = [script, tier, source, JSON.stringify(settings), format];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // What vitest set for its own workers is none of the child's business.
    env: { PATH: process.env['PATH'] },
  });
  let wasHung = false;
  const kill = (): void => {
    wasHung = true;
    child.kill('SIGKILL');
  };
  // Loading takes its time on two busy cores; only after that does silence mean something.
  let patience = setTimeout(kill, 20_000);
  let text = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    clearTimeout(patience);
    patience = setTimeout(kill, patienceMs);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const { promise, resolve } = Promise.withResolvers<[number | null, NodeJS.Signals | null]>();
  child.on('close', (code, signal) => resolve([code, signal]));
  const [exitCode, signal] = await promise;
  clearTimeout(patience);
  return { said: readLines(text), signal, exitCode, stderr, wasHung };
}

function readLines(text: string): Map<string, unknown> {
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const { name, value } = JSON.parse(line) as { name: string; value: unknown };
      return [name, value];
    }),
  );
}
