import { part } from '../parts.ts';
import {
  clearImmediate,
  clearInterval,
  clearTimeout,
  setImmediate,
  setInterval,
  setTimeout,
} from '../timers.ts';

export const builtin = {
  setTimeout,
  clearTimeout,
  setImmediate,
  clearImmediate,
  setInterval,
  clearInterval,
  get promises(): object {
    return (part('node/timers/promises') as { builtin: object }).builtin;
  },
};
