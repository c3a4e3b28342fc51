import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimerHeap, type Timed } from '../../src/testing/timer-heap.ts';

/** What is done to the heap: add a timer that is due then, take the first, or remove the one at an index. */
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ add: fc.integer({ min: 0, max: 20 }) }) },
    fc.constant({ takeFirst: true as const }),
    fc.record({ remove: fc.nat(30) }),
  ),
  { maxLength: 200 },
);

test('the heap gives timers in the order in which a sorted list would', () => {
  fc.assert(
    fc.property(steps, (todo) => {
      const heap = new TimerHeap<Timed>();
      let model: Timed[] = [];
      const all: Timed[] = [];
      for (const step of todo) {
        if ('add' in step) {
          const timer = { dueMs: step.add, order: all.length, place: -1 };
          all.push(timer);
          heap.add(timer);
          model = [...model, timer].sort((a, b) => a.dueMs - b.dueMs || a.order - b.order);
        } else {
          const gone = 'remove' in step ? all[step.remove] : heap.first;
          if (gone === undefined) continue;
          heap.remove(gone);
          model = model.filter((timer) => timer !== gone);
        }
        expect(heap.first).toBe(model[0]);
        expect(heap.size).toBe(model.length);
      }
      expect(heap.sorted()).toEqual(model);
    }),
  );
});
