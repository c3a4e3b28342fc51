import type { PlainValue, Properties } from '../properties.ts';
import { withoutUndefined } from './function-resource.ts';

/** `AWS::SQS::Queue` */
export interface PlannedQueue {
  readonly name: string | undefined;
  readonly isFifo: boolean;
  readonly options: {
    readonly visibilityTimeoutMs?: number;
    readonly delayMs?: number;
    readonly retentionMs?: number;
    readonly maxMessageBytes?: number;
    readonly receiveWaitMs?: number;
    readonly contentBasedDedup?: boolean;
    readonly dedupScope?: 'queue' | 'group';
    readonly throughputLimit?: 'queue' | 'group';
    readonly redriveAllow?: 'all' | 'none' | readonly string[];
  };
  readonly redrive: { readonly targetArn: string; readonly maxReceives: number } | undefined;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html */
export function readQueue(properties: Properties): PlannedQueue {
  properties.ignore(
    'KmsDataKeyReusePeriodSeconds',
    'KmsMasterKeyId',
    'SqsManagedSseEnabled',
    'Tags',
  );
  return {
    name: properties.text('QueueName'),
    isFifo: properties.boolean('FifoQueue') ?? false,
    options: withoutUndefined({
      visibilityTimeoutMs: properties.seconds('VisibilityTimeout'),
      delayMs: properties.seconds('DelaySeconds'),
      retentionMs: properties.seconds('MessageRetentionPeriod'),
      maxMessageBytes: properties.integer('MaximumMessageSize'),
      receiveWaitMs: properties.seconds('ReceiveMessageWaitTimeSeconds'),
      contentBasedDedup: properties.boolean('ContentBasedDeduplication'),
      dedupScope: properties.text('DeduplicationScope') === 'messageGroup' ? 'group' : undefined,
      throughputLimit:
        properties.text('FifoThroughputLimit') === 'perMessageGroupId' ? 'group' : undefined,
      redriveAllow: redriveAllowOf(properties),
    }),
    redrive: redriveOf(properties),
  };
}

/** Some write these policies as JSON texts. */
function redriveOf(properties: Properties): PlannedQueue['redrive'] {
  const policy = mapOf(properties.document('RedrivePolicy'));
  if (policy === undefined) return undefined;
  const { deadLetterTargetArn: targetArn, maxReceiveCount } = policy;
  if (typeof targetArn !== 'string') {
    throw properties.error('RedrivePolicy', 'The policy needs a `deadLetterTargetArn`');
  }
  return { targetArn, maxReceives: Number(maxReceiveCount) };
}

function redriveAllowOf(properties: Properties): PlannedQueue['options']['redriveAllow'] {
  const policy = mapOf(properties.document('RedriveAllowPolicy'));
  if (policy === undefined) return undefined;
  const { redrivePermission, sourceQueueArns = [] } = policy;
  if (redrivePermission === 'denyAll') return 'none';
  if (redrivePermission !== 'byQueue') return 'all';
  return (Array.isArray(sourceQueueArns) ? sourceQueueArns : [sourceQueueArns]) as string[];
}

function mapOf(value: PlainValue | undefined): { readonly [key: string]: PlainValue } | undefined {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMap ? (value as { readonly [key: string]: PlainValue }) : undefined;
}
