import type { Operations } from '../operation.ts';
import { invokeOperations } from './invoke.ts';

/** Every operation of the API. */
export const operations: Partial<Operations> = {
  ...invokeOperations,
};
