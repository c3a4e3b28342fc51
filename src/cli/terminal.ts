import { once } from 'node:events';
import { styleText } from 'node:util';
import type { CliIo, Output } from './io.ts';

type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan';

/** Writes for people on stderr and for pipes on stdout. */
export class Terminal {
  readonly #io: CliIo;
  #hasProgress = false;

  constructor(io: CliIo) {
    this.#io = io;
  }

  /** A line of the result. */
  async print(text: string): Promise<void> {
    await this.write(`${text}\n`);
  }

  /** A piece of the result; waits for a reader that is slower. */
  async write(chunk: string | Uint8Array): Promise<void> {
    this.#clearProgress();
    await written(this.#io.stdout, chunk);
  }

  /** A line beside the result. */
  say(text: string): void {
    this.#clearProgress();
    this.#io.stderr.write(`${text}\n`);
  }

  /** What goes on now; the next line takes its place. Only where somebody watches. */
  progress(text: string): void {
    if (this.#io.stderr.isTTY !== true) return;
    this.#clearProgress();
    this.#io.stderr.write(this.style('dim', `... ${text}`));
    this.#hasProgress = true;
  }

  /** `text` in a colour for stderr, plain where colours have no place. */
  style(style: Style, text: string): string {
    return this.#styled(this.#io.stderr, style, text);
  }

  /** The same for stdout. */
  resultStyle(style: Style, text: string): string {
    return this.#styled(this.#io.stdout, style, text);
  }

  #styled(output: Output, style: Style, text: string): string {
    const { env } = this.#io;
    // https://no-color.org: set and not empty.
    const hasColours = output.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
    return hasColours ? styleText(style, text, { validateStream: false }) : text;
  }

  #clearProgress(): void {
    if (!this.#hasProgress) return;
    this.#io.stderr.write('\r\u001B[2K');
    this.#hasProgress = false;
  }
}

async function written(output: Output, chunk: string | Uint8Array): Promise<void> {
  if (output.write(chunk)) return;
  await once(output, 'drain');
}
