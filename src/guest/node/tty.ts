import { refusals } from './internal/refusals.ts';

export const builtin = {
  /** No descriptor of a function is a terminal. */
  isatty: (): boolean => false,
  ...refusals('tty', 'ReadStream WriteStream', 'a function has no terminal'),
};
