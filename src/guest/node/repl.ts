import { refusals } from './internal/refusals.ts';

const why = 'a function has no terminal';

export const builtin = {
  ...refusals('repl', 'start writer REPLServer', why),
  REPL_MODE_SLOPPY: Symbol('repl-sloppy'),
  REPL_MODE_STRICT: Symbol('repl-strict'),
  ...refusals('repl', 'Recoverable isValidSyntax', why),
};
