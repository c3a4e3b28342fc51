import { builtin as path } from '../path.ts';

export const builtin = path.win32;
