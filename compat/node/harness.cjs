'use strict';
// The handler that runs one of Node's test files; the same text runs in plain Node and in the guest.
const { file, outlivesErrors } = require('./job.json');
const common = require('./test/common');

let failure;
let skipped;

/** How long a test has that must not end with an error nobody caught. */
const settleMs = 1_000;

exports.handler = outlivesErrors
  ? async (event) => {
      if (event.step !== 'run') return verdict();
      start();
      await new Promise((resolve) => {
        setTimeout(resolve, settleMs);
      });
    }
  : (event, context, callback) => {
      if (event.step === 'run') {
        start();
        // Answers when the event loop is empty: then the test is over, as a process would be.
        callback(null, 'started');
        return;
      }
      callback(null, verdict());
    };

function start() {
  const path = `./test/parallel/${file}`;
  if (file.endsWith('.mjs')) {
    import(path).catch(note);
    return;
  }
  try {
    require(path);
  } catch (error) {
    note(error);
  }
}

function verdict() {
  if (skipped === undefined && failure === undefined) {
    try {
      process.emit('exit', process.exitCode ?? 0);
      common.verifyCalls();
      if (process.exitCode) throw new Error(`exit code ${process.exitCode}`);
    } catch (error) {
      note(error);
    }
  }
  if (skipped !== undefined) return { skipped };
  return { tests: [{ name: file, passed: failure === undefined, message: failure }] };
}

function note(error) {
  if (error instanceof common.Skipped) skipped ??= error.message;
  else failure ??= describe(error);
}

function describe(error) {
  if (!(error instanceof Error)) return String(error);
  const place = /test-[\w-]+\.m?js:\d+/.exec(String(error.stack))?.[0] ?? '';
  return `${error.name}: ${error.message}`.slice(0, 400) + (place ? ` (${place})` : '');
}
