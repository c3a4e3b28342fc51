'use strict';
// As much of tape's interface as the tests use. A failed assertion ends its test.
const assert = require('assert');

const registered = [];
const finishers = [];
const results = [];

module.exports = function tape(name, ...rest) {
  const body = rest.pop();
  if (rest[0]?.skip !== true) registered.push({ name, body });
};

module.exports.onFinish = (callback) => finishers.push(callback);

/** A test that has started: what its body is given, and what becomes of it. */
module.exports.begin = (name) => {
  const result = { name, hasEnded: false, error: undefined };
  const listeners = [];
  const t = {
    ...assert,
    comment() {},
    on: (event, listener) => listeners.push(listener),
    end() {
      result.hasEnded = true;
      for (const listener of listeners) listener();
    },
    fail(error) {
      result.error ??= error ?? new Error('failed');
    },
  };
  return { t, result };
};

module.exports.runAll = () => {
  for (const { name, body } of registered) {
    const { t, result } = module.exports.begin(name);
    results.push(result);
    try {
      body(t);
    } catch (error) {
      t.fail(error);
    }
  }
};

/** Results of all registered tests, and one for what was to hold after them. */
module.exports.finish = () => {
  if (finishers.length === 0) return results;
  const { t, result } = module.exports.begin('after all tests');
  try {
    for (const callback of finishers) callback();
    t.end();
  } catch (error) {
    t.fail(error);
  }
  return [...results, result];
};
