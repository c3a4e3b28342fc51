import { describe, expect, test } from 'vitest';
import { attack, deployHostile, errorTypeOf, handler, tiers } from './hostile-fixture.ts';

/** Replaces what the runtime might lean on, at the top level, before the first invocation. */
const pollutions: Record<string, string> = {
  'setters on Object.prototype': `for (const k of ['json', 'result', 'errorType', 'errorMessage', 'trace', 'logged', 'then', 'kind', 'text', 'extras', 'default', '0', 'settle', 'repeats']) {
    Object.defineProperty(Object.prototype, k, { set() { throw new Error('stolen'); }, get() { return undefined; }, configurable: true });
  }`,
  'values on Object.prototype': `for (const k of ['json', 'errorType', 'logged', 'extras', 'timeoutMs', 'invokedArn', 'toJSON2', 'get', 'set', 'value']) {
    if (k !== 'get' && k !== 'set' && k !== 'value') Object.prototype[k] = 'polluted';
  }`,
  'setters on Array.prototype': `for (let i = 0; i < 10; i += 1) {
    Object.defineProperty(Array.prototype, i, { set() { throw new Error('stolen'); }, get() { return 'polluted'; }, configurable: true });
  }`,
  'JSON.parse and JSON.stringify':
    "JSON.parse = () => 'polluted'; JSON.stringify = () => '\"polluted\"';",
  'the global JSON': "globalThis.JSON = { parse: () => 'p', stringify: () => 'p' };",
  'Promise.prototype.then':
    "Promise.prototype.then = function () { throw new Error('stolen'); }; Promise.prototype.catch = Promise.prototype.finally = Promise.prototype.then;",
  'Promise and its statics':
    'Promise.resolve = Promise.reject = () => { throw new Error(); }; globalThis.Promise = class {};',
  'Promise[Symbol.species]':
    "Object.defineProperty(Promise, Symbol.species, { get() { throw new Error('stolen'); } });",
  'Reflect.apply and its neighbours':
    "for (const k of Object.getOwnPropertyNames(Reflect)) Reflect[k] = () => { throw new Error('stolen'); };",
  'Function.prototype.call, apply and bind':
    "for (const k of ['call', 'apply', 'bind', 'toString']) Function.prototype[k] = () => { throw new Error('stolen'); };",
  'Array.prototype methods':
    "for (const k of Object.getOwnPropertyNames(Array.prototype)) if (k !== 'constructor' && k !== 'length') Array.prototype[k] = () => { throw new Error('stolen'); };",
  'the iterator of arrays':
    "Array.prototype[Symbol.iterator] = function* () { yield 'polluted'; };",
  'String.prototype methods':
    "for (const k of Object.getOwnPropertyNames(String.prototype)) if (k !== 'constructor' && k !== 'length') String.prototype[k] = () => { throw new Error('stolen'); };",
  'Map, Set and WeakMap':
    'globalThis.Map = globalThis.Set = globalThis.WeakMap = class { constructor() { throw new Error(); } };',
  'String, Number and Date.now':
    'globalThis.String = globalThis.Number = () => { throw new Error(); }; Date.now = () => { throw new Error(); };',
  'Object statics':
    "for (const k of Object.getOwnPropertyNames(Object)) if (typeof Object[k] === 'function') Object[k] = () => { throw new Error('stolen'); };",
  'Error[Symbol.hasInstance]':
    "Object.defineProperty(Error, Symbol.hasInstance, { value: () => { throw new Error('stolen'); } });",
  eval: "globalThis.eval = () => 'polluted';",
  'Symbol.prototype and RegExp.prototype.exec':
    "RegExp.prototype.exec = RegExp.prototype.test = () => { throw new Error('stolen'); };",
};

const answers = `let calls = 0;
const Fail = class Fail extends Error { get name() { return 'Fail'; } };
exports.handler = async (event) => {
  calls += 1;
  if (event.fail) throw new Fail('as planned');
  return { n: event.n, list: event.list, calls };
};`;

