'use strict';
// Stands in for test/common of Node's tests: the few helpers that the suites use, on what a guest has.
const assert = require('assert');
const { inspect } = require('util');

/** Thrown by `skip`; a process would exit here. */
class Skipped extends Error {}

/** Functions that must be called a number of times until the test is over. */
const expected = [];

function watch(fn, count, isEnough, rule) {
  const entry = { calls: 0, count, isEnough, rule, at: new Error('expected here').stack };
  expected.push(entry);
  const watched = function (...args) {
    entry.calls += 1;
    return fn.apply(this, args);
  };
  // Callers look at both, as with the function itself.
  Object.defineProperty(watched, 'name', { value: fn.name, configurable: true });
  Object.defineProperty(watched, 'length', { value: fn.length, configurable: true });
  return watched;
}

function arrange(fn, count) {
  return typeof fn === 'number' ? [() => {}, fn] : [fn ?? (() => {}), count ?? 1];
}

function mustCall(given, times) {
  const [fn, count] = arrange(given, times);
  return watch(fn, count, (calls) => calls === count, 'exactly');
}

function mustCallAtLeast(given, times) {
  const [fn, count] = arrange(given, times);
  return watch(fn, count, (calls) => calls >= count, 'at least');
}

function mustSucceed(fn, count) {
  return mustCall(
    function (error, ...args) {
      assert.ifError(error);
      return typeof fn === 'function' ? fn.apply(this, args) : undefined;
    },
    typeof fn === 'number' ? fn : count,
  );
}

function mustNotCall(message) {
  const { stack } = new Error('created here');
  return (...args) => {
    const seen = args.length > 0 ? ` with ${args.map((arg) => inspect(arg)).join(', ')}` : '';
    throw new assert.AssertionError({
      message: `${message ?? 'function should not have been called'}${seen}\n${stack}`,
      operator: 'fail',
    });
  };
}

function verifyCalls() {
  const missed = expected.find(({ calls, isEnough }) => !isEnough(calls));
  if (missed === undefined) return;
  const { calls, count, rule, at } = missed;
  const place = /test-[\w-]+\.m?js:\d+/.exec(String(at))?.[0] ?? '';
  throw new Error(`Mismatched calls: expected ${rule} ${count}, got ${calls} (${place})`);
}

function expectsError(validator, count) {
  return mustCall((...args) => {
    assert.strictEqual(args.length, 1, `expected one argument, got ${inspect(args)}`);
    assert.throws(() => {
      throw args[0];
    }, validator);
    return true;
  }, count);
}

/** `(name, messages, code)`, or `{ name: messages }`; messages are a text, a pair with its code, or many. */
function expectWarning(nameOrMap, messages, code) {
  const map = typeof nameOrMap === 'string' ? { [nameOrMap]: one(messages, code) } : nameOrMap;
  const pending = new Map();
  for (const [name, list] of Object.entries(map)) {
    pending.set(
      name,
      normalize(list).map((pair) => pair),
    );
  }
  const total = [...pending.values()].reduce((sum, list) => sum + list.length, 0);
  process.on(
    'warning',
    mustCall((warning) => {
      const list = pending.get(warning.name);
      assert.ok(list?.length > 0, `unexpected warning ${warning.name}: ${warning.message}`);
      const [message, expectedCode] = list.shift();
      if (message instanceof RegExp) assert.match(warning.message, message);
      else assert.strictEqual(warning.message, message);
      assert.strictEqual(warning.code, expectedCode);
    }, total),
  );
}

function one(messages, code) {
  return Array.isArray(messages) ? messages : [[messages, code]];
}

function normalize(list) {
  if (typeof list === 'string' || list instanceof RegExp) return [[list, undefined]];
  if (!Array.isArray(list)) return Object.entries(list).map(([code, message]) => [message, code]);
  return list.length > 0 && !Array.isArray(list[0]) ? [[list[0], list[1]]] : list;
}

/** The end of Node's messages for an argument of the wrong type. */
function invalidArgTypeHelper(input) {
  if (input === null || input === undefined) return ` Received ${input}`;
  if (typeof input === 'function') return ` Received function ${input.name}`;
  if (typeof input === 'object') {
    if (input.constructor?.name) return ` Received an instance of ${input.constructor.name}`;
    return ` Received ${inspect(input, { depth: -1 })}`;
  }
  const shown = inspect(input, { colors: false });
  return ` Received type ${typeof input} (${shown.length > 28 ? `${shown.slice(0, 25)}...` : shown})`;
}

const viewTypes = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
];

/** The same bytes in every kind of view, as far as their length allows it. */
function getArrayBufferViews(buffer) {
  const { buffer: bytes, byteOffset, byteLength } = buffer;
  return viewTypes
    .filter((View) => byteLength % (View.BYTES_PER_ELEMENT ?? 1) === 0)
    .map((View) => new View(bytes, byteOffset, byteLength / (View.BYTES_PER_ELEMENT ?? 1)));
}

module.exports = {
  Skipped,
  verifyCalls,
  mustCall,
  mustCallAtLeast,
  mustSucceed,
  mustNotCall,
  mustNotMutateObjectDeep: (value) => value,
  expectsError,
  expectWarning,
  invalidArgTypeHelper,
  getArrayBufferViews,
  getBufferSources: (buffer) => [...getArrayBufferViews(buffer), new Uint8Array(buffer).buffer],
  skip(reason) {
    throw new Skipped(reason);
  },
  skipIf(condition, reason) {
    if (condition) throw new Skipped(reason);
  },
  skipIf32Bits: () => {},
  printSkipMessage: () => {},
  allowGlobals: () => {},
  canCreateSymLink: () => true,
  platformTimeout: (ms) => ms,
  hasCrypto: true,
  hasIntl: true,
  hasQuic: false,
  isDebug: false,
  enoughTestMem: false,
  isWindows: false,
  isLinux: true,
  isMacOS: false,
  isAIX: false,
  isIBMi: false,
  isSunOS: false,
  isFreeBSD: false,
  isOpenBSD: false,
  isMainThread: true,
  isInsideDirWithUnusualChars: false,
  isASan: false,
  isPi: () => false,
  PORT: 12346,
  localhostIPv4: '127.0.0.1',
};
