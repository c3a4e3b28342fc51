import type { Lease } from '../storage/delivery-queue.ts';
import { attributeTexts, type MessageAttributes } from './message-attributes.ts';
import { md5OfAttributes, md5OfBody } from './message-digests.ts';
import { unpackFacts } from './message-facts.ts';
import { formatReceiptHandle } from './receipt-handle.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Message.html */
export interface ReceivedMessage {
  readonly messageId: string;
  /** New for each receive; `delete` and `changeVisibility` take it. */
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  /** The values of the message attributes by name; bytes as base64. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: MessageAttributes;
  /** There when the message has attributes. */
  readonly md5OfMessageAttributes?: string;
  readonly systemAttributes: SystemAttributes;
}

/** What SQS itself says about a message; times are epoch milliseconds as text. */
export interface SystemAttributes {
  readonly SenderId: string;
  readonly SentTimestamp: string;
  /** Receives in the source queue count too, after the message came to its dead-letter queue. */
  readonly ApproximateReceiveCount: string;
  readonly ApproximateFirstReceiveTimestamp: string;
  readonly AWSTraceHeader?: string;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
  readonly SequenceNumber?: string;
  readonly DeadLetterQueueSourceArn?: string;
}

/** The queue that a message is received from. */
export interface Receiver {
  readonly name: string;
  readonly isFifo: boolean;
  readonly accountId: string;
}

export function receivedMessage(lease: Lease, from: Receiver, receivedMs: number): ReceivedMessage {
  const { id, token, body } = lease;
  const facts = unpackFacts(lease.meta);
  const md5OfMessageAttributes = md5OfAttributes(facts.attributes);
  const groupId = lease.groupId ?? facts.groupId;
  const { traceHeader, sourceArn, receivesBefore = 0 } = facts;
  const { firstReceivedMs = lease.firstReceivedMs } = facts;
  return {
    messageId: facts.messageId ?? id,
    receiptHandle: formatReceiptHandle({ queue: from.name, id, token, receivedMs }),
    body,
    md5OfBody: md5OfBody(body),
    attributes: attributeTexts(facts.attributes),
    messageAttributes: facts.attributes,
    ...(md5OfMessageAttributes !== undefined && { md5OfMessageAttributes }),
    systemAttributes: {
      SenderId: from.accountId,
      SentTimestamp: String(lease.sentMs),
      ApproximateReceiveCount: String(receivesBefore + lease.receiveCount),
      ApproximateFirstReceiveTimestamp: String(firstReceivedMs),
      ...(traceHeader !== undefined && { AWSTraceHeader: traceHeader }),
      ...(groupId !== undefined && { MessageGroupId: groupId }),
      ...(lease.dedupId !== undefined && { MessageDeduplicationId: lease.dedupId }),
      ...(from.isFifo && { SequenceNumber: sequenceNumber(lease.sequence) }),
      ...(sourceArn !== undefined && { DeadLetterQueueSourceArn: sourceArn }),
    },
  };
}

/** 20 digits, as AWS's; they grow with each message of the queue. */
export function sequenceNumber(sequence: bigint): string {
  return String(firstSequenceNumber + sequence * sequenceStep);
}

const firstSequenceNumber = 18_849_496_460_467_696_128n;
const sequenceStep = 256n;
