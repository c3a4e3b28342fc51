import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

interface Rule {
  /** Rooms, or single files without `.ts`, besides the room itself. */
  readonly mayImport: readonly string[];
  /** Packages from the registry. */
  readonly packages?: readonly string[];
}

/** Cores of the guest's builtins and web classes; they are bundled into the prelude when it is built. */
const guestPackages = [
  'node-inspect-extracted',
  'punycode',
  'readable-stream',
  'unenv',
  'urlpattern-polyfill',
  'web-streams-polyfill',
];

/** The rooms of `src/` and what each may import. A room is a folder; `lambda` is the files at the top. */
const rooms: Record<string, Rule> = {
  core: { mayImport: [], packages: ['eventemitter3'] },
  wire: { mayImport: [] },
  guest: { mayImport: ['wire'], packages: guestPackages },
  functions: {
    // The option `network` is checked with the others.
    mayImport: ['core', 'network/network-options', 'storage/state-store'],
    packages: [
      '@jridgewell/trace-mapping',
      'acorn',
      'cjs-module-lexer',
      'es-module-lexer',
      'esbuild',
      'fflate',
    ],
  },
  /** Who may do what: policies, signatures. Keeps policies as functions are kept. */
  access: {
    mayImport: [
      'core',
      'functions/aws-rule-error',
      'functions/journal',
      'functions/revision',
      'functions/state-document',
      'storage/state-store',
    ],
    packages: ['@smithy/signature-v4'],
  },
  /** Egress: which addresses a guest may reach, and the one door through which every connection goes. */
  network: { mayImport: ['core'], packages: ['p-queue'] },
  /** Services that guests ask of the host: files, hashing, compression, sockets. */
  host: { mayImport: ['core', 'wire', 'network'] },
  /** The debugger's endpoint: knows of targets and messages, nothing of isolates. */
  inspect: { mayImport: ['core'], packages: ['ws'] },
  /** Tells an environment what it may reach. */
  invoke: { mayImport: ['core', 'functions', 'network/network-options'] },
  isolate: {
    mayImport: ['core', 'wire', 'host', 'network', 'inspect', 'invoke/executor'],
    packages: ['@jridgewell/trace-mapping', 'isolated-vm', 'p-queue'],
  },
  /** Where what was accepted waits: the lease-based queue, in memory or in a SQLite file. */
  storage: { mayImport: ['core'] },
  brokers: { mayImport: ['core', 'storage'] },
  async: {
    mayImport: ['core', 'functions', 'invoke', 'brokers', 'storage'],
    packages: ['p-queue'],
  },
  sources: {
    mayImport: ['core', 'functions', 'invoke', 'brokers', 'storage/state-store'],
    packages: ['rou3'],
  },
  /** Executions of durable functions: what they checkpoint, what they wait for. */
  durable: { mayImport: ['core', 'functions', 'invoke', 'storage'] },
  observe: { mayImport: ['core'] },
  /** Templates of SAM and CloudFormation: what they mean, not how it is deployed. */
  template: { mayImport: ['core'], packages: ['yaml'] },
  lambda: {
    mayImport: [
      'core',
      'wire',
      'functions',
      'access',
      'invoke',
      'host',
      'network',
      'isolate',
      'inspect',
      'storage',
      'brokers',
      'async',
      'durable',
      'sources',
      'observe',
      'template',
    ],
  },
  // The door knows the records that it shows; what it does, it does by the files at the top.
  aws: {
    mayImport: [
      'core',
      'functions',
      'access',
      'invoke',
      'async',
      'durable',
      'sources',
      'network/interceptor',
      'lambda',
    ],
    packages: ['@smithy/eventstream-codec', 'rou3'],
  },
  // Event builders share formats and digests with the brokers and the hosts of APIs.
  testing: { mayImport: ['core', 'network', 'brokers', 'sources', 'lambda'], packages: ['vitest'] },
  cli: {
    mayImport: ['index', 'aws/index', 'testing/index'],
    packages: ['commander', 'esbuild'],
  },
};

const filesOfLambda = new Set([
  'index',
  'lambda',
  'lambda-function',
  'lambda-options',
  'lambda-rooms',
  'lambda-services',
  'lambda-lifecycle',
  'build-rooms',
  'invocable',
  'control-plane',
  'http-front',
  'scheduling',
  'url-authoriser',
  'async-road',
  'event-sources',
  'provisionable',
  'provisioning',
  'resources',
  'queue-definitions',
  'permissions',
  'template-deployment',
  'durable-road',
  'durable-endpoint',
]);

/** Folders whose files are as those at the top: they work on a `Lambda`, and are too many for the top. */
const foldersOfLambda = new Set(['deployment']);

/** Who may let the event loop turn, and why a `Clock` would be wrong there. */
const mayCallSetImmediate: Record<string, string> = {
  'aws/request-handler': 'a client that asks in a loop must not starve what it waits for',
  'storage/sqlite-commits': 'all changes of one turn of the event loop share a transaction',
  'core/events': 'a throwing listener is reported outside of the invocation it listens to',
  'async/held-event':
    'the answer to send goes out first, and inline handlers leave the host its turns',
  'async/event-queue':
    'what an event sets off is under way before a drain looks whether all is done',
  'sources/mapping-runner':
    'whoever asked for a change of a mapping has the state that leads to it',
  'functions/code/zip-writer': 'packing a large deployment leaves gaps for other work',
  'testing/virtual-clock': 'between two steps of time, all that is ready gets its turn',
  'isolate/inspector-channel': 'isolated-vm calls from outside of Node, where promises stand still',
  'brokers/move-task': 'millions of messages that move leave gaps for other work',
  'invoke/provision': 'inline environments start on this thread, and leave the host its turns',
  'isolate/guest-session': 'a guest with endless deliveries must not starve the host',
};

