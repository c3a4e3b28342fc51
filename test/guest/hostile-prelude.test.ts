import { describe, expect, test } from 'vitest';
import { Lambda, type Isolation } from '../../src/index.ts';

const tiers: readonly Isolation[] = ['inline', 'thread'];

/** First touches of what asks the host, each an expression that a handler awaits. */
const touches = {
  url: 'new URL("https://example.com/a?b=c").host',
  digest: 'crypto.subtle.digest("SHA-256", new Uint8Array(8)).then((bytes) => bytes.byteLength)',
  uuid: 'crypto.randomUUID().length',
  decoder: 'new TextDecoder("shift_jis").decode(new Uint8Array([0x82, 0xa0]))',
  hash: 'require("node:crypto").createHash("sha256").update("a").digest("hex")',
  gzip: 'require("node:zlib").gzipSync("a").length > 0',
  file: '(require("node:fs").writeFileSync("/tmp/x", "abc"), require("node:fs").readFileSync("/tmp/x", "utf8"))',
  refusedSocket:
    'new Promise((done) => require("node:net").connect(80, "127.0.0.1").on("error", (error) => done(error.code)))',
  timer: 'new Promise((done) => setTimeout(() => done("later"), 1))',
  buffer: 'Buffer.from("abc").toString("hex")',
  stream:
    'require("node:stream/promises").pipeline(require("node:stream").Readable.from(["a"]), async function* (source) { for await (const part of source) yield part; }, async (source) => { for await (const part of source) return String(part); })',
} as const;

/** What Node answers, where the answer is not in the touch itself. */
const expected: Record<keyof typeof touches, unknown> = {
  url: 'example.com',
  digest: 32,
  uuid: 36,
  decoder: 'あ',
  hash: 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
  gzip: true,
  file: 'abc',
  refusedSocket: 'EACCES',
  timer: 'later',
  buffer: '616263',
  stream: 'a',
};

/** Notes every function that passes through a method which user code may replace. */
const spies = `
  const seen = new Set();
  const isSpying = { on: false };
  const { apply, construct } = Reflect;
  const { add } = Set.prototype;
  const { toString } = Function.prototype;
  const note = (value) => { if (typeof value === 'function') apply(add, seen, [value]); };
  const wrap = (owner, name) => {
    const native = owner[name];
    if (typeof native !== 'function') return;
    try {
      Object.defineProperty(owner, name, { configurable: true, writable: true, value: function (...args) {
        if (!isSpying.on) return new.target ? construct(native, args, new.target) : apply(native, this, args);
        isSpying.on = false;
        note(this);
        for (let index = 0; index < args.length; index += 1) {
          note(args[index]);
          if (typeof args[index] === 'object' && args[index] !== null) {
            try { for (const key in args[index]) note(args[index][key]); } catch {}
          }
        }
        isSpying.on = true;
        return new.target ? construct(native, args, new.target) : apply(native, this, args);
      } });
    } catch {}
  };
  for (const name of ['call', 'apply', 'bind']) wrap(Function.prototype, name);
  for (const name of ['apply', 'construct', 'get', 'set', 'has', 'ownKeys', 'defineProperty']) wrap(Reflect, name);
  for (const name of ['push', 'pop', 'shift', 'unshift', 'map', 'filter', 'forEach', 'slice', 'splice', 'concat', 'join', 'indexOf', 'includes', 'some', 'every', 'find', 'reduce']) wrap(Array.prototype, name);
  for (const name of ['get', 'set', 'has', 'delete']) { wrap(Map.prototype, name); wrap(WeakMap.prototype, name); }
  for (const name of ['add', 'has', 'delete']) { wrap(Set.prototype, name); wrap(WeakSet.prototype, name); }
  for (const name of ['assign', 'keys', 'entries', 'create', 'freeze', 'defineProperty', 'getOwnPropertyDescriptor']) wrap(Object, name);
  for (const name of ['then', 'catch', 'finally']) wrap(Promise.prototype, name);
  for (const name of ['parse', 'stringify']) wrap(JSON, name);
  for (const name of ['split', 'slice', 'replace', 'indexOf', 'startsWith', 'toString']) wrap(String.prototype, name);
  wrap(globalThis, 'eval');
  wrap(globalThis, 'queueMicrotask');`;

