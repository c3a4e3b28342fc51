import { Readable } from './stream.ts';

/** The deprecated name of `stream.Readable`. */
export const builtin = Readable;
