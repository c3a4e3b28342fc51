import type { Properties } from '../properties.ts';
import { withoutUndefined } from './function-resource.ts';

/** `AWS::SNS::Topic` */
export interface PlannedTopic {
  readonly name: string | undefined;
  readonly isFifo: boolean;
  readonly options: {
    readonly contentBasedDedup?: boolean;
    readonly dedupScope?: 'topic' | 'group';
  };
  /** Those that stand in the topic itself. */
  readonly subscriptions: readonly { readonly protocol: string; readonly endpoint: string }[];
}

/** `AWS::SNS::Subscription` */
export interface PlannedSubscription {
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string | undefined;
  readonly options: {
    readonly filterPolicy?: object;
    readonly filterPolicyScope?: string;
    readonly raw?: boolean;
  };
  readonly deadLetterArn: string | undefined;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html */
export function readTopic(properties: Properties): PlannedTopic {
  properties.ignore(
    'DisplayName',
    'KmsMasterKeyId',
    'SignatureVersion',
    'Tags',
    'TracingConfig',
    'DataProtectionPolicy',
    'DeliveryStatusLogging',
  );
  return {
    name: properties.text('TopicName'),
    isFifo: properties.boolean('FifoTopic') ?? false,
    options: withoutUndefined({
      contentBasedDedup: properties.boolean('ContentBasedDeduplication'),
      dedupScope: properties.text('FifoThroughputScope') === 'MessageGroup' ? 'group' : undefined,
    }),
    subscriptions: properties.maps('Subscription').map((subscription) => ({
      protocol: subscription.neededText('Protocol'),
      endpoint: subscription.neededText('Endpoint'),
    })),
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html */
export function readSubscription(properties: Properties): PlannedSubscription {
  properties.ignore('Region');
  const redrive = properties.document('RedrivePolicy') as
    | { readonly deadLetterTargetArn?: string }
    | undefined;
  const policy = properties.document('FilterPolicy');
  return {
    topicArn: properties.neededText('TopicArn'),
    protocol: properties.neededText('Protocol'),
    endpoint: properties.text('Endpoint'),
    options: withoutUndefined({
      filterPolicy: typeof policy === 'object' && policy !== null ? policy : undefined,
      filterPolicyScope: properties.text('FilterPolicyScope'),
      raw: properties.boolean('RawMessageDelivery'),
    }),
    deadLetterArn: redrive?.deadLetterTargetArn,
  };
}
