import { expect, test } from 'vitest';
import { Queue } from '../../src/brokers/queue.ts';
import { Topic } from '../../src/brokers/topic.ts';
import type { TopicOptions } from '../../src/brokers/topic-options.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { bodiesOf, oneMessage } from './one-message.ts';

function topicWithQueue(options: TopicOptions = {}): {
  readonly clock: VirtualClock;
  readonly topic: Topic;
  readonly queue: Queue;
} {
  const clock = new VirtualClock();
  const topic = new Topic('orders.fifo', options, { clock });
  const queue = new Queue('inbox.fifo', {}, { clock });
  topic.subscribe(queue, { raw: true });
  return { clock, topic, queue };
}

test('a FIFO queue gets group and deduplication id, and an envelope that is numbered and not signed', async () => {
  const clock = new VirtualClock();
  const topic = new Topic('orders.fifo', {}, { clock });
  const queue = new Queue('inbox.fifo', {}, { clock });
  topic.subscribe(queue);
  const { sequenceNumber } = await topic.publish('Test', {
    subject: 'S',
    groupId: 'message-group-id-1',
    dedupId: 'message-deduplication-id-1',
  });
  const { body, systemAttributes } = await oneMessage(queue);
  expect(systemAttributes).toMatchObject({
    MessageGroupId: 'message-group-id-1',
    MessageDeduplicationId: 'message-deduplication-id-1',
  });
  const envelope = JSON.parse(body) as Record<string, unknown>;
  expect(Object.keys(envelope)).toEqual([
    'Type',
    'MessageId',
    'SequenceNumber',
    'TopicArn',
    'Subject',
    'Message',
    'Timestamp',
    'UnsubscribeURL',
  ]);
  expect(sequenceNumber).toMatch(/^\d{20}$/);
  expect(envelope['SequenceNumber']).toBe(sequenceNumber);
});

test('messages of a group arrive in the order in which they were published', async () => {
  const { topic, queue } = topicWithQueue({ contentBasedDedup: true });
  const bodies = ['a', 'b', 'c', 'd'];
  const published = await Promise.all(bodies.map((body) => topic.publish(body, { groupId: 'g' })));
  expect(await bodiesOf(queue)).toEqual(bodies);
  const numbers = published.map(({ sequenceNumber }) => sequenceNumber ?? '');
  expect(numbers).toEqual([...new Set(numbers)].sort());
});

test('a duplicate within 5 minutes goes to nobody and gets the first answer, whoever subscribed since', async () => {
  const { clock, topic, queue } = topicWithQueue();
  const first = await topic.publish('a', { groupId: 'g', dedupId: 'd' });
  const late = new Queue('late', {}, { clock });
  topic.subscribe(late);
  await clock.advance(299_999);
  expect(await topic.publish('b', { groupId: 'g2', dedupId: 'd' })).toEqual(first);
  expect([queue.size, late.size]).toEqual([1, 0]);
  await clock.advance(1);
  await topic.publish('c', { groupId: 'g', dedupId: 'd' });
  expect([queue.size, late.size]).toEqual([2, 1]);
});

test('or within its group alone', async () => {
  const { topic, queue } = topicWithQueue({ dedupScope: 'group' });
  await topic.publish('a', { groupId: 'g1', dedupId: 'd1' });
  const second = await topic.publish('b', { groupId: 'g2', dedupId: 'd1' });
  expect(second.sequenceNumber).not.toBeUndefined();
  // The queue itself has the scope of a queue, so it keeps the first one alone.
  expect(await bodiesOf(queue)).toEqual(['a']);
});

test('content-based deduplication gives queues the SHA-256 of the message', async () => {
  const { topic, queue } = topicWithQueue({ contentBasedDedup: true });
  await topic.publish('Test', { groupId: 'g' });
  await topic.publish('Test', { groupId: 'g' });
  expect(queue.size).toBe(1);
  expect((await oneMessage(queue)).systemAttributes.MessageDeduplicationId).toBe(
    '532eaabd9574880dbf76b9b8cc00832c20a6ec113d682299550d7a6e0f345e25',
  );
});

test('a standard queue gets the message without group', async () => {
  const clock = new VirtualClock();
  const topic = new Topic('orders.fifo', {}, { clock });
  const queue = new Queue('inbox', {}, { clock });
  topic.subscribe(queue);
  await topic.publish('a', { groupId: 'g', dedupId: 'd' });
  expect((await oneMessage(queue)).systemAttributes).not.toHaveProperty('MessageGroupId');
});

test.each([
  [{}, 'Invalid parameter: The MessageGroupId parameter is required for FIFO topics'],
  [
    { groupId: 'g' },
    'Invalid parameter: The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  ],
])('published with %o it is refused, in a batch, too', async (options, message) => {
  const { topic, queue } = topicWithQueue();
  const refused = expect.objectContaining({ awsCode: 'InvalidParameter', message });
  await expect(topic.publish('a', options)).rejects.toEqual(refused);
  const ok = { id: 'ok', message: 'a', groupId: 'g', dedupId: 'd' };
  const batch = topic.publishBatch([ok, { id: 'bad', message: 'b', ...options }]);
  await expect(batch).rejects.toEqual(refused);
  expect(queue.size).toBe(0);
});
