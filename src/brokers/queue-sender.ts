import { checkKnownKeys } from '../core/options.ts';
import type { OutMessage, SendResult } from '../storage/delivery-queue.ts';
import {
  batchFailure,
  checkQueueBatch,
  checkQueueBatchBytes,
  type BatchFailure,
  type BatchResult,
} from './batch.ts';
import { checkBatchFifoIds } from './fifo-rules.ts';
import { toMessageAttributes } from './message-attributes.ts';
import { md5OfAttributes, md5OfBody } from './message-digests.ts';
import { packFacts } from './message-facts.ts';
import {
  checkOutgoing,
  messageBytes,
  sendKeys,
  type OutgoingMessage,
  type SendMessageOptions,
} from './outgoing-message.ts';
import type { QueueParts } from './queue-parts.ts';
import { sequenceNumber } from './received-message.ts';

/** What SQS answers to an accepted message. */
export interface SentMessage {
  /** Of the first message, when this one is its duplicate. */
  readonly messageId: string;
  readonly md5OfBody: string;
  /** There when the message has attributes. */
  readonly md5OfMessageAttributes?: string;
  /** There when the message has a trace header. */
  readonly md5OfMessageSystemAttributes?: string;
  /** FIFO queues only. */
  readonly sequenceNumber?: string;
}

export interface SendBatchEntry extends SendMessageOptions {
  /** Names the entry in the result: up to 80 letters, digits, "-" and "_". */
  readonly id: string;
  readonly body: string;
}

export type SentBatchEntry = SentMessage & { readonly id: string };

/** The half of a queue that takes messages in. */
export class QueueSender {
  readonly #parts: QueueParts;

  constructor(parts: QueueParts) {
    this.#parts = parts;
  }

  async send(body: string, options: SendMessageOptions): Promise<SentMessage> {
    const message = checkOutgoing(body, options, this.#parts.settings());
    const [sent] = await this.#accept([message]);
    if (sent === undefined) throw new Error('a message was sent and has no result');
    return sent;
  }

  async sendBatch(entries: readonly SendBatchEntry[]): Promise<BatchResult<SentBatchEntry>> {
    checkQueueBatch(entries, 'SendMessageBatchRequestEntry');
    checkQueueBatchBytes(batchBytes(entries));
    const settings = this.#parts.settings();
    checkBatchFifoIds(entries, settings);
    const failed: BatchFailure[] = [];
    const accepted: { readonly id: string; readonly message: OutgoingMessage }[] = [];
    for (const { id, body, ...options } of entries) {
      try {
        accepted.push({ id, message: checkOutgoing(body, options, settings, 'batch') });
      } catch (error) {
        failed.push(batchFailure(id, error));
      }
    }
    const sent = await this.#accept(accepted.map(({ message }) => message));
    const successful = sent.map((result, index) => ({ id: accepted[index]?.id ?? '', ...result }));
    return { successful, failed };
  }

  async #accept(messages: readonly OutgoingMessage[]): Promise<readonly SentMessage[]> {
    if (messages.length === 0) return [];
    const results = await this.#parts.messages.send(messages.map((one) => this.#toStored(one)));
    return messages.map((message, index) => this.#sent(message, results[index]));
  }

  #toStored({
    body,
    delayMs,
    groupId,
    dedupId,
    traceHeader,
    attributes,
  }: OutgoingMessage): OutMessage {
    const { ids, clock, isFifo } = this.#parts;
    const meta = packFacts({
      attributes,
      ...(traceHeader !== undefined && { traceHeader }),
      ...(!isFifo && groupId !== undefined && { groupId }),
    });
    return {
      id: ids.uuid(),
      body,
      ...(meta !== '' && { meta }),
      ...(delayMs > 0 && { notBeforeMs: clock.now() + delayMs, reason: 'delayed message' }),
      ...(isFifo && groupId !== undefined && { groupId }),
      ...(isFifo && dedupId !== undefined && { dedupId }),
    };
  }

  #sent({ body, attributes, traceHeader }: OutgoingMessage, result?: SendResult): SentMessage {
    if (result === undefined) throw new Error('a message was sent and has no result');
    const ofAttributes = md5OfAttributes(attributes);
    return {
      messageId: result.id,
      md5OfBody: md5OfBody(body),
      ...(ofAttributes !== undefined && { md5OfMessageAttributes: ofAttributes }),
      ...(traceHeader !== undefined && {
        md5OfMessageSystemAttributes: md5OfTraceHeader(traceHeader),
      }),
      ...(this.#parts.isFifo && { sequenceNumber: sequenceNumber(result.sequence) }),
    };
  }
}

function md5OfTraceHeader(traceHeader: string): string {
  const attributes = { AWSTraceHeader: { dataType: 'String', stringValue: traceHeader } };
  return md5OfAttributes(attributes) ?? '';
}

function batchBytes(entries: readonly SendBatchEntry[]): number {
  let bytes = 0;
  for (const entry of entries) {
    checkKnownKeys('entry', entry, ['id', 'body', ...sendKeys]);
    if (typeof entry.body !== 'string') continue; // its own check says so
    bytes += messageBytes(entry.body, toMessageAttributes(entry.attributes));
  }
  return bytes;
}
