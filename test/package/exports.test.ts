import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

interface Entry {
  readonly values: readonly string[];
  readonly types: readonly string[];
}

/** All that the package promises, by hand: a change of this list is a change of the public API. */
const entries: Record<string, Entry> = {
  isolambda: {
    values: [
      'Alias',
      'BrokerError',
      'Bucket',
      'ClosedError',
      'CodeError',
      'ConflictError',
      'EventBus',
      'FunctionNotFoundError',
      'FunctionVersion',
      'HandlerError',
      'InvalidEventPatternError',
      'InvalidFilterPolicyError',
      'InvalidOptionError',
      'Invocable',
      'InvokeFailure',
      'InvokeSuccess',
      'Lambda',
      'LambdaError',
      'LambdaFunction',
      'PayloadTooLargeError',
      'PreconditionFailedError',
      'Queue',
      'RecursiveInvocationError',
      'Report',
      'RuntimeFaultError',
      'StateError',
      'StorageError',
      'Stream',
      'SystemClock',
      'Table',
      'ThrottledError',
      'Topic',
      'compileEventPattern',
      'engineReport',
    ],
    types: [
      'AliasChanges',
      'AliasOptions',
      'AliasRecord',
      'Architecture',
      'Archive',
      'ArchiveOptions',
      'AsyncFacts',
      'AsyncOptions',
      'AsyncSendOptions',
      'AsyncTarget',
      'BatchFailure',
      'BatchResult',
      'BrokerContext',
      'BucketObject',
      'BucketOptions',
      'BusEntry',
      'BusEvent',
      'Clock',
      'ClockTimer',
      'CodeSource',
      'Condition',
      'Credentials',
      'DeadLetterTarget',
      'DeliveryFacts',
      'DestinationOption',
      'EngineReport',
      'EnvironmentInfo',
      'ErrorPayload',
      'ErrorStyle',
      'EventBusOptions',
      'EventPattern',
      'FaultInjectionOptions',
      'FileSystemOptions',
      'FunctionChanges',
      'FunctionOptions',
      'GetRecordsOptions',
      'InputTransformer',
      'InspectConfig',
      'InspectOptions',
      'Interceptor',
      'InvocationRecord',
      'InvokeOptions',
      'InvokeOutcome',
      'Isolation',
      'Item',
      'ItemValue',
      'KeyAttribute',
      'LambdaEvents',
      'LambdaOptions',
      'LambdaStats',
      'LayerContentSource',
      'LayerInfo',
      'LayerSource',
      'LayerVersion',
      'LogFilter',
      'LogLine',
      'LoggingConfig',
      'LoggingOptions',
      'MessageAttribute',
      'MessageAttributes',
      'MessageAttributesInput',
      'MoveTask',
      'MoveTaskOptions',
      'NetworkOption',
      'NetworkOptions',
      'NotificationOptions',
      'NotificationTarget',
      'ObjectHead',
      'ObjectList',
      'PublishLayerOptions',
      'PublishOptions',
      'PublishOptions as PublishMessageOptions',
      'Published',
      'PutEventResult',
      'PutObjectOptions',
      'PutRecordResult',
      'PutStreamRecord',
      'QueueChanges',
      'QueueCounts',
      'QueueOptions',
      'ReceiveMessageOptions',
      'ReceivedMessage',
      'RecordCallback',
      'RecordPage',
      'RecordStream',
      'RecursiveLoop',
      'RedrivePolicy',
      'Replay',
      'ReplayOptions',
      'ReportFigures',
      'ReportStatus',
      'ResolvedNetwork',
      'ResponseBody',
      'Restored',
      'Rule',
      'RuleChanges',
      'RuleOptions',
      'RuleTarget',
      'RuleTargetOptions',
      'Runtime',
      'SendMessageOptions',
      'SendOptions',
      'SentMessage',
      'ShardDescription',
      'ShardPosition',
      'SnapStartOptions',
      'StopReason',
      'StorageFile',
      'StorageOption',
      'StorageProblem',
      'StreamOptions',
      'StreamRecord',
      'StreamViewType',
      'StreamedResponse',
      'SubscribeOptions',
      'Subscription',
      'SubscriptionTarget',
      'SystemAttributes',
      'TableOptions',
      'TableStreamRecord',
      'TimerOptions',
      'TopicCallback',
      'TopicOptions',
      'TracingMode',
      'UndeliveredMessage',
      'VersionConfig',
      'VersionInfo',
      'VpcConfig',
      'VpcOptions',
    ],
  },
  'isolambda/aws': {
    values: ['awsClientConfig', 'requestHandler', 'serve'],
    types: [
      'ApiServer',
      'AwsClientConfig',
      'AwsCredentials',
      'SdkRequest',
      'SdkRequestHandler',
      'SdkResponse',
      'ServeOptions',
    ],
  },
  'isolambda/testing': {
    values: [
      'AsyncHistory',
      'ClockHeldError',
      'FetchMock',
      'VirtualClock',
      'albEvent',
      'apiGatewayProxyEvent',
      'apiGatewayProxyEventV2',
      'cloudWatchLogsEvent',
      'dynamoDbStreamEvent',
      'eventBridgeEvent',
      'firehoseEvent',
      'functionUrlEvent',
      'kafkaEvent',
      'kinesisEvent',
      's3Event',
      'scheduledEvent',
      'snsEvent',
      'sqsEvent',
      'webSocketEvent',
    ],
    types: [
      'AlbEvent',
      'AlbEventOptions',
      'ApiGatewayProxyEvent',
      'ApiGatewayProxyEventOptions',
      'ApiGatewayProxyEventV2',
      'ApiGatewayProxyEventV2Options',
      'AsyncState',
      'AsyncStory',
      'CloudWatchLogsEvent',
      'CloudWatchLogsEventOptions',
      'DynamoDbStreamEvent',
      'DynamoDbStreamEventOptions',
      'EndExpectation',
      'EventBridgeEvent',
      'EventBridgeEventOptions',
      'EventOrigin',
      'EventSource',
      'FetchMockOptions',
      'FirehoseEvent',
      'FirehoseEventOptions',
      'FunctionUrlEventOptions',
      'HeldWork',
      'HttpRequestOptions',
      'InterceptContext',
      'InterceptedAnswer',
      'InterceptedRequest',
      'Interceptor',
      'ItemChangeOptions',
      'KafkaEvent',
      'KafkaEventOptions',
      'KafkaRecordOptions',
      'KinesisEvent',
      'KinesisEventOptions',
      'KinesisRecordOptions',
      'MockAnswer',
      'MockReply',
      'MockTools',
      'MockedCall',
      'Overrides',
      'PendingTimer',
      'RouteOptions',
      'S3Event',
      'S3EventOptions',
      'ScheduledEventOptions',
      'SnsEvent',
      'SnsEventOptions',
      'SqsEvent',
      'SqsEventOptions',
      'SqsMessageOptions',
      'UrlMatcher',
      'VirtualClockOptions',
      'WebSocketEvent',
      'WebSocketEventOptions',
    ],
  },
  'isolambda/vitest': {
    values: ['test'],
    types: ['LambdaFixtures', 'LeftoverMode'],
  },
};

