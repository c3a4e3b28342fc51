import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { kafkaEvent, kinesisEvent, snsEvent, sqsEvent } from '../../../src/testing/index.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

describe('sqsEvent', () => {
  test('has what AWS sends for a message of a standard queue', () => {
    const [record] = sqsEvent([{ body: { id: 1 } }]).Records;
    expect(record).toEqual({
      messageId: expect.stringMatching(/^[\da-f-]{36}$/),
      receiptHandle: expect.stringMatching(/^[\w+/]+=*$/),
      body: '{"id":1}',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '1767225600000',
        SenderId: 'AIDAIENQZJOLO23YVJ4VO',
        ApproximateFirstReceiveTimestamp: '1767225600002',
      },
      messageAttributes: {},
      md5OfBody: md5('{"id":1}'),
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:my-queue',
      awsRegion: 'us-east-1',
    });
  });

  test('shows attributes as a function sees them, with their digest', () => {
    const [record] = sqsEvent([
      { body: 'x', attributes: { name: 'Ada', age: 36, key: Uint8Array.of(1, 2) } },
    ]).Records;
    const empty = { stringListValues: [], binaryListValues: [] };
    expect(record?.messageAttributes).toEqual({
      name: { stringValue: 'Ada', dataType: 'String', ...empty },
      age: { stringValue: '36', dataType: 'Number', ...empty },
      key: { binaryValue: 'AQI=', dataType: 'Binary', ...empty },
    });
    expect(record?.md5OfMessageAttributes).toMatch(/^[\da-f]{32}$/);
  });

  test('numbers the messages of a FIFO queue', () => {
    const records = sqsEvent([
      { body: 'a', groupId: 'g' },
      { body: 'b', groupId: 'g', dedupId: 'd', receiveCount: 2, traceHeader: 'Root=1' },
    ]).Records;
    expect(records.map(({ eventSourceARN }) => eventSourceARN.split(':').at(-1))).toEqual([
      'my-queue.fifo',
      'my-queue.fifo',
    ]);
    expect(records[1]?.attributes).toMatchObject({
      ApproximateReceiveCount: '2',
      AWSTraceHeader: 'Root=1',
      MessageGroupId: 'g',
      MessageDeduplicationId: 'd',
    });
    const [first, second] = records.map(({ attributes }) => BigInt(attributes.SequenceNumber ?? 0));
    expect(second).toBeGreaterThan(first ?? 0n);
    expect(records[0]?.attributes.MessageDeduplicationId).toBe(
      createHash('sha256').update('a').digest('hex'),
    );
  });

  test('is the same every time, and differs from message to message', () => {
    const event = sqsEvent([{ body: 'a' }, { body: 'a' }]);
    expect(sqsEvent([{ body: 'a' }, { body: 'a' }])).toEqual(event);
    expect(new Set(event.Records.map(({ messageId }) => messageId)).size).toBe(2);
  });

  test('takes place, time and any field of one’s own', () => {
    const [record] = sqsEvent(
      [{ overrides: { attributes: { SenderId: 'AROA', SentTimestamp: undefined }, body: '!' } }],
      { region: 'cn-north-1', accountId: '111122223333', time: '2026-05-01T00:00:00Z', queue: 'q' },
    ).Records;
    expect(record?.eventSourceARN).toBe('arn:aws-cn:sqs:cn-north-1:111122223333:q');
    expect(record?.body).toBe('!');
    expect(record?.attributes).toEqual({
      ApproximateReceiveCount: '1',
      SenderId: 'AROA',
      ApproximateFirstReceiveTimestamp: String(Date.UTC(2026, 4, 1) + 2),
    });
  });

  test.each([
    [() => sqsEvent({} as []), '`messages` to be an array'],
    [() => sqsEvent([{ text: 'x' } as object]), 'There is no option `text`'],
    [() => sqsEvent([], { queueName: 'x' } as object), 'There is no option `queueName`'],
    [() => sqsEvent([], { time: 'soon' }), '`time` to be a date'],
    [() => sqsEvent([{ body: () => 1 }]), '`body` to be a text or a value that JSON can express'],
  ])('%s is refused', (make, message) => {
    expect(make).toThrow(message);
  });
});

describe('snsEvent', () => {
  test('has what AWS sends for a notification', () => {
    const { Records } = snsEvent({
      message: { id: 1 },
      subject: 'Order',
      attributes: { kind: 'book' },
      topic: 'orders',
    });
    expect(Records).toHaveLength(1);
    expect(Records[0]).toMatchObject({
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      EventSubscriptionArn: expect.stringMatching(
        /^arn:aws:sns:us-east-1:123456789012:orders:[\da-f-]{36}$/,
      ),
      Sns: {
        Type: 'Notification',
        TopicArn: 'arn:aws:sns:us-east-1:123456789012:orders',
        Subject: 'Order',
        Message: '{"id":1}',
        Timestamp: '2026-01-01T00:00:00.000Z',
        SignatureVersion: '1',
        SigningCertUrl: expect.stringMatching(
          /^https:\/\/sns\.us-east-1\.amazonaws\.com\/.*\.pem$/,
        ),
        MessageAttributes: { kind: { Type: 'String', Value: 'book' } },
      },
    });
  });

  test('has null for a subject that nobody gave', () => {
    expect(snsEvent({ message: 'x' }).Records[0]?.Sns).toMatchObject({ Subject: null });
  });
});

describe('kinesisEvent', () => {
  test('has base64 data and sequence numbers of 56 digits that grow', () => {
    const { Records } = kinesisEvent([{ data: 'Hello' }, { data: { id: 2 }, partitionKey: 'b' }], {
      shard: 6,
      stream: 'clicks',
      time: 1_545_084_650_987,
    });
    expect(Records[0]).toMatchObject({
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey: '1',
        data: 'SGVsbG8=',
        approximateArrivalTimestamp: 1_545_084_650.987,
        sequenceNumber: expect.stringMatching(/^\d{56}$/),
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventName: 'aws:kinesis:record',
      eventSourceARN: 'arn:aws:kinesis:us-east-1:123456789012:stream/clicks',
    });
    const [first, second] = Records.map(({ kinesis }) => kinesis.sequenceNumber);
    expect(Records[0]?.eventID).toBe(`shardId-000000000006:${first}`);
    expect(BigInt(second ?? 0)).toBeGreaterThan(BigInt(first ?? 0));
  });
});

describe('kafkaEvent', () => {
  test('groups records by topic and partition, with offsets', () => {
    const { records } = kafkaEvent([
      { topic: 'orders', key: 'k', value: 'a', headers: { h: 'v' } },
      { topic: 'orders', value: 'b' },
      { topic: 'orders', partition: 1, value: 'c' },
    ]);
    expect(Object.keys(records)).toEqual(['orders-0', 'orders-1']);
    expect(records['orders-0']).toMatchObject([
      { offset: 0, key: 'aw==', value: 'YQ==', headers: [{ h: [118] }] },
      { offset: 1, value: 'Yg==', headers: [] },
    ]);
  });
});
