import type { Lambda, LogLine } from '../../index.ts';
import { colouredLine } from '../log-colours.ts';
import type { Terminal } from '../terminal.ts';

/** The size of AWS's `LogType: Tail`. */
const tailBytes = 4_096;

interface LogFlags {
  readonly tail?: true;
  readonly json?: true;
}

/** Log lines of one function: shown as they come, at the end of an invocation, or handed over as data. */
export class InvocationLog {
  readonly #terminal: Terminal;
  readonly #mode: 'live' | 'tail' | 'data';
  #lines: string[] = [];

  constructor(lambda: Lambda, functionName: string, terminal: Terminal, flags: LogFlags) {
    this.#terminal = terminal;
    this.#mode = flags.json === true ? 'data' : flags.tail === true ? 'tail' : 'live';
    lambda.followLogs((line) => this.#add(line), { functionName });
  }

  /** To be called when an invocation has ended; gives its lines where they were asked for as data. */
  end(): string[] {
    const lines = this.#lines;
    this.#lines = [];
    if (this.#mode === 'tail') this.#terminal.say(tailOf(lines));
    return lines;
  }

  #add({ message }: LogLine): void {
    if (this.#mode === 'live') this.#terminal.say(colouredLine(message, this.#terminal));
    else this.#lines.push(message);
  }
}

/** The last bytes of the log, as AWS cuts it: in the middle of a line when it comes so. */
function tailOf(lines: readonly string[]): string {
  const bytes = Buffer.from(lines.join('\n'));
  return bytes.subarray(Math.max(0, bytes.byteLength - tailBytes)).toString();
}