interface Import {
  /** Path below `src/` without `.ts`. */
  readonly from: string;
  /** As `from`, or the name of a package or builtin. */
  readonly to: string;
  readonly isRelative: boolean;
  readonly isTypeOnly: boolean;
}

const src = fileURLToPath(new URL('../src/', import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ name: path.slice(0, -'.ts'.length), text: readFileSync(src + path, 'utf8') }));
const imports = files.flatMap(({ name, text }) => importsOf(name, text));

describe('rooms', () => {
  test('every file in src belongs to a room', () => {
    const strays = files.map(({ name }) => name).filter((name) => roomOf(name) === undefined);
    expect(strays).toEqual([]);
  });

  test('the rules name files that exist and allow no cycle', () => {
    const reached = (room: string, seen: readonly string[]): void => {
      expect(seen, 'a room that may import itself through others').not.toContain(room);
      for (const next of rooms[room]?.mayImport ?? []) {
        reached(roomOf(next) ?? next, [...seen, room]);
      }
    };
    for (const room of Object.keys(rooms)) reached(room, []);
    expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining([...filesOfLambda]));
    expect(files.map(({ name }) => name)).toContain('invoke/executor');
  });

  test.each(Object.keys(rooms))('%s imports only what its rule names', (room) => {
    const offences = imports
      .filter(
        ({ from, to, isRelative }) => isRelative && roomOf(from) === room && !mayImport(room, to),
      )
      .map(({ from, to }) => `${from} imports ${to}`);
    expect(offences).toEqual([]);
  });

  test.each(Object.keys(rooms))('%s uses only its own packages', (room) => {
    const allowed = rooms[room]?.packages ?? [];
    const offences = imports
      .filter(({ from, isRelative }) => !isRelative && roomOf(from) === room)
      // The guest has no Node: a builtin there is a package that it does not have.
      .filter(
        ({ to }) =>
          !allowed.includes(packageOf(to)) &&
          (room === 'guest' || !to.startsWith('node:') || !isBuiltin(to)),
      )
      .map(({ from, to }) => `${from} imports ${to}`);
    expect(offences).toEqual([]);
  });

  test('only build-rooms.ts and lambda.ts look into observe, others at its types', () => {
    const importers = imports
      .filter(({ from, to }) => roomOf(to) === 'observe' && roomOf(from) !== 'observe')
      .filter(({ from, isTypeOnly }) => from !== 'lambda' && from !== 'build-rooms' && !isTypeOnly)
      .map(({ from, to }) => `${from} imports ${to}`);
    expect(importers).toEqual([]);
  });
});

test('sources run as they are on every Node that is supported: none has `using`', () => {
  const offences = files
    .filter(({ text }) => /^\s*(?:await )?using \w+ =/m.test(withoutComments(text)))
    .map(({ name }) => name);
  expect(offences).toEqual([]);
});

describe('time', () => {
  const hostFiles = files.filter(({ name }) => roomOf(name) !== 'guest');

  test('only core/clock.ts reads the time or sets a timer', () => {
    const forbidden = [
      /\bDate\.now\b/,
      /\bnew Date\(\s*\)/,
      /\bperformance\.now\b/,
      /\bsetTimeout\s*\(/,
      /\bsetInterval\s*\(/,
      /\bimport\b[^;]*\b(?:setTimeout|setInterval|scheduler)\b[^;]*\bfrom 'node:timers(?:\/promises)?'/,
    ];
    const offences = hostFiles
      .filter(({ name }) => name !== 'core/clock')
      .filter(({ text }) => forbidden.some((pattern) => pattern.test(withoutComments(text))))
      .map(({ name }) => name);
    expect(offences).toEqual([]);
  });

  test('only files with a reason call setImmediate', () => {
    const callers = hostFiles
      .filter(({ text }) => /\bsetImmediate\s*\(/.test(withoutComments(text)))
      .map(({ name }) => name);
    expect(Object.keys(mayCallSetImmediate)).toEqual(expect.arrayContaining(callers));
  });
});

function roomOf(name: string): string | undefined {
  const [folder = '', ...rest] = name.split('/');
  if (rest.length === 0) return filesOfLambda.has(name) ? 'lambda' : undefined;
  if (foldersOfLambda.has(folder)) return 'lambda';
  return Object.hasOwn(rooms, folder) && folder !== 'lambda' ? folder : undefined;
}

function mayImport(room: string, target: string): boolean {
  const targetRoom = roomOf(target);
  if (targetRoom === room) return true;
  const { mayImport: allowed } = rooms[room] ?? { mayImport: [] };
  return allowed.includes(target) || (targetRoom !== undefined && allowed.includes(targetRoom));
}

/** `import`, `import type`, `export ... from`, `import('x')` and `typeof import('x')`. */
function importsOf(from: string, text: string): Import[] {
  const code = withoutComments(text);
  const found: Import[] = [];
  const add = (specifier: string, isTypeOnly: boolean): void => {
    const isRelative = specifier.startsWith('.');
    const to = isRelative
      ? posix.join(posix.dirname(from), specifier).replace(/\.ts$/, '')
      : specifier;
    found.push({ from, to, isRelative, isTypeOnly });
  };
  const statement = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)';/gm;
  for (const [, type, specifier = ''] of code.matchAll(statement)) {
    add(specifier, type !== undefined);
  }
  const call =
    /(typeof\s+)?\b(?:import|require\)?|createRequire\(import\.meta\.url\))\(\s*'([^']+)'\s*\)/g;
  for (const [, type, specifier = ''] of code.matchAll(call)) {
    add(specifier, type !== undefined);
  }
  return found;
}

/** Good enough for formatted TypeScript: comments begin a line or follow a space. */
function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
