import { describe, expect, test } from 'vitest';
import {
  attack,
  deployHostile,
  errorTypeOf,
  expectFreshEnvironment,
  expectTimedOut,
  handler,
  hostileError,
  tiers,
} from './hostile-fixture.ts';

/** Code that never gives control back, by the place where it runs. */
const loops: Record<string, string> = {
  'a synchronous loop': handler('for (;;);'),
  'a loop that starts again in finally': handler(
    'for (;;) { try { for (;;); } finally { continue; } }',
  ),
  'a loop of awaits': handler('for (;;) await null;'),
  'a chain of then': handler(
    'const f = () => Promise.resolve().then(f); f(); await new Promise(() => {});',
  ),
  'a chain of queueMicrotask': handler(
    'const f = () => queueMicrotask(f); f(); await new Promise(() => {});',
  ),
  'a chain of process.nextTick': handler(
    'const f = () => process.nextTick(f); f(); await new Promise(() => {});',
  ),
  'a promise that never settles beside a timer': handler(
    'setTimeout(() => {}, 100_000); await new Promise(() => {});',
  ),
  'a chain of setTimeout': handler(
    'const f = () => setTimeout(f, 0); f(); await new Promise(() => {});',
  ),
  'a chain of setImmediate': handler(
    'const f = () => setImmediate(f); f(); await new Promise(() => {});',
  ),
  'a setInterval': handler('setInterval(() => {}, 1); await new Promise(() => {});'),
  'a loop after an await': handler('await new Promise((r) => setTimeout(r, 5)); for (;;);'),
  'a loop in a timer callback': handler(
    'setTimeout(() => { for (;;); }, 1); await new Promise(() => {});',
  ),
  'a loop in toJSON of the result': handler('return { toJSON() { for (;;); } };'),
  'a loop in getters of a thrown object': handler(`throw ${hostileError};`),
  'a loop in getters of a thrown Error': handler(
    `const e = new Error('x');
     for (const k of ['message', 'stack', 'name']) Object.defineProperty(e, k, { get() { for (;;); } });
     throw e;`,
  ),
  'a loop in traps of a Proxy result': handler(
    'return new Proxy({}, { get() { for (;;); }, ownKeys() { for (;;); } });',
  ),
  'a loop in the constructor getter of a returned promise': `exports.handler = () => {
     const p = Promise.resolve(1);
     Object.defineProperty(p, 'constructor', { get() { for (;;); } });
     return p;
   };`,
  'a loop in the then getter of a returned object':
    'exports.handler = () => ({ get then() { for (;;); } });',
  'a loop in a thenable': 'exports.handler = () => ({ then() { for (;;); } });',
  'a hostile object thrown by a then getter': `exports.handler = () => ({ get then() { throw ${hostileError}; } });`,
  'a loop in the second getter that reads a thrown proxy': handler(
    'throw new Proxy({}, { get() { for (;;); }, has: () => true });',
  ),
  'a loop in Error.prepareStackTrace': `Error.prepareStackTrace = () => { for (;;); };
     exports.handler = async () => null.x;`,
  'a loop in Error.prepareStackTrace of a stack overflow': `Error.prepareStackTrace = () => { for (;;); };
     exports.handler = async () => { const f = () => f() + 1; return f(); };`,
  'a regular expression that backtracks for ever': handler(
    "return /^(a+)+$/.test('a'.repeat(40) + 'b');",
  ),
  'a generator without an end': handler(
    'function* g() { for (;;) yield 1; } for (const _ of g());',
  ),
  'a loop in a comparator': handler('[3, 2, 1].sort(() => { for (;;); });'),
  'an optimised loop that allocates': handler(
    'const kept = []; for (let i = 0; ; i += 1) kept[i % 100] = new Array(1000);',
  ),
};

/** Reading anything of it throws what must not be read either. */
const unreadableProxy = `const fail = () => { throw ${hostileError}; };
  throw new Proxy({}, { getPrototypeOf: fail, get: fail, has: fail });`;

