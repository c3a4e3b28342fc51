import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RunSlots } from '../../src/isolate/run-slots.ts';

/** Lets everything that is already decided happen. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a free slot is taken at once, as many as there are', () => {
  const slots = new RunSlots(2);

  expect([slots.tryAcquire(), slots.tryAcquire(), slots.tryAcquire()]).toEqual([true, true, false]);
});

test('those who wait get their slot in the order in which they came', async () => {
  const slots = new RunSlots(1);
  slots.tryAcquire();
  const order: string[] = [];
  const waiting = ['a', 'b', 'c'].map(async (name) => {
    await slots.acquire();
    order.push(name);
    slots.release();
  });
  await settle();
  expect(order).toEqual([]);

  slots.release();
  await Promise.all(waiting);
  expect(order).toEqual(['a', 'b', 'c']);
  expect(slots.tryAcquire()).toBe(true);
});

test('nobody overtakes those who wait', async () => {
  const slots = new RunSlots(1);
  slots.tryAcquire();
  const waiting = slots.acquire();
  slots.release();

  expect(slots.tryAcquire()).toBe(false);
  await waiting;
  slots.release();
  await settle();
  expect(slots.tryAcquire()).toBe(true);
});

test('never more run than there are slots, and in the end everybody ran', async () => {
  const action = fc.constantFrom<'come' | 'leave' | 'wait'>('come', 'leave', 'wait');
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(action, { maxLength: 80 }),
      async (size, actions) => {
        const slots = new RunSlots(size);
        let running = 0;
        let came = 0;
        let ran = 0;
        const enter = (): void => {
          running += 1;
          ran += 1;
          expect(running).toBeLessThanOrEqual(size);
        };
        const leave = (): void => {
          running -= 1;
          slots.release();
        };
        for (const what of actions) {
          if (what === 'come') {
            came += 1;
            if (slots.tryAcquire()) enter();
            else void slots.acquire().then(enter);
          } else if (what === 'leave' && running > 0) {
            leave();
          } else {
            await settle();
          }
        }
        const isDone = (): boolean => ran === came && running === 0;
        for (let turns = 0; !isDone(); turns += 1) {
          if (running > 0) leave();
          await settle();
          if (turns > 500) throw new Error(`stuck with ${came - ran} waiting`);
        }
        await settle();
        expect(slots.waiting).toBe(0);
        expect(slots.tryAcquire()).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

test('those who wait for relief are told of every slot that is given back, also to somebody in line', async () => {
  const slots = new RunSlots(1);
  expect(slots.relief()).toBeUndefined();
  slots.tryAcquire();
  const next = slots.acquire();
  await settle();
  const relief = slots.relief();

  slots.release();
  await Promise.all([relief, next]);
  expect(slots.relief()).toBeDefined();
  slots.release();
  expect(slots.relief()).toBeUndefined();
});
