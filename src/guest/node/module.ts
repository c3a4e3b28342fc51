import { createRequire as requireFrom } from '../modules.ts';
import { builtin as builtinOf, part } from '../parts.ts';
import { ERR_INVALID_ARG_VALUE } from './internal/errors.ts';
import { refusals } from './internal/refusals.ts';
import { validateString } from './internal/validators.ts';

const builtinModules: readonly string[] = (
  '_http_agent _http_client _http_common _http_incoming _http_outgoing _http_server _stream_duplex ' +
  '_stream_passthrough _stream_readable _stream_transform _stream_wrap _stream_writable _tls_common ' +
  '_tls_wrap assert assert/strict async_hooks buffer child_process cluster console constants crypto dgram ' +
  'diagnostics_channel dns dns/promises domain events fs fs/promises http http2 https inspector ' +
  'inspector/promises module net os path path/posix path/win32 perf_hooks process punycode querystring ' +
  'readline readline/promises repl stream stream/consumers stream/promises stream/web string_decoder sys ' +
  'timers timers/promises tls trace_events tty url util util/types v8 vm wasi worker_threads zlib ' +
  'node:sea node:sqlite node:test node:test/reporters'
).split(' ');

/** Names that exist only with `node:` in front are listed with it. */
function isBuiltin(name: unknown): boolean {
  if (typeof name !== 'string') return false;
  if (builtinModules.includes(name)) return true;
  return name.startsWith('node:') && builtinModules.includes(name.slice('node:'.length));
}

const whereRule = 'must be a file URL object, file URL string, or absolute path string';

function pathOf(given: unknown): string {
  const isUrl = typeof given === 'object' && given !== null && 'href' in given;
  if (isUrl || (typeof given === 'string' && given.startsWith('file:'))) {
    const { fileURLToPath } = part('node/url') as typeof import('./url.ts');
    try {
      return fileURLToPath(isUrl ? (given as { href: string }).href : given);
    } catch {
      throw new ERR_INVALID_ARG_VALUE('filename', given, whereRule);
    }
  }
  if (typeof given !== 'string' || !given.startsWith('/')) {
    throw new ERR_INVALID_ARG_VALUE('filename', given, whereRule);
  }
  return given;
}

function createRequire(filename: unknown): unknown {
  const path = pathOf(filename);
  // A folder resolves as a file inside of it would.
  return requireFrom(path.endsWith('/') ? `${path}noop.js` : path);
}

interface ModuleLike {
  id: string;
  path: string;
  exports: unknown;
  loaded: boolean;
  children: unknown[];
  filename?: string | null;
  paths: string[];
}

const folderOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')));

/** `node_modules` of a folder and of all above it. */
function nodeModulePaths(from: unknown): string[] {
  validateString(from, 'from');
  const names = from.split('/').filter(Boolean);
  const paths: string[] = [];
  for (let count = names.length; count >= 0; count -= 1) {
    if (names[count - 1] === 'node_modules') continue;
    paths.push(`/${[...names.slice(0, count), 'node_modules'].join('/')}`);
  }
  return paths;
}

/** A module made by hand; the guest's own loader makes others. */
function Module(this: ModuleLike, id: string = '', parent?: { children?: unknown[] }): void {
  this.id = id;
  this.path = folderOf(id);
  this.exports = {};
  this.filename = null;
  this.loaded = false;
  this.children = [];
  this.paths = [];
  parent?.children?.push(this);
}
Object.assign(Module.prototype as object, {
  require(this: ModuleLike, id: unknown): unknown {
    return (requireFrom(this.filename ?? '/var/task/index.js') as (id: unknown) => unknown)(id);
  },
});

const main = requireFrom('/var/task/index.js');
const from = (parent: unknown): typeof main => {
  const { filename } = (parent ?? {}) as { filename?: unknown };
  return typeof filename === 'string' ? requireFrom(filename) : main;
};

/** The file that says what package a module belongs to. */
function findPackageJSON(specifier: unknown, base?: unknown): string | undefined {
  const { existsSync } = builtinOf('fs') as { existsSync(path: string): boolean };
  const text = typeof specifier === 'object' ? pathOf(specifier) : specifier;
  validateString(text, 'specifier');
  const start = base === undefined ? '/var/task/index.js' : pathOf(base);
  const isFile = text.startsWith('/') || text.startsWith('file:');
  const file = isFile
    ? pathOf(text)
    : requireFrom(start).resolve(text === '..' ? './index.js' : text);
  for (let folder = folderOf(file); ; folder = folderOf(folder)) {
    const candidate = `${folder === '/' ? '' : folder}/package.json`;
    if (existsSync(candidate)) return candidate;
    if (folder === '/') return undefined;
  }
}

const why = 'modules are resolved and compiled outside of the function';

export const builtin: object = Object.assign(Module, {
  _cache: main.cache,
  _pathCache: Object.create(null) as object,
  _extensions: Object.assign(
    Object.create(null) as object,
    refusals('module._extensions', '.js .json .node', why),
  ),
  globalPaths: ['/opt/nodejs/node24/node_modules', '/opt/nodejs/node_modules'],
  _debug: () => {},
  isBuiltin,
  ...refusals('module', '_findPath', why),
  _nodeModulePaths: nodeModulePaths,
  _resolveLookupPaths: (_: unknown, parent?: { path?: string }) =>
    nodeModulePaths(parent?.path ?? '/var/task'),
  _load: (request: unknown, parent: unknown) => from(parent)(request),
  _resolveFilename: (request: unknown, parent: unknown) => from(parent).resolve(request),
  createRequire,
  _initPaths: () => {},
  _preloadModules: () => {},
  /** Names that ES modules imported from builtins keep the value they had. */
  syncBuiltinESMExports: () => {},
  Module,
  ...refusals('module', 'registerHooks', why),
  builtinModules,
  ...refusals('module', 'runMain register', why),
  constants: {
    compileCacheStatus: { __proto__: null, FAILED: 0, ENABLED: 1, ALREADY_ENABLED: 2, DISABLED: 3 },
  },
  /** The library caches compiled code itself. */
  enableCompileCache: () => ({ status: 3, message: 'Disabled by the environment' }),
  findPackageJSON,
  flushCompileCache: () => {},
  getCompileCacheDir: () => undefined,
  ...refusals('module', 'stripTypeScriptTypes', why),
  findSourceMap: () => undefined,
  ...refusals('module', 'SourceMap', why),
  getSourceMapsSupport: () => ({
    __proto__: null,
    enabled: false,
    nodeModules: false,
    generatedCode: false,
  }),
  setSourceMapsSupport: () => {},
  wrap: (script: string) =>
    `(function (exports, require, module, __filename, __dirname) { ${script}\n});`,
});
