import { describe, expect, test } from 'vitest';
import type { BrokerContext } from '../../src/brokers/broker-context.ts';
import { Queue } from '../../src/brokers/queue.ts';
import type { QueueOptions } from '../../src/brokers/queue-options.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { bodiesOf, oneMessage } from './one-message.ts';

interface Pair {
  readonly clock: VirtualClock;
  readonly orders: Queue;
  readonly letters: Queue;
}

interface PairOptions {
  readonly maxReceives?: number;
  readonly suffix?: string;
  readonly letterOptions?: QueueOptions;
}

function queueWithLetters(options: PairOptions = {}): Pair {
  const { maxReceives = 1, suffix = '', letterOptions = {} } = options;
  const clock = new VirtualClock();
  const letters = new Queue(`letters${suffix}`, letterOptions, { clock });
  const redrive = { target: letters, maxReceives };
  const orders = new Queue(`orders${suffix}`, { redrive }, { clock });
  return { clock, orders, letters };
}

/** Receives a message so often that it is in the dead-letter queue. */
async function giveUp(queue: Queue): Promise<void> {
  while (queue.size > 0) await queue.receive({ max: 10, visibilityMs: 0 });
}

describe('dead-letter queue', () => {
  test('the receive after the last allowed one moves the message', async () => {
    const { orders, letters } = queueWithLetters({ maxReceives: 2 });
    const { messageId } = await orders.send('message-1', {
      attributes: { MyAttribute: 'foobar' },
      traceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793',
    });
    expect(await orders.receive({ visibilityMs: 0 })).toHaveLength(1);
    const { systemAttributes: sent } = await oneMessage(orders, { visibilityMs: 0 });
    expect(await orders.receive()).toEqual([]);

    expect([orders.size, letters.size]).toEqual([0, 1]);
    const letter = await oneMessage(letters);
    expect(letter).toMatchObject({
      messageId,
      body: 'message-1',
      attributes: { MyAttribute: 'foobar' },
      md5OfMessageAttributes: 'adb59cd4678ea5a855436b949cd07ab6',
    });
    expect(letter.systemAttributes).toEqual({
      ...sent,
      // As AWS counts: the receive that moved it does not count, this one does.
      ApproximateReceiveCount: '3',
      DeadLetterQueueSourceArn: orders.arn,
    });
  });

  test('other messages of the same receive are not held up', async () => {
    const { clock, orders, letters } = queueWithLetters();
    await orders.send('poison');
    await orders.receive();
    await orders.send('fine');
    await clock.advance(30_000);
    expect(await bodiesOf(orders)).toEqual(['fine']);
    expect(await bodiesOf(letters)).toEqual(['poison']);
  });

  test('a long poll that only moved messages goes on waiting', async () => {
    const { clock, orders, letters } = queueWithLetters();
    await orders.send('poison');
    await orders.receive();
    await clock.advance(20_000);
    const waiting = orders.receive({ waitMs: 20_000 });
    await clock.advance(10_000);
    expect(letters.size).toBe(1);
    await clock.advance(9_999);
    await orders.send('fine');
    expect(await waiting).toMatchObject([{ body: 'fine' }]);
  });

  test('a standard queue keeps the time of sending, so the retention of the letters counts from then', async () => {
    const { clock, orders, letters } = queueWithLetters({
      letterOptions: { retentionMs: 120_000 },
    });
    await orders.send('old');
    await clock.advance(90_000);
    await giveUp(orders);
    expect(letters.counts.oldestAgeMs).toBe(90_000);
    await clock.advance(30_000);
    expect(letters.size).toBe(0);
  });

  test('a FIFO queue resets it', async () => {
    const { clock, orders, letters } = queueWithLetters({ suffix: '.fifo' });
    await orders.send('old', { groupId: 'g', dedupId: 'd' });
    await clock.advance(90_000);
    await giveUp(orders);
    expect(letters.counts.oldestAgeMs).toBe(0);
    const { systemAttributes } = await oneMessage(letters);
    expect(systemAttributes).toMatchObject({
      SentTimestamp: String(clock.now()),
      MessageGroupId: 'g',
      MessageDeduplicationId: 'd',
    });
  });

  test('a FIFO group goes on when its first message was given up', async () => {
    const { orders, letters } = queueWithLetters({ suffix: '.fifo' });
    await orders.send('poison', { groupId: 'g', dedupId: '1' });
    await orders.receive({ visibilityMs: 0 });
    await orders.send('fine', { groupId: 'g', dedupId: '2' });
    expect(await bodiesOf(orders)).toEqual(['fine']);
    expect(await bodiesOf(letters)).toEqual(['poison']);
  });

  test('letters have letters: each queue counts its own receives', async () => {
    const clock = new VirtualClock();
    const last = new Queue('last', {}, { clock });
    const middle = new Queue('middle', { redrive: { target: last, maxReceives: 1 } }, { clock });
    const first = new Queue('first', { redrive: { target: middle, maxReceives: 1 } }, { clock });
    await first.send('poison');
    await giveUp(first);
    const { systemAttributes } = await oneMessage(middle, { visibilityMs: 0 });
    expect(systemAttributes.DeadLetterQueueSourceArn).toBe(first.arn);
    expect(await middle.receive()).toEqual([]);
    expect((await oneMessage(last)).systemAttributes).toMatchObject({
      DeadLetterQueueSourceArn: middle.arn,
      ApproximateReceiveCount: '3',
    });
  });

  test('while the dead-letter queue is closed, messages stay where they are', async () => {
    const { orders, letters } = queueWithLetters();
    await orders.send('poison');
    await letters.close();
    for (let count = 0; count < 3; count += 1) {
      expect(await orders.receive({ visibilityMs: 0 })).toHaveLength(1);
    }
  });

  test('the policy can come later, and go', async () => {
    const clock = new VirtualClock();
    const letters = new Queue('letters', {}, { clock });
    const openQueue = queueOpener(clock);
    const orders = new Queue('orders', {}, { clock, openQueue });
    expect(() => orders.configure({ redrive: { target: letters, maxReceives: 1 } })).toThrow(
      /a queue in the same storage.*Give both the same `openQueue`/,
    );
    const near = new Queue('near', {}, { clock, openQueue });
    orders.configure({ redrive: { target: near, maxReceives: 1 } });
    expect(near.deadLetterSources).toEqual([orders]);
    orders.configure({ redrive: null });
    expect(near.deadLetterSources).toEqual([]);
    await orders.send('a');
    await orders.receive({ visibilityMs: 0 });
    expect(await orders.receive()).toHaveLength(1);
  });

  test.each<[string, (letters: Queue) => unknown]>([
    ['redrive.target', (target) => new Queue('a.fifo', { redrive: { target, maxReceives: 1 } })],
    ['redrive.maxReceives', (target) => new Queue('a', { redrive: { target, maxReceives: 0 } })],
    [
      'redrive.maxReceives',
      (target) => new Queue('a', { redrive: { target, maxReceives: 1_001 } }),
    ],
    ['redriveAllow', () => new Queue('a', { redriveAllow: ['orders'] })],
  ])('a wrong `%s` is refused', (option, make) => {
    expect(() => make(new Queue('letters'))).toThrow(expect.objectContaining({ option }));
  });

  test('a queue that stands alone has the clock of its dead-letter queue, and no other one', async () => {
    const clock = new VirtualClock();
    const redrive = { target: new Queue('letters', {}, { clock }), maxReceives: 1 };
    const orders = new Queue('orders', { redrive });
    await orders.send('a', { delayMs: 1_000 });
    await clock.advance(1_000);
    expect(await bodiesOf(orders)).toEqual(['a']);
    expect(() => new Queue('bills', { redrive }, { clock: new VirtualClock() })).toThrow(
      /a queue on the same clock.*Give both the same `clock`/,
    );
  });

  test('a dead-letter queue says who may use it', () => {
    const nobody = new Queue('letters', { redriveAllow: 'none' });
    const arn = 'arn:aws:sqs:us-east-1:123456789012:orders';
    const orders = new Queue('letters', { redriveAllow: [arn] });
    const withLetters = (name: string, target: Queue): Queue =>
      new Queue(name, { redrive: { target, maxReceives: 1 } });
    expect(() => withLetters('orders', nobody)).toThrow(/`redriveAllow` names this one/);
    expect(() => withLetters('bills', orders)).toThrow(/`redriveAllow` names this one/);
    expect(withLetters('orders', orders).arn).toBe(arn);
  });
});

