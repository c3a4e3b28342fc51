import { describe, expect, test } from 'vitest';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { BareRoad, success } from './bare-road.ts';
import { start } from './fixture.ts';
import { TroubledQueue } from './troubled-queue.ts';

/** A clock that somebody sets while nothing fires, as time servers and sleeping machines do. */
class SetClock extends VirtualClock {
  aheadMs = 0;

  override now(): number {
    return super.now() + this.aheadMs;
  }
}

function setUp() {
  const clock = new SetClock(start);
  const storage = new MemoryStorage({ clock });
  const trouble: { of: (step: string) => void | Promise<void> } = { of: () => {} };
  const queues = new Map<string, TroubledQueue>();
  const road = new BareRoad({
    clock,
    openQueue: (options) => {
      const queue = new TroubledQueue(storage.openQueue(options), (step) => trouble.of(step));
      queues.set(options.name, queue);
      return queue;
    },
  });
  return { clock, road, trouble, queues, storage };
}

describe('an event in hand', () => {
  test('is not done twice because the clock was set ahead', async () => {
    const { clock, road } = setUp();
    const { promise, resolve } = Promise.withResolvers<void>();
    let runs = 0;
    road.create('slow', async (invocation) => {
      runs += 1;
      await promise;
      return success(invocation);
    });
    const ended = road.record('async.succeeded', 'async.retried');

    await road.send('slow');
    await clock.advance(0);
    clock.aheadMs = 600_000;
    await road.send('slow');
    await clock.advance(0);
    expect(runs).toBe(2);
    resolve();
    await clock.advance(10_000);

    expect(ended.map(({ type }) => type)).toEqual(['async.succeeded', 'async.succeeded']);
    expect(runs).toBe(2);
    expect(road.queue.size).toBe(0);
    await road.queue.close();
  });

  test('is answered for with the lease that came while its answer was on the way', async () => {
    const { clock, road, trouble } = setUp();
    const { promise, resolve } = Promise.withResolvers<void>();
    let runs = 0;
    road.create('orders', (invocation) => {
      runs += 1;
      return success(invocation);
    });
    trouble.of = (step) => (step === 'ack' ? promise : undefined);

    await road.send('orders');
    await clock.advance(0);
    clock.aheadMs = 600_000;
    resolve();
    await clock.advance(10_000);

    expect(runs).toBe(1);
    expect(road.queue.size).toBe(0);
    await road.queue.close();
  });

  test('does not wait for ever where callers leave no core free', async () => {
    const { clock, road } = setUp();
    const busy = road.create('busy');
    // Whoever looks finds every core taken, and each time one was given back to somebody else.
    busy.relief = Promise.resolve();
    const succeeded = road.record('async.succeeded');

    await road.send('busy');
    await clock.advance(0);
    expect(succeeded).toHaveLength(1);
    await road.queue.close();
  });

  test('that waits for a free core keeps its lease', async () => {
    const { clock, road, queues } = setUp();
    const { promise, resolve } = Promise.withResolvers<void>();
    const busy = road.create('busy');
    busy.relief = promise;

    await road.send('busy');
    await clock.advance(600_000);
    expect(queues.get('async/busy')?.stats()).toMatchObject({ leased: 1, ready: 0 });
    busy.relief = undefined;
    resolve();
    await clock.advance(0);
    expect(road.queue.size).toBe(0);
    await road.queue.close();
  });
});

test('a limit that is raised is used at once', async () => {
  const { clock, road } = setUp();
  const { promise, resolve } = Promise.withResolvers<void>();
  let runs = 0;
  const narrow = road.create('narrow', async (invocation) => {
    runs += 1;
    await promise;
    return success(invocation);
  });
  narrow.limit = 1;

  await Promise.all([road.send('narrow'), road.send('narrow'), road.send('narrow')]);
  await clock.advance(0);
  expect(runs).toBe(1);
  narrow.limit = 2;
  road.queue.wake();
  await clock.advance(0);
  expect(runs).toBe(2);
  resolve();
  await clock.advance(0);
  expect(runs).toBe(3);
  await road.queue.close();
});

test('the queue of a deleted function is closed once its events are dropped', async () => {
  const { clock, road, storage } = setUp();
  const dropped = road.record('async.dropped');
  const options = { name: 'async/orders', label: 'orders', isFifo: false };
  road.create('orders');
  await road.send('orders');
  await clock.advance(0);
  road.delete('orders');
  await clock.advance(0);
  await storage.openQueue(options).close();

  road.create('orders');
  await road.send('orders');
  road.delete('orders');
  expect(() => storage.openQueue(options)).toThrow('open already');
  await clock.advance(0);
  expect(dropped).toMatchObject([{ condition: 'FunctionDeleted' }]);
  await storage.openQueue(options).close();
  await road.queue.close();
});

describe('a storage that fails for a while', () => {
  test.each(['receive', 'ack', 'nack', 'extend'])('in %s loses nothing', async (failing) => {
    const { clock, road, trouble } = setUp();
    const warnings: string[] = [];
    const onWarning = ({ message }: Error): void => void warnings.push(message);
    process.on('warning', onWarning);
    let calls = 0;
    road.create('orders', (invocation) => {
      calls += 1;
      if (calls === 1) throw new Error('a fault of the system');
      return success(invocation);
    });
    const ended = road.record('async.succeeded');
    let failures = 0;
    trouble.of = (step) => {
      if (step !== failing || failures > 2) return;
      failures += 1;
      throw new Error('the disk is full');
    };

    await road.send('orders');
    await clock.advance(3_600_000);
    expect(ended.length).toBeGreaterThan(0);
    expect(road.queue.size).toBe(0);
    process.off('warning', onWarning);
    if (failing !== 'extend') expect(warnings.join()).toContain('the disk is full');
    await road.queue.close();
  });

  test('when it is asked for its size does not stop the host from closing', async () => {
    const { clock, road, trouble } = setUp();
    const { promise, resolve } = Promise.withResolvers<void>();
    road.create('slow', async (invocation) => {
      await promise;
      return success(invocation);
    });
    await road.send('slow');
    await clock.advance(0);
    const drained = road.queue.drain();
    trouble.of = (step) => {
      if (step === 'stats') throw new Error('the file is gone');
    };
    resolve();
    await drained;
    await road.queue.close();
  });
});

test('a handler does not start before its event is as safe as the storage can make it', async () => {
  const clock = new VirtualClock(start);
  const storage = new MemoryStorage({ clock });
  const disk = Promise.withResolvers<void>();
  const road = new BareRoad({
    clock,
    openQueue: (options) => {
      const trouble = (step: string) => (step === 'sent' ? disk.promise : undefined);
      return new TroubledQueue(storage.openQueue(options), trouble, { durable: true });
    },
  });
  road.create('orders');
  const order: string[] = [];
  for (const name of ['async.accepted', 'async.attempted'] as const) {
    road.events.on(name, ({ type }) => order.push(type));
  }
  const sending = road.send('orders').then(() => order.push('answered'));
  await clock.advance(1_000);
  expect(order).toEqual([]);
  disk.resolve();
  await sending;
  await clock.advance(0);
  expect(order).toEqual(['async.accepted', 'answered', 'async.attempted']);
  await road.queue.close();
});

test('after closing, no timer is left, whatever a handler still does', async () => {
  const { clock, road } = setUp();
  road.create('stuck', () => new Promise(() => {}));
  const abandoned = road.record('async.abandoned');
  const requestId = await road.send('stuck');
  await clock.advance(0);
  await road.queue.close();
  expect(abandoned).toMatchObject([{ requestId }]);
  expect(clock.pending()).toEqual([]);
});
