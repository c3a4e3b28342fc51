import { describe, expect, test } from 'vitest';
import { ClockHeldError, VirtualClock } from '../../src/testing/index.ts';

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

describe('work that holds the clock', () => {
  test('keeps time where it is until it is done', async () => {
    const clock = new VirtualClock(start);
    const { fired, timer } = recording(clock);
    timer('first', 10);
    timer('second', 20);
    const release = clock.hold('a handler runs');

    const advanced = clock.advance(20);
    await turns(50);
    expect(fired).toEqual([]);
    release();
    await advanced;
    expect(fired).toEqual(['first@10', 'second@20']);
  });

  test('that a timer sets off ends before the next timer fires', async () => {
    const clock = new VirtualClock(start);
    const { fired, timer } = recording(clock);
    clock.setTimer(
      () => {
        const release = clock.hold('a retry runs');
        void turns(50).then(() => {
          fired.push(`retry@${clock.now() - start}`);
          release();
        });
      },
      10,
      { label: 'retry' },
    );
    timer('next', 10);

    await clock.advance(10);
    expect(fired).toEqual(['retry@10', 'next@10']);
  });

  test('is waited for at the end of a move as well', async () => {
    const clock = new VirtualClock(start);
    let isDone = false;
    clock.setTimer(
      () => {
        const release = clock.hold('a retry runs');
        void turns(50).then(() => {
          isDone = true;
          release();
        });
      },
      10,
      { label: 'retry' },
    );

    await clock.advance(10);
    expect(isDone).toBe(true);
  });

  test('that never ends makes a move fail and is named', async () => {
    const clock = new VirtualClock(start, { patienceMs: 0 });
    clock.hold('orders: invocation 7 runs');

    const failure = clock.advance(10);
    await expect(failure).rejects.toThrow(ClockHeldError);
    await expect(failure).rejects.toThrow('"orders: invocation 7 runs"');
    expect(clock.held()).toMatchObject([{ label: 'orders: invocation 7 runs' }]);
  });

  test('may be let go of twice, and a move that failed leaves the clock usable', async () => {
    const clock = new VirtualClock(start, { patienceMs: 0 });
    const release = clock.hold('stuck');
    await expect(clock.advance(10)).rejects.toThrow('stuck');

    release();
    release();
    await clock.advance(10);
    expect(clock.now()).toBe(start + 10);
    expect(clock.held()).toEqual([]);
  });

  test('does not keep runAll and runUntil from ending when it ends', async () => {
    const clock = new VirtualClock(start);
    const work = (ms: number): void => {
      const release = clock.hold(`work after ${ms} ms`);
      void turns(5).then(release);
    };
    clock.setTimer(() => work(10), 10, { label: 'first' });
    clock.setTimer(() => work(20), 20, { label: 'second' });

    await clock.runAll();
    expect(clock.now()).toBe(start + 20);
    expect(clock.held()).toEqual([]);
  });
});

test('moves that are asked for at the same time come one after the other', async () => {
  const clock = new VirtualClock(start);
  const { fired, timer } = recording(clock);
  timer('a', 5);
  timer('b', 15);

  await Promise.all([clock.advance(10), clock.advance(10)]);
  expect(fired).toEqual(['a@5', 'b@15']);
  expect(clock.now()).toBe(start + 20);
});

test('runUntil moves time just as far as a promise needs', async () => {
  const clock = new VirtualClock(start);
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clock.setTimer(resolve, ms, { label: `sleep of ${ms} ms` });
    });
  clock.setTimer(() => {}, 1_000_000, { label: 'much later' });

  const value = await clock.runUntil(
    sleep(60_000)
      .then(() => sleep(120_000))
      .then(() => 'done'),
  );
  expect(value).toBe('done');
  expect(clock.now()).toBe(start + 180_000);
});

test('runUntil gives the reason of a promise that fails, and of one that nothing settles', async () => {
  const clock = new VirtualClock(start, { patienceMs: 0 });
  await expect(clock.runUntil(Promise.reject(new Error('no stock')))).rejects.toThrow('no stock');
  await expect(clock.runUntil(new Promise(() => {}))).rejects.toThrow('no timer is left');
  // @ts-expect-error what a caller without types may do
  await expect(clock.runUntil(() => 'done')).rejects.toThrow('Expected `promise` to be a promise');
});

test('runUntil goes on when a timer comes from outside', async () => {
  const clock = new VirtualClock(start);
  const { promise, resolve } = Promise.withResolvers<string>();
  const ended = clock.runUntil(promise);
  await turns(50);
  clock.setTimer(() => resolve('late'), 5, { label: 'late' });

  expect(await ended).toBe('late');
});

test('ten thousand timers fire, and as many are cancelled, in the order of their times', async () => {
  const clock = new VirtualClock(start);
  const fired: number[] = [];
  for (let index = 0; index < 10_000; index += 1) {
    const delayMs = ((index * 7_919) % 2_000) + 1;
    const timer = clock.setTimer(() => fired.push(delayMs), delayMs, { label: `timer ${index}` });
    if (index % 2 === 0) timer.cancel();
  }

  await clock.advance(2_000);
  expect(fired).toHaveLength(5_000);
  expect(fired).toEqual(fired.toSorted((a, b) => a - b));
});

test.each([
  [[-1], '`startMs` to be an integer'],
  [[0, { patienceMs: -1 }], '`patienceMs` to be an integer'],
  [[0, { patience: 1 }], 'There is no option `patience`'],
] as [ConstructorParameters<typeof VirtualClock>, string][])(
  'a clock made from %j is refused',
  (args, rule) => {
    expect(() => new VirtualClock(...args)).toThrow(rule);
  },
);

/** Lets the event loop turn. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
