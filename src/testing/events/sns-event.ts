import { resourceArn } from '../../core/resource-arn.ts';
import {
  attributeText,
  toMessageAttributes,
  type MessageAttributesInput,
} from '../../brokers/message-attributes.ts';
import {
  exampleBase64,
  exampleHex,
  exampleUuid,
  originOf,
  textOf,
  type EventOrigin,
} from './event-origin.ts';
import { overridden, type Overrides } from './overrides.ts';

/** Always one record. https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
export interface SnsEvent {
  readonly Records: SnsRecord[];
}

export interface SnsRecord {
  readonly EventSource: 'aws:sns';
  readonly EventVersion: '1.0';
  readonly EventSubscriptionArn: string;
  readonly Sns: SnsNotification;
}

export interface SnsNotification {
  readonly Type: 'Notification';
  readonly MessageId: string;
  readonly TopicArn: string;
  /** `null` when there is none, whatever published types say. */
  readonly Subject?: string;
  readonly Message: string;
  readonly Timestamp: string;
  readonly SignatureVersion: '1';
  readonly Signature: string;
  readonly SigningCertUrl: string;
  readonly UnsubscribeUrl: string;
  readonly MessageAttributes: Record<string, { readonly Type: string; readonly Value: string }>;
}

export interface SnsEventOptions extends EventOrigin {
  /** Text as it is, everything else as JSON. @default '' */
  readonly message?: unknown;
  readonly subject?: string;
  readonly attributes?: MessageAttributesInput;
  /** Name of the topic. @default 'my-topic' */
  readonly topic?: string;
  readonly overrides?: Overrides<SnsRecord>;
}

/**
 * A notification of a topic, as a function gets it.
 * @example
 * snsEvent({ message: { id: 1 }, attributes: { kind: 'book' } })
 */
export function snsEvent(options: SnsEventOptions = {}): SnsEvent {
  const keys = ['message', 'subject', 'attributes', 'topic', 'overrides'];
  const { home, atMs } = originOf(options, keys);
  const { subject = null, topic = 'my-topic' } = options;
  const message = textOf(options.message ?? '');
  const topicArn = resourceArn(home, 'topic', topic);
  const subscriptionArn = `${topicArn}:${exampleUuid('subscription', topic)}`;
  const host = `https://sns.${home.region}.amazonaws.com`;
  const attributes = Object.entries(toMessageAttributes(options.attributes)).map(
    ([name, attribute]) => [name, { Type: attribute.dataType, Value: attributeText(attribute) }],
  );
  const record: SnsRecord = {
    EventSource: 'aws:sns',
    EventVersion: '1.0',
    EventSubscriptionArn: subscriptionArn,
    Sns: {
      Type: 'Notification',
      MessageId: exampleUuid('sns', message, subject),
      TopicArn: topicArn,
      Subject: subject as string,
      Message: message,
      Timestamp: new Date(atMs).toISOString(),
      SignatureVersion: '1',
      Signature: exampleBase64(256, 'signature', message),
      SigningCertUrl: `${host}/SimpleNotificationService-${exampleHex(32, 'certificate')}.pem`,
      UnsubscribeUrl: `${host}/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`,
      MessageAttributes: Object.fromEntries(attributes) as SnsNotification['MessageAttributes'],
    },
  };
  return { Records: [overridden(record, options.overrides)] };
}
