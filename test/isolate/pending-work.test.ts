import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HostTask } from '../../src/host/host-services.ts';
import { PendingWork } from '../../src/isolate/pending-work.ts';
import { VirtualClock } from '../../src/testing/index.ts';

function setUp() {
  const clock = new VirtualClock();
  let calls = 0;
  const work = new PendingWork(clock, 'f:1', () => (calls += 1));
  const drain = (): number[] => {
    const ids: number[] = [];
    for (let next = work.next(); next !== undefined; next = work.next()) ids.push(next.id);
    return ids;
  };
  return { clock, work, drain, readyCalls: () => calls };
}

describe('timers', () => {
  test('become ready when their time has come, in that order', async () => {
    const { clock, work, drain } = setUp();
    work.addTimer(1, 30, false);
    work.addTimer(2, 10, false);
    work.addTimer(3, 20, false);

    await clock.advance(9);
    expect(work.hasReady).toBe(false);
    await clock.advance(21);
    expect(drain()).toEqual([2, 3, 1]);
    expect(work.isEmpty).toBe(true);
  });

  test('that repeat start anew when they are handed out, not before', async () => {
    const { clock, work, drain } = setUp();
    work.addTimer(1, 10, true);

    await clock.advance(35);
    expect(drain()).toEqual([1]);
    await clock.advance(10);
    expect(drain()).toEqual([1]);
    expect(work.isEmpty).toBe(false);
  });

  test('pause while the environment is frozen and go on with the time that was left', async () => {
    const { clock, work, drain } = setUp();
    work.addTimer(1, 100, false);
    await clock.advance(60);
    work.freeze();
    await clock.advance(1_000_000);
    expect(work.hasReady).toBe(false);

    work.thaw();
    await clock.advance(39);
    expect(work.hasReady).toBe(false);
    await clock.advance(1);
    expect(drain()).toEqual([1]);
  });

  test('that were ready when the environment froze are still ready afterwards, once', async () => {
    const { clock, work, drain } = setUp();
    work.addTimer(1, 10, false);
    await clock.advance(10);
    work.freeze();
    work.thaw();
    await clock.advance(100);

    expect(drain()).toEqual([1]);
  });

  test('name their function and their delay to whoever looks at the clock', () => {
    const { clock, work } = setUp();
    work.addTimer(1, 10, false);

    expect(clock.pending()).toMatchObject([{ label: 'f:1: setTimeout of 10 ms' }]);
  });
});

describe('answers of services', () => {
  const task: HostTask = { cancel: () => {}, forget: () => {} };
  const answer = (id: number) => ({ id, failed: false, text: undefined });

  test('come behind the immediates of the code that asked, in their own order', () => {
    const { work, drain } = setUp();
    work.addHostOperation(1, task);
    work.addHostOperation(2, task);
    work.settle(answer(2));
    work.settle(answer(1));
    work.addImmediate(3);
    work.addImmediate(4);
    expect(drain()).toEqual([3, 4, 2, 1]);
  });

  test('are not held up by immediates without end', () => {
    const { work } = setUp();
    work.addHostOperation(1, task);
    work.settle(answer(1));
    let next = 1;
    const before: number[] = [];
    for (;;) {
      work.addImmediate((next += 1));
      const { id } = work.next() ?? answer(0);
      if (id === 1) break;
      before.push(id);
      if (before.length > 1_000) break;
    }
    expect(before).toHaveLength(64);
  });
});

