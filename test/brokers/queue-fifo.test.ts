import { describe, expect, test } from 'vitest';
import { Queue } from '../../src/brokers/queue.ts';
import type { QueueOptions } from '../../src/brokers/queue-options.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { bodiesOf, oneMessage } from './one-message.ts';

/** A queue with messages such as `g1-m1`, each in the group that its name begins with. */
async function fifoQueue(
  bodies: readonly string[],
  options: QueueOptions = {},
): Promise<{ readonly clock: VirtualClock; readonly queue: Queue }> {
  const clock = new VirtualClock();
  const queue = new Queue('orders.fifo', { contentBasedDedup: true, ...options }, { clock });
  for (const body of bodies) await queue.send(body, { groupId: body.split('-')[0] ?? '' });
  return { clock, queue };
}

describe('groups', () => {
  test('a receive takes as many as it may of one group, then goes on with the next', async () => {
    const { queue } = await fifoQueue(['g1-m1', 'g2-m1', 'g2-m2', 'g3-m1', 'g1-m2']);
    expect(await bodiesOf(queue, { max: 3 })).toEqual(['g1-m1', 'g1-m2', 'g2-m1']);
  });

  test('nothing of a group is received while something before it is in flight', async () => {
    const { clock, queue } = await fifoQueue(['g1-m1', 'g1-m2', 'g1-m3', 'g2-m1']);
    const [first, second] = await queue.receive({ max: 2 });
    expect(await bodiesOf(queue)).toEqual(['g2-m1']);

    await queue.delete(first?.receiptHandle ?? '');
    expect(await bodiesOf(queue)).toEqual([]);
    await queue.delete(second?.receiptHandle ?? '');
    expect(await bodiesOf(queue)).toEqual(['g1-m3']);
    await clock.advance(30_000);
    expect((await bodiesOf(queue)).sort()).toEqual(['g1-m3', 'g2-m1']);
  });

  test('whoever waits gets the next message of a group when the one before it is deleted', async () => {
    const { queue } = await fifoQueue(['g1-m1', 'g1-m2']);
    const { receiptHandle } = await oneMessage(queue);
    const waiting = queue.receive({ waitMs: 20_000 });
    await queue.delete(receiptHandle);
    expect(await waiting).toMatchObject([{ body: 'g1-m2' }]);
  });

  test('after the visibility timeout a group begins again at its front', async () => {
    const { clock, queue } = await fifoQueue(['g1-m1', 'g1-m2', 'g1-m3']);
    await queue.receive({ max: 2 });
    await clock.advance(30_000);
    expect(await bodiesOf(queue)).toEqual(['g1-m1', 'g1-m2', 'g1-m3']);
  });

  // What AWS was seen to do: message `extended` of three stays hidden longer than the others.
  test.each([
    [0, []],
    [1, ['g1-m1']],
    [2, ['g1-m1', 'g1-m2']],
  ])('message %i is hidden longer: only what is before it comes', async (extended, expected) => {
    const { clock, queue } = await fifoQueue(['g1-m1', 'g1-m2', 'g1-m3']);
    const received = await queue.receive({ max: 10 });
    await queue.changeVisibility(received[extended]?.receiptHandle ?? '', 120_000);
    await clock.advance(60_000);
    expect(await bodiesOf(queue)).toEqual(expected);
  });

  test('a visibility of 0 shows a message before those that are still in flight', async () => {
    const { queue } = await fifoQueue(['g1-m1', 'g1-m2', 'g2-m1']);
    const [first] = await queue.receive({ max: 2 });
    await queue.changeVisibility(first?.receiptHandle ?? '', 0);
    expect(await bodiesOf(queue)).toEqual(['g2-m1', 'g1-m1']);
  });

  test('received with a visibility of 0, a group is there again at once', async () => {
    const { queue } = await fifoQueue(['g1-m1', 'g1-m2']);
    expect(await bodiesOf(queue, { visibilityMs: 0 })).toEqual(['g1-m1', 'g1-m2']);
    expect(await bodiesOf(queue)).toEqual(['g1-m1', 'g1-m2']);
  });

  test('messages behind their group count as visible', async () => {
    const { queue } = await fifoQueue(['g1-m1', 'g1-m2', 'g1-m3', 'g2-m1', 'g3-m1']);
    await queue.receive({ max: 4 });
    expect(queue.counts).toMatchObject({ visible: 1, inFlight: 4 });
  });
});

