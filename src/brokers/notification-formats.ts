import { attributeText, attributeTexts, type MessageAttributes } from './message-attributes.ts';
import type { Notification } from './notification.ts';
import type { SubscriptionFacts } from './subscription.ts';

/** A notification as a callback gets it. */
export interface TopicNotification {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subscriptionArn: string;
  readonly subject?: string;
  readonly message: string;
  /** When it was published, ISO 8601 with milliseconds. */
  readonly timestamp: string;
  /** The values of the attributes by name; bytes as base64. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: MessageAttributes;
  readonly traceHeader?: string;
}

/** Nobody has AWS's private key, so a verifier refuses what is here. */
const signature = 'EXAMPLE';
const certificate = 'SimpleNotificationService-00000000000000000000000000000000.pem';

/**
 * The JSON that queues get, laid out as AWS writes it. FIFO topics number their messages and sign nothing.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html
 */
export function envelopeOf(notification: Notification, to: SubscriptionFacts): string {
  const { messageId, topicArn, subject, attributes, sequenceNumber } = notification;
  const isFifo = sequenceNumber !== undefined;
  const lines = [
    line('Type', 'Notification'),
    line('MessageId', messageId),
    ...(isFifo ? [line('SequenceNumber', sequenceNumber)] : []),
    line('TopicArn', topicArn),
    ...(subject === undefined ? [] : [line('Subject', subject)]),
    line('Message', notification.texts[to.protocol]),
    line('Timestamp', timestampOf(notification)),
    ...(isFifo ? [] : signatureLines(topicArn)),
    line('UnsubscribeURL', unsubscribeUrl(to)),
    ...attributeLines(attributes),
  ];
  return `{\n${lines.join(',\n')}\n}`;
}

/** The event that functions get. https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
export function functionEventOf(notification: Notification, to: SubscriptionFacts): object {
  const { messageId, topicArn, subject = null, attributes } = notification;
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: to.arn,
        Sns: {
          Type: 'Notification',
          MessageId: messageId,
          TopicArn: topicArn,
          Subject: subject,
          Message: notification.texts[to.protocol],
          Timestamp: timestampOf(notification),
          SignatureVersion: '1',
          Signature: signature,
          SigningCertUrl: certificateUrl(topicArn),
          UnsubscribeUrl: unsubscribeUrl(to),
          MessageAttributes: Object.fromEntries(attributeEntries(attributes)),
        },
      },
    ],
  };
}

export function topicNotificationOf(
  notification: Notification,
  to: SubscriptionFacts,
): TopicNotification {
  const { messageId, topicArn, subject, attributes, traceHeader } = notification;
  return {
    messageId,
    topicArn,
    subscriptionArn: to.arn,
    ...(subject !== undefined && { subject }),
    message: notification.texts[to.protocol],
    timestamp: timestampOf(notification),
    attributes: attributeTexts(attributes),
    messageAttributes: attributes,
    ...(traceHeader !== undefined && { traceHeader }),
  };
}

function line(name: string, value: string): string {
  return `  "${name}" : ${JSON.stringify(value)}`;
}

function signatureLines(topicArn: string): string[] {
  return [
    line('SignatureVersion', '1'),
    line('Signature', signature),
    line('SigningCertURL', certificateUrl(topicArn)),
  ];
}

function attributeLines(attributes: MessageAttributes): string[] {
  const entries = attributeEntries(attributes);
  if (entries.length === 0) return [];
  const lines = entries.map(
    ([name, value]) => `    ${JSON.stringify(name)} : ${JSON.stringify(value)}`,
  );
  return [`  "MessageAttributes" : {\n${lines.join(',\n')}\n  }`];
}

/** Numbers stay text, bytes are base64. */
function attributeEntries(
  attributes: MessageAttributes,
): [string, { readonly Type: string; readonly Value: string }][] {
  return Object.entries(attributes).map(([name, attribute]) => [
    name,
    { Type: attribute.dataType, Value: attributeText(attribute) },
  ]);
}

function timestampOf({ publishedMs }: Notification): string {
  return new Date(publishedMs).toISOString();
}

function certificateUrl(topicArn: string): string {
  return `${serviceUrl(topicArn)}/${certificate}`;
}

function unsubscribeUrl({ arn, topicArn }: SubscriptionFacts): string {
  return `${serviceUrl(topicArn)}/?Action=Unsubscribe&SubscriptionArn=${arn}`;
}

function serviceUrl(topicArn: string): string {
  const [, partition, , region] = topicArn.split(':');
  return `https://sns.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
}
