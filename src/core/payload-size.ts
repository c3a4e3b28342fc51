import { PayloadTooLargeError } from './errors.ts';
import { limits } from './limits.ts';

type InvocationType = 'RequestResponse' | 'Event';

const mostBytes: Readonly<Record<InvocationType, number>> = {
  RequestResponse: limits.syncRequestBytes,
  Event: limits.asyncRequestBytes,
};

/**
 * Counts bytes only when the length alone does not settle it.
 * @throws {PayloadTooLargeError} when a request of that type may not be so large
 */
export function checkPayloadSize(eventJson: string, invocationType: InvocationType): void {
  const limit = mostBytes[invocationType];
  // A unit of UTF-16 takes three bytes of UTF-8 at most.
  if (eventJson.length * 3 <= limit) return;
  const bytes = Buffer.byteLength(eventJson);
  if (bytes > limit) throw new PayloadTooLargeError(bytes, limit, invocationType);
}
