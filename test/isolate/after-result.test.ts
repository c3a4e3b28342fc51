import { describe, expect, test } from 'vitest';
import {
  attack,
  deployHostile,
  errorTypeOf,
  expectFreshEnvironment,
  expectOutOfMemory,
  expectTimedOut,
  handler,
  tiers,
} from './hostile-fixture.ts';

/** Goes on in microtasks after the result was handed over, within the same entry. */
const afterResult = (body: string): string =>
  handler(`let p = Promise.resolve(); for (let i = 0; i < 8; i += 1) p = p.then(() => {});
    p.then(() => { ${body} }); return 1;`);

describe.each(tiers)('in the tier %s', (tier) => {
  test('a loop after the result ends as a timeout and is not used again', async () => {
    await using hostile = await deployHostile(tier, afterResult('for (;;);'));

    expectTimedOut(await attack(hostile));
    expect(hostile.stops).toEqual(['timeout']);
  });

  test('an environment that was killed after its result is never used again', async () => {
    await using hostile = await deployHostile(tier, afterResult('for (;;);'));

    await attack(hostile);
    await expectFreshEnvironment(hostile);
  });

  test('process.exit after the result ends the environment', async () => {
    await using hostile = await deployHostile(tier, afterResult('process.exit(3);'));

    await attack(hostile);
    expect(hostile.stops).toEqual(['exit']);
    expect(errorTypeOf(await attack(hostile))).not.toBe('Runtime.Unknown');
  });

  test('a heap that is filled after the result ends the environment', async () => {
    const source = afterResult('const kept = []; for (;;) kept.push({ a: 1 });');
    const roomy = { memoryMb: 16, timeoutMs: 8_000, cpuMs: 8_000 };
    await using hostile = await deployHostile(tier, source, roomy);

    expectOutOfMemory(await attack(hostile));
    expect(hostile.stops).toEqual(['out-of-memory']);
  });

  test('an out of memory shows the whole memory in its report', async () => {
    const source = handler('const kept = []; for (;;) kept.push({ a: 1 });');
    const roomy = { memoryMb: 16, timeoutMs: 8_000, cpuMs: 8_000 };
    await using hostile = await deployHostile(tier, source, roomy);

    const { report } = await attack(hostile);
    expect(report.maxMemoryUsedMb).toBe(16);
    expect(report.durationMs).toBeGreaterThan(1);
    expect(report.cpuMs).toBeGreaterThan(1);
  });

  test('a heap that is filled over several entries ends the environment', async () => {
    const body = `const kept = [];
      for (;;) {
        for (let i = 0; i < 10_000; i += 1) kept.push({ a: 1 });
        await new Promise((r) => setImmediate(r));
      }`;
    const roomy = { memoryMb: 16, timeoutMs: 8_000, cpuMs: 8_000 };
    await using hostile = await deployHostile(tier, handler(body), roomy);

    expectOutOfMemory(await attack(hostile));
    expect(hostile.stops).toHaveLength(1);
  });
});
