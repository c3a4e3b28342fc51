import { expect, test } from 'vitest';
import { Lambda } from '../../../src/index.ts';
import * as kit from '../../../src/testing/index.ts';

const events = {
  sqs: kit.sqsEvent([{ body: 'a', attributes: { n: 1 } }]),
  sns: kit.snsEvent(),
  s3: kit.s3Event(),
  kinesis: kit.kinesisEvent(),
  dynamoDb: kit.dynamoDbStreamEvent([{ keys: { id: '1' }, newItem: { tags: new Set(['a']) } }]),
  bus: kit.eventBridgeEvent({ detailType: 'x', detail: {} }),
  schedule: kit.scheduledEvent(),
  rest: kit.apiGatewayProxyEvent(),
  http: kit.apiGatewayProxyEventV2(),
  url: kit.functionUrlEvent(),
  alb: kit.albEvent(),
  logs: kit.cloudWatchLogsEvent(['x']),
  firehose: kit.firehoseEvent(['x']),
  kafka: kit.kafkaEvent([{ value: 'x' }]),
  webSocket: kit.webSocketEvent(),
};

test('every event is plain data that a handler gets as it is', async () => {
  await using lambda = new Lambda({ blanks: 0 });
  const echo = await lambda.createFunction({
    name: 'echo',
    code: { source: 'exports.handler = async (event) => event;' },
    isolation: 'inline',
  });
  for (const event of Object.values(events)) expect(await echo.call(event)).toEqual(event);
});
