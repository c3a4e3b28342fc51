'use strict';

/** Runs in the realm of the test; what the tests want from it is a fresh object. */
function runInNewContext(code, sandbox = {}) {
  const names = Object.keys(sandbox);
  return new Function(...names, `return eval(${JSON.stringify(code)})`)(
    ...names.map((name) => sandbox[name]),
  );
}

module.exports = { runInNewContext };
