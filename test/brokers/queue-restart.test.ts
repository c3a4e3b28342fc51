import { describe, expect, test } from 'vitest';
import { Queue } from '../../src/brokers/queue.ts';
import { bodiesOf, oneMessage } from './one-message.ts';
import { storages } from './storages.ts';

describe.each(storages)('a queue %s', (_, open) => {
  test('that is made again under its name goes on where it was', async () => {
    const shared = await open();
    const before = new Queue('orders', {}, shared);
    const sent = await before.send('order 1', {
      attributes: { kind: 'book' },
      traceHeader: 'Root=1',
    });
    await before.send('order 2', { delayMs: 60_000 });
    const first = await oneMessage(before, { visibilityMs: 0 });
    await before.close();

    const after = new Queue('orders', {}, shared);
    expect(after.counts).toMatchObject({ visible: 1, delayed: 1 });
    const again = await oneMessage(after);
    expect(again).toMatchObject({
      messageId: sent.messageId,
      attributes: { kind: 'book' },
      systemAttributes: {
        ...first.systemAttributes,
        ApproximateReceiveCount: '2',
        AWSTraceHeader: 'Root=1',
      },
    });
    expect(await after.delete(again.receiptHandle)).toBe(true);
    await shared.clock.advance(60_000);
    expect(await bodiesOf(after)).toEqual(['order 2']);
  });

  test('still knows duplicates and the way back to the source', async () => {
    const shared = await open();
    const make = (): { readonly orders: Queue; readonly letters: Queue } => {
      const letters = new Queue('letters.fifo', {}, shared);
      const redrive = { target: letters, maxReceives: 1 };
      return { letters, orders: new Queue('orders.fifo', { redrive }, shared) };
    };
    const before = make();
    const first = await before.orders.send('order 1', { groupId: 'g', dedupId: 'd' });
    await before.orders.receive({ visibilityMs: 0 });
    await before.orders.receive();
    await before.orders.close();
    await before.letters.close();

    const { orders, letters } = make();
    const duplicate = await orders.send('order 1', { groupId: 'g', dedupId: 'd' });
    expect(duplicate.messageId).toBe(first.messageId);
    expect([orders.size, letters.size]).toEqual([0, 1]);
    expect(await letters.startMoveTask().done).toBe('COMPLETED');
    expect(await bodiesOf(orders)).toEqual(['order 1']);
  });
});