describe.each(tiers)('in the tier %s', (tier) => {
  test.each(Object.keys(touches) as (keyof typeof touches)[])(
    'no bridge function shows while user code watches the first touch of %s',
    async (name) => {
      await using lambda = new Lambda({ blanks: 0 });
      const fn = await lambda.createFunction({
        name: 'spy',
        isolation: tier,
        code: {
          source: `${spies}
            exports.handler = async () => {
              const { exit, abort, reallyExit, kill } = process;
              isSpying.on = true;
              let value;
              try { value = await (${touches[name]}); } finally { isSpying.on = false; }
              // A door to the host takes a kind and a text: a log line, an exit, a result.
              let tried = 0;
              for (const door of seen) {
                tried += 1;
                // These may be called by anybody, and would end the test.
                if ([exit, abort, reallyExit, kill].includes(door)) continue;
                // A callback of a stream does not like to be called with nonsense; a door is native or ours.
                const isNative = apply(toString, door, []).includes('[native code]');
                if (!isNative && !/^(?:ask|askText|askHost|send|operate|startHost|emitFast|callHost)$/.test(door.name)) continue;
                try { apply(door, undefined, [3, '2' + Date.now() + ' STOLEN', undefined]); } catch {}
                try { apply(door, undefined, [0, '3 2' + Date.now() + ' STOLEN', undefined]); } catch {}
                try { apply(door, undefined, [0, '"STOLEN"', undefined]); } catch {}
              }
              return { value, tried: tried > 0 };
            };`,
        },
      });
      const lines: string[] = [];
      lambda.on('log.written', ({ body }) => lines.push(body));
      const outcome = await fn.invoke();
      expect(outcome.status === 'ok' ? outcome.result : outcome.error).toMatchObject({
        value: expected[name],
      });
      expect(lines.join('\n')).not.toContain('STOLEN');
    },
  );

  test('what a handler left in prototypes does not change what the host receives', async () => {
    await using lambda = new Lambda({ blanks: 0 });
    const fn = await lambda.createFunction({
      name: 'polluted',
      isolation: tier,
      code: {
        source: `
          Object.prototype.toJSON = () => 'polluted';
          Object.defineProperty(Object.prototype, 'errorType', { get: () => 'polluted', set() {} });
          Array.prototype.push = () => 0;
          Promise.prototype.then = () => 'polluted';
          Object.defineProperty(Promise, Symbol.species, { get() { throw new Error('polluted'); } });
          Object.defineProperty(Array, Symbol.species, { get() { throw new Error('polluted'); } });
          JSON.stringify = () => '"polluted"';
          JSON.parse = () => 'polluted';
          String.prototype.split = () => ['polluted'];
          RegExp.prototype.exec = () => ['polluted'];
          Error.prepareStackTrace = () => 'polluted';
          exports.handler = async (event) => {
            if (event === 'throw') throw new RangeError('as thrown');
            console.log('a line', 5);
            return event;
          };`,
      },
    });
    const lines: string[] = [];
    lambda.on('log.written', ({ body }) => lines.push(body));
    expect(await fn.call('text')).toBe('text');
    expect(await fn.call(5)).toBe(5);
    const failed = await fn.invoke('throw');
    expect(failed.status === 'error' && failed.error).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'as thrown',
    });
    expect(lines.filter((line) => line.includes('a line'))).toHaveLength(2);
  });

  test.each([
    [
      'constructor of a typed array',
      'Uint8Array.prototype.constructor = class { constructor() { throw new Error("user"); } };',
    ],
    [
      'species of typed arrays',
      'Object.defineProperty(Object.getPrototypeOf(Uint8Array), Symbol.species, { get() { return Array; } });',
    ],
    [
      'set of typed arrays',
      'Object.getPrototypeOf(Uint8Array.prototype).set = function () { for (let i = 0; i < this.length; i += 1) this[i] = 9; };',
    ],
    [
      'byteLength of buffers',
      'Object.defineProperty(ArrayBuffer.prototype, "byteLength", { get: () => 4_000_000_000 });',
    ],
    ['slice of buffers', 'ArrayBuffer.prototype.slice = () => new ArrayBuffer(0);'],
  ])('a replaced %s cannot hurt the host', async (_name, pollution) => {
    await using lambda = new Lambda({ blanks: 0 });
    const fn = await lambda.createFunction({
      name: 'bytes',
      isolation: tier,
      memoryMb: 64,
      code: {
        source: `${pollution}
          exports.handler = async () => {
            try { return (await crypto.subtle.digest('SHA-256', new Uint8Array(8))) instanceof ArrayBuffer; }
            catch (error) { return 'refused'; }
          };`,
      },
    });
    // Whatever the guest does to itself: it gets an answer, and the next function is unharmed.
    expect((await fn.invoke()).status).toBe('ok');
    const next = await lambda.createFunction({
      name: 'next',
      isolation: tier,
      code: {
        source:
          'exports.handler = async () => Buffer.from(await crypto.subtle.digest("SHA-256", new Uint8Array(8))).toString("hex").length;',
      },
    });
    expect(await next.call()).toBe(64);
  });
});
