import type { DurableError } from './operation.ts';
import { errorFromWire } from './wire.ts';

/** What the handler of a durable function answers. */
export type InvocationOutput =
  | { readonly status: 'SUCCEEDED'; readonly result: string | undefined }
  | { readonly status: 'FAILED'; readonly error: DurableError | undefined }
  | { readonly status: 'PENDING' }
  | { readonly status: 'invalid'; readonly problem: string };

/** Reads `{ Status, Result?, Error? }`; what is something else is `invalid`. */
export function readOutput(payloadJson: string): InvocationOutput {
  const output: unknown = JSON.parse(payloadJson);
  const isObject = typeof output === 'object' && output !== null && !Array.isArray(output);
  const {
    Status: status,
    Result: result,
    Error: error,
  } = (isObject ? output : {}) as Readonly<Record<string, unknown>>;
  if (status === 'PENDING') return { status };
  if (status === 'SUCCEEDED') {
    if (error != null) return invalid('Cannot provide an Error for SUCCEEDED status.');
    if (result != null && typeof result !== 'string') {
      return invalid('Invalid Result in invocation output.');
    }
    return { status, result: result ?? undefined };
  }
  if (status === 'FAILED') {
    if (result != null) return invalid('Cannot provide a Result for FAILED status.');
    return { status, error: errorFromWire(error) };
  }
  return invalid('Invalid Status in invocation output.');
}

function invalid(problem: string): InvocationOutput {
  return { status: 'invalid', problem };
}
