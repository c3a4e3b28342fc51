import { expect, test } from 'vitest';
import { StandardScaling } from '../../src/sources/queue-scaling.ts';

const minute = 60_000;

test('a backlog gets 300 more batches with each minute, 1,250 at most', () => {
  const scaling = new StandardScaling(true);
  expect(scaling.limit(0)).toBe(5);
  scaling.saturated(10);
  const limits = [0, 1, 2, 3, 4, 5, 6].map((minutes) => scaling.limit(10 + minutes * minute));
  expect(limits).toEqual([5, 305, 605, 905, 1_205, 1_250, 1_250]);
  expect(scaling.nextRiseMs(10)).toBe(10 + minute);
  expect(scaling.nextRiseMs(10 + 5 * minute)).toBeUndefined();
});

test('a queue that is empty once begins anew', () => {
  const scaling = new StandardScaling(true);
  scaling.saturated(0);
  scaling.quiet();
  expect(scaling.limit(minute)).toBe(5);
});

test('failures take batches away, down to two, and successes give them back', () => {
  const scaling = new StandardScaling(true);
  const after = (results: readonly boolean[]): number[] =>
    results.map((isSuccess) => {
      scaling.ended(isSuccess);
      return scaling.limit(0);
    });
  expect(after([false, false, false, false, false])).toEqual([4, 3, 2, 2, 2]);
  expect(after([true, true, true, true])).toEqual([3, 4, 5, 5]);
});

test('a function that reports single failures keeps all of them', () => {
  const scaling = new StandardScaling(false);
  scaling.ended(false);
  expect(scaling.limit(0)).toBe(5);
});
