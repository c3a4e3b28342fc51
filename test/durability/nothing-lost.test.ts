import { expect, test } from 'vitest';
import { nothingLost } from './nothing-lost.ts';

test('a host that is killed again and again loses no event that it accepted', async () => {
  const result = await nothingLost({ kills: 8, seed: 11 });

  expect(result.accepted).toBeGreaterThan(100);
  expect(result.lost).toEqual([]);
  expect(result.torn).toEqual([]);
}, 120_000);
