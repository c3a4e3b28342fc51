import { callKind } from '../wire/messages.ts';
import { askText } from './bridge.ts';
import { GlobalEval, NativeError, StringSlice, bareRecord } from './primordials.ts';

/**
 * The files below `web/` and `node/` are parts: each is a script of its own that costs nothing until it is
 * first required. The build turns imports between parts into `require` calls of this loader, so every part
 * exists once in an environment; imports of the bootstrap's own files give the bootstrap's live modules.
 */
type PartFunction = (
  module: { exports: { builtin?: object } },
  exports: object,
  require: (id: string) => unknown,
) => void;

/** Handed over by the host before user code runs: compiled from the code cache. */
const defined = bareRecord<PartFunction>();
const loaded = bareRecord<{ exports: { builtin?: object } }>();
/** Files of the bootstrap that parts import, by their name. */
let bootstrapModules: Readonly<Record<string, object>> = bareRecord();

export function connectParts(modules: Readonly<Record<string, object>>): void {
  bootstrapModules = modules;
}

/** The host's script of one part. */
export function definePart(name: string, body: PartFunction): void {
  defined[name] = body;
}

/** A part by its path below `guest/` without `.ts`: `part('web/url') as typeof import('./web/url.ts')`. */
export function part(name: string): object {
  return requirePart(name);
}

function requirePart(id: string): { builtin?: object } {
  if (id.startsWith('guest/')) {
    const module = bootstrapModules[StringSlice(id, 'guest/'.length)];
    if (module === undefined) throw new NativeError(`The bootstrap has no module "${id}"`);
    return module;
  }
  if (id.startsWith('node:')) return builtin(StringSlice(id, 'node:'.length));
  const known = loaded[id];
  // Half-made when parts import each other, as in CommonJS.
  if (known !== undefined) return known.exports;
  const body = defined[id] ?? compile(id);
  if (body === undefined) throw new NativeError(`The prelude has no part "${id}"`);
  delete defined[id];
  const module: { exports: { builtin?: object } } = { exports: {} };
  loaded[id] = module;
  try {
    body(module, module.exports, requirePart);
  } catch (error) {
    // A part that ran into the time limit must not stay half-made for the next touch.
    delete loaded[id];
    throw error;
  }
  return module.exports;
}

/** A part that the host did not foresee: its text is compiled here, without a code cache. */
function compile(id: string): PartFunction | undefined {
  const source = askText(callKind.loadPart, id);
  return source === undefined ? undefined : (GlobalEval(source) as PartFunction);
}

/** What `require('node:<name>')` gives; a part below `node/` exports it as `builtin`. */
export function builtin(name: string): object {
  const id = `node/${name}`;
  const module = loaded[id] ?? (isPart(id) ? { exports: requirePart(id) } : undefined);
  const value = module?.exports.builtin;
  if (value !== undefined) return value;
  const error = new NativeError(`Cannot find module 'node:${name}': there is no such builtin here`);
  throw Object.assign(error, { code: 'MODULE_NOT_FOUND' });
}

function isPart(id: string): boolean {
  if (id.startsWith('node/internal/')) return false;
  if (defined[id] !== undefined) return true;
  const body = compile(id);
  if (body === undefined) return false;
  defined[id] = body;
  return true;
}
