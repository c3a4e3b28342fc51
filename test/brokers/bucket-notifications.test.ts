import { describe, expect, test } from 'vitest';
import type { AsyncSendOptions } from '../../src/core/async-target.ts';
import { SeededIds } from '../../src/core/ids.ts';
import { seededRandom } from '../../src/core/random.ts';
import type { UndeliveredMessage } from '../../src/brokers/broker-context.ts';
import { Bucket } from '../../src/brokers/bucket.ts';
import type { S3BusEntry, S3Event } from '../../src/brokers/bucket-events.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const arn = (service: string, name: string): string =>
  `arn:aws:${service}:us-east-1:123456789012:${name}`;

/** What a target was given, with the other arguments of the call. */
interface Taken {
  readonly body: string;
  readonly options: unknown;
}

function queue(isFifo = false) {
  const taken: Taken[] = [];
  const send = async (body: string, options?: unknown): Promise<void> =>
    void taken.push({ body, options });
  return { arn: arn('sqs', 'q'), isFifo, send, taken };
}

function topic() {
  const taken: Taken[] = [];
  const publish = async (body: string, options?: unknown): Promise<void> =>
    void taken.push({ body, options });
  return { arn: arn('sns', 't'), isFifo: false, publish, taken };
}

function lambdaFunction() {
  const taken: { event: unknown; options: AsyncSendOptions | undefined }[] = [];
  const send = async (event: unknown, options?: AsyncSendOptions) => {
    taken.push({ event, options });
    return { requestId: 'r' };
  };
  return { arn: arn('lambda', 'function:f'), send, taken };
}

function eventBus(answer: object = { eventId: 'e' }) {
  const entries: S3BusEntry[] = [];
  const put = async (given: readonly S3BusEntry[]): Promise<object[]> => {
    entries.push(...given);
    return given.map(() => answer);
  };
  return { arn: arn('events', 'event-bus/default'), put, entries };
}

function bucketAt(clock = new VirtualClock(), options = {}) {
  const undelivered: UndeliveredMessage[] = [];
  const bucket = new Bucket('uploads', options, {
    clock,
    ids: new SeededIds(seededRandom(1)),
    onUndelivered: (message) => void undelivered.push(message),
  });
  return { bucket, clock, undelivered };
}