describe.each(tiers)('in the tier %s', (tier) => {
  test.each(Object.entries(pollutions))(
    'replacing %s does not change what the caller receives',
    async (_name, pollution) => {
      await using hostile = await deployHostile(tier, `${answers}\n${pollution}`);

      const first = await attack(hostile, { n: 1, list: [1, 'two', null] });
      const failed = await attack(hostile, { fail: true });
      const third = await attack(hostile, { n: 3 });

      expect(errorTypeOf(first)).toBe('ok: {"n":1,"list":[1,"two",null],"calls":1}');
      expect(failed.status).toBe('error');
      expect(errorTypeOf(third)).toBe('ok: {"n":3,"calls":3}');
      expect('json' in {}).toBe(false);
    },
  );

  test('a function constructor gives the globals of the guest, not of the host', async () => {
    const body = `
      const seen = [];
      const roots = [globalThis, console, console.log, process, process.env, setTimeout, setTimeout(() => {}, 1), event,
        arguments[1], require, module, queueMicrotask, structuredClone, process.stdout.write, __isolambda_require];
      for (const root of roots) {
        for (let at = root, depth = 0; at && depth < 10; at = Object.getPrototypeOf(at), depth += 1) {
          const make = at.constructor?.constructor;
          if (typeof make !== 'function') continue;
          const found = make('return globalThis')();
          seen.push(found === globalThis);
          seen.push(make('return process')() === process);
          seen.push(make('return typeof require')() === 'undefined');
        }
      }
      return { foreign: seen.filter((isOwn) => !isOwn).length, looked: seen.length > 20 };`;
    await using hostile = await deployHostile(
      tier,
      `exports.handler = async function (event, context) { ${body} };`,
    );

    expect(errorTypeOf(await attack(hostile))).toBe('ok: {"foreign":0,"looked":true}');
  });

  test.each(['fs', 'child_process', 'net', 'worker_threads', 'vm', 'inspector', 'isolated-vm'])(
    'the host module %s cannot be loaded',
    async (name) => {
      await using hostile = await deployHostile(
        tier,
        handler(`return typeof require(${JSON.stringify(name)}).runInThisContext('1');`),
      );

      expect(errorTypeOf(await attack(hostile))).not.toMatch(/^ok: "(number|function)"/);
    },
  );

  test.each(['/etc/passwd', '../../../../etc/passwd', 'file:///etc/passwd', '/proc/self/environ'])(
    'no path leads out of the deployment: %s',
    async (path) => {
      await using hostile = await deployHostile(
        tier,
        handler(`
          const tries = [() => require(P), () => import(P), () => __isolambda_require(P), () => __isolambda_import('/var/task/index.js', P)];
          const P = ${JSON.stringify(path)};
          const ends = [];
          for (const attempt of tries) { try { await attempt(); ends.push('read'); } catch { ends.push('refused'); } }
          return ends;`),
      );

      expect(errorTypeOf(await attack(hostile))).toBe(
        'ok: ["refused","refused","refused","refused"]',
      );
    },
  );

  test('the names of the loader can be called without harm to anybody else', async () => {
    const body = `
      const names = Object.getOwnPropertyNames(globalThis).filter((name) => name.startsWith('__isolambda'));
      const junk = [[], [1], ['/var/task/index.js'], [{}, {}], [null, undefined], ['x'.repeat(1e5)],
        ['/var/task/index.js', { handler: async () => 'replaced' }], [Symbol.iterator], [new Proxy({}, {})]];
      for (const name of names) for (const args of junk) { try { await Promise.race([globalThis[name](...args), null]); } catch {} }
      return names.length > 0;`;
    await using hostile = await deployHostile(tier, handler(body));

    expect(errorTypeOf(await attack(hostile))).toBe('ok: true');
    expect(errorTypeOf(await attack(hostile))).toBe('ok: true');
  });

  test('an ES module cannot pass for ready twice or swap the handler of another version', async () => {
    const source = `__isolambda_namespace('/var/task/index.mjs', { handler: async () => 'too early' });
      __isolambda_namespace('/var/task/other.mjs', { handler: async () => 'other' });
      export const handler = async () => 'mine';`;
    await using hostile = await deployHostile(tier, source, { format: 'module' });

    const outcome = await attack(hostile);

    expect(['ok: "mine"', 'ok: "too early"']).toContain(errorTypeOf(outcome));
  });

  test('environments of one function share nothing', async () => {
    const source = `globalThis.marks = (globalThis.marks ?? 0);
      exports.handler = async () => { Object.prototype.leak = true; return ++globalThis.marks; };`;
    await using hostile = await deployHostile(tier, source);

    await hostile.evil.invoke({});
    const outcome = await hostile.evil.invoke({}, { cold: true });

    expect(errorTypeOf(outcome)).toBe('ok: 1');
    expect('leak' in {}).toBe(false);
  });

  test('a handler cannot answer for the invocation after its own', async () => {
    const source = `let late;
      exports.handler = async (event) => {
        if (event.first) { late = Promise.withResolvers(); setTimeout(() => late.resolve('late'), 0); return 'first'; }
        return 'second';
      };`;
    await using hostile = await deployHostile(tier, source);

    expect(errorTypeOf(await attack(hostile, { first: true }))).toBe('ok: "first"');
    expect(errorTypeOf(await attack(hostile))).toBe('ok: "second"');
  });
});
