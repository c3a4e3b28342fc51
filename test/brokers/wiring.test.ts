import { expect, test } from 'vitest';
import type { Queue } from '../../src/index.ts';
import { deploy, echo, onVirtualTime, record } from '../async/fixture.ts';
import { bodyOf, recorded, recorder, take } from './recorder.ts';

/** The brokers of one `Lambda` wired to each other and to functions; no fakes. */

const header = 'Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=0';
const withLineage = `${header};Lineage=a87bd80c:3`;

test('a bucket tells a queue: first the test event, then each object, trace and all', async () => {
  await using scope = onVirtualTime();
  const { lambda } = scope;
  const queue = lambda.createQueue('q');
  const bucket = lambda.createBucket('uploads');

  await bucket.notify({ events: ['s3:ObjectCreated:*'], prefix: 'in/', target: queue });
  expect(bodyOf(await take(queue))).toMatchObject({ Event: 's3:TestEvent', Bucket: 'uploads' });

  await bucket.put('out/a.txt', 'a');
  await bucket.put('in/my cat.txt', 'miaow', { traceHeader: withLineage });
  const message = await take(queue);
  expect(bodyOf(message)).toMatchObject({
    Records: [
      { eventName: 'ObjectCreated:Put', s3: { object: { key: 'in/my+cat.txt', size: 5 } } },
    ],
  });
  expect(message.systemAttributes.AWSTraceHeader).toBe(withLineage);
  expect(queue.size).toBe(0);
});

test('a bucket tells a topic, and that a queue and a function', async () => {
  await using scope = onVirtualTime();
  const { lambda, clock } = scope;
  const { got, target } = await recorder(lambda);
  const queue = lambda.createQueue('q');
  const topic = lambda.createTopic('t');
  const bucket = lambda.createBucket('uploads');
  await bucket.notify({ events: ['s3:ObjectRemoved:*'], target: topic });
  topic.subscribe(queue);
  topic.subscribe(target);

  await bucket.put('k', 'v');
  await bucket.delete('k', { traceHeader: withLineage });
  await clock.advance(0);

  const message = await take(queue);
  const envelope = bodyOf(message) as { readonly Message: string };
  expect(envelope).toMatchObject({ Type: 'Notification', Subject: 'Amazon S3 Notification' });
  expect(message.systemAttributes.AWSTraceHeader).toBe(withLineage);
  const { event, trace } = await recorded(got);
  expect(event).toMatchObject({
    Records: [{ EventSource: 'aws:sns', Sns: { Message: envelope.Message } }],
  });
  expect(JSON.parse(envelope.Message)).toMatchObject({
    Records: [{ eventName: 'ObjectRemoved:Delete', s3: { object: { key: 'k' } } }],
  });
  expect(trace).toMatch(/;Lineage=a87bd80c:3\|\w+:1$/);
});

test('a bucket invokes a function, and tells an event bus everything', async () => {
  await using scope = onVirtualTime();
  const { lambda, clock } = scope;
  const { got, target } = await recorder(lambda);
  const queue = lambda.createQueue('q');
  const bus = lambda.createEventBus('bus');
  bus.createRule('objects', {
    pattern: { source: ['aws.s3'], detail: { object: { key: [{ suffix: '.txt' }] } } },
    targets: [queue],
  });
  const bucket = lambda.createBucket('uploads');
  await bucket.notify({ events: ['s3:ObjectCreated:Put'], target });
  await bucket.notify({ target: bus });

  await bucket.put('a.txt', 'a', { traceHeader: withLineage });
  await bucket.put('a.bin', 'a');
  await clock.advance(0);

  expect(bodyOf(await take(queue))).toMatchObject({
    'detail-type': 'Object Created',
    source: 'aws.s3',
    resources: [bucket.arn],
    detail: { bucket: { name: 'uploads' }, object: { key: 'a.txt', size: 1 } },
  });
  expect(queue.size).toBe(0);
  expect(got.size).toBe(2);
  expect((await recorded(got)).event).toMatchObject({
    Records: [{ eventSource: 'aws:s3', s3: { object: { key: 'a.txt' } } }],
  });
});

