import type { Writable } from 'node:stream';

/** Where text goes; `isTTY` says that people read it as it comes. */
export type Output = Writable & { readonly isTTY?: boolean };

/** All that a command sees of the process, so that tests can run one without a process of its own. */
export interface CliIo {
  /** The result and nothing else, so that pipes work. */
  readonly stdout: Output;
  /** Logs, progress and what went wrong. */
  readonly stderr: Output;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths start here. */
  readonly cwd: string;
  /** Aborted when the user wants the command to end (Ctrl-C). */
  readonly signal: AbortSignal;
}
