import { InvalidOptionError } from '../core/errors.ts';
import { BrokerError } from './broker-error.ts';

/**
 * What a receipt handle says. It is opaque to those who hold it, as AWS's; everything is in it, so a queue
 * that was opened again understands it.
 */
export interface Receipt {
  /** Name of the queue that gave it. */
  readonly queue: string;
  /** The message as its storage knows it. */
  readonly id: string;
  readonly token: string;
  /** When the message was received, in epoch milliseconds. */
  readonly receivedMs: number;
}

export function formatReceiptHandle({ queue, id, token, receivedMs }: Receipt): string {
  return Buffer.from(JSON.stringify([queue, id, token, receivedMs])).toString('base64');
}

/**
 * @throws BrokerError `ReceiptHandleIsInvalid` for what is no handle, or one of another queue
 * @throws InvalidOptionError for what is no text, such as the whole message
 */
export function parseReceiptHandle(queue: string, handle: string): Receipt {
  if (typeof handle !== 'string') {
    const rule = 'the `receiptHandle` of a received message';
    throw new InvalidOptionError('receiptHandle', rule, handle);
  }
  const [from, id, token, receivedMs] = partsOf(handle);
  if (
    from === queue &&
    typeof id === 'string' &&
    typeof token === 'string' &&
    typeof receivedMs === 'number'
  ) {
    const receipt = { queue, id, token, receivedMs };
    // Decoding is lenient: a handle with something behind it reads the same.
    if (formatReceiptHandle(receipt) === handle) return receipt;
  }
  throw new BrokerError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${handle}" is not a valid receipt handle.`,
  );
}

function partsOf(handle: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(handle, 'base64').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return []; // no JSON: not a handle that any queue gave
  }
}
