import { describe, expect, test } from 'vitest';
import { Lambda, type Isolation, type Runtime } from '../../src/index.ts';
import { VirtualClock } from '../../src/testing/index.ts';

const tiers: readonly Isolation[] = ['inline', 'thread'];

/** Starts a timer and answers at once; a later event says what became of it. */
const source = `let fired = 0;
exports.handler = async (event) => {
  if (event.startMs) setTimeout(() => { fired += 1; }, event.startMs);
  if (event.waitMs) await new Promise((resolve) => setTimeout(resolve, event.waitMs));
  return fired;
};`;

async function setUp(isolation: Isolation, runtime: Runtime) {
  const clock = new VirtualClock();
  const lambda = new Lambda({ clock, blanks: 0, idleTimeoutMs: 3_600_000 });
  const frozen: string[] = [];
  lambda.on('environment.frozen', ({ environment }) => frozen.push(environment.environmentId));
  const fn = await lambda.createFunction<{ startMs?: number; waitMs?: number }, number>({
    name: 'fn',
    isolation,
    runtime,
    code: { source },
  });
  /** Waits in virtual time for a call that waits in virtual time. */
  const callFor = async (ms: number): Promise<number> => {
    const call = fn.call({ waitMs: ms });
    await clock.advance(ms);
    return await call;
  };
  return { clock, lambda, fn, frozen, callFor };
}

describe.each(tiers)('in the tier %s', (tier) => {
  test('a timer of nodejs22.x pauses between invocations and goes on in the next', async () => {
    const { clock, lambda, fn, frozen, callFor } = await setUp(tier, 'nodejs22.x');
    expect(await fn.call({ startMs: 100 })).toBe(0);
    expect(frozen).toHaveLength(1);

    await clock.advance(60_000);
    expect(await fn.call({})).toBe(0);
    expect(await callFor(99)).toBe(0);
    await clock.advance(60_000);
    expect(await callFor(2)).toBe(1);
    await lambda.close();
  });

  test('a timer of nodejs24.x is dropped with the end of its invocation', async () => {
    const { clock, lambda, fn, frozen, callFor } = await setUp(tier, 'nodejs24.x');
    expect(await fn.call({ startMs: 10 })).toBe(0);
    expect(frozen).toEqual([]);

    await clock.advance(60_000);
    expect(await callFor(100)).toBe(0);
    await lambda.close();
  });

  test('a timer that an ES module starts at its top level waits for the first invocation', async () => {
    const clock = new VirtualClock();
    await using lambda = new Lambda({ clock, blanks: 0 });
    const fn = await lambda.createFunction({
      name: 'fn',
      isolation: tier,
      code: {
        format: 'module',
        source: `let fired = 0; setTimeout(() => { fired += 1; }, 10);
          export const handler = async () => { await new Promise((r) => setTimeout(r, 20)); return fired; };`,
      },
    });
    const call = fn.call();
    await clock.advance(20);

    expect(await call).toBe(1);
  });

  test('an idle environment with paused timers ends like any other, and holds no timer', async () => {
    const { clock, lambda, fn } = await setUp(tier, 'nodejs22.x');
    await fn.call({ startMs: 100 });
    expect(lambda.stats().environments).toBe(1);

    await clock.advance(3_600_000);
    expect(lambda.stats().environments).toBe(0);
    expect(clock.pending()).toEqual([]);
    await lambda.close();
  });

  test('an update ends idle environments at once and busy ones when they are done', async () => {
    const { clock, lambda, fn } = await setUp(tier, 'nodejs24.x');
    const stopped: string[] = [];
    lambda.on('environment.stopped', ({ reason }) => stopped.push(reason));
    await fn.call({});
    const busy = fn.call({ waitMs: 50 });
    await clock.advance(0);
    await fn.call({});
    expect(lambda.stats().environments).toBe(2);

    await fn.update({ description: 'new' });
    expect(stopped).toEqual(['retired']);
    await clock.advance(50);
    expect(await busy).toBe(0);
    expect(stopped).toEqual(['retired', 'retired']);
    await lambda.close();
  });
});
