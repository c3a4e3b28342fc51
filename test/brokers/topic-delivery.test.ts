import { describe, expect, test } from 'vitest';
import type { AsyncTarget } from '../../src/core/async-target.ts';
import {
  ClosedError,
  FunctionNotFoundError,
  RuntimeFaultError,
  ThrottledError,
} from '../../src/core/errors.ts';
import type { BrokerContext, UndeliveredMessage } from '../../src/brokers/broker-context.ts';
import { callbackSchedule, managedEndpointSchedule } from '../../src/brokers/delivery-schedule.ts';
import { Queue } from '../../src/brokers/queue.ts';
import { Topic } from '../../src/brokers/topic.ts';
import type { SubscribedQueue } from '../../src/brokers/topic-endpoint.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { bodiesOf, oneMessage } from './one-message.ts';
import { storages } from './storages.ts';

const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:resize:live';
const topicArn = 'arn:aws:sns:us-east-1:123456789012:orders';

interface Scene {
  readonly clock: VirtualClock;
  readonly topic: Topic;
  readonly undelivered: UndeliveredMessage[];
}

function scene(name = 'orders'): Scene {
  const clock = new VirtualClock();
  const undelivered: UndeliveredMessage[] = [];
  const onUndelivered = (message: UndeliveredMessage): void => void undelivered.push(message);
  return { clock, topic: new Topic(name, {}, { clock, onUndelivered }), undelivered };
}

/** Fails with these errors, one after the other, then takes what comes. */
function failingFunction(
  clock: VirtualClock,
  errors: readonly Error[],
): { readonly target: AsyncTarget; readonly attemptsMs: number[] } {
  const startMs = clock.now();
  const attemptsMs: number[] = [];
  const target: AsyncTarget = {
    arn: functionArn,
    async send() {
      const error = errors[attemptsMs.length];
      attemptsMs.push(clock.now() - startMs);
      if (error !== undefined) throw error;
      return { requestId: 'r-1' };
    },
  };
  return { target, attemptsMs };
}

function throttles(count: number): Error[] {
  return Array.from({ length: count }, () => new ThrottledError('resize', 1, 'all in use'));
}

/** Until nothing waits any more. */
async function settle(clock: VirtualClock): Promise<void> {
  await clock.advance(0);
}

describe('the schedule of SNS', () => {
  test('for queues and functions: 3 at once, 2 after a second, 10 from 1 to 20 seconds, 100,000 every 20', () => {
    const delays = Array.from({ length: 17 }, (_, index) => managedEndpointSchedule(index + 1));
    expect(delays).toEqual([
      0, 0, 0, 1_000, 1_000, 1_000, 1_395, 1_946, 2_714, 3_786, 5_282, 7_368, 10_278, 14_337,
      20_000, 20_000, 20_000,
    ]);
    expect(managedEndpointSchedule(100_015)).toBe(20_000);
    expect(managedEndpointSchedule(100_016)).toBeUndefined();
    let totalMs = 0;
    for (let failures = 1; failures <= 100_015; failures += 1) {
      totalMs += managedEndpointSchedule(failures) ?? 0;
    }
    expect(Math.floor(totalMs / 86_400_000)).toBe(23);
  });

  test('for callbacks, which stand in for HTTP: 3, 20 seconds apart', () => {
    expect([1, 2, 3, 4].map(callbackSchedule)).toEqual([20_000, 20_000, 20_000, undefined]);
  });
});

