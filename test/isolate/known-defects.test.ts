import { describe, expect, test } from 'vitest';
import { runHostileChild } from './hostile-child.ts';
import {
  attack,
  deployHostile,
  errorTypeOf,
  expectFreshEnvironment,
  expectOutOfMemory,
  expectTimedOut,
  handler,
  hostileError,
  tiers,
} from './hostile-fixture.ts';

/**
 * What should hold and does not yet: each test is expected to fail, and tells when the defect is gone.
 * Then it moves to the file that its subject belongs to.
 */

/** Goes on in microtasks after the result was handed over, within the same entry. */
const afterResult = (body: string): string =>
  handler(`let p = Promise.resolve(); for (let i = 0; i < 8; i += 1) p = p.then(() => {});
    p.then(() => { ${body} }); return 1;`);

describe.each(tiers)('in the tier %s', (tier) => {
  test.fails('a loop after the result ends as a timeout and is not used again', async () => {
    await using hostile = await deployHostile(tier, afterResult('for (;;);'));

    expectTimedOut(await attack(hostile));
    expect(hostile.stops).toEqual(['timeout']);
  });

  test.fails('an environment that was killed after its result is never used again', async () => {
    await using hostile = await deployHostile(tier, afterResult('for (;;);'));

    await attack(hostile);
    await expectFreshEnvironment(hostile);
  });

  test.fails('process.exit after the result ends the environment', async () => {
    await using hostile = await deployHostile(tier, afterResult('process.exit(3);'));

    await attack(hostile);
    expect(hostile.stops).toEqual(['exit']);
    expect(errorTypeOf(await attack(hostile))).not.toBe('Runtime.Unknown');
  });

  test.fails('a heap that is filled after the result ends the environment', async () => {
    const source = afterResult('const kept = []; for (;;) kept.push({ a: 1 });');
    const roomy = { memoryMb: 16, timeoutMs: 8_000, cpuMs: 8_000 };
    await using hostile = await deployHostile(tier, source, roomy);

    expectOutOfMemory(await attack(hostile));
    expect(hostile.stops).toEqual(['out-of-memory']);
  });

  test.fails('a species of Promise does not change what the caller receives', async () => {
    const source = `Object.defineProperty(Promise, Symbol.species, { get() { throw new Error('stolen'); } });
      exports.handler = async () => 1;`;
    await using hostile = await deployHostile(tier, source);

    expect(errorTypeOf(await attack(hostile))).toBe('ok: 1');
  });

  test.fails('an out of memory shows the whole memory in its report', async () => {
    const source = handler('const kept = []; for (;;) kept.push({ a: 1 });');
    const roomy = { memoryMb: 16, timeoutMs: 8_000, cpuMs: 8_000 };
    await using hostile = await deployHostile(tier, source, roomy);

    const { report } = await attack(hostile);
    expect(report.maxMemoryUsedMb).toBe(16);
    expect(report.durationMs).toBeGreaterThan(1);
    expect(report.cpuMs).toBeGreaterThan(1);
  });
});

test.fails.each(['inline', 'thread'] as const)(
  'a rejected proxy whose traps throw hostile errors cannot hang %s',
  async (tier) => {
    const source = handler(`throw new Proxy({}, { getPrototypeOf() { throw ${hostileError}; } });`);
    const { said } = await runHostileChild({ tier, source });

    expect(said.has('outcome')).toBe(true);
    expect(said.get('zombies')).toBe(0);
  },
);