describe('the event loop', () => {
  test('is empty when nothing is left that is ref’d', () => {
    const { work } = setUp();
    work.addTimer(1, 10, false);
    work.addOperation(2);
    expect(work.isLoopEmpty).toBe(false);

    work.setRef(1, false);
    work.cancel(2);
    expect(work.isLoopEmpty).toBe(true);
    expect(work.isEmpty).toBe(false);
    work.setRef(1, true);
    expect(work.isLoopEmpty).toBe(false);
  });

  test('is told once, when something is ready and nothing was', () => {
    const { work, drain, readyCalls } = setUp();
    work.addImmediate(1);
    work.addImmediate(2);
    expect(readyCalls()).toBe(1);
    drain();
    work.addImmediate(3);
    expect(readyCalls()).toBe(2);
  });

  test('hands nothing out that was cancelled after it became ready', () => {
    const { work, drain } = setUp();
    for (let id = 1; id <= 5; id += 1) work.addImmediate(id);
    work.cancel(1);
    work.cancel(3);

    expect(drain()).toEqual([2, 4, 5]);
  });

  test('ignores answers to what nobody waits for', () => {
    const { work, readyCalls } = setUp();
    work.settle({ id: 9, failed: false, text: undefined });
    work.cancel(9);
    work.setRef(9, true);

    expect(work.hasReady).toBe(false);
    expect(work.isLoopEmpty).toBe(true);
    expect(readyCalls()).toBe(0);
  });

  test('answers an operation once, even if the host answers twice', () => {
    const { work } = setUp();
    work.addOperation(1);
    work.settle({ id: 1, failed: false, text: '1' });
    work.settle({ id: 1, failed: true, text: '2' });

    expect(work.next()).toMatchObject({ id: 1 });
    expect(work.next()).toBeUndefined();
  });

  test('lets go of everything when it is cleared', async () => {
    const { clock, work } = setUp();
    work.addTimer(1, 10, true);
    work.addImmediate(2);
    work.clear();
    await clock.advance(100);

    expect(work).toMatchObject({ isEmpty: true, isLoopEmpty: true, hasReady: false, size: 0 });
    expect(clock.pending()).toEqual([]);
  });
});

/** The same with plain lists, to compare with. */
interface Model {
  readonly pending: Map<number, { isRef: boolean; repeats: boolean }>;
  ready: number[];
}

type Step = { readonly name: string; readonly run: (work: PendingWork, model: Model) => void };
const id = fc.integer({ min: 1, max: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  id.map((at) => ({
    name: `immediate ${at}`,
    run: (work: PendingWork, model: Model) => {
      work.addImmediate(at);
      model.pending.set(at, { isRef: true, repeats: false });
      model.ready = [...model.ready.filter((other) => other !== at), at];
    },
  })),
  id.map((at) => ({
    name: `operation ${at}`,
    run: (work: PendingWork, model: Model) => {
      work.addOperation(at);
      model.pending.set(at, { isRef: true, repeats: false });
      model.ready = model.ready.filter((other) => other !== at);
    },
  })),
  id.map((at) => ({
    name: `settle ${at}`,
    run: (work: PendingWork, model: Model) => {
      if (model.ready.includes(at)) return;
      work.settle({ id: at, failed: false, text: undefined });
      if (model.pending.has(at)) model.ready.push(at);
    },
  })),
  id.map((at) => ({
    name: `cancel ${at}`,
    run: (work: PendingWork, model: Model) => {
      work.cancel(at);
      model.pending.delete(at);
      model.ready = model.ready.filter((other) => other !== at);
    },
  })),
  fc.tuple(id, fc.boolean()).map(([at, isRef]) => ({
    name: `${isRef ? 'ref' : 'unref'} ${at}`,
    run: (work: PendingWork, model: Model) => {
      work.setRef(at, isRef);
      const known = model.pending.get(at);
      if (known !== undefined) known.isRef = isRef;
    },
  })),
  fc.constant({
    name: 'next',
    run: (work: PendingWork, model: Model) => {
      const expected = model.ready.shift();
      if (expected !== undefined) model.pending.delete(expected);
      expect(work.next()?.id).toBe(expected);
    },
  }),
);

test('pending work behaves as a list and a set of what is ref’d would', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (sequence) => {
      const { work } = setUp();
      const model: Model = { pending: new Map(), ready: [] };
      for (const { run } of sequence) {
        run(work, model);
        expect(work.size).toBe(model.pending.size);
        expect(work.hasReady).toBe(model.ready.length > 0);
        const refs = [...model.pending.values()].filter(({ isRef }) => isRef);
        expect(work.isLoopEmpty).toBe(refs.length === 0);
      }
    }),
  );
});

test('a queue that never runs empty keeps its order over hundreds of thousands of deliveries', () => {
  const { work } = setUp();
  let added = 0;
  const add = (): void => work.addImmediate((added += 1));
  for (let count = 0; count < 10; count += 1) add();
  for (let expected = 1; expected <= 200_000; expected += 1) {
    if (work.next()?.id !== expected) throw new Error(`out of order at ${expected}`);
    add();
    if (expected % 7 === 0) {
      add();
      work.cancel(added);
      added -= 1;
    }
  }
  expect(work.size).toBe(10);
});
