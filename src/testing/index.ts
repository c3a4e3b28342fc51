import '../core/node-support.ts';

export { AsyncHistory } from './async-history.ts';
export {
  albEvent,
  apiGatewayProxyEvent,
  apiGatewayProxyEventV2,
  cloudWatchLogsEvent,
  dynamoDbStreamEvent,
  eventBridgeEvent,
  firehoseEvent,
  functionUrlEvent,
  kafkaEvent,
  kinesisEvent,
  s3Event,
  scheduledEvent,
  snsEvent,
  sqsEvent,
  webSocketEvent,
} from './events/index.ts';
export { FetchMock } from './fetch-mock.ts';
export { ClockHeldError } from './held-work.ts';
export { VirtualClock } from './virtual-clock.ts';

export type { AsyncState, AsyncStory, EndExpectation, EventSource } from './async-history.ts';
export type {
  AlbEvent,
  AlbEventOptions,
  ApiGatewayProxyEvent,
  ApiGatewayProxyEventOptions,
  ApiGatewayProxyEventV2,
  ApiGatewayProxyEventV2Options,
  CloudWatchLogsEvent,
  CloudWatchLogsEventOptions,
  DynamoDbStreamEvent,
  DynamoDbStreamEventOptions,
  EventBridgeEvent,
  EventBridgeEventOptions,
  EventOrigin,
  FirehoseEvent,
  FirehoseEventOptions,
  FunctionUrlEventOptions,
  HttpRequestOptions,
  ItemChangeOptions,
  KafkaEvent,
  KafkaEventOptions,
  KafkaRecordOptions,
  KinesisEvent,
  KinesisEventOptions,
  KinesisRecordOptions,
  Overrides,
  S3Event,
  S3EventOptions,
  ScheduledEventOptions,
  SnsEvent,
  SnsEventOptions,
  SqsEvent,
  SqsEventOptions,
  SqsMessageOptions,
  WebSocketEvent,
  WebSocketEventOptions,
} from './events/index.ts';
export type { FetchMockOptions, RouteOptions } from './fetch-mock.ts';
export type { HeldWork } from './held-work.ts';
export type { MockAnswer, MockReply, MockTools } from './mock-reply.ts';
export type { MockedCall } from './mocked-call.ts';
export type { UrlMatcher } from './url-pattern.ts';
export type { PendingTimer, VirtualClockOptions } from './virtual-clock.ts';
export type {
  InterceptContext,
  InterceptedAnswer,
  InterceptedRequest,
  Interceptor,
} from '../network/interceptor.ts';
