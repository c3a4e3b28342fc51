import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkKnownKeys } from '../core/options.ts';
import { isAllowedText, notAllowedText } from './allowed-text.ts';
import { checkQueueAttributes } from './attribute-rules.ts';
import { BrokerError } from './broker-error.ts';
import { fifoIdsOf } from './fifo-rules.ts';
import {
  attributesBytes,
  toMessageAttributes,
  type MessageAttributes,
  type MessageAttributesInput,
} from './message-attributes.ts';
import { invalidValue, missingParameter } from './queue-errors.ts';
import type { ResolvedQueueOptions } from './queue-options.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export interface SendMessageOptions {
  /** Hides the message that long, in milliseconds: 0 to 15 minutes. Not in FIFO queues. @default the queue's */
  readonly delayMs?: number;
  /** Up to 10; they count for the size of the message. */
  readonly attributes?: MessageAttributesInput;
  /** Required in FIFO queues; kept and shown in others. */
  readonly groupId?: string;
  /** FIFO queues only: a second message with it within 5 minutes is not kept. @default see `contentBasedDedup` */
  readonly dedupId?: string;
  /** X-Ray trace header; it travels as the system attribute `AWSTraceHeader` and does not count for the size. */
  readonly traceHeader?: string;
}

/** A message that has passed the checks. */
export interface OutgoingMessage {
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly groupId: string | undefined;
  readonly dedupId: string | undefined;
  readonly traceHeader: string | undefined;
  readonly delayMs: number;
}

export const sendKeys = ['delayMs', 'attributes', 'groupId', 'dedupId', 'traceHeader'] as const;

/**
 * Checks a message as SQS does.
 * @throws BrokerError with SQS's code and words
 * @throws InvalidOptionError for what no SDK would send, such as a body that is no string
 */
export function checkOutgoing(
  body: string,
  options: SendMessageOptions,
  settings: ResolvedQueueOptions,
  of: 'request' | 'batch' = 'request',
): OutgoingMessage {
  checkKnownKeys('options', options, sendKeys);
  if (typeof body !== 'string') throw new InvalidOptionError('body', 'a string', body);
  if (body === '') throw missingParameter('MessageBody');
  if (!isAllowedText(body)) throw new BrokerError('InvalidMessageContents', notAllowedText);
  const attributes = toMessageAttributes(options.attributes);
  checkQueueAttributes(attributes);
  if (messageBytes(body, attributes) > settings.maxMessageBytes) {
    throw new BrokerError(
      'InvalidParameterValue',
      `One or more parameters ${of === 'batch' ? 'cannot be validated' : 'are invalid'}. Reason: Message must be shorter than ${settings.maxMessageBytes} bytes.`,
    );
  }
  const { groupId, dedupId } = fifoIdsOf(body, options, settings);
  const { traceHeader } = options;
  checkTraceHeader(traceHeader);
  const delayMs = delayOf(options.delayMs, settings);
  return { body, attributes, groupId, dedupId, traceHeader, delayMs };
}

/** What counts for the limits to the size. */
export function messageBytes(body: string, attributes: MessageAttributes): number {
  return Buffer.byteLength(body) + attributesBytes(attributes);
}

export function checkTraceHeader(value: unknown): void {
  if (value === undefined || (typeof value === 'string' && value !== '')) return;
  throw new InvalidOptionError('traceHeader', 'an X-Ray trace header', value);
}

function delayOf(given: number | undefined, settings: ResolvedQueueOptions): number {
  if (given === undefined) return settings.delayMs;
  const { min, max } = limits.sqs.delayMs;
  if (!Number.isInteger(given)) {
    throw new InvalidOptionError('delayMs', 'a whole number of milliseconds', given);
  }
  if (!(given >= min && given <= max)) {
    const reason = `DelaySeconds must be >= 0 and <= ${max / 1_000}.`;
    throw invalidValue('DelaySeconds', given / 1_000, reason);
  }
  if (!settings.fifo) return given;
  if (given === 0) return settings.delayMs;
  const reason = 'The request include parameter that is not valid for this queue type.';
  throw invalidValue('DelaySeconds', given / 1_000, reason);
}