/** Code that never lets the module be ready. */
const topLevels: Record<string, { source: string; format: 'commonjs' | 'module' }> = {
  'a loop at the top level of CommonJS': { source: 'for (;;);', format: 'commonjs' },
  'a loop at the top level of an ES module': {
    source: 'for (;;); export const handler = 1;',
    format: 'module',
  },
  'a loop after a top-level await': {
    source: 'await null; for (;;); export const handler = 1;',
    format: 'module',
  },
  'a top-level await on a timer that comes too late': {
    source: 'await new Promise((r) => setTimeout(r, 100_000)); export const handler = 1;',
    format: 'module',
  },
  'hostile getters of what CommonJS throws at the top level': {
    source: `throw ${hostileError};`,
    format: 'commonjs',
  },
  'a loop in the getter of the exported handler': {
    source: "Object.defineProperty(exports, 'handler', { get() { for (;;); } });",
    format: 'commonjs',
  },
};

describe.each(tiers)('in the tier %s', (tier) => {
  test.each(Object.entries(loops))('%s ends as a timeout', async (_name, source) => {
    await using hostile = await deployHostile(tier, source);

    expectTimedOut(await attack(hostile));

    expect(hostile.stops).toEqual(['timeout']);
    await expectFreshEnvironment(hostile);
  });

  test.each(Object.entries(topLevels))(
    '%s ends the init, then the invocation that does it again',
    async (_name, { source, format }) => {
      await using hostile = await deployHostile(tier, source, { format, initTimeoutMs: 100 });
      const phases: string[] = [];
      hostile.lambda.on('environment.initFailed', ({ phase, status }) =>
        phases.push(`${phase} ${status}`),
      );

      expectTimedOut(await attack(hostile));

      expect(phases).toEqual(['init timeout', 'invoke timeout']);
      expect(hostile.stops).toEqual(['timeout', 'timeout']);
    },
  );

  test.each([
    ['rejects with', handler(unreadableProxy)],
    ['throws', `exports.handler = () => { ${unreadableProxy} };`],
  ])('a handler that %s a proxy whose traps throw fails at once', async (_name, source) => {
    await using hostile = await deployHostile(tier, source);

    expect(await attack(hostile)).toMatchObject({ error: { errorType: 'handled' } });
    expect(hostile.stops).toEqual([]);
  });

  test('a promise that nothing can settle fails at once, as the end of the process would', async () => {
    await using hostile = await deployHostile(tier, handler('await new Promise(() => {});'));

    const outcome = await attack(hostile);

    expect(outcome).toMatchObject({
      error: {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringContaining('exit status 13'),
      },
    });
    await expectFreshEnvironment(hostile);
  });

  test('a top-level await that nothing can settle fails at once', async () => {
    const source = 'await new Promise(() => {}); export const handler = 1;';
    await using hostile = await deployHostile(tier, source, { format: 'module' });

    expect(errorTypeOf(await attack(hostile))).toBe('Runtime.ExitError');
  });

  test('waiting costs no CPU budget, computing does', async () => {
    const wait = 'await new Promise((r) => setTimeout(r, 150)); return 1;';
    await using waiting = await deployHostile(tier, handler(wait), { cpuMs: 50, timeoutMs: 5_000 });
    await using spinning = await deployHostile(tier, handler('for (;;);'), {
      cpuMs: 50,
      timeoutMs: 5_000,
    });

    expect(errorTypeOf(await attack(waiting))).toBe('ok: 1');
    expect(await attack(spinning)).toMatchObject({ exhaustedBudget: 'cpu' });
  });
});

test('a spinning guest on its own thread leaves the event loop of the host alone', async () => {
  await using hostile = await deployHostile('thread', handler('for (;;);'));
  let ticks = 0;
  const ticking = setInterval(() => (ticks += 1), 5);

  await attack(hostile);

  clearInterval(ticking);
  // The CPU budget is 100 ms: twenty ticks are possible.
  expect(ticks).toBeGreaterThan(4);
});

test('more spinning guests than slots still all end in time, and a neighbour gets its turn', async () => {
  await using hostile = await deployHostile('thread', handler('for (;;);'), { cpuMs: 50 });
  const attacks = Array.from({ length: 6 }, () => hostile.evil.invoke({}));

  const answered = hostile.neighbour.call({ n: 1 });
  const outcomes = await Promise.all(attacks);

  for (const outcome of outcomes) expectTimedOut(outcome);
  expect(await answered).toBe(2);
});
