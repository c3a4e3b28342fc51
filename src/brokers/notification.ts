import type { TopicMessage } from './topic-message.ts';
import { packAttributes, unpackAttributes, type PackedAttributes } from './packed-attributes.ts';

/** A published message on its way to the subscribers. */
export interface Notification extends TopicMessage {
  readonly messageId: string;
  readonly topicArn: string;
  /** When it was published, in epoch milliseconds. */
  readonly publishedMs: number;
  /** FIFO topics only. */
  readonly sequenceNumber: string | undefined;
}

/** A notification that waits in storage for another attempt at one subscriber. */
export interface WaitingDelivery {
  readonly notification: Notification;
  /** Names the subscriber, also after the process began anew and everybody subscribed again. */
  readonly endpoint: string;
  /** Attempts that failed. */
  readonly failures: number;
}

type Packed = Omit<WaitingDelivery, 'notification'> & {
  readonly notification: Omit<Notification, 'attributes'> & {
    readonly attributes?: PackedAttributes;
  };
};

export function packDelivery({ notification, ...others }: WaitingDelivery): string {
  const attributes = packAttributes(notification.attributes);
  return JSON.stringify({ ...others, notification: { ...notification, attributes } });
}

export function unpackDelivery(text: string): WaitingDelivery {
  const { notification, ...others } = JSON.parse(text) as Packed;
  // JSON leaves out what is undefined.
  const { subject, groupId, dedupId, traceHeader, sequenceNumber } = notification;
  const optional = { subject, groupId, dedupId, traceHeader, sequenceNumber };
  const attributes = unpackAttributes(notification.attributes);
  return { ...others, notification: { ...notification, ...optional, attributes } };
}
