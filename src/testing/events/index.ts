export { albEvent } from './alb-event.ts';
export { apiGatewayProxyEvent } from './api-gateway-proxy-event.ts';
export { cloudWatchLogsEvent } from './cloudwatch-logs-event.ts';
export { dynamoDbStreamEvent } from './dynamodb-stream-event.ts';
export { eventBridgeEvent, scheduledEvent } from './eventbridge-event.ts';
export { firehoseEvent } from './firehose-event.ts';
export { apiGatewayProxyEventV2, functionUrlEvent } from './http-api-event.ts';
export { kafkaEvent } from './kafka-event.ts';
export { kinesisEvent } from './kinesis-event.ts';
export { s3Event } from './s3-event.ts';
export { snsEvent } from './sns-event.ts';
export { sqsEvent } from './sqs-event.ts';
export { webSocketEvent } from './websocket-event.ts';

export type { AlbEvent, AlbEventOptions } from './alb-event.ts';
export type {
  ApiGatewayProxyEvent,
  ApiGatewayProxyEventOptions,
} from './api-gateway-proxy-event.ts';
export type { CloudWatchLogsEvent, CloudWatchLogsEventOptions } from './cloudwatch-logs-event.ts';
export type {
  DynamoDbStreamEvent,
  DynamoDbStreamEventOptions,
  ItemChangeOptions,
} from './dynamodb-stream-event.ts';
export type { EventOrigin } from './event-origin.ts';
export type {
  EventBridgeEvent,
  EventBridgeEventOptions,
  ScheduledEventOptions,
} from './eventbridge-event.ts';
export type { FirehoseEvent, FirehoseEventOptions } from './firehose-event.ts';
export type {
  ApiGatewayProxyEventV2,
  ApiGatewayProxyEventV2Options,
  FunctionUrlEventOptions,
} from './http-api-event.ts';
export type { HttpRequestOptions } from './http-request.ts';
export type { KafkaEvent, KafkaEventOptions, KafkaRecordOptions } from './kafka-event.ts';
export type { KinesisEvent, KinesisEventOptions, KinesisRecordOptions } from './kinesis-event.ts';
export type { Overrides } from './overrides.ts';
export type { S3Event, S3EventOptions } from './s3-event.ts';
export type { SnsEvent, SnsEventOptions } from './sns-event.ts';
export type { SqsEvent, SqsEventOptions, SqsMessageOptions } from './sqs-event.ts';
export type { WebSocketEvent, WebSocketEventOptions } from './websocket-event.ts';
