import { array, assert, asyncProperty, constantFrom } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Lambda, type Isolation } from '../../src/index.ts';
import { runInNode } from './control.ts';

const tiers: readonly Isolation[] = ['inline', 'thread'];

/** Everything that a continuation can wait for, by the name it has in a plan. */
const waits = {
  primitive: 'await 1',
  nothing: 'await undefined',
  object: 'await { a: 1 }',
  settled: 'await Promise.resolve(1)',
  rejected: 'try { await Promise.reject(new Error("no")); } catch {}',
  asyncFunction: 'await (async () => { await 1; await null; })()',
  thenCallback: 'await Promise.resolve(1).then(() => { see("then"); })',
  chain: 'await Promise.resolve(1).then(() => 2).then(() => { see("chain"); return 3; })',
  catch: 'await Promise.reject(1).catch(() => { see("catch"); })',
  finally: 'await Promise.resolve(1).finally(() => { see("finally"); })',
  all: 'await Promise.all([1, Promise.resolve(2), (async () => { await 0; see("all"); })()])',
  race: 'await Promise.race([Promise.resolve(2), later()])',
  thenable: 'await { then(done) { see("thenable"); done(1); } }',
  subclass: 'await (class P extends Promise {}).resolve(1)',
  constructed: 'await new Promise((done) => { done(later()); })',
  sequence: 'await (0, later())',
  timer: 'await new Promise((done) => { setTimeout(() => { see("timer"); done(); }, 1); })',
  immediate: 'await new Promise((done) => { setImmediate(() => { see("immediate"); done(); }); })',
  microtask:
    'await new Promise((done) => { queueMicrotask(() => { see("microtask"); done(); }); })',
  tick: 'await new Promise((done) => { process.nextTick(() => { see("tick"); done(); }); })',
  generator:
    'for await (const x of (async function* () { await 1; see("in generator"); yield 1; await 2; yield 2; })()) see("loop")',
  nested:
    'await als.run(name + ".n", async () => { await 1; if (als.getStore() !== name + ".n") seen.push("nested lost"); })',
  exit: 'await als.exit(async () => { await 1; if (als.getStore() !== undefined) seen.push("exit lost"); })',
  bound: 'await AsyncLocalStorage.bind(async () => { await 1; see("bound"); })()',
  resource:
    'await new AsyncResource("R").runInAsyncScope(async () => { await 1; see("resource"); })',
} as const;

type Wait = keyof typeof waits;

/** A handler that runs some flows beside each other and tells where one of them lost its context. */
function source(flows: readonly (readonly Wait[])[]): string {
  const bodies = flows.map(
    (plan) => `async () => {
      ${plan.map((wait) => `${waits[wait]}; see(${JSON.stringify(wait)});`).join('\n')}
    }`,
  );
  return `
    const { AsyncLocalStorage, AsyncResource } = require('node:async_hooks');
    const als = new AsyncLocalStorage();
    const later = async () => { await 1; await 2; return 3; };
    exports.handler = async () => {
      const lost = [];
      const flows = [${bodies.map((body) => `(name, see, seen) => (${body})()`).join(',')}];
      await Promise.all(flows.map((flow, index) => {
        const name = 'flow ' + index;
        const see = (where) => {
          const store = als.getStore();
          if (store !== name) lost.push(name + ' at ' + where + ' saw ' + store);
        };
        return als.run(name, () => flow(name, see, lost));
      }));
      if (als.getStore() !== undefined) lost.push('the outside saw ' + als.getStore());
      return lost;
    };`;
}

async function runInGuest(tier: Isolation, text: string): Promise<unknown> {
  await using lambda = new Lambda({ blanks: 0 });
  const fn = await lambda.createFunction({
    name: 'flows',
    code: { source: text },
    isolation: tier,
    timeoutMs: 20_000,
  });
  return await fn.call();
}

const allWaits = Object.keys(waits) as Wait[];

describe.each(tiers)('AsyncLocalStorage in the tier %s', (tier) => {
  test.each(allWaits)('parallel flows keep their contexts over %s', async (wait) => {
    const text = source([
      [wait, wait],
      ['settled', wait],
      [wait, 'primitive'],
      ['timer', wait],
    ]);
    expect(await runInNode(text)).toEqual([]);
    expect(await runInGuest(tier, text)).toEqual([]);
  });

  test('any parallel flows keep their contexts', async () => {
    const plan = array(constantFrom(...allWaits), { minLength: 1, maxLength: 6 });
    const flows = array(plan, { minLength: 2, maxLength: 6 });
    await assert(
      asyncProperty(flows, async (plans) => {
        expect(await runInGuest(tier, source(plans))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('an unhandled rejection stays unhandled', async () => {
    const text = `
      const { AsyncLocalStorage } = require('async_hooks');
      const als = new AsyncLocalStorage();
      exports.handler = () => als.run(1, async () => {
        void Promise.resolve(Promise.reject(new Error('nobody hears me')));
        await new Promise((done) => setTimeout(done, 1_000));
      });`;
    await expect(runInGuest(tier, text)).rejects.toThrow('exit status 1');
  });
});

test('enterWith holds for the rest of the flow, and two storages do not mix', async () => {
  const text = `
    import { AsyncLocalStorage } from 'node:async_hooks';
    const a = new AsyncLocalStorage({ defaultValue: 'none', name: 'a' });
    const b = new AsyncLocalStorage();
    export const handler = async () => {
      const before = a.getStore();
      a.enterWith(1);
      await 0;
      const inner = await b.run(2, async () => { await 0; return [a.getStore(), b.getStore()]; });
      const restore = a.run(5, () => AsyncLocalStorage.snapshot());
      a.disable();
      return { before, inner, after: [a.getStore(), b.getStore()], name: a.name, restored: restore(() => a.getStore()) };
    };`;
  expect(await runInGuest('inline', text)).toEqual({
    before: 'none',
    inner: [1, 2],
    after: ['none', null],
    name: 'a',
    restored: 5,
  });
});

test('a context does not reach the next invocation', async () => {
  await using lambda = new Lambda({ blanks: 0 });
  const fn = await lambda.createFunction({
    name: 'leak',
    code: {
      source: `
        const { AsyncLocalStorage } = require('async_hooks');
        const als = new AsyncLocalStorage();
        exports.handler = async () => {
          const found = als.getStore() ?? 'nothing';
          als.enterWith('left behind');
          await 1;
          return found;
        };`,
    },
  });
  expect(await fn.call()).toBe('nothing');
  expect(await fn.call()).toBe('nothing');
});
