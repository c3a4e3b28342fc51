import { promises } from '../dns.ts';

export const builtin = promises;
