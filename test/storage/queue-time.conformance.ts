import { describe, expect, test } from 'vitest';
import type { Clock, ClockTimer, TimerOptions } from '../../src/core/clock.ts';
import type { VirtualClock } from '../../src/testing/virtual-clock.ts';
import {
  inGroup,
  messages,
  openStorage,
  take,
  takeIds,
  takeOne,
  visibilityMs,
  type StorageUnderTest,
} from './storage-under-test.ts';

const dayMs = 86_400_000;

/** How a `DeliveryQueue` keeps time: delays, retention, timers, clocks that jump. */
export function queueTimeConformance(subject: StorageUnderTest): void {
  describe(`delays ${subject.name}`, () => {
    test('a delayed message comes at its time, not before', async () => {
      const { clock, openQueue } = await openStorage(subject);
      const queue = openQueue();
      await queue.send([{ id: 'a', body: '', notBeforeMs: clock.now() + 1_000 }]);
      await clock.advance(999);
      expect(await takeIds(queue)).toEqual([]);
      await clock.advance(1);
      expect(await takeIds(queue)).toEqual(['a']);
    });

    test('a time that is over is no delay', async () => {
      const { clock, openQueue } = await openStorage(subject);
      const queue = openQueue();
      await queue.send([
        { id: 'a', body: '', notBeforeMs: clock.now() },
        { id: 'b', body: '', notBeforeMs: 0 },
      ]);
      expect(clock.pending()).toEqual([]);
      expect(await takeIds(queue)).toEqual(['a', 'b']);
    });

    test('messages come in the order of their times, and of their sending where those are the same', async () => {
      const { clock, openQueue } = await openStorage(subject);
      const queue = openQueue();
      const delays = [50, 10, 40, 10, 30, 60, 20, 10, 50, 70, 65, 5];
      await queue.send(
        delays.map((delayMs, index) => ({
          id: `${delayMs}-${index}`,
          body: '',
          notBeforeMs: clock.now() + delayMs,
        })),
      );
      await clock.advance(100);
      expect(await takeIds(queue, { max: 100 })).toEqual([
        '5-11',
        '10-1',
        '10-3',
        '10-7',
        '20-6',
        '30-4',
        '40-2',
        '50-0',
        '50-8',
        '60-5',
        '65-10',
        '70-9',
      ]);
    });

    test('what is due stands behind what was sent before, and before what is sent after', async () => {
      const { clock, openQueue } = await openStorage(subject);
      const queue = openQueue();
      await queue.send([{ id: 'due', body: '', notBeforeMs: clock.now() + 10 }]);
      await queue.send(messages('before'));
      await clock.advance(10);
      await queue.send(messages('after'));
      expect(await takeIds(queue)).toEqual(['before', 'due', 'after']);
    });

    test('retries of many messages keep their order', async () => {
      const { clock, openQueue } = await openStorage(subject);
      const queue = openQueue();
      const ids = Array.from({ length: 30 }, (_, index) => `m${index}`);
      await queue.send(messages(...ids));
      const leases = await take(queue, { max: 30 });
      for (const [index, lease] of leases.entries()) {
        await queue.nack(lease, { delayMs: (index % 5) * 100 + 100, reason: '' });
      }
      const came: string[] = [];
      for (let step = 0; step < 5; step += 1) {
        await clock.advance(100);
        came.push(...(await takeIds(queue, { max: 30 })));
      }
      const byDelay = ids.toSorted((a, b) => (Number(a.slice(1)) % 5) - (Number(b.slice(1)) % 5));
      expect(came).toEqual(byDelay);
    });
  });

  describe(`the clock and messages ${subject.name}`, () => {
    test('days that pass at once: everything is due exactly once, in order', async () => {
      const { clock, openQueue } = await openStorage(subject);
      const queue = openQueue({ retentionMs: 14 * dayMs });
      await queue.send(messages('leased'));
      await take(queue);
      await queue.send(
        [3, 1, 2].map((days) => ({
          id: `${days} days`,
          body: '',
          notBeforeMs: clock.now() + days * dayMs,
        })),
      );
      await clock.advance(5 * dayMs);
      expect(await takeIds(queue)).toEqual(['leased', '1 days', '2 days', '3 days']);
      expect(await takeIds(queue)).toEqual([]);
    });

    test('many that are due at once come one after the other, and nobody waits for a new reason', async () => {
      const { clock, openQueue } = await openStorage(subject);
      const queue = openQueue();
      const ids = Array.from({ length: 12_000 }, (_, index) => `m${index}`);
      const notBeforeMs = clock.now() + 1_000;
      await queue.send(ids.map((id) => ({ id, body: '', notBeforeMs })));
      await clock.advance(1_000);
      expect(queue.stats()).toMatchObject({ ready: 12_000, delayed: 0 });
      expect(clock.pending()).toEqual([]);
      expect(await takeIds(queue, { max: 20_000 })).toEqual(ids);
      await clock.advance(visibilityMs);
      expect(queue.stats()).toMatchObject({ ready: 12_000, leased: 0 });
      const waiting = take(queue, { max: 5, waitMs: Number.POSITIVE_INFINITY });
      expect((await waiting).map(({ id }) => id)).toEqual(ids.slice(0, 5));
    });

    test('a clock that is set back loses nothing and waits for no negative time', async () => {
      const delays: number[] = [];
      let shiftMs = 0;
      const shifted = (clock: VirtualClock): Clock => ({
        now: () => clock.now() + shiftMs,
        hold: (label) => clock.hold(label),
        setTimer(callback: () => void, delayMs: number, options: TimerOptions): ClockTimer {
          delays.push(delayMs);
          return clock.setTimer(callback, delayMs, options);
        },
      });
      const { clock, openQueue } = await openStorage(subject, shifted);
      const queue = openQueue();
      await queue.send(messages('ready', 'leased'));
      await take(queue, { max: 1 });
      const delayed = { id: 'delayed', body: '', notBeforeMs: clock.now() + 60_000 };
      await queue.send([delayed]);

      shiftMs = -3_600_000;
      await queue.send(messages('later'));
      expect(await takeIds(queue)).toEqual(['leased', 'later']);
      const waiting = take(queue, { waitMs: 2 * 3_600_000, max: 1 });
      expect(await clock.runUntil(waiting)).toMatchObject([{ id: 'leased' }]);
      await clock.advance(2 * 3_600_000);
      expect((await takeIds(queue)).toSorted()).toEqual(['delayed', 'later', 'leased', 'ready']);
      expect(delays.filter((delayMs) => !(delayMs >= 0))).toEqual([]);
    });

    test('the clock says what is due next and how many wait behind it', async () => {
      const { clock, openQueue } = await openStorage(subject);
      const queue = openQueue();
      const notBeforeMs = clock.now() + 60_000;
      await queue.send([
        { id: 'a', body: '', notBeforeMs, reason: 'retry 1 of request 7f3e' },
        { id: 'b', body: '', notBeforeMs: notBeforeMs + 1 },
      ]);
      expect(clock.pending()).toMatchObject([
        { label: 'queue "orders": retry 1 of request 7f3e (and 1 more)', inMs: 60_000 },
      ]);
      await clock.advance(60_000);
      expect(clock.pending()).toMatchObject([{ label: 'queue "orders": message b', inMs: 1 }]);
      const [a] = await take(queue);
      await queue.nack({ id: 'a', token: a?.token ?? '' }, { delayMs: 120_000, reason: 'retry 2' });
      await clock.advance(1);
      expect(clock.pending()).toMatchObject([{ label: 'queue "orders": retry 2', inMs: 119_999 }]);
    });

    test('a lease has a timer only while somebody waits for its message', async () => {
      const { clock, openQueue } = await openStorage(subject);
      const queue = openQueue();
      await queue.send(messages('a', 'b'));
      const [a, b] = await take(queue);
      expect(clock.pending()).toEqual([]);
      const stop = new AbortController();
      const waiting = take(queue, { waitMs: Number.POSITIVE_INFINITY, signal: stop.signal });
      await clock.advance(1);
      expect(clock.pending()).toMatchObject([
        { label: 'queue "orders": the lease of message a ends (and 1 more)' },
      ]);
      if (a === undefined || b === undefined) throw new Error('nothing was received');
      await queue.ack([a]);
      expect(clock.pending()).toMatchObject([
        { label: 'queue "orders": the lease of message b ends' },
      ]);
      await queue.ack([b]);
      expect(clock.pending()).toEqual([]);
      stop.abort();
      expect(await waiting).toEqual([]);
    });

    test('only what is delayed, and a wait for some time, keep the process alive', async () => {
      const timers: TimerOptions[] = [];
      const recorded = (clock: VirtualClock): Clock => ({
        now: () => clock.now(),
        hold: (label) => clock.hold(label),
        setTimer(callback: () => void, delayMs: number, options: TimerOptions): ClockTimer {
          timers.push(options);
          return clock.setTimer(callback, delayMs, options);
        },
      });
      const { clock, openQueue } = await openStorage(subject, recorded);
      for (const keepsAlive of [true, false, undefined]) {
        const options = keepsAlive === undefined ? {} : { keepsAlive };
        const queue = openQueue({
          name: String(keepsAlive),
          label: String(keepsAlive),
          ...options,
        });
        await queue.send([
          { id: 'a', body: '' },
          { id: 'b', body: '', notBeforeMs: clock.now() + 60_000 },
        ]);
        await take(queue);
        await clock.runUntil(take(queue, { waitMs: 1_000 }));
      }
      const seen = new Map(timers.map(({ label, keepAlive = true }) => [label, keepAlive]));
      expect(Object.fromEntries(seen)).toEqual({
        'true: message b': true,
        'true: the lease of message a ends': false,
        'true: a receive waits for a message': true,
        'false: message b': false,
        'false: the lease of message a ends': false,
        'false: a receive waits for a message': true,
        'undefined: message b': false,
        'undefined: the lease of message a ends': false,
        'undefined: a receive waits for a message': true,
      });
    });
  });

  describe(`retention ${subject.name}`, () => {
    test('a message vanishes at its age, ready or delayed', async () => {
      const { clock, openQueue, storage } = await openStorage(subject);
      const queue = openQueue({ retentionMs: 10_000 });
      await queue.send([
        ...messages('a'),
        { id: 'b', body: '', notBeforeMs: clock.now() + 20_000 },
      ]);
      await clock.advance(1);
      await queue.send(messages('c'));
      await clock.advance(9_998);
      expect(queue.stats()).toMatchObject({ ready: 2, delayed: 1 });
      await clock.advance(1);
      expect(queue.stats()).toMatchObject({ ready: 1, delayed: 0 });
      expect(await takeIds(queue, { visibilityMs: 0 })).toEqual(['c']);
      await clock.advance(1);
      expect(await takeIds(queue)).toEqual([]);
      expect(storage.queueNames()).toEqual([]);
    });

    test('a leased message vanishes when its lease ends', async () => {
      const { clock, openQueue } = await openStorage(subject);
      const queue = openQueue({ retentionMs: 10_000 });
      await queue.send(messages('a', 'b', 'c'));
      const [a, b] = await take(queue, { max: 2 });
      await clock.advance(20_000);
      expect(queue.stats()).toMatchObject({ ready: 0, leased: 2 });
      if (a === undefined || b === undefined) throw new Error('nothing was received');
      expect(await queue.nack(a, { delayMs: 0, reason: '' })).toBe(true);
      expect(queue.stats()).toMatchObject({ ready: 0, leased: 1 });
      await clock.advance(visibilityMs);
      expect(queue.stats()).toMatchObject({ ready: 0, leased: 0 });
      expect(await queue.ack([b])).toEqual([false]);
    });

    test('a lease can be kept up beyond the age of its message', async () => {
      const { clock, openQueue } = await openStorage(subject);
      const queue = openQueue({ retentionMs: 10_000 });
      await queue.send(messages('a'));
      const lease = await takeOne(queue);
      await clock.advance(15_000);
      expect(await queue.extend(lease, 60_000)).toBe(true);
      await clock.advance(59_000);
      expect(await queue.ack([lease])).toEqual([true]);
    });

    test('the age of a message that was moved counts from when its mover says', async () => {
      const { clock, openQueue } = await openStorage(subject);
      const [queue, letters] = [openQueue(), openQueue({ name: 'letters', retentionMs: 10_000 })];
      await queue.send(messages('a', 'b'));
      await clock.advance(6_000);
      const [a, b] = await take(queue);
      if (a === undefined || b === undefined) throw new Error('nothing was received');
      await queue.deadLetter(b, { reason: '', target: letters });
      await queue.deadLetter(a, { reason: '', target: letters, sentMs: a.sentMs });
      expect(letters.stats()).toMatchObject({ ready: 2, oldestMs: a.sentMs });
      await clock.advance(4_000);
      expect(await takeIds(letters)).toEqual(['b']);
    });

    test('what vanishes from the front of a group lets the rest of it come', async () => {
      const { clock, openQueue } = await openStorage(subject);
      const queue = openQueue({ isFifo: true, retentionMs: 10_000 });
      const [a = { id: '', body: '' }] = inGroup('g', 'a');
      await queue.send([{ ...a, notBeforeMs: clock.now() + 60_000 }]);
      await clock.advance(5_000);
      await queue.send(inGroup('g', 'b'));
      expect(await takeIds(queue)).toEqual([]);
      await clock.advance(5_000);
      expect(await takeIds(queue)).toEqual(['b']);
    });

    test('a group whose first message vanishes keeps its place in line', async () => {
      const { clock, openQueue } = await openStorage(subject);
      const queue = openQueue({ isFifo: true, retentionMs: 10_000 });
      await queue.send(inGroup('g', 'g1'));
      await clock.advance(5_000);
      await queue.send([...inGroup('h', 'h1'), ...inGroup('g', 'g2')]);
      await clock.advance(5_000);
      expect(await takeIds(queue)).toEqual(['g2', 'h1']);
    });
  });
}
