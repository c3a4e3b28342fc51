import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DueOrder } from '../../src/storage/due-order.ts';
import { isBefore, StoredMessage } from '../../src/storage/stored-message.ts';

test('gives what is due next, whatever was added and removed', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ add: fc.nat(40) }) },
    { weight: 1, arbitrary: fc.record({ remove: fc.nat(100) }) },
    { weight: 1, arbitrary: fc.constant({ next: true }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const order = new DueOrder();
      let kept: StoredMessage[] = [];
      const drop = (message: StoredMessage | undefined): void => {
        if (message === undefined) return;
        order.remove(message);
        kept = kept.filter((other) => other !== message);
      };
      for (const [index, each] of steps.entries()) {
        if ('add' in each) {
          const message = new StoredMessage({ id: String(index), body: '' }, 0, index);
          message.dueMs = each.add;
          order.add(message);
          kept.push(message);
        } else {
          drop('remove' in each ? kept[each.remove % Math.max(kept.length, 1)] : order.first);
        }
        expect(order.first).toBe(kept.toSorted((a, b) => (isBefore(a, b) ? -1 : 1))[0]);
      }
    }),
    { numRuns: 300 },
  );
});
