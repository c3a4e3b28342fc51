import { expect, test } from 'vitest';
import { BoundedCache } from '../../../src/functions/code/bounded-cache.ts';

test('an answer is computed once, also when it is undefined', () => {
  const asked: string[] = [];
  const cache = new BoundedCache<undefined>();
  const compute = (key: string): undefined => void asked.push(key);
  cache.getOrCompute('a', compute);
  cache.getOrCompute('a', compute);
  expect(asked).toEqual(['a']);
});

test('a full cache starts afresh, and huge keys never get in', () => {
  let computed = 0;
  const cache = new BoundedCache<number>(2);
  const huge = 'x'.repeat(10_000);
  for (const key of ['a', 'b', 'b', 'c', 'a', huge, huge]) {
    cache.getOrCompute(key, () => ++computed);
  }
  expect(computed).toBe(6);
});
