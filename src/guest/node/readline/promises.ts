import { PromiseInterface } from '../readline.ts';
import { refusals } from '../internal/refusals.ts';

type Options = ConstructorParameters<typeof PromiseInterface>[0];

export const builtin: object = {
  Interface: PromiseInterface,
  ...refusals('readline/promises', 'Readline', 'a function has no terminal'),
  createInterface: (options: Options) => new PromiseInterface(options),
};