test('a notification that a queue cannot take any more is reported, with its body', async () => {
  await using scope = onVirtualTime();
  const { lambda, clock } = scope;
  const failed = record(lambda, 'delivery.failed');
  const queue = lambda.createQueue('q');
  const bucket = lambda.createBucket('uploads');
  await bucket.notify({ events: ['s3:ObjectCreated:*'], target: queue });
  await queue.destroy();

  await bucket.put('k', 'v');
  await clock.advance(71_000);
  expect(failed).toMatchObject([
    { from: bucket.arn, to: queue.arn, body: expect.stringContaining('"key":"k"') },
  ]);
  expect(bucket.size).toBe(1);
});

test('a rule reaches a queue, a FIFO queue, a topic, a function, another bus and a callback', async () => {
  await using scope = onVirtualTime();
  const { lambda, clock } = scope;
  const { got, target } = await recorder(lambda);
  const [queue, fifo, behindTopic, behindBus] = ['q', 'q.fifo', 'q2', 'q3'].map((name) =>
    lambda.createQueue(name, name.endsWith('.fifo') ? { contentBasedDedup: true } : {}),
  ) as [Queue, Queue, Queue, Queue];
  const topic = lambda.createTopic('t');
  topic.subscribe(behindTopic, {
    raw: true,
    filterPolicy: { total: [120] },
    filterPolicyScope: 'MessageBody',
  });
  const other = lambda.createEventBus('other');
  other.createRule('all', {
    pattern: { detail: { total: [{ exists: true }] } },
    targets: [behindBus],
  });
  const seen: unknown[] = [];
  const bus = lambda.createEventBus('bus');
  const rule = bus.createRule('large', {
    pattern: { source: ['shop'], detail: { total: [{ numeric: ['>', 100] }] } },
    targets: [
      {
        target: queue,
        inputTransformer: {
          inputPathsMap: { total: '$.detail.total' },
          inputTemplate: '{"pay": <total>}',
        },
      },
      { target: fifo, groupId: 'orders', inputPath: '$.detail' },
      { target: topic, inputPath: '$.detail' },
      target,
      other,
    ],
  });
  bus.createRule('callback', {
    pattern: { source: ['shop'] },
    targets: [(event) => seen.push(event)],
  });
  expect(rule.targets.map(({ arn }) => arn)).toEqual(
    [queue, fifo, topic, target, other].map(({ arn }) => arn),
  );

  await bus.put([
    { source: 'shop', detailType: 'order', detail: { total: 120 }, traceHeader: withLineage },
    { source: 'shop', detailType: 'order', detail: { total: 90 } },
  ]);
  await clock.advance(0);

  const message = await take(queue);
  expect(bodyOf(message)).toEqual({ pay: 120 });
  expect(message.systemAttributes.AWSTraceHeader).toBe(header); // without lineage, as on AWS
  const inGroup = await take(fifo);
  expect(bodyOf(inGroup)).toEqual({ total: 120 });
  expect(inGroup.systemAttributes.MessageGroupId).toBe('orders');
  expect(bodyOf(await take(behindTopic))).toEqual({ total: 120 });
  expect((await recorded(got)).event).toMatchObject({ source: 'shop', detail: { total: 120 } });
  expect(bodyOf(await take(behindBus))).toMatchObject({ source: 'shop', detail: { total: 120 } });
  expect(seen).toMatchObject([{ detail: { total: 120 } }, { detail: { total: 90 } }]);
  expect([queue, fifo, behindTopic, behindBus, got].map(({ size }) => size)).toEqual([
    0, 0, 0, 0, 0,
  ]);
});

test('what a rule cannot deliver is in its dead-letter queue, with the reason', async () => {
  await using scope = onVirtualTime();
  const { lambda, clock } = scope;
  const failed = record(lambda, 'delivery.failed');
  const letters = lambda.createQueue('letters');
  const queue = lambda.createQueue('q');
  const target = await deploy(lambda, echo);
  const bus = lambda.createEventBus('bus');
  const options = { deadLetterQueue: letters };
  const { arn } = bus.createRule('all', {
    pattern: { source: ['shop'] },
    targets: [
      { target: queue, ...options },
      { target, ...options },
    ],
  });
  await queue.destroy();
  await target.delete();

  await bus.put([{ source: 'shop', detailType: 'order', detail: { id: 1 } }]);
  await clock.advance(0);
  const messages = await letters.receive({ max: 10 });
  expect(messages.map(({ attributes }) => attributes)).toMatchObject(
    [queue, target].map((gone) => ({
      RULE_ARN: arn,
      TARGET_ARN: gone.arn,
      ERROR_CODE: 'NO_RESOURCE',
      RETRY_ATTEMPTS: '0',
    })),
  );
  expect(messages.map(bodyOf)).toMatchObject([{ detail: { id: 1 } }, { detail: { id: 1 } }]);
  expect(failed).toEqual([]);
});

