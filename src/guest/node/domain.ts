import { refusals } from './internal/refusals.ts';

/** Deprecated since Node 4; AsyncLocalStorage took its place. */
export const builtin = {
  _stack: [],
  ...refusals(
    'domain',
    'Domain createDomain create',
    'domains are deprecated; AsyncLocalStorage is there',
  ),
  active: null,
};
