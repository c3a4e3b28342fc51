import { loaderCalls, loaderNames } from '../wire/messages.ts';
import { createConsole } from './console.ts';
import { awaitOperand } from './async-context.ts';
import { definePart, part } from './parts.ts';
import { defineModule, dynamicImport, importMeta, requirePath } from './modules.ts';
import { ObjectDefineProperty } from './primordials.ts';
import { queueMicrotask } from './microtask.ts';
import * as timers from './timers.ts';

const globals = globalThis as unknown as Record<string, unknown>;

/** Functions and objects are enumerable in Node, classes are not; nor are these two. */
function isEnumerable(name: string): boolean {
  return (name[0] ?? '') >= 'a' && name !== 'console' && name !== 'process';
}

/** Defines a global as the web platform does: writable and configurable. */
function defineGlobal(name: string, value: unknown): void {
  ObjectDefineProperty(globals, name, {
    value,
    writable: true,
    configurable: true,
    enumerable: isEnumerable(name),
  });
}

/** A global that does not exist until it is touched. */
export function defineLazyGlobal(name: string, make: () => unknown): void {
  ObjectDefineProperty(globals, name, {
    get: () => {
      const value = make();
      defineGlobal(name, value);
      return value;
    },
    set: (value: unknown) => defineGlobal(name, value),
    configurable: true,
    enumerable: isEnumerable(name),
  });
}

export function removeGlobal(name: string): void {
  delete globals[name];
}

/** A name that only rewritten modules use; it cannot be replaced. */
function defineLoader(name: string, value: unknown, configurable = false): void {
  ObjectDefineProperty(globals, name, { value, configurable, enumerable: false });
}

/** Globals that a part exports under their own names; the part is made when one of them is touched. */
const globalsOfParts: Readonly<Record<string, readonly string[]>> = {
  'web/abort': ['AbortController', 'AbortSignal'],
  'web/base64': ['atob', 'btoa'],
  'web/blob': ['Blob', 'File'],
  'web/compression': ['CompressionStream', 'DecompressionStream'],
  'web/crypto': ['Crypto', 'CryptoKey', 'crypto'],
  'web/dom-exception': ['DOMException'],
  'web/event': ['CustomEvent', 'Event'],
  'web/event-target': ['EventTarget'],
  'web/fetch': ['fetch'],
  'web/form-data': ['FormData'],
  'web/headers': ['Headers'],
  'web/message-event': ['CloseEvent', 'MessageEvent'],
  'web/messaging': ['BroadcastChannel', 'MessageChannel', 'MessagePort'],
  'web/navigator': ['Navigator', 'navigator'],
  'web/performance': ['Performance', 'performance'],
  'web/performance-entries': ['PerformanceEntry', 'PerformanceMark', 'PerformanceMeasure'],
  'web/performance-observer': ['PerformanceObserver', 'PerformanceObserverEntryList'],
  'web/request': ['Request'],
  'web/response': ['Response'],
  'web/streams': [
    'ByteLengthQueuingStrategy',
    'CountQueuingStrategy',
    'ReadableByteStreamController',
    'ReadableStream',
    'ReadableStreamBYOBReader',
    'ReadableStreamBYOBRequest',
    'ReadableStreamDefaultController',
    'ReadableStreamDefaultReader',
    'TransformStream',
    'TransformStreamDefaultController',
    'WritableStream',
    'WritableStreamDefaultController',
    'WritableStreamDefaultWriter',
  ],
  'web/structured-clone': ['structuredClone'],
  'web/text-encoding': ['TextDecoder', 'TextEncoder'],
  'web/text-streams': ['TextDecoderStream', 'TextEncoderStream'],
  'web/url': ['URL'],
  'web/url-pattern': ['URLPattern'],
  'web/url-search-params': ['URLSearchParams'],
  'web/subtle': ['SubtleCrypto'],
  'node/buffer': ['Buffer'],
  'node/internal/awslambda': ['awslambda'],
};

/** What every guest finds, whatever function it runs. */
export function installGlobals(): void {
  defineDisposeSymbols();
  defineGlobal('global', globalThis);
  defineGlobal('queueMicrotask', queueMicrotask);
  defineGlobal('setTimeout', timers.setTimeout);
  defineGlobal('setInterval', timers.setInterval);
  defineGlobal('setImmediate', timers.setImmediate);
  defineGlobal('clearTimeout', timers.clearTimeout);
  defineGlobal('clearInterval', timers.clearInterval);
  defineGlobal('clearImmediate', timers.clearImmediate);
  timers.linkPromiseTimers();
  defineLazyGlobal('console', createConsole);
  for (const name of Object.keys(globalsOfParts)) {
    for (const exported of globalsOfParts[name] ?? []) {
      defineLazyGlobal(exported, () => (part(name) as Record<string, unknown>)[exported]);
    }
  }
}

/** V8 has them from 13.4 on; older Node versions define them on their own, as here. */
function defineDisposeSymbols(): void {
  for (const name of ['dispose', 'asyncDispose']) {
    if (name in Symbol) continue;
    ObjectDefineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
  }
}

/** What the host's module texts and rewritten modules call; `receiveNamespace` gets ES modules. */
export function installLoader(
  receiveNamespace: (path: string, namespace: object, unused: undefined) => void,
): void {
  defineLoader(loaderNames.define, defineModule, true);
  defineLoader(loaderNames.part, definePart, true);
  defineLoader(loaderNames.require, requirePath);
  defineLoader(loaderNames.namespace, receiveNamespace);
  defineLoader(loaderCalls.dynamicImport, dynamicImport);
  defineLoader(loaderCalls.importMeta, importMeta);
  defineLoader(loaderCalls.awaitOperand, awaitOperand);
}

/** Modules are defined once, before user code runs. */
export function closeDefinitions(): void {
  delete globals[loaderNames.define];
  delete globals[loaderNames.part];
}
