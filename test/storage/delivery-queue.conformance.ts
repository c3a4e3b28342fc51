import { describe, expect, test } from 'vitest';
import type { Lease } from '../../src/storage/delivery-queue.ts';
import {
  inGroup,
  messages,
  openQueue,
  openStorage,
  take,
  takeIds,
  takeOne,
  visibilityMs,
  type StorageUnderTest,
} from './storage-under-test.ts';

/** What every `DeliveryQueue` promises. */
export function deliveryQueueConformance(subject: StorageUnderTest): void {
  describe(`messages ${subject.name}`, () => {
    test('what was sent is received, with all that came with it', async () => {
      const { clock, openQueue: open } = await openStorage(subject);
      const queue = open();
      const sentMs = clock.now();
      const [sent] = await queue.send([{ id: 'a', body: 'déjà vu ✓ 😀', meta: '{"to":"x"}' }]);
      await clock.advance(1_000);

      expect(await takeOne(queue)).toEqual({
        id: 'a',
        token: expect.any(String),
        body: 'déjà vu ✓ 😀',
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

    test('messages come in the order in which they were sent, and their numbers grow', async () => {
      const { openQueue: open } = await openStorage(subject);
      const queue = open();
      const sent = [
        ...(await queue.send(messages('a', 'b', 'c'))),
        ...(await queue.send(messages('d'))),
      ];
      expect(await takeIds(queue, { max: 3 })).toEqual(['a', 'b', 'c']);
      expect(await takeIds(queue)).toEqual(['d']);
      for (const [at, { sequence }] of sent.entries()) {
        expect(sequence).toBeGreaterThan(sent[at - 1]?.sequence ?? 0n);
      }
    });

    test('what can be empty or long is kept as it is', async () => {
      const { openQueue: open } = await openStorage(subject);
      const queue = open();
      const long = 'ä'.repeat(600_000);
      await queue.send([
        { id: 'empty', body: '', meta: '' },
        { id: 'long', body: long, meta: long },
      ]);
      const [empty, found] = await take(queue);
      expect(empty).toMatchObject({ body: '', meta: '' });
      expect(found?.body === long && found.meta === long).toBe(true);
    });

    test('messages of queues that share a storage do not meet', async () => {
      const { openQueue: open, storage } = await openStorage(subject);
      const [a, b] = [open({ name: 'a' }), open({ name: 'b' })];
      await a.send(messages('1'));
      expect(await takeIds(b)).toEqual([]);
      expect(storage.queueNames()).toEqual(['a']);
      expect(await b.ack(await take(a))).toEqual([false]);
    });

    test('a batch with one bad message is refused as a whole', async () => {
      const { openQueue: open } = await openStorage(subject);
      const queue = open({ isFifo: true });
      const good = inGroup('g', 'a');
      for (const bad of [
        { id: 'b', body: 'no group' },
        { id: '', body: '', groupId: 'g' },
        { id: 'b', body: '\ud800', groupId: 'g' },
        { id: 'b', body: 'a\0b', groupId: 'g' },
        { id: 'b', body: '', meta: 'a\0b', groupId: 'g' },
        { id: 'b', body: '', groupId: 'g\0' },
        { id: 'b', body: '', groupId: 'g', notBeforeMs: -1 },
        { id: 'b', body: 'x'.repeat(queue.caps.maxBytes + 1), groupId: 'g' },
      ]) {
        await expect(queue.send([...good, bad])).rejects.toMatchObject({
          code: 'ERR_INVALID_OPTION',
        });
      }
      expect(queue.stats()).toEqual({ ready: 0, delayed: 0, leased: 0, oldestMs: undefined });
    });

    test.each([
      { max: 0 },
      { max: 1.5 },
      { waitMs: -1 },
      { waitMs: Number.NaN },
      { visibilityMs: Number.POSITIVE_INFINITY },
    ])('a receive with %j is refused', async (options) => {
      const { openQueue: open } = await openStorage(subject);
      await expect(take(open(), options)).rejects.toMatchObject({ code: 'ERR_INVALID_OPTION' });
    });
  });

  describe(`leases ${subject.name}`, () => {
    test('an acknowledged message is gone for good', async () => {
      const { clock, openQueue: open } = await openStorage(subject);
      const queue = open();
      await queue.send(messages('a', 'b'));
      const leases = await take(queue);
      expect(await queue.ack(leases)).toEqual([true, true]);
      expect(await queue.ack(leases)).toEqual([false, false]);

      await clock.advance(visibilityMs * 2);
      expect(await takeIds(queue)).toEqual([]);
    });

    test('each message of a batch is acknowledged by itself', async () => {
      const { clock, openQueue: open } = await openStorage(subject);
      const queue = open();
      await queue.send(messages('a', 'b', 'c'));
      const [a, b, c] = await take(queue);
      const mixed = { id: idOf(b), token: tokenOf(c) };
      const made = { id: 'b', token: 'of nobody' };
      expect(await queue.ack([keyOf(a), mixed, made, keyOf(c)])).toEqual([
        true,
        false,
        false,
        true,
      ]);
      await clock.advance(visibilityMs);
      expect(await takeIds(queue)).toEqual(['b']);
    });

    test('a leased message is received by nobody else until its lease ends', async () => {
      const { clock, openQueue: open } = await openStorage(subject);
      const queue = open();
      await queue.send(messages('a'));
      await take(queue);
      await clock.advance(visibilityMs - 1);
      expect(await takeIds(queue)).toEqual([]);
      await clock.advance(1);
      expect(await takeIds(queue)).toEqual(['a']);
    });

    test('a lease that ran out answers until the message is received again', async () => {
      const { clock, openQueue: open } = await openStorage(subject);
      const queue = open();
      await queue.send(messages('a', 'b', 'c', 'd'));
      const [a, b, c, d] = await take(queue);
      await clock.advance(visibilityMs);

      expect(await queue.ack([keyOf(a)])).toEqual([true]);
      expect(await queue.nack(keyOf(b), { delayMs: 1_000, reason: 'again' })).toBe(true);
      expect(await queue.extend(keyOf(c), visibilityMs)).toBe(true);
      const again = await takeOne(queue);
      expect(again).toMatchObject({
        id: 'd',
        receiveCount: 2,
        firstReceivedMs: d?.firstReceivedMs,
      });
      expect(await queue.extend(keyOf(d), 60_000)).toBe(false);
      expect(await queue.nack(keyOf(d), { delayMs: 0, reason: 'again' })).toBe(false);
      expect(await queue.ack([keyOf(d), again])).toEqual([false, true]);
      expect(queue.stats()).toMatchObject({ ready: 0, delayed: 1, leased: 1 });
    });

    test('a lease that was given back is lost', async () => {
      const { openQueue: open } = await openStorage(subject);
      const queue = open();
      await queue.send(messages('a'));
      const lease = await takeOne(queue);
      expect(await queue.nack(lease, { delayMs: 0, reason: 'again' })).toBe(true);
      expect(await queue.nack(lease, { delayMs: 0, reason: 'again' })).toBe(false);
      expect(await queue.extend(lease, 1)).toBe(false);
      expect(await queue.ack([lease])).toEqual([false]);
      expect(queue.stats()).toMatchObject({ ready: 1 });
    });

    test('a lease can be made longer, again and again, and shorter', async () => {
      const { clock, openQueue: open } = await openStorage(subject);
      const queue = open();
      await queue.send(messages('a'));
      const lease = await takeOne(queue);
      for (let count = 0; count < 3; count += 1) {
        await clock.advance(visibilityMs - 1);
        expect(await queue.extend(lease, visibilityMs)).toBe(true);
      }
      await clock.advance(visibilityMs - 1);
      expect(await takeIds(queue)).toEqual([]);
      expect(await queue.extend(lease, 5)).toBe(true);
      await clock.advance(5);
      expect(await takeIds(queue)).toEqual(['a']);
    });

    test('a lease that is extended by nothing ends at once', async () => {
      const { openQueue: open } = await openStorage(subject);
      const queue = open();
      await queue.send(messages('a', 'b'));
      const [a] = await take(queue);
      expect(await queue.extend(keyOf(a), 0)).toBe(true);
      expect(await queue.extend(keyOf(a), 0)).toBe(true);
      expect(await take(queue)).toMatchObject([{ id: 'a', receiveCount: 2 }]);
    });

    test('a message that is given back comes after its delay, with its new meta', async () => {
      const { clock, openQueue: open } = await openStorage(subject);
      const queue = open();
      await queue.send([{ id: 'a', body: 'a', meta: 'first' }]);
      const kept = await takeOne(queue);
      expect(await queue.nack(kept, { delayMs: 0, reason: 'again' })).toBe(true);
      const lease = await takeOne(queue);
      expect(lease.meta).toBe('first');
      expect(await queue.nack(lease, { delayMs: 60_000, reason: 'retry 1', meta: 'm' })).toBe(true);

      await clock.advance(59_999);
      expect(await takeIds(queue)).toEqual([]);
      await clock.advance(1);
      expect(await take(queue)).toMatchObject([{ id: 'a', meta: 'm', receiveCount: 3 }]);
    });

    test('a message is known by its old leases until it is gone', async () => {
      const { clock, openQueue: open } = await openStorage(subject);
      const queue = open();
      await queue.send(messages('a'));
      const old = await takeOne(queue);
      await clock.advance(visibilityMs);
      const next = await takeOne(queue);
      expect(queue.has(old)).toBe(true);
      await queue.ack([next]);
      expect(queue.has(old)).toBe(false);
      expect(queue.has({ id: 'a', token: 'of nobody' })).toBe(false);
    });

    test('a holder that crashes between receive and acknowledgement loses nothing', async () => {
      const { crash, openQueue: open } = await openStorage(subject);
      const queue = open();
      await queue.send(messages('a', 'b'));
      const lease = await takeOne(queue, { max: 1 });

      const next = openQueue(await crash());
      expect(await next.ack([lease])).toEqual([false]);
      const found = await take(next);
      const counts = found.map(({ id, receiveCount }) => `${id}: ${receiveCount}`);
      expect(counts.toSorted()).toEqual(['a: 2', 'b: 1']);
      expect(await next.ack([lease])).toEqual([false]);
      expect(await next.ack(found)).toEqual([true, true]);
    });

    test('a message that nobody can deal with is moved aside, and its receives were counted', async () => {
      const { clock, crash, openQueue: open } = await openStorage(subject);
      const queue = open();
      const letters = open({ name: 'letters', label: 'queue "letters"' });
      await queue.send([{ id: 'poison', body: 'p', meta: 'm' }]);
      for (const receiveCount of [1, 2]) {
        expect(await takeOne(queue)).toMatchObject({ receiveCount });
        await clock.advance(visibilityMs);
      }
      const lease = await takeOne(queue);
      const sentMs = clock.now() - 5;
      const options = { reason: 'too often', target: letters, meta: 'why', sentMs };
      expect(await queue.deadLetter(lease, options)).toBe(true);
      expect(await queue.deadLetter(lease, options)).toBe(false);
      expect(queue.stats()).toMatchObject({ ready: 0, leased: 0 });

      const found = await takeOne(openQueue(await crash(), { name: 'letters' }));
      expect(found).toMatchObject({
        id: 'poison',
        body: 'p',
        meta: 'why',
        receiveCount: 1,
        firstReceivedMs: clock.now(),
        sentMs,
      });
    });

    test('who waits at the other queue gets what is moved there', async () => {
      const { clock, openQueue: open } = await openStorage(subject);
      const [queue, letters] = [open(), open({ name: 'letters' })];
      const waiting = take(letters, { waitMs: Number.POSITIVE_INFINITY });
      await queue.send([{ id: 'a', body: 'a', meta: 'm' }]);
      await queue.deadLetter(await takeOne(queue), { reason: 'why', target: letters });
      expect(await waiting).toMatchObject([{ id: 'a', meta: 'm', sentMs: clock.now() }]);
    });

    test('a message moves only within a storage, and from a queue with groups to one with groups', async () => {
      const { openQueue: open } = await openStorage(subject);
      const other = await openStorage(subject);
      const queue = open();
      await queue.send(messages('a'));
      const lease = await takeOne(queue);
      for (const target of [other.openQueue(), open({ name: 'groups', isFifo: true })]) {
        await expect(queue.deadLetter(lease, { reason: '', target })).rejects.toMatchObject({
          code: 'ERR_INVALID_OPTION',
          option: 'target',
        });
      }
      const closed = open({ name: 'closed' });
      await closed.close();
      await expect(queue.deadLetter(lease, { reason: '', target: closed })).rejects.toMatchObject({
        code: 'ERR_CLOSED',
      });
      expect(await queue.ack([lease])).toEqual([true]);
    });

    test('consumers at work at the same time never hold the same message', async () => {
      const { clock, openQueue: open } = await openStorage(subject);
      const queue = open();
      const ids = Array.from({ length: 120 }, (_, index) => `m${index}`);
      const held = new Set<string>();
      const done: string[] = [];
      const consume = async (consumer: number): Promise<void> => {
        for (;;) {
          const leases = await take(queue, { max: 1 + (consumer % 3), waitMs: 1_000 });
          if (leases.length === 0) return;
          for (const { id } of leases) {
            expect(held).not.toContain(id);
            held.add(id);
          }
          for (let turn = 0; turn < consumer % 4; turn += 1)
            await queue.extend(keyOf(leases[0]), 100);
          for (const { id } of leases) held.delete(id);
          if (consumer % 5 === 0 && done.length < 60) {
            await Promise.all(leases.map((lease) => queue.nack(lease, { delayMs: 7, reason: '' })));
          } else {
            expect(await queue.ack(leases)).toEqual(leases.map(() => true));
            done.push(...leases.map(({ id }) => id));
          }
        }
      };
      const consumers = Array.from({ length: 12 }, (_, consumer) => consume(consumer));
      await Promise.all(ids.map((id) => queue.send(messages(id))));
      await clock.runUntil(Promise.all(consumers));
      expect(done.toSorted()).toEqual(ids.toSorted());
      expect(queue.stats()).toMatchObject({ ready: 0, delayed: 0, leased: 0 });
    });
  });

  describe(`waiting ${subject.name}`, () => {
    test('receives that wait are served first come first served, each with what is there', async () => {
      const { clock, openQueue: open } = await openStorage(subject);
      const queue = open();
      const forever = { waitMs: Number.POSITIVE_INFINITY };
      const first = take(queue, { ...forever, max: 2 });
      const second = take(queue, { waitMs: 20_000 });
      const third = take(queue, forever);
      await queue.send(messages('a', 'b', 'c'));
      expect(idsOf(await first)).toEqual(['a', 'b']);
      expect(idsOf(await second)).toEqual(['c']);
      await queue.send(messages('d'));
      expect(idsOf(await third)).toEqual(['d']);
      expect(clock.pending()).toEqual([]);
    });

    test('nobody deals with a message before its sender has an answer', async () => {
      const { clock, openQueue: open } = await openStorage(subject);
      const queue = open();
      const order: string[] = [];
      const waiting = take(queue, { waitMs: Number.POSITIVE_INFINITY, max: 1 }).then(async () => {
        await new Promise(setImmediate);
        order.push('received while waiting');
      });
      await clock.advance(1);
      const sent = queue.send(messages('a', 'b')).then(() => order.push('sent'));
      const received = take(queue).then(async () => {
        await new Promise(setImmediate);
        order.push('received');
      });
      await Promise.all([waiting, sent, received]);
      expect(order).toHaveLength(3);
      expect(order[0]).toBe('sent');
    });

    test('who comes later does not overtake who waits', async () => {
      const { clock, openQueue: open } = await openStorage(subject);
      const queue = open();
      await queue.send(messages('a'));
      await take(queue);
      const first = take(queue, { waitMs: visibilityMs * 2 });
      await clock.advance(visibilityMs - 1);
      const second = take(queue, { waitMs: visibilityMs * 2 });
      await clock.advance(1);
      expect(idsOf(await first)).toEqual(['a']);
      await queue.send(messages('b'));
      expect(idsOf(await second)).toEqual(['b']);
    });

    test('a wait ends with nothing when its time is over', async () => {
      const { clock, openQueue: open } = await openStorage(subject);
      const queue = open();
      const outcome = settled(take(queue, { waitMs: 20_000 }));
      await clock.advance(19_999);
      expect(outcome.value).toBeUndefined();
      await clock.advance(1);
      expect(outcome.value).toEqual([]);
      await queue.send(messages('a'));
      expect(queue.stats()).toMatchObject({ ready: 1, leased: 0 });
    });

    test('a wait ends with nothing when its signal says so', async () => {
      const { clock, openQueue: open } = await openStorage(subject);
      const queue = open();
      const stop = new AbortController();
      const waiting = take(queue, { waitMs: 20_000, signal: stop.signal });
      const other = take(queue, { waitMs: Number.POSITIVE_INFINITY });
      await clock.advance(1);
      stop.abort();
      expect(await waiting).toEqual([]);
      await queue.send(messages('a'));
      expect(idsOf(await other)).toEqual(['a']);
      expect(clock.pending()).toEqual([]);

      await queue.send(messages('b'));
      expect(await take(queue, { signal: stop.signal })).toEqual([]);
      expect(queue.stats()).toMatchObject({ ready: 1 });
    });

    test('a wait without end sets no timer', async () => {
      const { clock, openQueue: open } = await openStorage(subject);
      const queue = open();
      const waiting = take(queue, { waitMs: Number.POSITIVE_INFINITY });
      await clock.advance(86_400_000);
      expect(clock.pending()).toEqual([]);
      await queue.send(messages('a'));
      expect(idsOf(await waiting)).toEqual(['a']);
    });

    test('who waits gets what was delayed, given back, and what a lost lease sets free', async () => {
      const { clock, openQueue: open } = await openStorage(subject);
      const queue = open();
      const next = (): Promise<readonly Lease[]> => take(queue, { waitMs: 100_000, max: 1 });
      await queue.send([{ id: 'a', body: '', notBeforeMs: clock.now() + 10 }]);
      const [delayed] = await clock.runUntil(next());
      const givenBack = next();
      await queue.nack(keyOf(delayed), { delayMs: 0, reason: '' });
      const [again] = await givenBack;
      const retried = next();
      await queue.nack(keyOf(again), { delayMs: 60_000, reason: '' });
      expect(await clock.runUntil(retried)).toMatchObject([{ receiveCount: 3 }]);
      expect(await clock.runUntil(next())).toMatchObject([{ receiveCount: 4 }]);
    });

    test('the end of the queue ends every wait with nothing, and keeps the messages', async () => {
      const { clock, openQueue: open, storage } = await openStorage(subject);
      const queue = open();
      const waiting = [
        take(queue, { waitMs: 20_000 }),
        take(queue, { waitMs: Number.POSITIVE_INFINITY }),
      ];
      await clock.advance(1);
      await queue.send([{ id: 'a', body: 'a', notBeforeMs: clock.now() + 5_000 }]);
      const closed = queue.close();
      expect(await Promise.all(waiting)).toEqual([[], []]);
      await closed;
      await queue.close();
      expect(clock.pending()).toEqual([]);

      await expect(queue.send(messages('b'))).rejects.toMatchObject({ code: 'ERR_CLOSED' });
      await expect(take(queue)).rejects.toMatchObject({ code: 'ERR_CLOSED' });
      await expect(queue.purge()).rejects.toMatchObject({ code: 'ERR_CLOSED' });
      expect(queue.stats()).toMatchObject({ delayed: 1 });
      expect(storage.queueNames()).toEqual(['orders']);
      expect(idsOf(await clock.runUntil(take(open(), { waitMs: 6_000 })))).toEqual(['a']);
    });

    test('what is asked for before the end is done, leases are lost with it', async () => {
      const { openQueue: open } = await openStorage(subject);
      const queue = open();
      await queue.send(messages('a', 'b'));
      const [a, b] = await take(queue);
      const sent = queue.send(messages('c'));
      const acknowledged = queue.ack([keyOf(a)]);
      await queue.close();
      expect(await sent).toMatchObject([{ id: 'c' }]);
      expect(await acknowledged).toEqual([true]);
      expect(await queue.ack([keyOf(b)])).toEqual([false]);
      expect(await queue.extend(keyOf(b), 1)).toBe(false);
      expect(await queue.nack(keyOf(b), { delayMs: 0, reason: '' })).toBe(false);
      expect(queue.has(keyOf(b))).toBe(false);
      expect((await takeIds(open())).toSorted()).toEqual(['b', 'c']);
    });
  });

  describe(`the room of queues ${subject.name}`, () => {
    test('a name is open once at a time', async () => {
      const { openQueue: open } = await openStorage(subject);
      const queue = open();
      expect(() => open()).toThrow(expect.objectContaining({ code: 'ERR_CONFLICT' }));
      await queue.close();
      open();
    });

    test('a queue with messages stays what it is; an empty one may change', async () => {
      const { openQueue: open } = await openStorage(subject);
      const queue = open();
      await queue.send(messages('a'));
      await queue.close();
      expect(() => open({ isFifo: true })).toThrow(
        'The queue "orders" holds messages as a standard queue',
      );
      const again = open();
      await again.ack(await take(again));
      await again.close();
      await open({ isFifo: true }).send(inGroup('g', 'a'));
    });

    test('the end of the storage ends its queues', async () => {
      const { openQueue: open, storage } = await openStorage(subject);
      const queue = open();
      const waiting = take(queue, { waitMs: Number.POSITIVE_INFINITY });
      await storage.close();
      await storage.close();
      expect(await waiting).toEqual([]);
      await expect(queue.send(messages('a'))).rejects.toMatchObject({ code: 'ERR_CLOSED' });
      expect(() => open()).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }));
    });

    test.each([
      { name: '' },
      { label: '' },
      { isFifo: 'yes' as unknown as boolean },
      { retentionMs: -1 },
      { dedupWindowMs: 0.5 },
      { dedupScope: 'topic' as unknown as 'queue' },
      { keepsAlive: 1 as unknown as boolean },
      { durable: true } as object,
    ])('a queue with %j is refused', async (options) => {
      const { openQueue: open } = await openStorage(subject);
      expect(() => open(options)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_OPTION' }));
    });

    test('a purge drops everything, leased and delayed too', async () => {
      const { clock, openQueue: open, storage } = await openStorage(subject);
      const queue = open();
      const untouched = open({ name: 'other' });
      await untouched.send(messages('x'));
      await queue.send(messages('a', 'b'));
      const lease = await takeOne(queue, { max: 1 });
      await queue.send([{ id: 'c', body: '', notBeforeMs: clock.now() + 1_000 }]);
      expect(await queue.purge()).toBe(3);
      expect(await queue.purge()).toBe(0);

      expect(queue.stats()).toEqual({ ready: 0, delayed: 0, leased: 0, oldestMs: undefined });
      expect(await queue.ack([lease])).toEqual([false]);
      expect(queue.has(lease)).toBe(false);
      expect(clock.pending()).toEqual([]);
      expect(storage.queueNames()).toEqual(['other']);
      await queue.send(messages('d'));
      expect(await takeIds(queue)).toEqual(['d']);
      expect(await takeIds(untouched)).toEqual(['x']);
    });

    test('the numbers follow every change, and time', async () => {
      const { clock, openQueue: open } = await openStorage(subject);
      const queue = open();
      const startMs = clock.now();
      await queue.send(messages('a', 'b'));
      await clock.advance(10);
      await queue.send([{ id: 'c', body: '', notBeforeMs: clock.now() + 100 }]);
      expect(queue.stats()).toEqual({ ready: 2, delayed: 1, leased: 0, oldestMs: startMs });

      const [a] = await take(queue, { visibilityMs: 50 });
      expect(queue.stats()).toEqual({ ready: 0, delayed: 1, leased: 2, oldestMs: startMs });
      await clock.advance(50);
      expect(queue.stats()).toEqual({ ready: 2, delayed: 1, leased: 0, oldestMs: startMs });
      await clock.advance(50);
      expect(queue.stats()).toEqual({ ready: 3, delayed: 0, leased: 0, oldestMs: startMs });
      await queue.ack([keyOf(a)]);
      const [b] = await take(queue);
      await queue.ack([keyOf(b)]);
      expect(queue.stats()).toEqual({ ready: 0, delayed: 0, leased: 1, oldestMs: startMs + 10 });
    });

    test('what the end of the process takes with it can be listed', async () => {
      const { openQueue: open } = await openStorage(subject);
      const queue = open();
      await queue.send(messages('a', 'b'));
      await take(queue, { max: 1 });
      const ids = queue.remaining().map(({ id }) => id);
      expect(ids.toSorted()).toEqual(queue.caps.durable ? [] : ['a', 'b']);
    });
  });
}

function idsOf(leases: readonly Lease[]): string[] {
  return leases.map(({ id }) => id);
}

function keyOf(lease: Lease | undefined): Lease {
  if (lease === undefined) throw new Error('nothing was received');
  return lease;
}

function idOf(lease: Lease | undefined): string {
  return keyOf(lease).id;
}

function tokenOf(lease: Lease | undefined): string {
  return keyOf(lease).token;
}

/** Looks into a promise without waiting for it. */
function settled<T>(promise: Promise<T>): { value: T | undefined } {
  const outcome: { value: T | undefined } = { value: undefined };
  void promise.then((value) => {
    outcome.value = value;
  });
  return outcome;
}
