import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  cloudWatchLogsEvent,
  dynamoDbStreamEvent,
  eventBridgeEvent,
  firehoseEvent,
  s3Event,
  scheduledEvent,
} from '../../../src/testing/index.ts';

describe('s3Event', () => {
  test('has what AWS sends when an object is put', () => {
    const { Records } = s3Event({ bucket: 'photos', key: 'in/my cat+1.jpg', body: 'hello' });
    expect(Records).toHaveLength(1);
    expect(Records[0]).toMatchObject({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      eventTime: '2026-01-01T00:00:00.000Z',
      eventName: 'ObjectCreated:Put',
      s3: {
        s3SchemaVersion: '1.0',
        bucket: { name: 'photos', arn: 'arn:aws:s3:::photos' },
        object: {
          key: 'in/my+cat%2B1.jpg',
          size: 5,
          eTag: '5d41402abc4b2a76b9719d911017c592',
          sequencer: expect.stringMatching(/^[\dA-F]{18}$/),
        },
      },
    });
  });

  test('has no size for an object that was removed', () => {
    const { object } = s3Event({ eventName: 'ObjectRemoved:Delete', versionId: 'v1' }).Records[0]!
      .s3;
    expect(Object.keys(object)).toEqual(['key', 'versionId', 'sequencer']);
  });

  test('takes names as records carry them, not those of notifications', () => {
    expect(() => s3Event({ eventName: 's3:ObjectCreated:Put' })).toThrow(
      'Expected `eventName` to be the name of an event without "s3:", such as "ObjectCreated:Put", got "s3:ObjectCreated:Put"',
    );
  });
});

describe('dynamoDbStreamEvent', () => {
  test('tells an insert, a change and a removal apart, with both images', () => {
    const { Records } = dynamoDbStreamEvent([
      { keys: { id: 1 }, newItem: { name: 'Ada' } },
      { keys: { id: 1 }, oldItem: { name: 'Ada' }, newItem: { name: 'Grace' } },
      { keys: { id: 1 }, oldItem: { name: 'Grace' }, isExpiry: true },
    ]);
    expect(Records.map(({ eventName }) => eventName)).toEqual(['INSERT', 'MODIFY', 'REMOVE']);
    expect(Records[1]).toMatchObject({
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      dynamodb: {
        ApproximateCreationDateTime: 1_767_225_600,
        Keys: { id: { N: '1' } },
        OldImage: { id: { N: '1' }, name: { S: 'Ada' } },
        NewImage: { id: { N: '1' }, name: { S: 'Grace' } },
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
      eventSourceARN:
        'arn:aws:dynamodb:us-east-1:123456789012:table/my-table/stream/2026-01-01T00:00:00.000',
    });
    expect(Records[0]?.userIdentity).toBeUndefined();
    expect(Records[2]?.userIdentity).toEqual({
      principalId: 'dynamodb.amazonaws.com',
      type: 'Service',
    });
    const numbers = Records.map(({ dynamodb }) => BigInt(dynamodb.SequenceNumber));
    expect(numbers).toEqual(numbers.toSorted((a, b) => (a < b ? -1 : 1)));
  });

  test.each([
    ['KEYS_ONLY', []],
    ['NEW_IMAGE', ['NewImage']],
    ['OLD_IMAGE', ['OldImage']],
    ['NEW_AND_OLD_IMAGES', ['NewImage', 'OldImage']],
  ] as const)('with the view %s has the images %j', (viewType, images) => {
    const [record] = dynamoDbStreamEvent([{ keys: { id: 1 }, oldItem: {}, newItem: {} }], {
      viewType,
    }).Records;
    expect(Object.keys(record!.dynamodb).filter((name) => name.endsWith('Image'))).toEqual(images);
  });

  test('refuses a change without an item', () => {
    expect(() => dynamoDbStreamEvent([{ keys: { id: 1 } }])).toThrow(
      '`changes[0]` to be a change with `newItem`, `oldItem` or both',
    );
  });
});

describe('events of a bus', () => {
  test('have no milliseconds', () => {
    const event = eventBridgeEvent({
      source: 'shop',
      detailType: 'Order Placed',
      detail: { id: 1 },
      time: 1_767_225_600_123,
    });
    expect(event).toEqual({
      version: '0',
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      'detail-type': 'Order Placed',
      source: 'shop',
      account: '123456789012',
      time: '2026-01-01T00:00:00Z',
      region: 'us-east-1',
      resources: [],
      detail: { id: 1 },
    });
  });

  test('of a schedule name their rule', () => {
    expect(scheduledEvent({ rule: 'nightly', overrides: { account: '1' } })).toMatchObject({
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: '1',
      detail: {},
      resources: ['arn:aws:events:us-east-1:123456789012:rule/nightly'],
    });
  });
});

test('cloudWatchLogsEvent packs lines as a subscription does', () => {
  const { awslogs } = cloudWatchLogsEvent(['first', { level: 'ERROR' }], { logGroup: '/my/app' });
  const data: unknown = JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')).toString());
  expect(data).toMatchObject({
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: '/my/app',
    logStream: expect.stringMatching(/^2026\/01\/01\/\[\$LATEST\][\da-f]{32}$/),
    subscriptionFilters: ['my-filter'],
    logEvents: [
      { id: expect.stringMatching(/^\d{56}$/), timestamp: 1_767_225_600_000, message: 'first' },
      { message: '{"level":"ERROR"}' },
    ],
  });
});

test('firehoseEvent has base64 data, also of bytes', () => {
  expect(firehoseEvent([Uint8Array.of(1), 'a']).records.map(({ data }) => data)).toEqual([
    'AQ==',
    'YQ==',
  ]);
});
