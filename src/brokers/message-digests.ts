import { createHash } from 'node:crypto';
import type { MessageAttributes } from './message-attributes.ts';

/** The MD5 and SHA-256 sums that SQS gives and that its SDKs check. */

/** Of the body's UTF-8, in hexadecimal. */
export function md5OfBody(body: string): string {
  return createHash('md5').update(body).digest('hex');
}

/** A deduplication id for those who give none: of the body alone, attributes do not count. */
export function sha256OfBody(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}

const stringTransport = Uint8Array.of(1);
const binaryTransport = Uint8Array.of(2);

/**
 * Of names, types and values in the order of the names, each behind its length in 4 bytes; a byte before the
 * value says whether it is text or bytes. Undefined when there are no attributes.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort(byCodePoint);
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const add = (bytes: Uint8Array): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.byteLength);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const { dataType = '', stringValue = '', binaryValue } = attributes[name] ?? {};
    add(Buffer.from(name));
    add(Buffer.from(dataType));
    hash.update(binaryValue === undefined ? stringTransport : binaryTransport);
    add(binaryValue ?? Buffer.from(stringValue));
  }
  return hash.digest('hex');
}

function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
