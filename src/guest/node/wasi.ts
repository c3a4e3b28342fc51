import { refusals } from './internal/refusals.ts';

export const builtin = refusals('wasi', 'WASI', 'a function has no system calls to hand on');
