import { Writable } from './stream.ts';

/** The deprecated name of `stream.Writable`. */
export const builtin = Writable;