describe('move tasks', () => {
  test('messages go back to their sources and begin anew', async () => {
    const { clock, orders, letters } = queueWithLetters();
    const bills = new Queue('bills', { redrive: { target: letters, maxReceives: 1 } }, { clock });
    const { messageId } = await orders.send('order 1', { attributes: { kind: 'book' } });
    await bills.send('bill 1');
    await giveUp(orders);
    await giveUp(bills);
    await clock.advance(60_000);

    const task = letters.startMoveTask();
    expect(await task.done).toBe('COMPLETED');
    expect(task).toMatchObject({
      approximateToMove: 2,
      approximateMoved: 2,
      sourceArn: letters.arn,
    });
    expect(letters.moveTasks).toEqual([task]);
    expect(letters.size).toBe(0);
    expect(await bodiesOf(bills)).toEqual(['bill 1']);
    const order = await oneMessage(orders, { visibilityMs: 0 });
    expect(order.messageId).not.toBe(messageId);
    expect(order.attributes).toEqual({ kind: 'book' });
    expect(order.systemAttributes).toEqual({
      SenderId: '123456789012',
      SentTimestamp: String(clock.now()),
      ApproximateReceiveCount: '1',
      ApproximateFirstReceiveTimestamp: String(clock.now()),
    });
    // And the count of receives begins anew: only the next one moves it.
    expect(await orders.receive()).toEqual([]);
    expect(letters.size).toBe(1);
  });

  test('or to a queue of your choice, so many a second', async () => {
    const { clock, orders, letters } = queueWithLetters();
    const elsewhere = new Queue(
      'elsewhere',
      { redrive: { target: letters, maxReceives: 1 } },
      { clock },
    );
    for (let id = 0; id < 4; id += 1) await orders.send(`order ${id}`);
    await giveUp(orders);
    const task = letters.startMoveTask({ destination: elsewhere, maxPerSecond: 1 });
    await clock.advance(0);
    expect([task.status, elsewhere.size]).toEqual(['RUNNING', 1]);
    expect(clock.pending()).toMatchObject([
      { label: 'queue "letters": move task, 1 messages a second', inMs: 1_000 },
    ]);
    await clock.advance(2_999);
    expect(elsewhere.size).toBe(3);
    await clock.advance(1_001);
    expect(await task.done).toBe('COMPLETED');
    expect([orders.size, elsewhere.size]).toEqual([0, 4]);
  });

  test('a cancelled task leaves the rest where it is', async () => {
    const { clock, orders, letters } = queueWithLetters();
    for (let id = 0; id < 5; id += 1) await orders.send(`order ${id}`);
    await giveUp(orders);
    const task = letters.startMoveTask({ maxPerSecond: 2 });
    await clock.advance(0);
    expect(task.cancel()).toEqual({ approximateMoved: 2 });
    expect(task.status).toBe('CANCELLING');
    expect(await task.done).toBe('CANCELLED');
    expect([orders.size, letters.size]).toEqual([2, 3]);
    expect(clock.pending()).toEqual([]);
  });

  test('one task at a time, and only out of a dead-letter queue', async () => {
    const { clock, orders, letters } = queueWithLetters();
    expect(() => orders.startMoveTask()).toThrow(
      'Source queue must be configured as a Dead Letter Queue.',
    );
    await orders.send('order 1');
    await giveUp(orders);
    const task = letters.startMoveTask({ maxPerSecond: 1 });
    expect(() => letters.startMoveTask()).toThrow(
      expect.objectContaining({
        awsCode: 'InvalidParameterValue',
        message:
          'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      }),
    );
    await clock.advance(1_000);
    await task.done;
    expect(await letters.startMoveTask().done).toBe('COMPLETED');
  });

  test('a message that nobody gave up has no source to go back to: the task fails and the message stays', async () => {
    const { letters } = queueWithLetters();
    await letters.send('written by hand');
    const task = letters.startMoveTask();
    expect(await task.done).toBe('FAILED');
    expect(task.failureReason).toBe('CouldNotDetermineMessageSource');
    expect(letters.counts).toMatchObject({ visible: 1, inFlight: 0 });
  });

  test('the task fails when its destination goes', async () => {
    const { clock, orders, letters } = queueWithLetters();
    const elsewhere = new Queue(
      'elsewhere',
      { redrive: { target: letters, maxReceives: 1 } },
      { clock },
    );
    for (let id = 0; id < 3; id += 1) await orders.send(`order ${id}`);
    await giveUp(orders);
    const task = letters.startMoveTask({ destination: elsewhere, maxPerSecond: 1 });
    await clock.advance(0);
    await elsewhere.destroy();
    await clock.advance(1_000);
    expect(await task.done).toBe('FAILED');
    expect(task.failureReason).toBe('AWS.SimpleQueueService.NonExistentQueue');
    expect(letters.size).toBe(2);
  });

  test('a FIFO message is not taken for a duplicate on its way back', async () => {
    const { orders, letters } = queueWithLetters({ suffix: '.fifo' });
    await orders.send('a', { groupId: 'g', dedupId: '1' });
    await orders.send('b', { groupId: 'g', dedupId: '2' });
    await giveUp(orders);
    await letters.startMoveTask().done;
    expect(await bodiesOf(orders)).toEqual(['a', 'b']);
  });
});

function queueOpener(clock: VirtualClock): BrokerContext['openQueue'] {
  const storage = new MemoryStorage({ clock });
  return (options) => storage.openQueue(options);
}
