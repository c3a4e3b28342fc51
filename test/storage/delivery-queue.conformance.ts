import { describe, expect, onTestFinished, test } from 'vitest';
import type {
  DeliveryQueue,
  Lease,
  OpenQueueOptions,
  OutMessage,
  ReceiveOptions,
} from '../../src/storage/delivery-queue.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

/** How a suite gets at an adapter. */
export interface StorageUnderTest {
  readonly name: string;
  /** A storage of its own for each test. */
  make(clock: VirtualClock): Promise<RunningStorage>;
}

export interface RunningStorage {
  readonly storage: Storage;
  /** The holder of all leases goes without a word; gives the storage that finds what was left. */
  crash(): Promise<Storage>;
  remove(): Promise<void>;
}

const visibilityMs = 30_000;

/** What every `DeliveryQueue` promises. */
export function deliveryQueueConformance(subject: StorageUnderTest): void {
  describe(`a delivery queue: ${subject.name}`, () => {
    async function open(options: Partial<OpenQueueOptions> = {}): Promise<{
      clock: VirtualClock;
      queue: DeliveryQueue;
      running: RunningStorage;
      openAnother(options?: Partial<OpenQueueOptions>): DeliveryQueue;
    }> {
      const clock = new VirtualClock();
      const running = await subject.make(clock);
      onTestFinished(() => running.remove());
      const openAnother = (more: Partial<OpenQueueOptions> = {}): DeliveryQueue =>
        running.storage.openQueue({
          name: 'orders',
          label: 'queue "orders"',
          isFifo: false,
          ...more,
        });
      return { clock, queue: openAnother(options), running, openAnother };
    }

    test('what was sent is received, with all that came with it', async () => {
      const { clock, queue } = await open();
      const sentMs = clock.now();
      const [sent] = await queue.send([{ id: 'a', body: 'déjà vu \0 ✓', meta: '{"to":"x"}' }]);
      await clock.advance(1_000);

      const [lease] = await take(queue);
      expect(lease).toEqual({
        id: 'a',
        token: expect.any(String),
        body: 'déjà vu \0 ✓',
        meta: '{"to":"x"}',
        sentMs,
        receiveCount: 1,
        firstReceivedMs: sentMs + 1_000,
        expiresMs: sentMs + 1_000 + visibilityMs,
        sequence: sent?.sequence,
        groupId: undefined,
        dedupId: undefined,
      });
    });

    test('an acknowledged message is gone for good', async () => {
      const { clock, queue } = await open();
      await queue.send(messages('a', 'b'));
      const leases = await take(queue);
      expect(await queue.ack(leases)).toEqual([true, true]);
      expect(await queue.ack(leases)).toEqual([false, false]);

      await clock.advance(visibilityMs * 2);
      expect(await bodies(queue)).toEqual([]);
    });

    test('a lease that ran out answers until the message is received again', async () => {
      const { clock, queue } = await open();
      await queue.send(messages('a', 'b', 'c', 'd'));
      const [a, b, c, d] = await take(queue);
      await clock.advance(visibilityMs);

      expect(await queue.ack([key(a)])).toEqual([true]);
      expect(await queue.nack(key(b), { delayMs: 1_000, reason: 'again' })).toBe(true);
      expect(await queue.extend(key(c), visibilityMs)).toBe(true);
      const [again] = await take(queue);
      expect(again).toMatchObject({
        id: 'd',
        receiveCount: 2,
        firstReceivedMs: d?.firstReceivedMs,
      });
      expect(await queue.extend(key(d), 60_000)).toBe(false);
      expect(await queue.nack(key(d), { delayMs: 0, reason: 'again' })).toBe(false);
      expect(await queue.ack([key(d), key(again)])).toEqual([false, true]);
      expect(queue.stats()).toMatchObject({ ready: 0, delayed: 1, leased: 1 });
    });

    test('FIFO: a lease that ran out is lost', async () => {
      const { clock, queue } = await open({ isFifo: true });
      await queue.send(inGroup('g', 'a', 'b'));
      const [a, b] = await take(queue);
      await clock.advance(visibilityMs);

      expect(await queue.ack([key(a)])).toEqual([false]);
      expect(await queue.nack(key(b), { delayMs: 0, reason: 'again' })).toBe(false);
      expect(await bodies(queue)).toEqual(['a', 'b']);
    });

    test('a message is known by its old leases until it is gone', async () => {
      const { clock, queue } = await open();
      await queue.send(messages('a'));
      const [old] = await take(queue);
      await clock.advance(visibilityMs);
      const [next] = await take(queue);
      expect(queue.has(key(old))).toBe(true);
      await queue.ack([key(next)]);
      expect(queue.has(key(old))).toBe(false);
    });

    test('a message that is given back comes after its delay, with its new meta', async () => {
      const { clock, queue } = await open();
      await queue.send(messages('a'));
      const [lease] = await take(queue);
      expect(await queue.nack(key(lease), { delayMs: 60_000, reason: 'retry 1', meta: 'm' })).toBe(
        true,
      );

      await clock.advance(59_999);
      expect(await bodies(queue)).toEqual([]);
      await clock.advance(1);
      expect(await take(queue)).toMatchObject([{ id: 'a', meta: 'm', receiveCount: 2 }]);
    });

    test('FIFO: a group is handed out from its front, up to the first message that is out', async () => {
      const { queue } = await open({ isFifo: true });
      await queue.send([...inGroup('g', 'a', 'b', 'c'), ...inGroup('h', 'x')]);
      const [a, b] = await take(queue, { max: 2 });
      expect([a?.id, b?.id]).toEqual(['a', 'b']);
      expect(await bodies(queue)).toEqual(['x']);

      await queue.nack(key(a), { delayMs: 0, reason: 'again' });
      const again = await take(queue);
      expect(again.map(({ id }) => id)).toEqual(['a']);
      expect(await queue.ack(again)).toEqual([true]);
      expect(await bodies(queue)).toEqual([]);
      await queue.nack(key(b), { delayMs: 0, reason: 'again' });
      expect(await bodies(queue)).toEqual(['b', 'c']);
    });

    test('a receive waits for the message that comes', async () => {
      const { queue } = await open();
      const waiting = take(queue, { waitMs: 20_000 });
      await queue.send(messages('a'));
      expect(await waiting).toMatchObject([{ id: 'a' }]);
    });

    test('the clock says why it waits', async () => {
      const { clock, queue } = await open();
      const notBeforeMs = clock.now() + 60_000;
      await queue.send([
        { id: 'a', body: '', notBeforeMs, reason: 'retry 1 of request 7f3e' },
        { id: 'b', body: '', notBeforeMs: notBeforeMs + 1 },
      ]);
      expect(clock.pending()).toMatchObject([
        { label: 'queue "orders": retry 1 of request 7f3e (and 1 more)', inMs: 60_000 },
      ]);
    });
  });
}

function messages(...ids: readonly string[]): OutMessage[] {
  return ids.map((id) => ({ id, body: id }));
}

function inGroup(groupId: string, ...ids: readonly string[]): OutMessage[] {
  return ids.map((id) => ({ id, body: id, groupId }));
}

function take(
  queue: DeliveryQueue,
  options: Partial<ReceiveOptions> = {},
): Promise<readonly Lease[]> {
  return queue.receive({ max: 10, waitMs: 0, visibilityMs, ...options });
}

async function bodies(queue: DeliveryQueue): Promise<string[]> {
  return (await take(queue)).map(({ body }) => body);
}

function key(lease: Lease | undefined): Lease {
  expect(lease).toBeDefined();
  return lease as Lease;
}
