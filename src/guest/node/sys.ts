import { builtin as util } from './util.ts';

/** The old name of `util`. */
export const builtin = util;
