'use strict';
// The handler that runs one test file of an npm package; the same text runs in plain Node and in the guest.
const assert = require('assert');
const tape = require('tape');
const { file, folder } = require('./job.json');

const results = [];

exports.handler = (event, context, callback) => {
  if (event.step === 'run') {
    start();
    // Answers when the event loop is empty: then every test has ended that ever will.
    callback(null, 'started');
    return;
  }
  callback(null, { tests: [...results, ...tape.finish()].map(resultOf) });
};

function start() {
  // A file is one test, and more where it registers or exports some.
  const whole = tape.begin(file);
  results.push(whole.result);
  try {
    shareWithHelpers(whole.t);
    const exported = require(`./package/${folder}/${file}`);
    if (exported instanceof Promise) {
      exported.then(() => whole.t.end(), whole.t.fail);
      return;
    }
    for (const [name, body] of Object.entries(exported)) results.push(runExported(name, body));
    whole.t.end();
  } catch (error) {
    whole.t.fail(error);
  }
  tape.runAll();
}

/** Helpers of the events package look for the running test here, as its own runner leaves it. */
function shareWithHelpers(t) {
  let common;
  try {
    common = require(`./package/${folder}/common.js`);
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    return;
  }
  common.test = t;
}

function runExported(name, body) {
  const { t, result } = tape.begin(name);
  try {
    body(assert);
    t.end();
  } catch (error) {
    t.fail(error);
  }
  return result;
}

function resultOf({ name, hasEnded, error }) {
  if (error !== undefined) {
    return { name, passed: false, message: String(error?.message ?? error).slice(0, 400) };
  }
  return hasEnded ? { name, passed: true } : { name, passed: false, message: 'did not end' };
}
