import { PassThrough } from './stream.ts';

/** The deprecated name of `stream.PassThrough`. */
export const builtin = PassThrough;
