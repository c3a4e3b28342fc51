import { createRequire, builtinModules } from 'node:module';
import { expect, test } from 'vitest';
import { Lambda } from '../../src/index.ts';

const require = createRequire(import.meta.url);

/** Builtins of Node's that the guest does not have, each with the reason. */
const absent: Record<string, string> = {
  _stream_wrap: 'deprecated, and of no use without handles of libuv',
  _tls_wrap: 'internal; deprecated',
  _tls_common: 'internal; deprecated',
};

/** Names that a builtin lacks, each with the reason. */
const gaps: Record<string, Record<string, string>> = {
  console: { context: 'shows the console in a debugger', createTask: 'needs a debugger' },
  constants: { defaultCipherList: 'belongs to the host' },
  fs: { Utf8Stream: 'experimental' },
  http: {
    _connectionListener: 'internal; there are no servers',
    setGlobalProxyFromEnv: 'connections go through the one door of the host',
    WebSocket: 'not offered',
    CloseEvent: 'belongs to WebSocket',
    MessageEvent: 'belongs to WebSocket',
  },
  net: { _createServerHandle: 'internal', BoundSocket: 'experimental' },
  // A worker of the tests has a channel to its parent.
  process: Object.fromEntries(
    'channel _handleQueue _pendingMessage send _send connected disconnect _disconnect'
      .split(' ')
      .map((name) => [name, 'a function is no child process']),
  ),
  'stream/web': { ReadableStreamTee: 'internal' },
  tls: {
    getCertificateCompressionAlgorithms: 'the connections are the host’s',
    setDefaultCACertificates: 'the connections are the host’s',
  },
  assert: { CallTracker: 'deprecated' },
  'assert/strict': { CallTracker: 'deprecated' },
};

const builtins = builtinModules.filter((name) => !name.startsWith('_') || name.startsWith('_s'));
const nodeNames = (name: string): string[] =>
  Object.keys(require(name.startsWith('node:') ? name : `node:${name}`) as object).filter(
    (key) => key !== 'default',
  );

test('every name that Node exports from a builtin is there, but for known gaps', async () => {
  const wanted = Object.fromEntries(builtins.map((name) => [name, nodeNames(name)]));
  await using lambda = new Lambda({ blanks: 0 });
  const probe = await lambda.createFunction<object, Record<string, string[]>>({
    name: 'probe',
    timeoutMs: 30_000,
    code: {
      source: `exports.handler = async (wanted) => {
        const missing = {};
        for (const name of Object.keys(wanted)) {
          let builtin;
          try { builtin = require(name.startsWith('node:') ? name : 'node:' + name); }
          catch { missing[name] = ['all of it']; continue; }
          const names = wanted[name].filter((key) => !(key in builtin));
          if (names.length > 0) missing[name] = names;
        }
        return missing;
      };`,
    },
  });
  const missing = await probe.call(wanted);
  for (const name of Object.keys(absent)) delete missing[name];
  for (const [name, known] of Object.entries(gaps)) {
    missing[name] = (missing[name] ?? []).filter((key) => !(key in known));
    if (missing[name].length === 0) delete missing[name];
  }
  expect(missing).toEqual({});
});

const refused: readonly string[] = [
  `require('child_process').execSync('ls')`,
  `new (require('worker_threads').Worker)('x')`,
  `require('cluster').fork()`,
  `require('vm').runInNewContext('1')`,
  `new (require('vm').Script)('1')`,
  `new (require('inspector').Session)()`,
  `require('repl').start()`,
  `new (class extends require('tty').WriteStream {})(1)`,
];

test.each(refused)('%s is refused with a code and a reason', async (expression) => {
  await using lambda = new Lambda({ blanks: 0 });
  const source = `exports.handler = async () => {
    try { ${expression}; } catch (error) { return [error.code, error.message]; }
  };`;
  const probe = await lambda.createFunction({ name: 'probe', code: { source } });
  expect(await probe.call()).toEqual([
    'ERR_ACCESS_DENIED',
    expect.stringMatching(/is not available in this environment: .+/),
  ]);
});
