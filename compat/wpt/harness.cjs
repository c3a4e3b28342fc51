'use strict';
// The handler that runs one file of the web-platform-tests; the same text runs in plain Node and in the guest.
const job = require('./job.json');

/** Under the time limit of the invocation, so that what has run until then still counts. */
const watchdogMs = 15_000;

exports.handler = async () => {
  const finished = Promise.withResolvers();
  const tests = [];
  prepareGlobals();
  // As in a browser, an error that nobody handles ends its test, not the page.
  process.on('unhandledRejection', () => {});
  process.on('uncaughtException', () => {});

  const [harness, ...helpers] = job.scripts;
  run(harness.text, harness.path);
  globalThis.add_result_callback((test) => tests.push(test));
  globalThis.add_completion_callback((all, status) => finished.resolve(noteOf(status)));
  const watchdog = setTimeout(() => finished.resolve('did not complete'), watchdogMs);
  let note;
  try {
    for (const { text, path } of helpers) run(asSharedScript(text), path);
    run(job.test, job.path);
  } catch (error) {
    note = `threw while loading: ${describe(error)}`;
    globalThis.done();
  }
  const ending = await finished.promise;
  clearTimeout(watchdog);
  note ??= ending;
  return { note, tests: tests.map(resultOf) };
};

function run(text, path) {
  (0, eval)(`${text}\n//# sourceURL=${path}`);
}

/**
 * Scripts of a page share their top level; those of one `eval` each do not share `const`, `let` and
 * `class`, nor functions in strict mode.
 */
function asSharedScript(text) {
  return text
    .replace(/^\s*(['"])use strict\1;?/, '')
    .replace(/^(const|let)(?=[\s{[])/gm, 'var')
    .replace(/^class (\w+)/gm, 'var $1 = class $1');
}

function prepareGlobals() {
  const define = (name, value) =>
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  define('self', globalThis);
  define('GLOBAL', {
    isWindow: () => false,
    isWorker: () => false,
    isShadowRealm: () => false,
  });
  const origin = 'http://web-platform.test:8000';
  const pathname = `/${job.path.replace(/\.js$/, '.html')}`;
  define('location', {
    href: origin + pathname + job.variant,
    origin,
    protocol: 'http:',
    host: 'web-platform.test:8000',
    hostname: 'web-platform.test',
    port: '8000',
    pathname,
    search: job.variant,
    hash: '',
    toString: () => origin + pathname + job.variant,
  });
  if (job.test.includes('idl_test'))
    define('Window', Object.getPrototypeOf(globalThis).constructor);
  if (job.path.startsWith('FileAPI/') && globalThis.FileReader === undefined) {
    define('FileReader', FileReader);
  }
  if (job.path.startsWith('fetch/')) useLocation();
  if (Object.keys(job.resources).length > 0) serveResources();
}

/** Tests read blobs with it; neither Node nor the guest has one. */
class FileReader {
  readAsText(blob) {
    this.#read(blob.text());
  }
  readAsArrayBuffer(blob) {
    this.#read(blob.arrayBuffer());
  }
  #read(content) {
    content.then((result) => {
      this.result = result;
      for (const name of ['onload', 'onloadend']) this[name]?.({ target: this });
    });
  }
  addEventListener(name, listener) {
    this[`on${name}`] = listener;
  }
}

/** Addresses relative to the test's own, which a server-side runtime does not have. */
function useLocation() {
  const absolute = (input) => {
    if (typeof input !== 'string' || globalThis.URL === undefined) return input;
    try {
      return new URL(input, globalThis.location.href).href;
    } catch {
      return input;
    }
  };
  const { Request, Response } = globalThis;
  if (Request === undefined || Response === undefined) return;
  const replace = (name, value) =>
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  replace(
    'Request',
    new Proxy(Request, {
      construct: (target, args, newTarget) =>
        Reflect.construct(
          target,
          args.length > 0 ? [absolute(args[0]), ...args.slice(1)] : [],
          newTarget,
        ),
    }),
  );
  const { redirect } = Response;
  Response.redirect = function (...args) {
    return redirect.call(this, ...(args.length > 0 ? [absolute(args[0]), ...args.slice(1)] : []));
  };
}

/** `fetch` of a data file next to the test; everything else goes to the real one. */
function serveResources() {
  const real = globalThis.fetch;
  const served = {
    fetch(input, ...rest) {
      if (typeof input !== 'string' || !Object.hasOwn(job.resources, input)) {
        return real.call(this, input, ...rest);
      }
      const { text, isBinary } = job.resources[input];
      // A real response, where responses are what is tested.
      if (job.path.startsWith('fetch/api')) {
        const escape = isBinary ? globalThis.escape : encodeURIComponent;
        return real.call(this, `data:text/plain;charset=utf-8,${escape(text)}`, ...rest);
      }
      const bytes = () => Uint8Array.from(text, (character) => character.charCodeAt(0));
      return Promise.resolve({
        ok: true,
        status: 200,
        text: async () => text,
        json: async () => JSON.parse(text),
        arrayBuffer: async () => (isBinary ? bytes() : new TextEncoder().encode(text)).buffer,
      });
    },
  };
  Object.defineProperty(globalThis, 'fetch', {
    value: served.fetch,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

const statusNames = ['', 'error', 'timeout', 'precondition failed'];

function noteOf({ status, message }) {
  return status === 0 ? undefined : `${statusNames[status]}: ${String(message).slice(0, 300)}`;
}

function resultOf({ name, status, message }) {
  const passed = status === 0;
  const result = { name: String(name).toWellFormed().slice(0, 300), passed };
  if (!passed)
    result.message = message ? String(message).toWellFormed().slice(0, 300) : `status ${status}`;
  return result;
}

function describe(error) {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