describe.each(Object.entries(entries))('%s', (name, { values, types }) => {
  test('exports these values', async () => {
    const exported = (await import(name)) as object;
    expect(Object.keys(exported).toSorted()).toEqual(values);
  });

  test('exports these types', () => {
    expect(exportedTypes(declarationsOf(name)).toSorted()).toEqual(types);
  });
});

test('package.json has no other entries', () => {
  const subpaths = Object.keys(entries).map((name) => name.replace(/^isolambda/, '.'));
  expect(Object.keys(manifest().exports)).toEqual([...subpaths, './package.json']);
});

interface Manifest {
  readonly exports: Readonly<Record<string, { readonly types: string }>>;
}

function manifest(): Manifest {
  return JSON.parse(readFileSync(rootUrl('package.json'), 'utf8')) as Manifest;
}

/** The declaration file that TypeScript reads for an entry. */
function declarationsOf(name: string): string {
  const entry = manifest().exports[name.replace(/^isolambda/, '.')];
  if (entry === undefined) throw new Error(`package.json exports no ${name}`);
  return readFileSync(rootUrl(entry.types), 'utf8');
}

function exportedTypes(declarations: string): string[] {
  return [...declarations.matchAll(/export type \{([^}]*)\}/g)].flatMap(([, names = '']) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  );
}

function rootUrl(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
