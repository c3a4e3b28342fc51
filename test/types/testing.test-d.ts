import type {
  ALBEvent,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyWebsocketEventV2,
  CloudWatchLogsEvent,
  DynamoDBStreamEvent,
  EventBridgeEvent,
  FirehoseTransformationEvent,
  KinesisStreamEvent,
  LambdaFunctionURLEvent,
  MSKEvent,
  S3Event,
  ScheduledEvent,
  SNSEvent,
  SQSEvent,
} from 'aws-lambda';
import { describe, expectTypeOf, test } from 'vitest';
import {
  AsyncHistory,
  VirtualClock,
  albEvent,
  apiGatewayProxyEvent,
  apiGatewayProxyEventV2,
  cloudWatchLogsEvent,
  dynamoDbStreamEvent,
  eventBridgeEvent,
  firehoseEvent,
  FetchMock,
  functionUrlEvent,
  kafkaEvent,
  kinesisEvent,
  s3Event,
  scheduledEvent,
  snsEvent,
  sqsEvent,
  webSocketEvent,
} from '../../src/testing/index.ts';
import { test as withLambda } from '../../src/testing/vitest.ts';
import { Lambda } from '../../src/index.ts';

describe('events are what the published types of AWS say', () => {
  test('of queues, topics, streams, buckets and buses', () => {
    expectTypeOf(sqsEvent()).toExtend<SQSEvent>();
    expectTypeOf(snsEvent()).toExtend<SNSEvent>();
    expectTypeOf(s3Event()).toExtend<S3Event>();
    expectTypeOf(kinesisEvent()).toExtend<KinesisStreamEvent>();
    expectTypeOf(dynamoDbStreamEvent([])).toExtend<DynamoDBStreamEvent>();
    expectTypeOf(firehoseEvent([])).toExtend<FirehoseTransformationEvent>();
    expectTypeOf(kafkaEvent([])).toExtend<MSKEvent>();
    expectTypeOf(cloudWatchLogsEvent([])).toExtend<CloudWatchLogsEvent>();
    expectTypeOf(scheduledEvent()).toExtend<ScheduledEvent>();
    expectTypeOf(eventBridgeEvent({ detailType: 'Order Placed', detail: { id: 1 } })).toExtend<
      EventBridgeEvent<'Order Placed', { id: number }>
    >();
  });

  test('of everything that speaks HTTP', () => {
    expectTypeOf(apiGatewayProxyEvent()).toExtend<APIGatewayProxyEvent>();
    expectTypeOf(apiGatewayProxyEventV2()).toExtend<APIGatewayProxyEventV2>();
    expectTypeOf(functionUrlEvent()).toExtend<LambdaFunctionURLEvent>();
    expectTypeOf(albEvent()).toExtend<ALBEvent>();
    expectTypeOf(webSocketEvent()).toExtend<APIGatewayProxyWebsocketEventV2>();
  });
});

test('a FetchMock is an interceptor', () => {
  expectTypeOf(Lambda).toBeConstructibleWith({ intercept: new FetchMock() });
});

test('the fixtures have their types', () => {
  withLambda('a test', ({ lambda, clock, web, history }) => {
    expectTypeOf(lambda).toEqualTypeOf<Lambda>();
    expectTypeOf(clock).toEqualTypeOf<VirtualClock>();
    expectTypeOf(web).toEqualTypeOf<FetchMock>();
    expectTypeOf(history).toEqualTypeOf<AsyncHistory>();
  });
});