describe('deduplication', () => {
  test('a second message with the same id within 5 minutes is not kept, even after the first is deleted', async () => {
    const { clock, queue } = await fifoQueue([]);
    const first = await queue.send('a', { groupId: 'g', dedupId: 'd' });
    await queue.delete((await oneMessage(queue)).receiptHandle);
    await clock.advance(299_999);
    const second = await queue.send('b', { groupId: 'other', dedupId: 'd' });
    expect(second).toMatchObject({
      messageId: first.messageId,
      sequenceNumber: first.sequenceNumber,
      md5OfBody: expect.not.stringMatching(first.md5OfBody),
    });
    expect(await queue.receive()).toEqual([]);

    await clock.advance(1);
    const third = await queue.send('c', { groupId: 'g', dedupId: 'd' });
    expect(third.messageId).not.toBe(first.messageId);
    expect(await bodiesOf(queue)).toEqual(['c']);
  });

  test('within its group alone, where the queue is set up so', async () => {
    const { queue } = await fifoQueue([], { dedupScope: 'group', throughputLimit: 'group' });
    await queue.send('a', { groupId: 'g1', dedupId: 'd' });
    await queue.send('b', { groupId: 'g2', dedupId: 'd' });
    await queue.send('c', { groupId: 'g2', dedupId: 'd' });
    expect(await bodiesOf(queue)).toEqual(['a', 'b']);
  });

  test('by the body, where the queue is set up so; attributes do not count', async () => {
    const { queue } = await fifoQueue([]);
    await queue.send('Test', { groupId: 'g', attributes: { a: 1 } });
    await queue.send('Test', { groupId: 'g', attributes: { a: 2 } });
    expect(queue.size).toBe(1);
    expect((await oneMessage(queue)).systemAttributes.MessageDeduplicationId).toBe(
      '532eaabd9574880dbf76b9b8cc00832c20a6ec113d682299550d7a6e0f345e25',
    );
  });

  test('a purge forgets it', async () => {
    const { queue } = await fifoQueue([]);
    await queue.send('message-1', { groupId: 'g', dedupId: 'd' });
    await queue.purge();
    await queue.send('message-2', { groupId: 'g', dedupId: 'd' });
    expect(await bodiesOf(queue)).toEqual(['message-2']);
  });
});

describe('messages', () => {
  test('they carry group, deduplication id and a number that grows', async () => {
    const { queue } = await fifoQueue([]);
    const first = await queue.send('a', { groupId: 'group-1', dedupId: 'dedup-1' });
    const second = await queue.send('b', { groupId: 'group-1', dedupId: 'dedup-2' });
    expect(first.sequenceNumber).toMatch(/^\d{20}$/);
    expect(BigInt(second.sequenceNumber ?? 0)).toBeGreaterThan(BigInt(first.sequenceNumber ?? 0));
    expect((await oneMessage(queue)).systemAttributes).toMatchObject({
      MessageGroupId: 'group-1',
      MessageDeduplicationId: 'dedup-1',
      SequenceNumber: first.sequenceNumber,
    });
  });

  test('only the queue delays them', async () => {
    const { clock, queue } = await fifoQueue([], { delayMs: 2_000 });
    await expect(queue.send('a', { groupId: 'g', delayMs: 2_000 })).rejects.toMatchObject({
      awsCode: 'InvalidParameterValue',
      message:
        'Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.',
    });
    await queue.send('a', { groupId: 'g', delayMs: 0 });
    await clock.advance(1_999);
    expect(await bodiesOf(queue)).toEqual([]);
    await clock.advance(1);
    expect(await bodiesOf(queue)).toEqual(['a']);
  });

  test('group and deduplication id are required', async () => {
    const { queue } = await fifoQueue([], { contentBasedDedup: false });
    await expect(queue.send('a', { groupId: 'g' })).rejects.toMatchObject({
      awsCode: 'InvalidParameterValue',
    });
    await expect(queue.send('a', { dedupId: 'd' })).rejects.toMatchObject({
      awsCode: 'MissingParameter',
      message: 'The request must contain the parameter MessageGroupId.',
    });
  });
});

describe('receipt handles', () => {
  test('after the visibility timeout a handle is refused, for deleting and for changing', async () => {
    const { clock, queue } = await fifoQueue(['g1-m1']);
    const { receiptHandle } = await oneMessage(queue);
    await clock.advance(30_000);
    const expired = expect.objectContaining({
      awsCode: 'InvalidParameterValue',
      message: `Value ${receiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
    });
    await expect(queue.delete(receiptHandle)).rejects.toEqual(expired);
    await expect(queue.changeVisibility(receiptHandle, 1_000)).rejects.toEqual(expired);
    expect(queue.size).toBe(1);
  });

  test('a longer visibility keeps the handle good', async () => {
    const { clock, queue } = await fifoQueue(['g1-m1']);
    const { receiptHandle } = await oneMessage(queue);
    await queue.changeVisibility(receiptHandle, 60_000);
    await clock.advance(59_999);
    expect(await queue.delete(receiptHandle)).toBe(true);
    expect(await queue.delete(receiptHandle)).toBe(false);
  });

  test('at the limit of messages in flight a receive gets nothing, without an error', async () => {
    const { queue } = await fifoQueue(['g1-m1', 'g2-m1'], { maxInFlight: 1 });
    expect(await bodiesOf(queue)).toEqual(['g1-m1']);
    expect(await bodiesOf(queue)).toEqual([]);
  });
});
