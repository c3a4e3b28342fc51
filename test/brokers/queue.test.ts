import { describe, expect, test } from 'vitest';
import { Queue } from '../../src/brokers/queue.ts';
import type { QueueOptions } from '../../src/brokers/queue-options.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { bodiesOf, oneMessage } from './one-message.ts';

const hourMs = 3_600_000;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function newQueue(options: QueueOptions = {}): {
  readonly clock: VirtualClock;
  readonly queue: Queue;
} {
  const clock = new VirtualClock();
  return { clock, queue: new Queue('orders', options, { clock }) };
}

function refusal(awsCode: string, message?: string): unknown {
  return expect.objectContaining({ code: 'ERR_BROKER', awsCode, ...(message && { message }) });
}

describe('sending and receiving', () => {
  test('a message comes with everything that SQS tells of it', async () => {
    const { clock, queue } = newQueue();
    const sentMs = clock.now();
    const traceHeader =
      'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    const sent = await queue.send('message-1', {
      attributes: { MyAttribute: 'foobar' },
      traceHeader,
    });
    await clock.advance(1_000);
    const message = await oneMessage(queue);

    expect(sent).toEqual({
      messageId: expect.stringMatching(uuid),
      md5OfBody: '3d6b824fd8c1520e9a047d21fee6fb1f',
      md5OfMessageAttributes: 'adb59cd4678ea5a855436b949cd07ab6',
      md5OfMessageSystemAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(message).toEqual({
      messageId: sent.messageId,
      receiptHandle: expect.any(String),
      body: 'message-1',
      md5OfBody: sent.md5OfBody,
      attributes: { MyAttribute: 'foobar' },
      messageAttributes: { MyAttribute: { dataType: 'String', stringValue: 'foobar' } },
      md5OfMessageAttributes: sent.md5OfMessageAttributes,
      systemAttributes: {
        SenderId: '123456789012',
        SentTimestamp: String(sentMs),
        ApproximateReceiveCount: '1',
        ApproximateFirstReceiveTimestamp: String(sentMs + 1_000),
        AWSTraceHeader: traceHeader,
      },
    });
    expect(queue.arn).toBe('arn:aws:sqs:us-east-1:123456789012:orders');
  });

  test('a received message is hidden for the visibility timeout, then it comes again', async () => {
    const { clock, queue } = newQueue();
    await queue.send('order 1');
    const first = await oneMessage(queue);

    await clock.advance(29_999);
    expect(await queue.receive()).toEqual([]);
    await clock.advance(1);
    const again = await oneMessage(queue);
    expect(again.messageId).toBe(first.messageId);
    expect(again.receiptHandle).not.toBe(first.receiptHandle);
    expect(again.systemAttributes).toMatchObject({
      ApproximateReceiveCount: '2',
      ApproximateFirstReceiveTimestamp: first.systemAttributes.ApproximateFirstReceiveTimestamp,
    });
  });

  test('one message at a time, unless more are asked for; 10 at most', async () => {
    const { queue } = newQueue();
    for (let id = 0; id < 12; id += 1) await queue.send(`order ${id}`);
    expect(await queue.receive()).toHaveLength(1);
    expect(await queue.receive({ max: 10 })).toHaveLength(10);
    expect(queue.counts).toMatchObject({ visible: 1, inFlight: 11 });
    await expect(queue.receive({ max: 11 })).rejects.toThrow(
      'Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
    );
  });

  test('a delayed message waits; its own delay goes before that of the queue', async () => {
    const { clock, queue } = newQueue({ delayMs: 60_000 });
    await queue.send('later');
    await queue.send('now', { delayMs: 0 });
    await queue.send('latest', { delayMs: 900_000 });

    expect(queue.counts).toMatchObject({ visible: 1, delayed: 2 });
    expect(clock.pending()).toMatchObject([
      { label: 'queue "orders": delayed message (and 1 more)', inMs: 60_000 },
    ]);
    expect(await bodiesOf(queue)).toEqual(['now']);
    await clock.advance(60_000);
    expect(await bodiesOf(queue, { visibilityMs: hourMs })).toContain('later');
    await clock.advance(840_000);
    expect(await bodiesOf(queue)).toContain('latest');
  });

  test('a long poll gets the message that comes, or nothing when its time is over', async () => {
    const { clock, queue } = newQueue({ receiveWaitMs: 20_000 });
    const first = queue.receive();
    await clock.advance(5_000);
    await queue.send('order 1');
    expect(await first).toMatchObject([{ body: 'order 1' }]);

    let isOver = false;
    const second = queue.receive({ waitMs: 10_000 }).finally(() => {
      isOver = true;
    });
    await clock.advance(9_999);
    expect(isOver).toBe(false);
    await clock.advance(1);
    expect(await second).toEqual([]);
  });

  test('a signal or the end of the queue ends a long poll', async () => {
    const { queue } = newQueue();
    const stop = new AbortController();
    const stopped = queue.receive({ waitMs: Number.POSITIVE_INFINITY, signal: stop.signal });
    const closed = queue.receive({ waitMs: 20_000 });
    stop.abort();
    expect(await stopped).toEqual([]);
    await queue.close();
    expect(await closed).toEqual([]);
    await expect(queue.send('too late')).rejects.toMatchObject({ code: 'ERR_CLOSED' });
  });

  test('messages are gone after the retention period', async () => {
    const { clock, queue } = newQueue({ retentionMs: 60_000 });
    await queue.send('order 1');
    await clock.advance(59_999);
    expect(queue.size).toBe(1);
    expect(queue.counts.oldestAgeMs).toBe(59_999);
    await clock.advance(1);
    expect(queue.size).toBe(0);
  });

  test('a group id on a standard queue is kept and shown, and orders nothing', async () => {
    const { queue } = newQueue();
    const sent = await queue.send('order 1', { groupId: 'tenant-1' });
    await queue.send('order 2', { groupId: 'tenant-1' });
    expect(sent).not.toHaveProperty('sequenceNumber');
    const [first, second] = await queue.receive({ max: 2 });
    expect(first?.systemAttributes.MessageGroupId).toBe('tenant-1');
    expect(second?.systemAttributes).not.toHaveProperty('SequenceNumber');
  });
});