describe('a function that does not take it', () => {
  test('gets it again at once, then after a second', async () => {
    const { clock, topic, undelivered } = scene();
    const { target, attemptsMs } = failingFunction(clock, throttles(5));
    topic.subscribe(target);
    const { messageId } = await topic.publish('hello');
    expect(attemptsMs).toEqual([0, 0, 0, 0]);
    await settle(clock);
    expect(clock.pending()).toMatchObject([
      {
        label: `topic "orders": retry 4 of message ${messageId} to ${functionArn}`,
        inMs: 1_000,
      },
    ]);
    await clock.advance(10_000);
    expect(attemptsMs).toEqual([0, 0, 0, 0, 1_000, 2_000]);
    expect(clock.pending()).toEqual([]);
    expect(undelivered).toEqual([]);
  });

  test('and so on, in the end every 20 seconds', async () => {
    const { clock, topic, undelivered } = scene();
    const { target, attemptsMs } = failingFunction(clock, throttles(200));
    topic.subscribe(target);
    await topic.publish('hello');
    await clock.advance(3_600_000);
    expect(attemptsMs).toHaveLength(192);
    expect(attemptsMs.slice(-2).map((ms) => 3_600_000 - ms)).toEqual([29_894, 9_894]);
    expect(undelivered).toEqual([]);
  });

  test('when it is gone nobody tries again', async () => {
    const { clock, topic, undelivered } = scene();
    const gone = new FunctionNotFoundError(functionArn, 'Function not found');
    const { target, attemptsMs } = failingFunction(clock, [gone]);
    topic.subscribe(target);
    const { messageId } = await topic.publish('hello');
    expect(attemptsMs).toHaveLength(1);
    expect(undelivered).toEqual([
      {
        from: topicArn,
        to: functionArn,
        reason: 'Function not found',
        body: expect.stringContaining(`"MessageId" : "${messageId}"`),
      },
    ]);
  });

  test('its dead-letter queue gets the envelope', async () => {
    const { clock, topic, undelivered } = scene();
    const letters = new Queue('letters', {}, { clock });
    const gone = new FunctionNotFoundError(functionArn, 'Function not found');
    topic.subscribe(failingFunction(clock, [gone]).target, { deadLetter: letters });
    const { messageId } = await topic.publish('hello', { attributes: { a: 1 } });
    const { body, messageAttributes } = await oneMessage(letters);
    expect(JSON.parse(body)).toMatchObject({ Type: 'Notification', MessageId: messageId });
    expect(messageAttributes).toEqual({});
    expect(undelivered).toEqual([]);
  });

  test('others get it all the same, and at once', async () => {
    const { clock, topic } = scene();
    const queue = new Queue('inbox', {}, { clock });
    topic.subscribe(failingFunction(clock, throttles(20)).target);
    topic.subscribe(queue, { raw: true });
    await topic.publish('hello');
    expect(await bodiesOf(queue)).toEqual(['hello']);
  });
});

describe('a queue that does not take it', () => {
  test('when it was destroyed: its dead-letter queue gets the message as the queue would have', async () => {
    const { clock, topic } = scene();
    const queue = new Queue('inbox', {}, { clock });
    const letters = new Queue('letters', {}, { clock });
    topic.subscribe(queue, { raw: true, deadLetter: letters });
    await queue.destroy();
    await topic.publish('hello', { attributes: { a: 1 } });
    expect(await oneMessage(letters)).toMatchObject({ body: 'hello', attributes: { a: '1' } });
  });

  test('more than 10 attributes cannot be delivered raw', async () => {
    const { clock, topic, undelivered } = scene();
    topic.subscribe(new Queue('inbox', {}, { clock }), { raw: true });
    const names = Array.from({ length: 11 }, (_, index) => `a${index}`);
    await topic.publish('hello', {
      attributes: Object.fromEntries(names.map((name) => [name, 'x'])),
    });
    expect(undelivered).toMatchObject([
      { reason: 'Number of message attributes [11] exceeds the allowed maximum [10].' },
    ]);
  });

  test('when its dead-letter queue fails, too, it is reported', async () => {
    const { clock, topic, undelivered } = scene();
    const queue = new Queue('inbox', {}, { clock });
    const letters = new Queue('letters', {}, { clock });
    topic.subscribe(queue, { deadLetter: letters });
    await queue.destroy();
    await letters.destroy();
    await topic.publish('hello');
    expect(undelivered).toMatchObject([
      {
        to: queue.arn,
        reason:
          'The specified queue does not exist.; its dead-letter queue did not take it: The specified queue does not exist.',
      },
    ]);
  });
});

describe('a callback that throws', () => {
  test('is called 3 times more, 20 seconds apart, then the message is reported', async () => {
    const { clock, topic, undelivered } = scene();
    const startMs = clock.now();
    const attemptsMs: number[] = [];
    topic.subscribe(() => {
      attemptsMs.push(clock.now() - startMs);
      throw new Error('no disk');
    });
    await topic.publish('hello');
    await clock.advance(3_600_000);
    expect(attemptsMs).toEqual([0, 20_000, 40_000, 60_000]);
    expect(undelivered).toMatchObject([{ from: topicArn, to: 'callback', reason: 'no disk' }]);
  });

  test('a rejected promise is the same', async () => {
    const { clock, topic } = scene();
    let calls = 0;
    topic.subscribe(async () => {
      calls += 1;
      if (calls === 1) throw new Error('later');
    });
    await topic.publish('hello');
    await clock.advance(20_000);
    expect(calls).toBe(2);
    expect(clock.pending()).toEqual([]);
  });
});

