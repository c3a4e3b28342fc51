import { Transform } from './stream.ts';

/** The deprecated name of `stream.Transform`. */
export const builtin = Transform;
