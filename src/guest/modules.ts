import { callKind, maxSpecifierLength, operationName } from '../wire/messages.ts';
import { askText } from './bridge.ts';
import { builtin } from './parts.ts';
import { startOperation } from './operations.ts';
import {
  GlobalEval,
  JsonParse,
  NativeError,
  NativePromise,
  ObjectDefineProperty,
  ReflectApply,
  StringOf,
  StringSlice,
  bareRecord,
  quote,
} from './primordials.ts';

/** Body of a CommonJS module. */
type ModuleFunction = (
  exports: unknown,
  require: Require,
  module: Module,
  filename: string,
  dirname: string,
) => void;

export interface Require {
  (specifier: unknown): unknown;
  readonly resolve: (specifier: unknown) => string;
  readonly cache: Record<string, Module>;
  readonly main: Module | undefined;
}

interface Module {
  exports: unknown;
  readonly id: string;
  readonly filename: string;
  readonly path: string;
  loaded: boolean;
  readonly children: Module[];
  readonly require: Require;
}

interface FoundModule {
  readonly kind: 'file';
  readonly path: string;
  readonly format: 'commonjs' | 'module' | 'json';
  readonly exportNames?: readonly string[];
}
type Resolution =
  | FoundModule
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

const defined = bareRecord<ModuleFunction>();
const cache = bareRecord<Module>();
const namespaces = bareRecord<object>();
const importing = bareRecord<Promise<unknown>>();
const awaiting = bareRecord<(namespace: object) => void>();
const resolutions = bareRecord<Resolution>();
let mainModule: Module | undefined;

/** The host's script of one CommonJS module hands its compiled function over. */
export function defineModule(path: string, body: ModuleFunction): void {
  defined[path] = body;
}

/** Drops every module, after a rehearsal. */
export function forgetModules(): void {
  for (const path of Object.keys(cache)) {
    delete cache[path];
    delete defined[path];
  }
  mainModule = undefined;
}

/** Loads the handler's module. */
export function requireMain(path: string): unknown {
  return loadCommonJs(path, undefined);
}

/** `require` of a facade: an ES module imports a CommonJS or JSON file, or a builtin. */
export function requirePath(path: string): unknown {
  if (path.startsWith('node:')) return builtin(StringSlice(path, 'node:'.length));
  return loadFile({ kind: 'file', path, format: path.endsWith('.json') ? 'json' : 'commonjs' });
}

export function importMeta(path: string): object {
  const url = fileUrl(path);
  return {
    __proto__: null,
    dirname: dirname(path),
    filename: path,
    url,
    resolve: (specifier: unknown) => {
      const found = checked(resolve(StringOf(specifier), path, 'import'));
      return found.kind === 'builtin' ? `node:${found.name}` : fileUrl(found.path);
    },
  };
}

/** What `import(specifier)` was rewritten to; isolated-vm knows no dynamic import of its own. */
export async function dynamicImport(fromPath: string, specifier: unknown): Promise<unknown> {
  const found = checked(resolve(StringOf(specifier), fromPath, 'import'));
  if (found.kind === 'builtin') {
    return interopNamespace(`node:${found.name}`, builtin(found.name), undefined);
  }
  if (found.format === 'module') return importModule(found.path);
  return interopNamespace(found.path, loadFile(found), found.exportNames);
}

/** An ES module must be linked and evaluated by the host, between two entries. */
function importModule(path: string): Promise<unknown> {
  const known = importing[path];
  if (known !== undefined) return known;
  const promise = new NativePromise<unknown>((fulfil, reject) => {
    startOperation(operationName.import, path, {
      repeats: false,
      settle: (failed, json) => {
        if (!failed) {
          // A module that still awaits at top level hands its namespace over later.
          const namespace = namespaces[path];
          if (namespace === undefined) awaiting[path] = fulfil;
          else fulfil(namespace);
          return;
        }
        delete importing[path];
        reject(importError(json));
      },
    });
  });
  importing[path] = promise;
  return promise;
}

function importError(json: string | undefined): Error {
  const failure = JsonParse(json ?? '{}') as { name?: string; message?: string; stack?: string };
  const error = new NativeError(failure.message ?? 'Import failed');
  if (failure.name !== undefined) error.name = failure.name;
  if (failure.stack !== undefined) error.stack = failure.stack;
  return error;
}

/** The host evaluated a module; its namespace arrives once every top-level await before it is done. */
export function keepNamespace(path: string, namespace: object): void {
  if (namespaces[path] !== undefined) return;
  namespaces[path] = namespace;
  awaiting[path]?.(namespace);
  delete awaiting[path];
}

/** A namespace for what is not an ES module: `default`, and the names a static look found. */
function interopNamespace(
  key: string,
  value: unknown,
  exportNames: readonly string[] | undefined,
): object {
  const known = namespaces[key];
  if (known !== undefined) return known;
  const namespace = bareRecord<unknown>();
  const names = exportNames ?? (isObject(value) ? Object.keys(value) : []);
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] ?? '';
    if (!isObject(value) || !(name in value)) continue;
    const from = value as Record<string, unknown>;
    // An export of a builtin may load a part of the prelude when it is read.
    if (exportNames === undefined) {
      ObjectDefineProperty(namespace, name, { get: () => from[name], enumerable: true });
    } else {
      namespace[name] = from[name];
    }
  }
  namespace['default'] = value;
  Object.defineProperty(namespace, Symbol.toStringTag, { value: 'Module' });
  namespaces[key] = Object.freeze(namespace);
  return namespace;
}

