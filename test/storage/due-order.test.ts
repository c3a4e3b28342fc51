import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { none } from '../../src/storage/columns.ts';
import { DueOrder } from '../../src/storage/due-order.ts';
import { MessageRows } from '../../src/storage/message-rows.ts';

test('gives what is due next, whatever was added and removed', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ add: fc.nat(40) }) },
    { weight: 1, arbitrary: fc.record({ remove: fc.nat(100) }) },
    { weight: 1, arbitrary: fc.constant({ next: true }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const rows = new MessageRows();
      const order = new DueOrder(rows);
      let kept: { row: number; dueMs: number; sequence: number }[] = [];
      for (const [sequence, each] of steps.entries()) {
        if ('add' in each) {
          const row = rows.add({ id: String(sequence), body: '' }, 0, sequence);
          rows.dueMs.set(row, each.add);
          order.add(row);
          kept.push({ row, dueMs: each.add, sequence });
        } else if (kept.length > 0) {
          const gone =
            'remove' in each ? (kept[each.remove % kept.length]?.row ?? none) : order.first;
          order.remove(gone);
          rows.free(gone);
          kept = kept.filter(({ row }) => row !== gone);
        }
        kept.sort((a, b) => a.dueMs - b.dueMs || a.sequence - b.sequence);
        expect(order.first).toBe(kept[0]?.row ?? none);
      }
    }),
    { numRuns: 300 },
  );
});
