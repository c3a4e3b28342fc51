import { Writable } from 'node:stream';
import { run } from '../../src/cli/run.ts';

interface Surroundings {
  readonly stdin?: string;
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** Whether stdout and stderr are terminals. */
  readonly isTTY?: boolean;
  /** Sees what is written as it is written. */
  readonly onWrite?: (text: string) => void;
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process. */
export async function runCli(argv: readonly string[], around: Surroundings = {}): Promise<Ended> {
  const { stdin = '', env = {}, cwd = process.cwd(), isTTY = false, onWrite } = around;
  const { signal = new AbortController().signal } = around;
  const stdout = new Kept(isTTY, onWrite);
  const stderr = new Kept(isTTY, onWrite);
  const code = await run(argv, {
    stdout,
    stderr,
    stdin: (async function* () {
      yield stdin;
    })(),
    env,
    cwd,
    signal,
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

class Kept extends Writable {
  readonly isTTY: boolean;
  readonly #onWrite: ((text: string) => void) | undefined;
  text = '';

  constructor(isTTY: boolean, onWrite?: (text: string) => void) {
    super();
    this.isTTY = isTTY;
    this.#onWrite = onWrite;
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    this.#onWrite?.(chunk.toString());
    done();
  }
}
