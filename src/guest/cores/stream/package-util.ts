import { addAbortListener } from '../../node/events.ts';
import { part } from '../../parts.ts';

/**
 * Stands in for the helpers that readable-stream brings along: those touch the globals of the web when they
 * load, ours when they are called.
 */
const globals = globalThis as unknown as Record<string, unknown>;
const inspectPart = (): typeof import('../../node/internal/inspect.ts') =>
  part('node/internal/inspect') as typeof import('../../node/internal/inspect.ts');

export const AggregateError: AggregateErrorConstructor = globalThis.AggregateError;
export const kEmptyObject: object = Object.freeze({});
export { addAbortListener };

type AnyFunction = (...args: unknown[]) => unknown;

export function once(callback: AnyFunction): AnyFunction {
  let isCalled = false;
  return function (this: unknown, ...args) {
    if (isCalled) return;
    isCalled = true;
    Reflect.apply(callback, this, args);
  };
}

export function createDeferredPromise(): PromiseWithResolvers<unknown> {
  return Promise.withResolvers();
}

/** Only its symbol is used. */
export const promisify: { readonly custom: symbol } = {
  custom: Symbol.for('nodejs.util.promisify.custom'),
};

/** `NODE_DEBUG=stream` shows the internals of Node's streams; these are others. */
export function debuglog(): () => void {
  return () => {};
}

export const format: AnyFunction = (...args) => inspectPart().format(...args);
export const inspect: AnyFunction = (value, options) =>
  inspectPart().inspect(value, options as object);

const asyncFunctionPrototype = Object.getPrototypeOf(async () => {}) as object;

export const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  isAsyncFunction: (value) =>
    typeof value === 'function' && Object.getPrototypeOf(value) === asyncFunctionPrototype,
  isArrayBufferView: (value) => ArrayBuffer.isView(value),
};

export function isBlob(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('arrayBuffer' in value)) return false;
  const Blob = globals['Blob'] as new () => object;
  return value instanceof Blob;
}

export function deprecate(original: unknown): unknown {
  return original;
}

export function AbortSignalAny(signals: readonly unknown[]): unknown {
  const { any } = globals['AbortSignal'] as { any(signals: readonly unknown[]): unknown };
  return Reflect.apply(any, globals['AbortSignal'], [signals]);
}

/** For `validateEncoding`, which streams do not use. */
export function normalizeEncoding(encoding: unknown): unknown {
  return encoding;
}
