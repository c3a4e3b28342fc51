import ungapStructuredClone from '@ungap/structured-clone';

/**
 * The HTML structured clone for everything that stays inside one isolate. The package knows no transfer
 * and no error for what cannot be cloned beyond a TypeError; Node throws a DataCloneError.
 */
export function structuredClone(value: unknown, options?: { transfer?: unknown[] }): unknown {
  if (options?.transfer !== undefined && options.transfer.length > 0) {
    throw dataCloneError('Transfer is not available in this environment');
  }
  try {
    return ungapStructuredClone(value);
  } catch (error) {
    if (error instanceof TypeError) throw dataCloneError(error.message);
    throw error;
  }
}

function dataCloneError(message: string): Error {
  const error = new Error(message);
  Object.defineProperty(error, 'name', { value: 'DataCloneError', configurable: true });
  Object.defineProperty(error, 'code', { value: 25, configurable: true });
  return error;
}
