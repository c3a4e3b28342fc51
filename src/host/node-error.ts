import { getFips } from 'node:crypto';
import { ServiceError } from './service.ts';

/**
 * What Node's own functions throw about the guest's data, for the guest's eyes: message, code, and the
 * fields that Node documents. A stack or anything else of the host stays here.
 */
export function forGuest(error: unknown): unknown {
  if (error instanceof ServiceError || !(error instanceof Error)) return error;
  if (error.name === 'AbortError') return error;
  const { code, name, message } = error as Error & { code?: unknown };
  // `name` is an own field of DOMException: OperationError, DataError and the like.
  if (error instanceof DOMException) {
    return new ServiceError('', message, { fields: { domName: name } });
  }
  const isNodes = typeof code === 'string' && /^(?:ERR_|Z_|ZSTD_)/.test(code);
  // OpenSSL's own messages come as plain errors without a code; a TypeError without one is our mistake.
  if (!isNodes && error.constructor !== Error) return error;
  const fields: Record<string, string | number> = {};
  for (const key of ['library', 'reason', 'function', 'errno'] as const) {
    const value = (error as unknown as Record<string, unknown>)[key];
    if (typeof value === 'string' || typeof value === 'number') fields[key] = value;
  }
  return new ServiceError(isNodes ? code : '', message, { name: plainName(error), fields });
}

function plainName(error: Error): string {
  if (error instanceof RangeError) return 'RangeError';
  return error instanceof TypeError ? 'TypeError' : 'Error';
}

/**
 * Runs one of Node's functions on data of the guest. OpenSSL keeps the errors of a thread in a queue, and
 * some of Node's functions leave theirs there: the next failure, of any guest, would be told as that one.
 * Asking for the FIPS mode empties the queue, and takes less than a microsecond.
 */
export function withNode<Result>(action: () => Result): Result {
  getFips();
  try {
    return action();
  } catch (error) {
    throw forGuest(error);
  }
}

/** The same for one that takes a callback: it runs on libuv's pool. */
export async function withNodeLater<Result>(
  start: (done: (error: Error | null | undefined, result: Result) => void) => void,
): Promise<Result> {
  try {
    return await new Promise<Result>((fulfil, reject) => {
      start((error, result) => {
        if (error === null || error === undefined) fulfil(result);
        else reject(error);
      });
    });
  } catch (error) {
    throw forGuest(error);
  }
}

/** The refusal of a call that would hold the host's thread for too long. */
export function tooDear(what: string, instead: string): ServiceError {
  return new ServiceError(
    'ERR_OPERATION_FAILED',
    `${what} would block the host for too long; use ${instead}`,
  );
}