describe('receipt handles of a standard queue', () => {
  test('a deleted message is gone; deleting it again is no error', async () => {
    const { clock, queue } = newQueue();
    await queue.send('order 1');
    const { receiptHandle } = await oneMessage(queue);
    expect(await queue.delete(receiptHandle)).toBe(true);
    expect(await queue.delete(receiptHandle)).toBe(false);
    await clock.advance(hourMs);
    expect(await queue.receive()).toEqual([]);
    expect(queue.size).toBe(0);
  });

  test('the newest handle deletes even after the visibility timeout', async () => {
    const { clock, queue } = newQueue();
    await queue.send('order 1');
    const { receiptHandle } = await oneMessage(queue);
    await clock.advance(hourMs);
    expect(await queue.delete(receiptHandle)).toBe(true);
    expect(queue.size).toBe(0);
  });

  test('an older handle deletes nothing, without an error', async () => {
    const { clock, queue } = newQueue();
    await queue.send('order 1');
    const old = await oneMessage(queue);
    await clock.advance(30_000);
    const { receiptHandle } = await oneMessage(queue);

    expect(await queue.delete(old.receiptHandle)).toBe(false);
    expect(await queue.changeVisibility(old.receiptHandle, 0)).toBe(false);
    expect(queue.counts.inFlight).toBe(1);
    expect(await queue.delete(receiptHandle)).toBe(true);
  });

  test('a changed visibility counts from now, and for this receive alone', async () => {
    const { clock, queue } = newQueue();
    await queue.send('order 1');
    const first = await oneMessage(queue);
    await clock.advance(15_000);
    expect(await queue.changeVisibility(first.receiptHandle, 60_000)).toBe(true);
    await clock.advance(59_999);
    expect(await queue.receive()).toEqual([]);
    await clock.advance(1);
    await oneMessage(queue);
    await clock.advance(30_000);
    expect(await queue.receive()).toHaveLength(1);
  });

  test('a visibility of 0 shows the message at once, also to those who wait', async () => {
    const { queue } = newQueue();
    await queue.send('order 1');
    const { receiptHandle } = await oneMessage(queue);
    const waiting = queue.receive({ waitMs: 20_000 });
    await queue.changeVisibility(receiptHandle, 0);
    expect(await waiting).toMatchObject([{ body: 'order 1' }]);
  });

  test('the handle still deletes after a visibility of 0, until somebody else receives', async () => {
    const { queue } = newQueue();
    await queue.send('order 1');
    const { receiptHandle } = await oneMessage(queue, { visibilityMs: 0 });
    await queue.changeVisibility(receiptHandle, 0);
    expect(await queue.delete(receiptHandle)).toBe(true);
  });

  test('12 hours after its receive a message is visible again, whatever is asked for', async () => {
    const { clock, queue } = newQueue();
    await queue.send('order 1');
    const { receiptHandle } = await oneMessage(queue);
    await queue.changeVisibility(receiptHandle, 12 * hourMs);
    await clock.advance(hourMs);
    await expect(queue.changeVisibility(receiptHandle, 12 * hourMs)).rejects.toEqual(
      refusal(
        'InvalidParameterValue',
        'Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds]',
      ),
    );
    expect(await queue.changeVisibility(receiptHandle, 11 * hourMs)).toBe(true);
  });

  test('what is no handle of this queue is refused', async () => {
    const { clock, queue } = newQueue();
    const other = new Queue('letters', {}, { clock });
    await other.send('letter');
    const foreign = await oneMessage(other);
    const message = 'The input receipt handle "garbage" is not a valid receipt handle.';
    await expect(queue.delete('garbage')).rejects.toEqual(
      refusal('ReceiptHandleIsInvalid', message),
    );
    await expect(queue.delete(foreign.receiptHandle)).rejects.toEqual(
      refusal('ReceiptHandleIsInvalid'),
    );
    await queue.send('order 1');
    const { receiptHandle } = await oneMessage(queue);
    await expect(queue.delete(`${receiptHandle}x`)).rejects.toEqual(
      refusal('ReceiptHandleIsInvalid'),
    );
    expect(queue.size).toBe(1);
  });

  test('a message in the place of its receipt handle is refused, and the option is named', async () => {
    const { queue } = newQueue();
    await queue.send('order 1');
    const message = await oneMessage(queue);
    const words =
      /^Expected `receiptHandle` to be the `receiptHandle` of a received message, got \{/;
    // @ts-expect-error what a caller without types may do
    await expect(queue.delete(message)).rejects.toThrow(words);
    // @ts-expect-error what a caller without types may do
    await expect(queue.changeVisibility(message, 0)).rejects.toThrow(words);
    // @ts-expect-error what a caller without types may do
    await expect(queue.deleteBatch([{ id: 'a', receiptHandle: message }])).rejects.toThrow(words);
  });

  test('the visibility of a deleted message cannot be changed', async () => {
    const { queue } = newQueue();
    await queue.send('order 1');
    const { receiptHandle } = await oneMessage(queue);
    await queue.delete(receiptHandle);
    await expect(queue.changeVisibility(receiptHandle, 1_000)).rejects.toThrow(
      'Message does not exist or is not available for visibility timeout change.',
    );
  });
});

describe('what SQS refuses', () => {
  test.each<[string, string, object, unknown]>([
    [
      'an empty body',
      '',
      {},
      refusal('MissingParameter', 'The request must contain the parameter MessageBody.'),
    ],
    ['control characters', 'a\u0000', {}, refusal('InvalidMessageContents')],
    ['half a character', 'a\uD800', {}, refusal('InvalidMessageContents')],
    ['U+FFFF', 'a\uFFFF', {}, refusal('InvalidMessageContents')],
    [
      'a delay of more than 15 minutes',
      'a',
      { delayMs: 900_001 },
      refusal('InvalidParameterValue'),
    ],
    ['a deduplication id', 'a', { dedupId: 'd' }, refusal('InvalidParameterValue')],
    [
      'a group id with a space',
      'a',
      { groupId: 'group 123' },
      refusal(
        'InvalidParameterValue',
        'Value group 123 for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
      ),
    ],
    ['a bad attribute', 'a', { attributes: { a: '' } }, refusal('InvalidParameterValue')],
  ])('%s', async (_, body, options, expected) => {
    const { queue } = newQueue();
    await expect(queue.send(body, options)).rejects.toEqual(expected);
    expect(queue.size).toBe(0);
  });

  test('a message that is too long, its attributes included', async () => {
    const { queue } = newQueue({ maxMessageBytes: 1_024 });
    await queue.send('é'.repeat(508), { attributes: { a: 1 } }); // 1,016 + 8 bytes
    await expect(queue.send('é'.repeat(508) + '!', { attributes: { a: 1 } })).rejects.toEqual(
      refusal(
        'InvalidParameterValue',
        'One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.',
      ),
    );
  });

  test('a wait of more than 20 seconds, a visibility of more than 12 hours', async () => {
    const { queue } = newQueue();
    await expect(queue.receive({ waitMs: 21_000 })).rejects.toThrow(
      'Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.',
    );
    await expect(queue.receive({ visibilityMs: 12 * hourMs + 1_000 })).rejects.toEqual(
      refusal('InvalidParameterValue'),
    );
  });

  test('more messages in flight than it allows, unless the receive waits', async () => {
    const { clock, queue } = newQueue({ maxInFlight: 2 });
    for (const body of ['a', 'b', 'c']) await queue.send(body);
    expect(await bodiesOf(queue)).toEqual(['a', 'b']);
    await expect(queue.receive()).rejects.toEqual(refusal('OverLimit'));

    const waiting = queue.receive({ waitMs: 20_000 });
    await clock.advance(20_000);
    expect(await waiting).toEqual([]);
    const second = queue.receive({ waitMs: 20_000, max: 10 });
    await clock.advance(10_000);
    expect(await second).toHaveLength(2);
  });
});

describe('what the library refuses', () => {
  test.each<[string, () => unknown]>([
    ['fifo', () => new Queue('orders.fifo', { fifo: false })],
    ['fifo', () => new Queue('orders', { fifo: true })],
    ['name', () => new Queue('')],
    ['name', () => new Queue('a'.repeat(81))],
    ['name', () => new Queue('orders.queue')],
    ['visibilityTimeoutMs', () => new Queue('orders', { visibilityTimeoutMs: 12 * hourMs + 1 })],
    ['delayMs', () => new Queue('orders', { delayMs: 900_001 })],
    ['retentionMs', () => new Queue('orders', { retentionMs: 59_999 })],
    ['maxMessageBytes', () => new Queue('orders', { maxMessageBytes: 1_048_577 })],
    ['receiveWaitMs', () => new Queue('orders', { receiveWaitMs: 20_001 })],
    ['contentBasedDedup', () => new Queue('orders', { contentBasedDedup: true })],
    ['dedupScope', () => new Queue('orders', { dedupScope: 'group' })],
    ['throughputLimit', () => new Queue('orders.fifo', { throughputLimit: 'group' })],
    ['options', () => new Queue('orders', { delay: 1 } as QueueOptions)],
  ])('a wrong `%s`', (option, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_INVALID_OPTION', option }));
  });

  test('a body that is no string, a part of a millisecond', async () => {
    const { queue } = newQueue();
    const option = (name: string): unknown => expect.objectContaining({ option: name });
    await expect(queue.send(1 as unknown as string)).rejects.toEqual(option('body'));
    await expect(queue.send('a', { delayMs: 0.5 })).rejects.toEqual(option('delayMs'));
    await expect(queue.receive({ waitMs: 0.5 })).rejects.toEqual(option('waitMs'));
  });
});

describe('the queue as a whole', () => {
  test('purging drops what is visible, delayed and in flight, as often as you like', async () => {
    const { clock, queue } = newQueue();
    await queue.send('visible');
    await queue.send('in flight');
    await queue.send('delayed', { delayMs: 1_000 });
    const { receiptHandle } = await oneMessage(queue);
    expect(await queue.purge()).toBe(3);
    expect(await queue.purge()).toBe(0);
    expect(await queue.delete(receiptHandle)).toBe(false);
    await clock.advance(hourMs);
    expect(await queue.receive()).toEqual([]);
  });

  test('settings can be changed while it runs', async () => {
    const { clock, queue } = newQueue();
    queue.configure({ visibilityTimeoutMs: 1_000, delayMs: 2_000 });
    expect(queue.settings).toMatchObject({ visibilityTimeoutMs: 1_000, retentionMs: 345_600_000 });
    await queue.send('order 1');
    expect(await queue.receive()).toEqual([]);
    await clock.advance(2_000);
    await oneMessage(queue);
    await clock.advance(1_000);
    expect(await queue.receive()).toHaveLength(1);
    expect(() => queue.configure({ retentionMs: 60_000 } as QueueOptions)).toThrow(/retentionMs/);
  });

  test('a destroyed queue does not exist any more', async () => {
    const { queue } = newQueue();
    await queue.send('order 1');
    await queue.destroy();
    expect(queue.size).toBe(0);
    await expect(queue.send('order 2')).rejects.toEqual(
      refusal('AWS.SimpleQueueService.NonExistentQueue', 'The specified queue does not exist.'),
    );
  });
});
