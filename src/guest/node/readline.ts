import { Interface, PromiseInterface, type InterfaceOptions } from '../cores/readline.ts';
import { part } from '../parts.ts';
import { refusals } from './internal/refusals.ts';

export { PromiseInterface };

interface Output {
  write(text: string, done?: () => void): boolean;
}

/** The codes of terminals are only text, whatever reads them. */
const put =
  (text: (...args: number[]) => string) =>
  (stream: Output | null | undefined, ...args: unknown[]): boolean => {
    const done = args.findLast((one) => typeof one === 'function') as (() => void) | undefined;
    const numbers = args.filter((one) => typeof one === 'number');
    const codes = text(...numbers);
    if (stream === null || stream === undefined || codes === '') {
      done?.();
      return true;
    }
    return stream.write(codes, done);
  };

const moved = (count: number, forward: string, back: string): string =>
  count === 0 ? '' : `\u001b[${Math.abs(count)}${count > 0 ? forward : back}`;

/** Callable without `new`, as in Node. */
function createInterface(options: InterfaceOptions, output?: Output): Interface {
  return new Interface(options, output);
}

export const builtin: object = {
  Interface,
  clearLine: put((direction = 0) =>
    direction < 0 ? '\u001b[1K' : direction > 0 ? '\u001b[0K' : '\u001b[2K',
  ),
  clearScreenDown: put(() => '\u001b[0J'),
  createInterface,
  cursorTo: put((x = 0, y) => (y === undefined ? `\u001b[${x + 1}G` : `\u001b[${y + 1};${x + 1}H`)),
  ...refusals('readline', 'emitKeypressEvents', 'a function has no terminal'),
  moveCursor: put((dx = 0, dy = 0) => moved(dx, 'C', 'D') + moved(dy, 'B', 'A')),
  get promises(): object {
    return (part('node/readline/promises') as { builtin: object }).builtin;
  },
};
