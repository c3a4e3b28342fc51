import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SystemClock } from '../../src/core/clock.ts';
import { ClockHold } from '../../src/isolate/clock-hold.ts';
import { VirtualClock } from '../../src/testing/index.ts';

// What is quiet for a second of real time is let go of; the test moves that second.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

function setUp() {
  const clock = new VirtualClock();
  const hold = ClockHold.on(clock, 'orders:1');
  if (hold === undefined) throw new Error('A virtual clock can be held');
  return { hold, labels: () => clock.held().map(({ label }) => label) };
}

test('the clock of the machine is not held', () => {
  expect(ClockHold.on(new SystemClock(), 'orders:1')).toBeUndefined();
});

describe('a task', () => {
  test('holds while the guest runs and lets go while it waits for timers', () => {
    const { hold, labels } = setUp();
    hold.begin('invocation 7', 1_000);
    expect(labels()).toEqual(['orders:1: invocation 7 runs']);

    hold.rest();
    expect(labels()).toEqual([]);
    hold.run();
    expect(labels()).toEqual(['orders:1: invocation 7 runs']);
    hold.end();
    expect(labels()).toEqual([]);
  });

  test('holds while the host works for it, and says on what', () => {
    const { hold, labels } = setUp();
    hold.begin('invocation 7', 1_000);
    hold.started(1, 'subtle.digest');
    hold.rest();
    expect(labels()).toEqual(['orders:1: invocation 7 waits for subtle.digest']);

    hold.ended(1);
    expect(labels()).toEqual([]);
  });

  test('does not wait for what keeps no event loop busy', () => {
    const { hold, labels } = setUp();
    hold.begin('invocation 7', 1_000);
    hold.started(1, 'http.open');
    hold.setRef(1, false);
    hold.rest();

    expect(labels()).toEqual([]);
  });

  test('waits for a quiet connection only for a while', () => {
    const { hold, labels } = setUp();
    hold.begin('invocation 7', 1_000);
    hold.started(1, 'net.read');
    hold.rest();
    expect(labels()).toEqual(['orders:1: invocation 7 waits for net.read']);

    vi.advanceTimersByTime(1_000);
    expect(labels()).toEqual([]);
  });

  test('does not wait for an answer that waits for the clock itself, but for the others', () => {
    const { hold, labels } = setUp();
    hold.begin('invocation 7', 1_000);
    hold.started(1, 'http.open');
    hold.rest();
    hold.yields(1);
    expect(labels()).toEqual([]);

    hold.started(2, 'subtle.digest');
    hold.rest();
    expect(labels()).toHaveLength(1);
    hold.ended(2);
    expect(labels()).toEqual([]);
    hold.yields(-1);
    expect(labels()).toEqual(['orders:1: invocation 7 waits for http.open']);
  });

  test('does not wait for who reads its response', () => {
    const { hold, labels } = setUp();
    hold.begin('invocation 7', 1_000);
    hold.started(1, 'response.write');
    hold.rest();

    expect(labels()).toEqual([]);
  });
});

test('between tasks nothing is held, whatever the host still works on', () => {
  const { hold, labels } = setUp();
  hold.begin('invocation 7', 1_000);
  hold.started(1, 'http.open');
  hold.end();
  hold.run();
  hold.rest();
  expect(labels()).toEqual([]);

  hold.begin('invocation 8', 1_000);
  hold.rest();
  expect(labels()).toEqual(['orders:1: invocation 8 waits for http.open']);
});

test('an environment that is gone holds nothing', () => {
  const { hold, labels } = setUp();
  hold.begin('invocation 7', 1_000);
  hold.started(1, 'net.read');
  hold.close();
  hold.ended(1);
  expect(labels()).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
