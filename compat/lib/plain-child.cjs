'use strict';
// Runs one deployment in plain Node: node plain-child.cjs <folder> <steps>. The answer is the last line.
const path = require('node:path');
const { writeSync } = require('node:fs');

const [, , directory, steps] = process.argv;
const pending = steps.split(',');
process.chdir(directory);
// On its way in, a deployment finds what a function's configuration would give it.
process.env.TMPDIR ??= '/tmp';
const { handler } = require(path.join(directory, 'index.js'));

next();

function next() {
  const step = pending.shift();
  const isLast = pending.length === 0;
  const answer = handler({ step }, {}, (error, value) => {
    if (isLast) finish(error, value);
  });
  if (answer instanceof Promise) {
    answer.then((value) => (isLast ? finish(null, value) : next()), finish);
    return;
  }
  // A callback answers when the event loop is empty.
  if (!isLast) process.once('beforeExit', next);
}

function finish(error, value) {
  const text = JSON.stringify(error ? { error: String(error.stack ?? error) } : { value });
  writeSync(3, `${text}\n`);
  process.removeAllListeners('exit');
  process.exit(0);
}