export function createRequire(fromPath: string): Require {
  const require = (specifier: unknown): unknown => {
    if (typeof specifier !== 'string') {
      throw withCode(
        new TypeError(
          `The "id" argument must be of type string. Received ${specifier === null ? 'null' : typeof specifier}`,
        ),
        'ERR_INVALID_ARG_TYPE',
      );
    }
    const found = checked(resolve(specifier, fromPath, 'require'));
    return found.kind === 'builtin' ? builtin(found.name) : loadFile(found);
  };
  return Object.assign(require, {
    resolve: (specifier: unknown) => {
      const found = checked(resolve(StringOf(specifier), fromPath, 'require'));
      return found.kind === 'builtin' ? found.name : found.path;
    },
    cache,
    main: mainModule,
  });
}

/** Asks the host once for each pair of importer and specifier. */
function resolve(specifier: string, fromPath: string, kind: 'require' | 'import'): Resolution {
  if (specifier.length > maxSpecifierLength) {
    throw withCode(new NativeError('Cannot find module: its name is too long'), 'MODULE_NOT_FOUND');
  }
  const key = `${kind} ${fromPath} ${specifier}`;
  const known = resolutions[key];
  if (known !== undefined) return known;
  const question = `{"specifier":${quote(specifier)},"from":${quote(fromPath)},"kind":"${kind}"}`;
  const answer = JsonParse(
    askText(callKind.resolveModule, question) ?? 'null',
  ) as Resolution | null;
  if (answer === null) throw new NativeError(`Cannot find module '${specifier}'`);
  resolutions[key] = answer;
  return answer;
}

function checked(resolution: Resolution): Exclude<Resolution, { kind: 'error' }> {
  if (resolution.kind !== 'error') return resolution;
  throw withCode(new NativeError(resolution.message), resolution.code);
}

function loadFile(found: FoundModule): unknown {
  const known = cache[found.path];
  if (known !== undefined) return known.exports;
  if (found.format === 'json') return loadJson(found.path);
  if (found.format === 'module') return requireEsModule(found.path);
  return loadCommonJs(found.path, mainModule);
}

/**
 * Node lets `require` load an ES module; here, one that has been evaluated already. The host sees to that
 * for every one that a static look finds.
 */
function requireEsModule(path: string): unknown {
  const namespace = namespaces[path];
  if (namespace !== undefined) return requiredShape(path, namespace as Record<string, unknown>);
  throw withCode(
    new NativeError(
      `require() of ES Module ${path} is not supported. Use import() or import it from an ES module`,
    ),
    'ERR_REQUIRE_ESM',
  );
}

const requiredShapes = bareRecord<unknown>();

/** What Node's `require` makes of a namespace: an export named `module.exports`, or a mark for `default`. */
function requiredShape(path: string, namespace: Record<string, unknown>): unknown {
  if ('module.exports' in namespace) return namespace['module.exports'];
  if (!('default' in namespace) || '__esModule' in namespace) return namespace;
  const known = requiredShapes[path];
  if (known !== undefined) return known;
  const shape = bareRecord<unknown>();
  for (const name of Object.keys(namespace)) {
    ObjectDefineProperty(shape, name, { get: () => namespace[name], enumerable: true });
  }
  ObjectDefineProperty(shape, '__esModule', { value: true, enumerable: true });
  ObjectDefineProperty(shape, Symbol.toStringTag, { value: 'Module' });
  requiredShapes[path] = shape;
  return shape;
}

function loadJson(path: string): unknown {
  const answer = askText(callKind.loadModule, path);
  if (answer === undefined) throw new NativeError(`Cannot find module '${path}'`);
  const module = createModule(path);
  try {
    module.exports = JsonParse(StringSlice(answer, 1));
  } catch (error) {
    delete cache[path];
    (error as Error).message = `${path}: ${(error as Error).message}`;
    throw error;
  }
  module.loaded = true;
  return module.exports;
}

function loadCommonJs(path: string, parent: Module | undefined): unknown {
  const body = defined[path] ?? compileLate(path);
  const module = createModule(path);
  mainModule ??= module;
  parent?.children.push(module);
  try {
    ReflectApply(body, module.exports, [
      module.exports,
      module.require,
      module,
      path,
      dirname(path),
    ]);
  } catch (error) {
    delete cache[path];
    throw error;
  }
  module.loaded = true;
  return module.exports;
}

/** A module that no static look could find: its text comes from the host and is compiled here, uncached. */
function compileLate(path: string): ModuleFunction {
  const answer = askText(callKind.loadModule, path);
  if (answer === undefined) {
    throw withCode(new NativeError(`Cannot find module '${path}'`), 'MODULE_NOT_FOUND');
  }
  if (StringSlice(answer, 0, 1) === 'e') {
    const failure = JsonParse(StringSlice(answer, 1)) as { message: string; stack: string };
    const error = new SyntaxError(failure.message);
    error.stack = failure.stack;
    throw error;
  }
  return GlobalEval(
    `(function (exports, require, module, __filename, __dirname) {${StringSlice(answer, 1)}\n})\n//# sourceURL=${path}`,
  ) as ModuleFunction;
}

function createModule(path: string): Module {
  const module: Module = {
    exports: {},
    id: mainModule === undefined ? '.' : path,
    filename: path,
    path: dirname(path),
    loaded: false,
    children: [],
    require: createRequire(path),
  };
  cache[path] = module;
  return module;
}

function withCode(error: Error, code: string): Error {
  return Object.assign(error, { code });
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function dirname(path: string): string {
  let end = path.length - 1;
  while (end > 0 && path[end] !== '/') end -= 1;
  return end <= 0 ? '/' : StringSlice(path, 0, end);
}

/** `file:` URL of a path, escaped as Node's `pathToFileURL` does. */
function fileUrl(path: string): string {
  return `file://${encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23')}`;
}
