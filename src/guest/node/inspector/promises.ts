import { builtin as inspector } from '../inspector.ts';

export const builtin = inspector;
