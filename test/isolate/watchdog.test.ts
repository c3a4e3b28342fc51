import { expect, test, vi } from 'vitest';
import { realNowMs } from '../../src/core/clock.ts';
import { Watchdog, type Watch } from '../../src/isolate/watchdog.ts';

/** A watch that writes its name down when its deadline passes. */
function watchAt(inMs: number, passed: string[], name: string): Watch {
  return { deadlineMs: realNowMs() + inMs, onDeadline: () => passed.push(name) };
}

test('a deadline that passes is answered for once, the earliest first', async () => {
  const watchdog = new Watchdog();
  const passed: string[] = [];
  watchdog.watch(watchAt(30, passed, 'late'));
  watchdog.watch(watchAt(10, passed, 'early'));

  await vi.waitFor(() => expect(passed).toEqual(['early', 'late']), { interval: 5 });
  watchdog.close();
});

test('no deadline is answered for before its time', async () => {
  const watchdog = new Watchdog();
  const { promise, resolve } = Promise.withResolvers<number>();
  const deadlineMs = realNowMs() + 15;
  watchdog.watch({ deadlineMs, onDeadline: () => resolve(realNowMs()) });

  expect(await promise).toBeGreaterThanOrEqual(deadlineMs);
  watchdog.close();
});

test('who stopped waiting is left alone', async () => {
  const watchdog = new Watchdog();
  const passed: string[] = [];
  const gone = watchAt(10, passed, 'gone');
  watchdog.watch(gone);
  watchdog.watch(watchAt(20, passed, 'there'));
  watchdog.unwatch(gone);

  await vi.waitFor(() => expect(passed).toEqual(['there']), { interval: 5 });
  watchdog.close();
});

test('a deadline may watch for another one', async () => {
  const watchdog = new Watchdog();
  const passed: string[] = [];
  watchdog.watch({
    deadlineMs: realNowMs() + 5,
    onDeadline: () => watchdog.watch(watchAt(5, passed, 'second')),
  });

  await vi.waitFor(() => expect(passed).toEqual(['second']), { interval: 5 });
  watchdog.close();
});

test('a closed watchdog answers for nobody', async () => {
  const watchdog = new Watchdog();
  const passed: string[] = [];
  watchdog.watch(watchAt(5, passed, 'gone'));
  watchdog.close();

  await new Promise((resolve) => setTimeout(resolve, 15));
  expect(passed).toEqual([]);
});

test('hundreds of deadlines share one timer', () => {
  const watchdog = new Watchdog();
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const watches = Array.from({ length: 500 }, (_, index) => watchAt(60_000 + index, [], ''));
  for (const watch of watches) {
    watchdog.watch(watch);
    watchdog.hold(watch);
  }

  expect(timers() - before).toBe(1);
  for (const watch of watches) watchdog.unwatch(watch);
  // Nobody is held any more, so the timer that is left does not keep the process.
  expect(timers()).toBe(before);
  watchdog.close();
});
