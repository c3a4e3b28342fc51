import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

function recording(clock: VirtualClock): {
  fired: string[];
  timer: (label: string, ms: number) => void;
} {
  const fired: string[] = [];
  return {
    fired,
    timer: (label, ms) => {
      clock.setTimer(() => fired.push(`${label}@${clock.now() - start}`), ms, { label });
    },
  };
}
const start = Date.UTC(2026, 0, 1);

test('timers fire in the order of their due times, ties in the order of setting', async () => {
  const clock = new VirtualClock(start);
  const { fired, timer } = recording(clock);
  timer('late', 50);
  timer('early', 10);
  timer('also early', 10);

  await clock.advance(49);
  expect(fired).toEqual(['early@10', 'also early@10']);
  await clock.advance(1);
  expect(fired).toEqual(['early@10', 'also early@10', 'late@50']);
});

test('a timer that a timer sets fires in the same step when it comes due in it', async () => {
  const clock = new VirtualClock(start);
  const { fired, timer } = recording(clock);
  clock.setTimer(() => timer('second', 5), 5, { label: 'first' });

  await clock.advance(10);
  expect(fired).toEqual(['second@10']);
});

test('pending says what waits, for how long, and cancelled timers are gone', () => {
  const clock = new VirtualClock(start);
  const cancelled = clock.setTimer(() => {}, 5, { label: 'cancelled' });
  clock.setTimer(() => {}, 30, { label: 'retry of orders' });
  cancelled.cancel();

  expect(clock.pending()).toEqual([{ label: 'retry of orders', dueMs: start + 30, inMs: 30 }]);
});

test('runAll ends a chain and names a timer that never ends', async () => {
  const clock = new VirtualClock(start);
  const again = (): void => {
    clock.setTimer(again, 1, { label: 'heartbeat' });
  };
  again();
  await expect(clock.runAll(10)).rejects.toThrow('"heartbeat" still waits');
});

test.each([-1, 1.5, Number.NaN, '5' as unknown as number])(
  'advance refuses %s and names the rule',
  async (ms) => {
    const clock = new VirtualClock(start);
    await expect(async () => clock.advance(ms)).rejects.toThrow(
      'Expected `ms` to be an integer from 0',
    );
  },
);