describe('what targets get', () => {
  test('a queue gets the test event and then the record of each object', async () => {
    const { bucket } = bucketAt();
    const target = queue();
    await bucket.notify({ id: 'all', events: ['s3:ObjectCreated:*'], target });
    await bucket.put('my image(1)/ä+b.jpg', 'xyz', { traceHeader: 'Root=1-a-b' });

    expect(JSON.parse(target.taken[0]?.body ?? '')).toEqual({
      Service: 'Amazon S3',
      Event: 's3:TestEvent',
      Time: '2026-01-01T00:00:00.000Z',
      Bucket: 'uploads',
      RequestId: expect.stringMatching(/^[0-9A-F]{16}$/),
      HostId: expect.stringMatching(/^[\w+/]{64}$/),
    });
    expect(target.taken[1]?.options).toEqual({ traceHeader: 'Root=1-a-b' });
    expect(JSON.parse(target.taken[1]?.body ?? '')).toEqual({
      Records: [
        {
          eventVersion: '2.1',
          eventSource: 'aws:s3',
          awsRegion: 'us-east-1',
          eventTime: '2026-01-01T00:00:00.000Z',
          eventName: 'ObjectCreated:Put',
          userIdentity: { principalId: expect.stringMatching(/^AWS:AIDA/) },
          requestParameters: { sourceIPAddress: '127.0.0.1' },
          responseElements: {
            'x-amz-request-id': expect.stringMatching(/^[0-9A-F]{16}$/),
            'x-amz-id-2': expect.stringMatching(/^[\w+/]{64}$/),
          },
          s3: {
            s3SchemaVersion: '1.0',
            configurationId: 'all',
            bucket: {
              name: 'uploads',
              ownerIdentity: { principalId: expect.any(String) },
              arn: 'arn:aws:s3:::uploads',
            },
            object: {
              key: 'my+image%281%29/%C3%A4%2Bb.jpg',
              size: 3,
              eTag: 'd16fb36f0911f878998c136191af705e',
              sequencer: expect.stringMatching(/^00[0-9A-F]{16}$/),
            },
          },
        },
      ],
    });
  });

  test('a removed object has neither size nor tag', async () => {
    const { bucket } = bucketAt();
    const events: S3Event[] = [];
    const target = (event: S3Event): void => void events.push(event);
    await bucket.notify({ events: ['s3:ObjectRemoved:Delete'], target });
    await bucket.put('a', 'x');
    await bucket.delete('a');
    await bucket.delete('a');

    expect(events).toHaveLength(1);
    expect(events[0]?.Records[0].eventName).toBe('ObjectRemoved:Delete');
    expect(Object.keys(events[0]?.Records[0].s3.object ?? {})).toEqual(['key', 'sequencer']);
  });

  test('sequencers grow, within one millisecond too', async () => {
    const { bucket, clock } = bucketAt();
    const sequencers: string[] = [];
    const target = ({ Records: [record] }: S3Event): void =>
      void sequencers.push(record.s3.object.sequencer);
    await bucket.notify({ events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'], target });
    await bucket.put('a', '1');
    await bucket.put('a', '2');
    await bucket.copy({ key: 'a' }, 'b');
    await clock.advance(1);
    await bucket.deleteMany(['a', 'b']);

    expect(sequencers).toHaveLength(5);
    expect([...new Set(sequencers)].sort()).toEqual(sequencers);
  });

  test('a topic gets the subject that S3 writes', async () => {
    const { bucket } = bucketAt();
    const target = topic();
    await bucket.notify({ events: ['s3:ObjectCreated:Copy'], target });
    await bucket.put('a', 'x');
    await bucket.copy({ key: 'a' }, 'b', { traceHeader: 'Root=1-a-b' });

    expect(target.taken.map(({ options }) => options)).toEqual([
      { subject: 'Amazon S3 Notification' },
      { subject: 'Amazon S3 Notification', traceHeader: 'Root=1-a-b' },
    ]);
    expect(target.taken[1]?.body).toContain('"eventName":"ObjectCreated:Copy"');
  });

  test('a function gets no test event, and the trace that caused the event', async () => {
    const { bucket } = bucketAt();
    const target = lambdaFunction();
    await bucket.notify({ events: ['s3:ObjectCreated:*'], target });
    await bucket.put('a', 'x', { traceHeader: 'Root=1-a-b;Lineage=1:f:0' });

    expect(target.taken).toHaveLength(1);
    expect(target.taken[0]).toMatchObject({
      event: { Records: [{ eventName: 'ObjectCreated:Put' }] },
      options: { traceId: 'Root=1-a-b;Lineage=1:f:0' },
    });
  });

  test('an event bus gets everything in the shape of EventBridge', async () => {
    const { bucket } = bucketAt();
    const target = eventBus();
    await bucket.notify({ target });
    await bucket.put('a b', 'x');
    await bucket.delete('a b');

    expect(target.entries[0]).toEqual({
      source: 'aws.s3',
      detailType: 'Object Created',
      resources: ['arn:aws:s3:::uploads'],
      time: new Date('2026-01-01T00:00:00Z'),
      detail: {
        version: '0',
        bucket: { name: 'uploads' },
        object: {
          key: 'a b',
          size: 1,
          etag: '9dd4e461268c8034f5c8564e155c67a6',
          sequencer: expect.any(String),
        },
        'request-id': expect.any(String),
        requester: '123456789012',
        'source-ip-address': '127.0.0.1',
        reason: 'PutObject',
      },
    });
    expect(target.entries[1]).toMatchObject({
      detailType: 'Object Deleted',
      detail: {
        object: { key: 'a b' },
        reason: 'DeleteObject',
        'deletion-type': 'Permanently Deleted',
      },
    });
    await expect(bucket.notify({ target })).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
    await expect(
      bucket.notify({ target: eventBus(), events: ['s3:ObjectCreated:*'] }),
    ).rejects.toThrow(/choose among them with a rule/);
  });
});

describe('configurations', () => {
  test('prefix and suffix choose among keys', async () => {
    const { bucket } = bucketAt();
    const keys: string[] = [];
    await bucket.notify({
      events: ['s3:ObjectCreated:Put'],
      prefix: 'images/',
      suffix: '.jpg',
      target: ({ Records: [record] }) => void keys.push(record.s3.object.key),
    });
    for (const key of ['images/a.jpg', 'images/a.png', 'a.jpg']) await bucket.put(key, '');
    expect(keys).toEqual(['images/a.jpg']);
  });

  test('two that tell of the same event without filters overlap', async () => {
    const { bucket } = bucketAt();
    await bucket.notify({ events: ['s3:ObjectCreated:*'], target: () => {} });
    await expect(
      bucket.notify({ events: ['s3:ObjectCreated:Put'], target: () => {} }),
    ).rejects.toMatchObject({
      awsCode: 'InvalidArgument',
      message:
        'Configurations overlap. Configurations on the same bucket cannot share a common event type.',
    });
  });

  test.each([
    ['different events', { events: ['s3:ObjectRemoved:*'] }, true],
    ['a prefix within the other', { prefix: 'img/small/' }, false],
    ['the prefix that the other begins with', { prefix: 'i' }, false],
    ['no filter at all', {}, false],
    ['another prefix', { prefix: 'doc/' }, true],
    ['another suffix', { prefix: 'img/', suffix: '.png' }, true],
    ['a suffix within the other', { prefix: 'img/', suffix: 'g' }, false],
    ['a longer suffix', { suffix: 'x.jpg' }, false],
  ] as const)('beside img/*.jpg: %s', async (_, options, fits) => {
    const { bucket } = bucketAt();
    const target = (): void => {};
    await bucket.notify({
      events: ['s3:ObjectCreated:*'],
      prefix: 'img/',
      suffix: '.jpg',
      target,
    });
    const added = bucket.notify({ events: ['s3:ObjectCreated:Put'], target, ...options });
    if (fits) await expect(added).resolves.toMatchObject({ id: expect.any(String) });
    else await expect(added).rejects.toThrow(/^Configuration is ambiguously defined\./);
  });

  test('ids are unique', async () => {
    const { bucket } = bucketAt();
    await bucket.notify({ id: 'a', events: ['s3:ObjectCreated:*'], target: () => {} });
    await expect(
      bucket.notify({ id: 'a', events: ['s3:ObjectRemoved:*'], target: () => {} }),
    ).rejects.toThrow(/IDs must be unique/);
  });

  test('a FIFO queue is refused', async () => {
    const { bucket } = bucketAt();
    await expect(
      bucket.notify({ events: ['s3:ObjectCreated:*'], target: queue(true) }),
    ).rejects.toMatchObject({ message: 'FIFO SQS queues are not supported.' });
  });

  test('a queue that does not take the test event is not set up', async () => {
    const { bucket } = bucketAt();
    const target = { ...queue(), send: () => Promise.reject(new Error('no such queue')) };
    await expect(bucket.notify({ events: ['s3:ObjectCreated:*'], target })).rejects.toThrow(
      'no such queue',
    );
    expect(bucket.notifications).toEqual([]);
  });

  test('a notification that was removed tells nothing any more', async () => {
    const { bucket } = bucketAt();
    const events: S3Event[] = [];
    const target = (event: S3Event): void => void events.push(event);
    const { id } = await bucket.notify({ events: ['s3:ObjectCreated:*'], target });
    expect(bucket.removeNotification(id)).toBe(true);
    expect(bucket.removeNotification(id)).toBe(false);
    await bucket.put('a', '');
    expect(events).toEqual([]);
  });

  test.each([
    ['an event type that does not exist', { events: ['s3:ObjectBurnt:*'] }, 'events[0]'],
    ['no event type', { events: [] }, 'events'],
    ['no target', { target: undefined }, 'target'],
    ['an unknown option', { filter: 'x' }, 'options'],
  ])('%s is refused', async (_, options, option) => {
    const { bucket } = bucketAt();
    const given = { events: ['s3:ObjectCreated:*'], target: () => {}, ...options };
    await expect(bucket.notify(given as never)).rejects.toMatchObject({ option });
  });
});

describe('targets that fail', () => {
  test('a delivery is tried again after 1, 10 and 60 seconds, with the same record', async () => {
    const { bucket, clock, undelivered } = bucketAt();
    const bodies: string[] = [];
    const failing = queue();
    await bucket.notify({
      id: 'jobs',
      events: ['s3:ObjectCreated:*'],
      target: {
        ...failing,
        send: async (body: string) => {
          bodies.push(body);
          if (bodies.length > 1) throw new Error('full');
        },
      },
    });
    await bucket.put('a', 'x');
    expect(clock.pending()).toMatchObject([
      { label: `bucket "uploads": notification "jobs": retry 1 to ${failing.arn}`, inMs: 1_000 },
    ]);
    await clock.advance(1_000);
    expect(bodies).toHaveLength(3);
    await clock.advance(9_999);
    expect(bodies).toHaveLength(3);
    await clock.advance(1);
    expect(bodies).toHaveLength(4);
    expect(undelivered).toEqual([]);
    await clock.advance(60_000);

    expect(bodies).toHaveLength(5);
    expect(new Set(bodies.slice(1)).size).toBe(1);
    expect(undelivered).toEqual([
      { from: bucket.arn, to: failing.arn, reason: 'full', body: bodies[1] },
    ]);
  });

  test('a callback that rejects once gets the event a second time', async () => {
    const { bucket, clock, undelivered } = bucketAt();
    let calls = 0;
    const target = async (): Promise<void> => {
      calls += 1;
      if (calls === 1) throw new Error('not yet');
    };
    await bucket.notify({ events: ['s3:ObjectCreated:*'], target });
    await bucket.put('a', 'x');
    await clock.runAll();
    expect(calls).toBe(2);
    expect(undelivered).toEqual([]);
  });

  test('what an event bus refuses counts as a failure', async () => {
    const { bucket, undelivered } = bucketAt(undefined, { notificationRetryDelaysMs: [] });
    const target = eventBus({ errorCode: 'ThrottlingException', errorMessage: 'slow down' });
    await bucket.notify({ target });
    await bucket.put('a', 'x');
    expect(undelivered).toMatchObject([{ to: target.arn, reason: 'slow down' }]);
  });

  test('closing reports what still waits', async () => {
    const { bucket, clock, undelivered } = bucketAt();
    await bucket.notify({
      events: ['s3:ObjectCreated:*'],
      target: () => Promise.reject(new Error('down')),
    });
    await bucket.put('a', 'x');
    await clock.advance(0);
    await bucket.close();

    expect(clock.pending()).toEqual([]);
    expect(undelivered).toMatchObject([
      { to: 'callback', reason: 'down (closed before the next attempt)' },
    ]);
  });
});
