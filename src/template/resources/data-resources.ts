import type { Properties } from '../properties.ts';
import { withoutUndefined } from './function-resource.ts';

/** `AWS::Kinesis::Stream` */
export interface PlannedStream {
  readonly name: string | undefined;
  readonly options: {
    readonly shards?: number;
    readonly retentionMs?: number;
    readonly maxRecordBytes?: number;
  };
}

/** `AWS::DynamoDB::Table` */
export interface PlannedTable {
  readonly name: string | undefined;
  readonly options: {
    readonly partitionKey: PlannedKey;
    readonly sortKey?: PlannedKey;
    readonly stream?: string;
    readonly ttlAttribute?: string;
  };
}

interface PlannedKey {
  readonly name: string;
  readonly type: string;
}

/** `AWS::S3::Bucket` */
export interface PlannedBucket {
  readonly name: string | undefined;
  readonly notifications: readonly PlannedNotification[];
}

interface PlannedNotification {
  /** Undefined for the default event bus, which gets everything. */
  readonly targetArn: string | undefined;
  readonly options: {
    readonly events?: readonly string[];
    readonly prefix?: string;
    readonly suffix?: string;
  };
}

const hourMs = 3_600_000;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-stream.html */
export function readStream(properties: Properties): PlannedStream {
  properties.ignore(
    'StreamModeDetails',
    'StreamEncryption',
    'Tags',
    'DesiredShardLevelMetrics',
    'WarmThroughputMiBps',
    'WarmThroughputObject',
  );
  const hours = properties.integer('RetentionPeriodHours');
  const kib = properties.integer('MaxRecordSizeInKiB');
  return {
    name: properties.text('Name'),
    options: withoutUndefined({
      shards: properties.integer('ShardCount'),
      retentionMs: hours === undefined ? undefined : hours * hourMs,
      maxRecordBytes: kib === undefined ? undefined : kib * 1_024,
    }),
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html */
export function readTable(properties: Properties): PlannedTable {
  properties.ignore(
    'BillingMode',
    'ContributorInsightsSpecification',
    'DeletionProtectionEnabled',
    'OnDemandThroughput',
    'PointInTimeRecoverySpecification',
    'ProvisionedThroughput',
    'ResourcePolicy',
    'SSESpecification',
    'TableClass',
    'Tags',
    'WarmThroughput',
  );
  const types = new Map(
    properties
      .maps('AttributeDefinitions')
      .map((one) => [one.neededText('AttributeName'), one.neededText('AttributeType')]),
  );
  const schema = properties.maps('KeySchema').map((key) => ({
    role: key.neededText('KeyType'),
    name: key.neededText('AttributeName'),
  }));
  const keyOf = (role: string): PlannedKey | undefined => {
    const key = schema.find((one) => one.role === role);
    return key && { name: key.name, type: types.get(key.name) ?? 'S' };
  };
  const partitionKey = keyOf('HASH');
  if (partitionKey === undefined) {
    throw properties.error('KeySchema', 'A table needs a key of type HASH');
  }
  const stream = properties.map('StreamSpecification');
  const expiry = properties.map('TimeToLiveSpecification');
  const isExpiring = expiry?.boolean('Enabled') ?? true;
  const attribute = expiry?.text('AttributeName');
  stream?.ignore('ResourcePolicy');
  return {
    name: properties.text('TableName'),
    options: withoutUndefined({
      partitionKey,
      sortKey: keyOf('RANGE'),
      stream: stream?.neededText('StreamViewType'),
      ttlAttribute: isExpiring ? attribute : undefined,
    }),
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html */
export function readBucket(properties: Properties): PlannedBucket {
  properties.ignore(
    'AccelerateConfiguration',
    'AccessControl',
    'BucketEncryption',
    'CorsConfiguration',
    'LoggingConfiguration',
    'OwnershipControls',
    'PublicAccessBlockConfiguration',
    'Tags',
  );
  const configuration = properties.map('NotificationConfiguration');
  return {
    name: properties.text('BucketName'),
    notifications: configuration === undefined ? [] : readNotifications(configuration),
  };
}

function readNotifications(configuration: Properties): PlannedNotification[] {
  const kinds = [
    ['LambdaConfigurations', 'Function'],
    ['QueueConfigurations', 'Queue'],
    ['TopicConfigurations', 'Topic'],
  ] as const;
  const named = kinds.flatMap(([list, target]) =>
    configuration.maps(list).map((one) => ({
      targetArn: one.neededText(target),
      options: { events: [one.neededText('Event')], ...filterOf(one) },
    })),
  );
  const bus = configuration.map('EventBridgeConfiguration');
  const isOnBus = bus !== undefined && (bus.boolean('EventBridgeEnabled') ?? true);
  return isOnBus ? [...named, { targetArn: undefined, options: {} }] : named;
}

function filterOf(one: Properties): { readonly prefix?: string; readonly suffix?: string } {
  const rules = one.map('Filter')?.map('S3Key')?.maps('Rules') ?? [];
  const valueOf = (name: string): string | undefined =>
    rules.find((rule) => rule.neededText('Name').toLowerCase() === name)?.neededText('Value');
  return withoutUndefined({ prefix: valueOf('prefix'), suffix: valueOf('suffix') });
}