test('a topic reaches queues and functions that its filter policies choose', async () => {
  await using scope = onVirtualTime();
  const { lambda, clock } = scope;
  const { got, target } = await recorder(lambda);
  const raw = lambda.createQueue('raw');
  const wrapped = lambda.createQueue('wrapped');
  const topic = lambda.createTopic('t');
  topic.subscribe(raw, { raw: true, filterPolicy: { kind: ['book'] } });
  topic.subscribe(wrapped, { filterPolicy: { pages: [{ numeric: ['>=', 100] }] } });
  topic.subscribe(target, { filterPolicy: { kind: [{ 'anything-but': 'book' }] } });

  const book = { attributes: { kind: 'book', pages: 180 }, traceHeader: withLineage };
  const { messageId } = await topic.publish('a book', book);
  await topic.publish('a leaf', { attributes: { kind: 'leaflet', pages: 2 } });
  await clock.advance(0);

  const first = await take(raw);
  expect(first).toMatchObject({ body: 'a book', attributes: { kind: 'book', pages: '180' } });
  expect(first.systemAttributes.AWSTraceHeader).toBe(withLineage);
  expect(bodyOf(await take(wrapped))).toMatchObject({ MessageId: messageId, Message: 'a book' });
  expect((await recorded(got)).event).toMatchObject({
    Records: [{ Sns: { Message: 'a leaf', MessageAttributes: { kind: { Value: 'leaflet' } } } }],
  });
  expect([raw, wrapped, got].map(({ size }) => size)).toEqual([0, 0, 0]);
});

test('a FIFO topic keeps order, group and deduplication into a FIFO queue', async () => {
  await using scope = onVirtualTime();
  const { lambda } = scope;
  const queue = lambda.createQueue('q.fifo');
  const topic = lambda.createTopic('t.fifo');
  topic.subscribe(queue, { raw: true });

  await topic.publish('one', { groupId: 'g', dedupId: '1' });
  await topic.publish('one again', { groupId: 'g', dedupId: '1' });
  await topic.publish('two', { groupId: 'g', dedupId: '2' });
  const messages = await queue.receive({ max: 10 });
  expect(
    messages.map(({ body, systemAttributes }) => [body, systemAttributes.MessageGroupId]),
  ).toEqual([
    ['one', 'g'],
    ['two', 'g'],
  ]);
});

test('what a topic cannot deliver is in the dead-letter queue of the subscription', async () => {
  await using scope = onVirtualTime();
  const { lambda, clock } = scope;
  const failed = record(lambda, 'delivery.failed');
  const letters = lambda.createQueue('letters');
  const queue = lambda.createQueue('q');
  const target = await deploy(lambda, echo);
  const topic = lambda.createTopic('t');
  topic.subscribe(queue, { deadLetter: letters, raw: true });
  topic.subscribe(target, { deadLetter: letters });
  await queue.destroy();
  await target.delete();

  await topic.publish('hello');
  await clock.advance(0);
  const bodies = (await letters.receive({ max: 10 })).map(({ body }) => body);
  expect(bodies).toEqual(['hello', expect.stringContaining('"Message" : "hello"')]);
  expect(failed).toEqual([]);
});

test('letters go back from a dead-letter queue to the queue that they came from', async () => {
  await using scope = onVirtualTime();
  const { lambda, clock } = scope;
  const letters = lambda.createQueue('letters');
  const queue = lambda.createQueue('q', {
    visibilityTimeoutMs: 1_000,
    redrive: { target: letters, maxReceives: 2 },
  });
  const topic = lambda.createTopic('t');
  topic.subscribe(queue, { raw: true });
  await topic.publish('poison', { attributes: { kind: 'x' }, traceHeader: withLineage });

  for (let receives = 0; receives < 3; receives += 1) {
    await queue.receive();
    await clock.advance(1_000);
  }
  expect([queue.size, letters.size]).toEqual([0, 1]);
  expect(await clock.runUntil(letters.startMoveTask().done)).toBe('COMPLETED');
  const message = await take(queue);
  expect(message).toMatchObject({ body: 'poison', attributes: { kind: 'x' } });
  expect(message.systemAttributes.AWSTraceHeader).toBe(withLineage);
  expect(letters.size).toBe(0);
});
