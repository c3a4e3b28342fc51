import { expect, test } from 'vitest';
import { SharedReads } from '../../src/functions/shared-reads.ts';

test('whoever asks while a value is read, or while it is held, gets the same', async () => {
  const reads = new SharedReads<object>();
  let count = 0;
  const read = async () => ({ count: ++count });
  const [first, second] = await Promise.all([reads.get('a', read), reads.get('a', read)]);
  expect(second).toBe(first);
  expect(await reads.get('a', read)).toBe(first);
  expect(await reads.get('b', read)).not.toBe(first);
  expect(count).toBe(2);
});

test('a read that fails is told to all who wait for it, and is tried again', async () => {
  const reads = new SharedReads<object>();
  const fail = () => Promise.reject(new Error('no disk'));
  const waiting = [reads.get('a', fail), reads.get('a', fail)];
  for (const { status } of await Promise.allSettled(waiting)) expect(status).toBe('rejected');
  const value = {};
  expect(await reads.get('a', async () => value)).toBe(value);
});