describe('a FIFO topic', () => {
  test('later messages of a group wait behind the one that is tried again', async () => {
    const { clock, topic } = scene('orders.fifo');
    const taken: string[] = [];
    let failures = 6;
    const queue: SubscribedQueue = {
      arn: 'arn:aws:sqs:us-east-1:123456789012:inbox.fifo',
      isFifo: true,
      async send(body) {
        failures -= 1;
        if (failures >= 0) throw new RuntimeFaultError('disk full');
        taken.push(body);
      },
    };
    topic.subscribe(queue, { raw: true });
    for (const body of ['a', 'b', 'c']) {
      await topic.publish(body, { groupId: 'g', dedupId: body });
    }
    expect(taken).toEqual([]);
    await clock.advance(1_000);
    expect(taken).toEqual([]);
    await clock.advance(2_000);
    expect(taken).toEqual(['a', 'b', 'c']);
    await topic.publish('d', { groupId: 'g', dedupId: 'd' });
    expect(taken).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('the end', () => {
  test('deliveries that wait in memory are reported when the topic is closed', async () => {
    const { clock, topic, undelivered } = scene();
    topic.subscribe(failingFunction(clock, throttles(20)).target);
    await topic.publish('hello');
    await topic.close();
    expect(undelivered).toMatchObject([
      { to: functionArn, reason: 'closed before the next attempt' },
    ]);
    expect(clock.pending()).toEqual([]);
    await expect(topic.publish('late')).rejects.toMatchObject({ code: 'ERR_CLOSED' });
  });

  test('a delivery that waits for somebody who has unsubscribed is reported', async () => {
    const { clock, topic, undelivered } = scene();
    const subscription = topic.subscribe(failingFunction(clock, throttles(20)).target);
    await topic.publish('hello');
    subscription.unsubscribe();
    await clock.advance(1_000);
    expect(undelivered).toMatchObject([{ to: functionArn, reason: 'it unsubscribed' }]);
    expect(clock.pending()).toEqual([]);
  });

  test('a storage that is closed before the topic ends its work without a fault', async () => {
    const clock = new VirtualClock();
    const storage = new MemoryStorage({ clock });
    const undelivered: UndeliveredMessage[] = [];
    const topic = new Topic(
      'orders',
      {},
      {
        clock,
        openQueue: (options) => storage.openQueue(options),
        onUndelivered: (message) => undelivered.push(message),
      },
    );
    topic.subscribe(failingFunction(clock, throttles(20)).target);
    await topic.publish('hello');
    await storage.close();
    await settle(clock);
    await topic.close();
    expect(undelivered).toHaveLength(1);
  });
});

describe.each(storages)('a topic %s', (_, open) => {
  test('that is made again goes on with what waits, when everybody has subscribed again', async () => {
    const shared = await open();
    const { clock } = shared;
    const context: Partial<BrokerContext> = { ...shared, onUndelivered: () => {} };
    const before = new Topic('orders', {}, context);
    before.subscribe(failingFunction(clock, [...throttles(4), new ClosedError()]).target);
    const { messageId } = await before.publish('hello', {
      subject: 'Hi',
      attributes: { cover: Uint8Array.of(2, 3, 4) },
    });
    await before.close();

    const after = new Topic('orders', {}, context);
    await clock.advance(5_000);
    const events: unknown[] = [];
    after.subscribe({
      arn: functionArn,
      async send(event: unknown) {
        events.push(event);
        return { requestId: 'r-2' };
      },
    });
    await clock.advance(60_000);
    expect(events).toMatchObject([
      {
        Records: [
          {
            Sns: {
              MessageId: messageId,
              Message: 'hello',
              Subject: 'Hi',
              MessageAttributes: { cover: { Type: 'Binary', Value: 'AgME' } },
            },
          },
        ],
      },
    ]);
    expect(clock.pending()).toEqual([]);
  });
});

test('a process goes on while a delivery waits for its retry, as for retries of rules and events', async () => {
  class WatchedClock extends VirtualClock {
    readonly keptBy: string[] = [];

    override setTimer(
      ...[callback, delayMs, options]: Parameters<VirtualClock['setTimer']>
    ): ReturnType<VirtualClock['setTimer']> {
      if (options.keepAlive !== false) this.keptBy.push(options.label);
      return super.setTimer(callback, delayMs, options);
    }
  }
  const clock = new WatchedClock();
  const topic = new Topic('orders', {}, { clock });
  let calls = 0;
  topic.subscribe(() => {
    calls += 1;
    if (calls === 1) throw new Error('not now');
  });

  await topic.publish('order 1');
  await clock.advance(0);
  expect(clock.keptBy).toEqual([expect.stringMatching(/^topic "orders": retry 1 of message/)]);
  await clock.advance(20_000);
  expect([calls, clock.keptBy.length]).toEqual([2, 1]);
});
