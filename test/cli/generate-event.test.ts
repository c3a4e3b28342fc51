import { describe, expect, test } from 'vitest';
import * as builders from '../../src/testing/index.ts';
import { runCli } from './run-cli.ts';

async function generated(...argv: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await runCli(['generate-event', ...argv]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as unknown;
}

/** Command lines next to the builder calls that they stand for. */
const same: [string[], unknown][] = [
  [
    ['s3', 'put', '--bucket', 'b', '--key', 'a b', '--size', '7'],
    builders.s3Event({ bucket: 'b', key: 'a b', size: 7 }),
  ],
  [
    ['s3', 'delete', '--version-id', 'v1'],
    builders.s3Event({ eventName: 'ObjectRemoved:Delete', versionId: 'v1' }),
  ],
  [
    ['sqs', 'receive-message', '--body', 'one', '--body', '{"two": 2}', '--group-id', 'g'],
    builders.sqsEvent([
      { body: 'one', groupId: 'g' },
      { body: '{"two": 2}', groupId: 'g' },
    ]),
  ],
  [
    ['sqs', 'receive-message', '--queue', 'q', '--attribute', 'a=1', '--attribute', 'b=2'],
    builders.sqsEvent([{ body: 'Hello from SQS!', attributes: { a: '1', b: '2' } }], {
      queue: 'q',
    }),
  ],
  [
    ['sns', 'notification', '--message', 'm', '--subject', 's'],
    builders.snsEvent({ message: 'm', subject: 's' }),
  ],
  [
    ['apigateway', 'aws-proxy', '--resource', '/u/{id}', '--path', '/u/7', '--query', 'a=1'],
    builders.apiGatewayProxyEvent({ resource: '/u/{id}', path: '/u/7', query: { a: '1' } }),
  ],
  [
    ['apigateway', 'http-api-proxy', '--method', 'POST', '--body', '{"a":1}', '--cookie', 'c=1'],
    builders.apiGatewayProxyEventV2({ method: 'POST', body: { a: 1 }, cookies: ['c=1'] }),
  ],
  [
    ['apigateway', 'websocket', '--event-type', 'CONNECT'],
    builders.webSocketEvent({ eventType: 'CONNECT' }),
  ],
  [
    ['alb', 'request', '--multi-value', '--query', 'a=1', '--query', 'a=2', '--header', 'x-a=b=c'],
    builders.albEvent({
      multiValue: true,
      query: { a: ['1', '2'] },
      headers: { 'x-a': 'b=c' },
    }),
  ],
  [
    ['lambda', 'function-url', '--auth-type', 'AWS_IAM'],
    builders.functionUrlEvent({ authType: 'AWS_IAM' }),
  ],
  [
    ['kinesis', 'get-records', '--data', '{"id":1}', '--data', 'two', '--shard', '3'],
    builders.kinesisEvent([{ data: { id: 1 } }, { data: 'two' }], { shard: 3 }),
  ],
  [
    ['dynamodb', 'update', '--keys', '{"id":1}', '--old-item', '{"n":1}', '--table', 't'],
    builders.dynamoDbStreamEvent([{ keys: { id: 1 }, oldItem: { n: 1 } }], { table: 't' }),
  ],
  [
    ['kafka', 'get-records', '--topic', 't', '--value', 'v', '--partition', '2'],
    builders.kafkaEvent([{ topic: 't', value: 'v', partition: 2 }]),
  ],
  [['firehose', 'transform', '--data', 'x'], builders.firehoseEvent(['x'])],
  [
    ['cloudwatch', 'logs', '--message', 'a', '--message', 'b', '--log-group', 'g'],
    builders.cloudWatchLogsEvent(['a', 'b'], { logGroup: 'g' }),
  ],
  [
    ['cloudwatch', 'scheduled-event', '--rule', 'r', '--region', 'eu-west-1'],
    builders.scheduledEvent({ rule: 'r', region: 'eu-west-1' }),
  ],
  [
    ['eventbridge', 'event', '--detail-type', 'Order', '--detail', '{"id":1}', '--source', 'shop'],
    builders.eventBridgeEvent({ detailType: 'Order', detail: { id: 1 }, source: 'shop' }),
  ],
];

describe('generate-event', () => {
  test.each(same)('%j gives what the builder gives', async (argv, event) => {
    expect(await generated(...argv)).toEqual(event);
  });

  test('every event of the list can be made without an option', async () => {
    const { stdout } = await runCli(['generate-event']);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/\s+/).slice(0, 2));
    expect(events).toHaveLength(16);
    for (const [service = '', event = ''] of events) {
      expect(await generated(service, event), `${service} ${event}`).toBeTypeOf('object');
    }
  });

  test('region, account and time are options of every event', async () => {
    const where = ['--region', 'eu-central-1', '--account', '210987654321'];
    const event = await generated('sqs', 'receive-message', ...where, '--time', '2026-05-01');
    expect(event).toMatchObject({
      Records: [
        {
          eventSourceARN: 'arn:aws:sqs:eu-central-1:210987654321:my-queue',
          attributes: { SentTimestamp: String(Date.UTC(2026, 4, 1)) },
        },
      ],
    });
  });

  test('a service alone lists its events', async () => {
    const { stdout } = await runCli(['generate-event', 'apigateway']);
    expect(stdout).toMatch(
      /^apigateway aws-proxy .*\napigateway http-api-proxy .*\napigateway web/,
    );
  });

  test.each([
    [['teapot'], 2, /there is no service "teapot"; there are alb, apigateway/],
    [['s3', 'fly'], 2, /there is no event of s3 "fly"; there are put, delete/],
    [['s3', 'put', '--colour', 'red'], 2, /unknown option '--colour'/],
    [['s3', 'put', '--size', 'big'], 2, /'--size <bytes>' argument 'big' is invalid.*whole number/],
    [['dynamodb', 'update', '--keys', '{'], 2, /'--keys <json>' argument '{' is invalid.*JSON/],
    [['sns', 'notification', '--attribute', 'x'], 2, /Expected NAME=value/],
    [['s3', 'put', '--key', ''], 1, /`key`/],
    [['s3', 'put', '--time', 'soon'], 1, /`time`/],
  ])('%j is refused with code %d', async (argv, code, message) => {
    const ended = await runCli(['generate-event', ...argv]);
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
  });
});
