import { InvalidOptionError } from '../../core/errors.ts';
import { checkInteger, checkKnownKeys } from '../../core/options.ts';
import { resourceArn } from '../../core/resource-arn.ts';
import {
  attributeText,
  toMessageAttributes,
  type MessageAttributes,
  type MessageAttributesInput,
} from '../../brokers/message-attributes.ts';
import { md5OfAttributes, md5OfBody, sha256OfBody } from '../../brokers/message-digests.ts';
import {
  exampleBase64,
  exampleUuid,
  originOf,
  textOf,
  type EventOrigin,
  type Origin,
} from './event-origin.ts';
import { overridden, type Overrides } from './overrides.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export interface SqsEvent {
  readonly Records: SqsRecord[];
}

export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: SqsSystemAttributes;
  readonly messageAttributes: Record<string, SqsMessageAttribute>;
  readonly md5OfBody: string;
  /** Only when there are attributes. */
  readonly md5OfMessageAttributes?: string;
  readonly eventSource: 'aws:sqs';
  readonly eventSourceARN: string;
  readonly awsRegion: string;
}

export interface SqsSystemAttributes {
  readonly ApproximateReceiveCount: string;
  readonly AWSTraceHeader?: string;
  readonly SentTimestamp: string;
  readonly SequenceNumber?: string;
  readonly MessageGroupId?: string;
  readonly SenderId: string;
  readonly MessageDeduplicationId?: string;
  readonly ApproximateFirstReceiveTimestamp: string;
  readonly DeadLetterQueueSourceArn?: string;
}

export interface SqsMessageAttribute {
  readonly dataType: string;
  readonly stringValue?: string;
  /** Base64. */
  readonly binaryValue?: string;
  readonly stringListValues: string[];
  readonly binaryListValues: string[];
}

/** One message of an `sqsEvent`. */
export interface SqsMessageOptions {
  /** Text as it is, everything else as JSON. @default '' */
  readonly body?: unknown;
  readonly attributes?: MessageAttributesInput;
  /** How often the message was received, this time included. @default 1 */
  readonly receiveCount?: number;
  /** FIFO queues. @default in FIFO queues 'group' */
  readonly groupId?: string;
  /** FIFO queues. @default the SHA-256 of the body, as with content-based deduplication */
  readonly dedupId?: string;
  readonly traceHeader?: string;
  readonly overrides?: Overrides<SqsRecord>;
}

export interface SqsEventOptions extends EventOrigin {
  /** Name of the queue; `.fifo` at its end makes it FIFO. @default 'my-queue', with a `groupId` 'my-queue.fifo' */
  readonly queue?: string;
}

const messageKeys = Object.keys({
  body: true,
  attributes: true,
  receiveCount: true,
  groupId: true,
  dedupId: true,
  traceHeader: true,
  overrides: true,
} satisfies Record<keyof SqsMessageOptions, true>);

/**
 * A batch of messages as a function gets it from a queue: digests computed, FIFO numbers growing.
 * @example
 * await orders.call(sqsEvent([{ body: { id: 1 } }, { body: { id: 2 }, receiveCount: 3 }]));
 */
export function sqsEvent(
  messages: readonly SqsMessageOptions[] = [{}],
  options: SqsEventOptions = {},
): SqsEvent {
  const origin = originOf(options, ['queue']);
  if (!Array.isArray(messages)) {
    throw new InvalidOptionError('messages', 'an array of messages', messages);
  }
  for (const [index, message] of messages.entries()) {
    checkKnownKeys(`messages[${index}]`, message, messageKeys);
  }
  const isGrouped = messages.some(({ groupId }: SqsMessageOptions) => groupId !== undefined);
  const { queue = isGrouped ? 'my-queue.fifo' : 'my-queue' } = options;
  return {
    Records: messages.map((message: SqsMessageOptions, index) =>
      overridden(recordOf(message, queue, origin, index), message.overrides),
    ),
  };
}

function recordOf(
  message: SqsMessageOptions,
  queue: string,
  { home, atMs }: Origin,
  index: number,
): SqsRecord {
  const body = textOf(message.body ?? '');
  const attributes = toMessageAttributes(message.attributes);
  const digest = md5OfAttributes(attributes);
  const { receiveCount = 1, traceHeader } = message;
  checkInteger(`messages[${index}].receiveCount`, receiveCount, { min: 1, max: 1_000_000 });
  return {
    messageId: exampleUuid('sqs', body, index),
    receiptHandle: exampleBase64(130, 'receipt', body, index),
    body,
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      ...(traceHeader !== undefined && { AWSTraceHeader: traceHeader }),
      SentTimestamp: String(atMs),
      ...(queue.endsWith('.fifo') && fifoAttributes(message, body, index)),
      SenderId: 'AIDAIENQZJOLO23YVJ4VO',
      ApproximateFirstReceiveTimestamp: String(atMs + 2),
    },
    messageAttributes: shownAttributes(attributes),
    md5OfBody: md5OfBody(body),
    ...(digest !== undefined && { md5OfMessageAttributes: digest }),
    eventSource: 'aws:sqs',
    eventSourceARN: resourceArn(home, 'queue', queue),
    awsRegion: home.region,
  };
}

/** The numbers of a group grow with each message, by steps that nobody knows. */
function fifoAttributes(
  { groupId = 'group', dedupId }: SqsMessageOptions,
  body: string,
  index: number,
) {
  return {
    SequenceNumber: String(18_849_496_460_467_696_128n + BigInt(index) * 256n),
    MessageGroupId: groupId,
    MessageDeduplicationId: dedupId ?? sha256OfBody(body),
  };
}

function shownAttributes(attributes: MessageAttributes): Record<string, SqsMessageAttribute> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [
      name,
      {
        ...(attribute.binaryValue === undefined
          ? { stringValue: attributeText(attribute) }
          : { binaryValue: attributeText(attribute) }),
        stringListValues: [],
        binaryListValues: [],
        dataType: attribute.dataType,
      },
    ]),
  );
}
