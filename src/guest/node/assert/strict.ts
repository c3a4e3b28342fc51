import { strict } from '../assert.ts';

export const builtin = strict;
