import { refusals } from './internal/refusals.ts';

export const builtin = refusals(
  'dgram',
  '_createSocketHandle createSocket Socket',
  'the network of a function is TCP',
);
