import { promises } from '../stream.ts';

export const builtin: typeof promises = promises;
export const { finished, pipeline } = promises;
