import { refusals } from './internal/refusals.ts';

const why = 'a debugger is attached from outside, with the option `inspect` of the function';

export const builtin = {
  ...refusals('inspector', 'open', why),
  /** Nothing is open. */
  close: (): void => {},
  url: (): undefined => undefined,
  ...refusals('inspector', 'waitForDebugger', why),
  console: (globalThis as unknown as { console: object }).console,
  ...refusals('inspector', 'Session', why),
  Network: {},
  NetworkResources: {},
  DOMStorage: {},
};
