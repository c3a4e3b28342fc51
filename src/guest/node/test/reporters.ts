import { refusals } from '../internal/refusals.ts';

export const builtin = refusals(
  'test/reporters',
  'dot junit spec tap lcov',
  'tests run outside of a function',
);
