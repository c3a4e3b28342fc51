import { types } from '../internal/types.ts';

export const builtin = types;
