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

/** What a FIFO `DeliveryQueue` promises besides. */
export function fifoQueueConformance(subject: StorageUnderTest): void {
  const open = async (options: object = {}) => {
    const opened = await openStorage(subject);
    return { ...opened, queue: opened.openQueue({ isFifo: true, ...options }) };
  };

  describe(`groups ${subject.name}`, () => {
    test('a message has the group and the deduplication id with which it was sent', async () => {
      const { queue } = await open();
      await queue.send([{ id: 'a', body: '', groupId: 'g', dedupId: 'd' }]);
      expect(await takeOne(queue)).toMatchObject({ groupId: 'g', dedupId: 'd' });
    });

    test('a receive takes several messages of a group, in order, then the next group', async () => {
      const { queue } = await open();
      await queue.send([
        ...inGroup('g', 'g1', 'g2'),
        ...inGroup('h', 'h1'),
        ...inGroup('g', 'g3'),
        ...inGroup('h', 'h2'),
      ]);
      expect(await takeIds(queue, { max: 4 })).toEqual(['g1', 'g2', 'g3', 'h1']);
      expect(await takeIds(queue)).toEqual([]);
    });

    test('a group is handed out from its front, up to the first message that is out', async () => {
      const { queue } = await open();
      await queue.send([...inGroup('g', 'a', 'b', 'c'), ...inGroup('h', 'x')]);
      const [a, b] = await take(queue, { max: 2 });
      expect([a?.id, b?.id]).toEqual(['a', 'b']);
      expect(await takeIds(queue)).toEqual(['x']);

      await queue.nack(keyOf(a), { delayMs: 0, reason: 'again' });
      const again = await take(queue);
      expect(again.map(({ id }) => id)).toEqual(['a']);
      expect(await queue.ack(again)).toEqual([true]);
      expect(await takeIds(queue)).toEqual([]);
      await queue.nack(keyOf(b), { delayMs: 0, reason: 'again' });
      expect(await takeIds(queue)).toEqual(['b', 'c']);
    });

    test('a lease that ran out is lost, and its message is at the front again', async () => {
      const { clock, queue } = await open();
      await queue.send(inGroup('g', 'a', 'b', 'c'));
      const [a, b] = await take(queue, { max: 2 });
      await clock.advance(visibilityMs);

      expect(await queue.ack([keyOf(a)])).toEqual([false]);
      expect(await queue.extend(keyOf(a), 1)).toBe(false);
      expect(await queue.nack(keyOf(b), { delayMs: 0, reason: 'again' })).toBe(false);
      expect(queue.has(keyOf(b))).toBe(true);
      expect(await takeIds(queue)).toEqual(['a', 'b', 'c']);
    });

    test('a retry holds its group back until it is due, and no other group', async () => {
      const { clock, queue } = await open();
      await queue.send([...inGroup('g', 'a', 'b'), ...inGroup('h', 'x')]);
      const lease = await takeOne(queue, { max: 1 });
      await queue.nack(lease, { delayMs: 60_000, reason: 'retry 1' });
      expect(await takeIds(queue, { visibilityMs: 100_000 })).toEqual(['x']);
      await clock.advance(59_999);
      expect(await takeIds(queue)).toEqual([]);
      await clock.advance(1);
      expect(await takeIds(queue)).toEqual(['a', 'b']);
    });

    test('a delayed message holds back what was sent to its group after it', async () => {
      const { clock, queue } = await open();
      const [first, second] = inGroup('g', 'a', 'b');
      if (first === undefined || second === undefined) throw new Error('no messages');
      await queue.send([{ ...first, notBeforeMs: clock.now() + 1_000 }, second]);
      expect(await takeIds(queue)).toEqual([]);
      expect(queue.stats()).toMatchObject({ ready: 1, delayed: 1 });
      await clock.advance(1_000);
      expect(await takeIds(queue)).toEqual(['a', 'b']);
    });

    test('who waits gets the next message of a group when it is free', async () => {
      const { queue } = await open();
      await queue.send(inGroup('g', 'a', 'b'));
      const lease = await takeOne(queue, { max: 1 });
      const waiting = take(queue, { waitMs: Number.POSITIVE_INFINITY });
      await queue.ack([lease]);
      expect(await waiting).toMatchObject([{ id: 'b' }]);
    });

    test('groups take turns', async () => {
      const { queue } = await open();
      await queue.send([...inGroup('g', 'g1', 'g2'), ...inGroup('h', 'h1', 'h2')]);
      const order: string[] = [];
      for (let count = 0; count < 4; count += 1) {
        const lease = await takeOne(queue, { max: 1 });
        order.push(lease.id);
        await queue.ack([lease]);
      }
      expect(order).toEqual(['g1', 'h1', 'g2', 'h2']);
    });

    test('many groups: each in order, whatever happens to its messages', async () => {
      const { clock, queue } = await open();
      const groups = Array.from({ length: 40 }, (_, index) => `group ${index}`);
      for (const number of [0, 1, 2, 3, 4]) {
        await queue.send(
          groups.map((groupId) => ({ id: `${groupId}: ${number}`, body: '', groupId })),
        );
      }
      const done = new Map<string, string[]>(groups.map((group) => [group, []]));
      for (let round = 0; queue.stats().oldestMs !== undefined; round += 1) {
        const leases = await take(queue, { max: 7, visibilityMs: 100 });
        if (leases.length === 0) await clock.advance(100);
        for (const [index, lease] of leases.entries()) {
          if ((round + index) % 3 === 0) {
            // The rest of the batch would be overtaken if it went on.
            for (const rest of leases.slice(index)) {
              await queue.nack(rest, { delayMs: round % 2 === 0 ? 0 : 30, reason: '' });
            }
            break;
          }
          if ((await queue.ack([lease]))[0] === true) done.get(lease.groupId ?? '')?.push(lease.id);
        }
      }
      for (const [group, ids] of done) {
        expect(ids).toEqual([0, 1, 2, 3, 4].map((number) => `${group}: ${number}`));
      }
    });

    test('a message that is moved stands last in its group', async () => {
      const { openQueue: openOther, queue } = await open();
      const letters = openOther({ name: 'letters', isFifo: true });
      await letters.send(inGroup('g', 'before'));
      await queue.send([{ id: 'a', body: '', groupId: 'g', dedupId: 'd' }, ...inGroup('g', 'b')]);
      const [lease] = await take(queue, { max: 1 });
      await queue.deadLetter(keyOf(lease), { reason: '', target: letters });
      expect(await takeIds(queue)).toEqual(['b']);
      await letters.send(inGroup('g', 'after'));
      expect(await take(letters)).toMatchObject([
        { id: 'before' },
        { id: 'a', groupId: 'g', dedupId: 'd' },
        { id: 'after' },
      ]);
    });

    test('a message with a group can be moved to a queue without groups', async () => {
      const { openQueue: openOther, queue } = await open();
      const letters = openOther({ name: 'letters' });
      await queue.send(inGroup('g', 'a'));
      await queue.deadLetter(await takeOne(queue), { reason: '', target: letters });
      expect(await takeOne(letters)).toMatchObject({ id: 'a', groupId: 'g' });
    });

    test('after a crash each group goes on from its front', async () => {
      const { crash, queue } = await open();
      await queue.send([...inGroup('g', 'g1', 'g2', 'g3'), ...inGroup('h', 'h1')]);
      const [first] = await take(queue, { max: 1 });
      await queue.ack([keyOf(first)]);
      await take(queue, { max: 2 });

      const next = openQueue(await crash(), { isFifo: true });
      const found = await takeIds(next);
      expect(found.filter((id) => id.startsWith('g'))).toEqual(['g2', 'g3']);
      expect(found).toHaveLength(3);
    });

    test('a queue without groups keeps what it is told of them', async () => {
      const { openQueue: openOther } = await open();
      const standard = openOther({ name: 'standard' });
      await standard.send([
        { id: 'a', body: '', groupId: 'g', dedupId: 'd' },
        { id: 'b', body: '', groupId: 'g', dedupId: 'd' },
      ]);
      await take(standard, { max: 1 });
      expect(await takeOne(standard)).toMatchObject({ id: 'b', groupId: 'g', dedupId: 'd' });
    });
  });

  describe(`duplicates ${subject.name}`, () => {
    test('a second message with the id is not kept, and its sender gets the first one', async () => {
      const { queue } = await open();
      const [first] = await queue.send([{ id: 'a', body: '1', groupId: 'g', dedupId: 'd' }]);
      const [second] = await queue.send([{ id: 'b', body: '2', groupId: 'h', dedupId: 'd' }]);
      expect(first).toMatchObject({ id: 'a', isDuplicate: false });
      expect(second).toEqual({ id: 'a', sequence: first?.sequence, isDuplicate: true });
      expect(await take(queue)).toMatchObject([{ id: 'a', body: '1' }]);
    });

    test('also after the first one was acknowledged, and within one batch', async () => {
      const { queue } = await open();
      const sent = await queue.send([
        { id: 'a', body: '', groupId: 'g', dedupId: 'd' },
        { id: 'b', body: '', groupId: 'g', dedupId: 'd' },
        { id: 'c', body: '', groupId: 'g', dedupId: 'e' },
        { id: 'd', body: '', groupId: 'g' },
        { id: 'e', body: '', groupId: 'g' },
      ]);
      expect(sent.map(({ isDuplicate }) => isDuplicate)).toEqual([
        false,
        true,
        false,
        false,
        false,
      ]);
      await queue.ack(await take(queue));
      const [again] = await queue.send([{ id: 'f', body: '', groupId: 'g', dedupId: 'd' }]);
      expect(again).toMatchObject({ id: 'a', isDuplicate: true });
      expect(queue.stats()).toMatchObject({ ready: 0 });
    });

    test.each([undefined, 1_000])('the window of %s ms ends exactly', async (dedupWindowMs) => {
      const { clock, queue } = await open(dedupWindowMs === undefined ? {} : { dedupWindowMs });
      const windowMs = dedupWindowMs ?? 300_000;
      const send = async (id: string) => {
        const [result] = await queue.send([{ id, body: '', groupId: 'g', dedupId: 'd' }]);
        return result?.id;
      };
      expect(await send('a')).toBe('a');
      await clock.advance(windowMs - 1);
      expect(await send('b')).toBe('a');
      await clock.advance(1);
      expect(await send('c')).toBe('c');
      // The window begins with the message that was kept.
      await clock.advance(windowMs - 1);
      expect(await send('d')).toBe('c');
    });

    test('an id may count in each group alone', async () => {
      const { queue } = await open({ dedupScope: 'group' });
      const sent = await queue.send([
        { id: 'a', body: '', groupId: 'g', dedupId: 'd' },
        { id: 'b', body: '', groupId: 'h', dedupId: 'd' },
        { id: 'c', body: '', groupId: 'g', dedupId: 'd' },
        { id: 'd', body: '', groupId: 'g1', dedupId: '2' },
        { id: 'e', body: '', groupId: 'g', dedupId: '12' },
      ]);
      expect(sent.map(({ id }) => id)).toEqual(['a', 'b', 'a', 'd', 'e']);
    });

    test('a purge forgets them, and what is moved is nobody’s duplicate', async () => {
      const { openQueue: openOther, queue } = await open();
      const letters = openOther({ name: 'letters', isFifo: true });
      const message = { body: '', groupId: 'g', dedupId: 'd' };
      await letters.send([{ id: 'there', ...message }]);
      await queue.send([{ id: 'a', ...message }]);
      await queue.deadLetter(await takeOne(queue), { reason: '', target: letters });
      expect(await takeIds(letters)).toEqual(['there', 'a']);

      await queue.purge();
      const [again] = await queue.send([{ id: 'b', ...message }]);
      expect(again).toMatchObject({ id: 'b', isDuplicate: false });
    });

    test('after a crash they still count', async () => {
      const { crash, queue } = await open();
      const message = { body: '', groupId: 'g', dedupId: 'd' };
      const [first] = await queue.send([{ id: 'a', ...message }]);
      const next = openQueue(await crash(), { isFifo: true });
      expect(await next.send([{ id: 'b', ...message }])).toEqual([
        { id: 'a', sequence: first?.sequence, isDuplicate: true },
      ]);
      const [other] = await next.send([{ id: 'c', body: '', groupId: 'g', dedupId: 'e' }]);
      expect(other?.sequence).toBeGreaterThan(first?.sequence ?? 0n);
    });

    test('a queue without groups knows none', async () => {
      const { openQueue: openOther } = await open();
      const standard = openOther({ name: 'standard' });
      await standard.send([...messages('a'), { id: 'b', body: '', dedupId: 'd' }]);
      await standard.send([{ id: 'c', body: '', dedupId: 'd' }]);
      expect(await takeIds(standard)).toEqual(['a', 'b', 'c']);
    });
  });
}

function keyOf(lease: Lease | undefined): Lease {
  if (lease === undefined) throw new Error('nothing was received');
  return lease;
}
