import { describe, expect, test } from 'vitest';
import {
  attack,
  deployHostile,
  errorTypeOf,
  expectFreshEnvironment,
  expectOutOfMemory,
  handler,
  tiers,
} from './hostile-fixture.ts';

const v8Major = Number.parseInt(process.versions.v8, 10);

/** Code that fills the heap in small steps, so that a garbage collection can see it. */
const hogs: Record<string, string> = {
  'retained objects': 'const kept = []; for (;;) kept.push({ a: 1 });',
  'retained closures': 'const kept = []; for (;;) { const x = [1]; kept.push(() => x); }',
  'retained promises': 'const kept = []; for (;;) kept.push(new Promise(() => {}));',
  'retained strings':
    "const kept = []; for (let i = 0; ; i += 1) kept.push('abcdefgh'.repeat(100) + i);",
  'retained arrays': 'const kept = []; for (;;) kept.push(new Array(1_000).fill(0));',
};

/** 16 MB fill up in a fraction of a second; time must not end it first. */
const roomy = { memoryMb: 16, timeoutMs: 8_000, cpuMs: 8_000 };

describe.each(tiers)('in the tier %s', (tier) => {
  test.each(Object.entries(hogs))('%s end as out of memory', async (_name, body) => {
    await using hostile = await deployHostile(tier, handler(body), roomy);

    expectOutOfMemory(await attack(hostile));

    expect(hostile.stops).toEqual(['out-of-memory']);
    await expectFreshEnvironment(hostile);
  });

  test('module state that grows from call to call ends as out of memory, then starts anew', async () => {
    const source = `const kept = [];
      exports.handler = async () => {
        for (let i = 0; i < 50_000; i += 1) kept.push({ a: kept.length });
        return kept.length;
      };`;
    await using hostile = await deployHostile(tier, source, roomy);
    const seen: (string | undefined)[] = [];
    for (let call = 0; call < 50 && seen.at(-1) !== 'Runtime.OutOfMemory'; call += 1) {
      seen.push(errorTypeOf(await hostile.evil.invoke({})));
    }

    expect(seen.at(-1)).toBe('Runtime.OutOfMemory');
    expect(errorTypeOf(await attack(hostile))).toBe('ok: 50000');
  });

  test('typed arrays over the limit throw a RangeError, and the environment lives on', async () => {
    const source = `let calls = 0;
      exports.handler = async () => {
        calls += 1;
        const kept = [];
        try { for (;;) kept.push(new Uint8Array(1_000_000)); } catch (error) { return error.name + calls; }
      };`;
    await using hostile = await deployHostile(tier, source, roomy);

    expect(errorTypeOf(await attack(hostile))).toBe('ok: "RangeError1"');
    expect(errorTypeOf(await attack(hostile))).toBe('ok: "RangeError2"');
    expect(hostile.stops).toEqual([]);
  });

  test('a string that is doubled for ever throws a RangeError', async () => {
    const body = "let s = 'x'; for (;;) s += s;";
    await using hostile = await deployHostile(tier, handler(body), roomy);

    expect(errorTypeOf(await attack(hostile))).toBe('RangeError');
    expect(hostile.stops).toEqual([]);
  });

  test.each([
    ['ASCII', "return 'x'.repeat(6_291_555);"],
    ['letters of two bytes', "return 'é'.repeat(3_200_000);"],
    ['escapes', "return '\\u0000'.repeat(1_100_000);"],
  ])('a result over the limit in %s fails, and the environment lives on', async (_name, body) => {
    await using hostile = await deployHostile(tier, handler(body), {
      ...roomy,
      memoryMb: 128,
    });

    expect(await attack(hostile)).toMatchObject({
      error: {
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage:
          'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
      },
    });
    expect(hostile.stops).toEqual([]);
  });

  test('a result of exactly the limit arrives', async () => {
    const body = "return 'x'.repeat(6_291_554);";
    await using hostile = await deployHostile(tier, handler(body), { ...roomy, memoryMb: 128 });

    const outcome = await attack(hostile);

    expect(outcome.status).toBe('ok');
    expect(outcome.payloadJson).toHaveLength(6_291_556);
  });

  test('recursion without an end throws a RangeError, and the environment lives on', async () => {
    const body = 'const f = (n) => f(n + 1) + 1; return f(0);';
    await using hostile = await deployHostile(tier, handler(body), roomy);

    expect(await attack(hostile)).toMatchObject({
      error: { errorType: 'RangeError', errorMessage: 'Maximum call stack size exceeded' },
    });
    expect(hostile.stops).toEqual([]);
  });

  test('a result nested a hundred thousand deep does not hurt anybody', async () => {
    const body = 'let o = {}; for (let i = 0; i < 1e5; i += 1) o = { o }; return o;';
    await using hostile = await deployHostile(tier, handler(body), { ...roomy, memoryMb: 128 });

    // V8 14 (Node 26) stringifies without recursion; the V8 before runs out of stack.
    const expected = v8Major >= 14 ? /^ok: \{"o":/ : /^Runtime\.JSONStringifyError$/;
    expect(errorTypeOf(await attack(hostile))).toMatch(expected);
    expect(hostile.stops).toEqual([]);
  });

  test('an event nested a hundred thousand deep does not hurt the host', async () => {
    await using hostile = await deployHostile(tier, handler('return 1;'), roomy);
    const deep = `${'['.repeat(1e5)}${']'.repeat(1e5)}`;

    await expect(hostile.evil.invoke(deep)).resolves.toMatchObject({ status: 'ok' });
  });
});
