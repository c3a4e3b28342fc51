import { checkKnownKeys } from '../core/options.ts';
import { limits } from '../core/limits.ts';
import { batchFailure, checkQueueBatch, type BatchFailure, type BatchResult } from './batch.ts';
import { invalidValue } from './queue-errors.ts';
import type { QueueParts } from './queue-parts.ts';
import { parseReceiptHandle } from './receipt-handle.ts';
import { checkVisibility } from './receive-options.ts';

export interface DeleteBatchEntry {
  /** Names the entry in the result. */
  readonly id: string;
  readonly receiptHandle: string;
}

export interface VisibilityBatchEntry extends DeleteBatchEntry {
  /** From now, in milliseconds. */
  readonly visibilityMs: number;
}

/** What holders of receipt handles may do. */
export class QueueReceipts {
  readonly #parts: QueueParts;

  constructor(parts: QueueParts) {
    this.#parts = parts;
  }

  async delete(receiptHandle: string): Promise<boolean> {
    const { name, messages, isFifo } = this.#parts;
    const receipt = parseReceiptHandle(name, receiptHandle);
    const [isDeleted = false] = await messages.ack([receipt]);
    if (!isDeleted && isFifo && messages.has(receipt)) throw expiredHandle(receiptHandle);
    return isDeleted;
  }

  deleteBatch(entries: readonly DeleteBatchEntry[]): Promise<BatchResult<{ readonly id: string }>> {
    checkQueueBatch(entries, 'DeleteMessageBatchRequestEntry');
    return eachEntry(entries, (entry) => {
      checkKnownKeys('entry', entry, ['id', 'receiptHandle']);
      return this.delete(entry.receiptHandle);
    });
  }

  async changeVisibility(receiptHandle: string, visibilityMs: number): Promise<boolean> {
    const { name, messages, isFifo } = this.#parts;
    const receipt = parseReceiptHandle(name, receiptHandle);
    checkVisibility(visibilityMs);
    this.#checkTotal(receipt.receivedMs, visibilityMs);
    if (await messages.extend(receipt, visibilityMs)) return true;
    if (!messages.has(receipt)) {
      const reason = 'Message does not exist or is not available for visibility timeout change.';
      throw invalidValue('ReceiptHandle', receiptHandle, reason);
    }
    if (isFifo) throw expiredHandle(receiptHandle);
    return false;
  }

  changeVisibilityBatch(
    entries: readonly VisibilityBatchEntry[],
  ): Promise<BatchResult<{ readonly id: string }>> {
    checkQueueBatch(entries, 'ChangeMessageVisibilityBatchRequestEntry');
    return eachEntry(entries, (entry) => {
      checkKnownKeys('entry', entry, ['id', 'receiptHandle', 'visibilityMs']);
      return this.changeVisibility(entry.receiptHandle, entry.visibilityMs);
    });
  }

  /** However often it is changed: 12 hours after the receive a message is visible again. */
  #checkTotal(receivedMs: number, visibilityMs: number): void {
    const { max } = limits.sqs.visibilityTimeoutMs;
    if (this.#parts.clock.now() + visibilityMs - receivedMs <= max) return;
    const reason = `Total VisibilityTimeout for the message is beyond the limit [${max / 1_000} seconds]`;
    throw invalidValue('VisibilityTimeout', visibilityMs / 1_000, reason);
  }
}

function expiredHandle(receiptHandle: string): Error {
  return invalidValue('ReceiptHandle', receiptHandle, 'The receipt handle has expired.');
}

async function eachEntry<Entry extends { readonly id: string }>(
  entries: readonly Entry[],
  act: (entry: Entry) => Promise<boolean>,
): Promise<BatchResult<{ readonly id: string }>> {
  const successful: { readonly id: string }[] = [];
  const failed: BatchFailure[] = [];
  for (const entry of entries) {
    try {
      await act(entry);
      successful.push({ id: entry.id });
    } catch (error) {
      failed.push(batchFailure(entry.id, error));
    }
  }
  return { successful, failed };
}
