'use strict';
// The part of node:test that the suites use: tests in order, subtests, hooks; a failure is thrown at the top.
const assert = require('assert');
const { mustCall } = require('./index.js');

/** Runs one after another, as node:test does. */
let queue = Promise.resolve();
/** Where `it` and hooks belong while a `describe` collects them. */
let suite = { before: [], after: [], beforeEach: [], afterEach: [] };

function enqueue(work) {
  const done = mustCall(() => {});
  queue = queue.then(work).then(done, (error) => {
    done();
    // Out of the promise, so that it ends the process, or the invocation.
    setImmediate(() => {
      throw error;
    });
  });
  return queue;
}

function parse(args) {
  const options = args.find((arg) => typeof arg === 'object' && arg !== null) ?? {};
  const fn = args.find((arg) => typeof arg === 'function') ?? (() => {});
  return { fn, isSkipped: Boolean(options.skip || options.todo) };
}

async function runOne(fn, hooks) {
  for (const { beforeEach } of hooks) for (const hook of beforeEach) await hook();
  const endings = [];
  const context = {
    assert,
    mock,
    test: (...args) => subtest(args, hooks),
    after: (hook) => endings.push(hook),
    diagnostic: () => {},
    skip: () => {},
    todo: () => {},
    plan: () => {},
  };
  if (fn.length > 1) {
    await new Promise((resolve, reject) => {
      fn(context, (error) => (error ? reject(error) : resolve()));
    });
  } else {
    await fn(context);
  }
  for (const ending of endings) await ending();
  for (const { afterEach } of hooks) for (const hook of afterEach) await hook();
}

function subtest(args, hooks) {
  const { fn, isSkipped } = parse(args);
  return isSkipped ? Promise.resolve() : runOne(fn, hooks);
}

function test(...args) {
  const { fn, isSkipped } = parse(args);
  if (isSkipped) return Promise.resolve();
  const hooks = [suite];
  return enqueue(() => runOne(fn, hooks));
}

function describe(...args) {
  const { fn, isSkipped } = parse(args);
  if (isSkipped) return Promise.resolve();
  const outer = suite;
  const own = {
    before: [],
    after: [],
    beforeEach: [...outer.beforeEach],
    afterEach: [...outer.afterEach],
  };
  suite = own;
  enqueue(async () => {
    for (const hook of own.before) await hook();
  });
  fn();
  enqueue(async () => {
    for (const hook of own.after) await hook();
  });
  suite = outer;
  return Promise.resolve();
}

const mock = {
  fn(original = () => {}) {
    const calls = [];
    const mocked = function (...args) {
      const call = { arguments: args, this: this };
      calls.push(call);
      call.result = original.apply(this, args);
      return call.result;
    };
    mocked.mock = { calls, callCount: () => calls.length };
    return mocked;
  },
};

for (const fn of [test, describe]) {
  fn.skip = () => Promise.resolve();
  fn.todo = fn.skip;
  fn.only = fn;
}

// Each by name, which is how `import { test }` finds them.
module.exports = test;
module.exports.test = test;
module.exports.it = test;
module.exports.describe = describe;
module.exports.suite = describe;
module.exports.before = (hook) => suite.before.push(hook);
module.exports.after = (hook) => suite.after.push(hook);
module.exports.beforeEach = (hook) => suite.beforeEach.push(hook);
module.exports.afterEach = (hook) => suite.afterEach.push(hook);
module.exports.mock = mock;
