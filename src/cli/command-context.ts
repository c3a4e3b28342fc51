import type { CliIo } from './io.ts';
import type { Terminal } from './terminal.ts';

/** What a command works with. */
export interface CommandContext {
  readonly io: CliIo;
  readonly terminal: Terminal;
  /** Says with which code the command ended. */
  readonly end: (code: number) => void;
}
