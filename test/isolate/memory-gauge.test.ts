import { expect, test } from 'vitest';
import type { GuestIsolate } from '../../src/isolate/guest-isolate.ts';
import { MemoryGauge } from '../../src/isolate/memory-gauge.ts';

/** A guest that answers each look with the next of these figures. */
function gaugeOf(...looks: readonly (number | undefined)[]): MemoryGauge {
  const left = [...looks];
  return new MemoryGauge({ memoryBytes: () => left.shift() } as unknown as GuestIsolate);
}

test('the peak is the most that was seen', () => {
  const gauge = gaugeOf(5, 9, 7);
  expect([gauge.sample(25), gauge.sample(25), gauge.sample(25)]).toEqual([true, true, true]);
  expect(gauge.peakBytes).toBe(9);
});

test('short entries share a look', () => {
  const gauge = gaugeOf(5);
  for (let entry = 0; entry < 24; entry += 1) gauge.sample(1);
  expect(gauge.peakBytes).toBe(0);
  gauge.sample(1);
  expect(gauge.peakBytes).toBe(5);
});

test('an isolate that V8 ended in the look is told from one that lives', () => {
  const gauge = gaugeOf(5, undefined);
  expect(gauge.sample(25)).toBe(true);
  expect(gauge.sample(25)).toBe(false);
  expect(gauge.peakBytes).toBe(5);
});
