import { Duplex } from './stream.ts';

/** The deprecated name of `stream.Duplex`. */
export const builtin = Duplex;
