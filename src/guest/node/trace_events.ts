import { refusals } from './internal/refusals.ts';

export const builtin = {
  ...refusals('trace_events', 'createTracing', 'there are no traces of Node here'),
  /** None is recorded. */
  getEnabledCategories: (): undefined => undefined,
};
