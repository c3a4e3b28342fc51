import { getContext, runInContext, setContext } from '../async-context.ts';
import {
  beginWait,
  createHook,
  endWait,
  executionAsyncId,
  nextAsyncId,
  runInWait,
  triggerAsyncId,
} from './internal/async-hook.ts';
import { NativeTypeError, ObjectDefineProperty, ReflectApply, bareRecord } from '../primordials.ts';

/** What every storage holds in one flow of asynchronous code; never changed once made. */
type Frame = Readonly<Record<string, unknown>>;
type Callback<Result = unknown> = (...args: unknown[]) => Result;

let lastStorageId = 0;

/** https://nodejs.org/docs/latest-v24.x/api/async_context.html#class-asynclocalstorage */
class AsyncLocalStorage {
  readonly #id: string;
  readonly #defaultValue: unknown;
  readonly #name: string;

  constructor(options: { defaultValue?: unknown; name?: string } = {}) {
    lastStorageId += 1;
    this.#id = `${lastStorageId}`;
    this.#defaultValue = options.defaultValue;
    this.#name = options.name ?? '';
  }

  /** Binds a function to the context of this moment. */
  static bind(callback: Callback): Callback {
    checkCallback('fn', callback);
    const context = getContext();
    return function bound(this: unknown, ...args) {
      return runInContext(context, () => ReflectApply(callback, this, args));
    };
  }

  /** A function that runs others in the context of this moment. */
  static snapshot(): (callback: Callback, ...args: unknown[]) => unknown {
    return AsyncLocalStorage.bind((callback, ...args) =>
      ReflectApply(callback as Callback, undefined, args),
    );
  }

  get name(): string {
    return this.#name;
  }

  getStore(): unknown {
    const frame = getContext() as Frame | undefined;
    return frame !== undefined && this.#id in frame ? frame[this.#id] : this.#defaultValue;
  }

  run(store: unknown, callback: Callback, ...args: unknown[]): unknown {
    if (this.getStore() === store) return ReflectApply(callback, undefined, args);
    return runInContext(this.#frameWith(store), () => ReflectApply(callback, undefined, args));
  }

  /** For the rest of the running code and everything that it starts. */
  enterWith(store: unknown): void {
    setContext(this.#frameWith(store));
  }

  exit(callback: Callback, ...args: unknown[]): unknown {
    return this.run(undefined, callback, ...args);
  }

  disable(): void {
    const frame = bareRecord<unknown>();
    copyInto(frame, getContext() as Frame | undefined);
    delete frame[this.#id];
    setContext(frame);
  }

  #frameWith(store: unknown): Frame {
    const frame = bareRecord<unknown>();
    copyInto(frame, getContext() as Frame | undefined);
    frame[this.#id] = store;
    return frame;
  }
}

function copyInto(frame: Record<string, unknown>, from: Frame | undefined): void {
  for (const id in from) frame[id] = from[id];
}

/** https://nodejs.org/docs/latest-v24.x/api/async_context.html#class-asyncresource */
class AsyncResource {
  readonly #context = getContext();
  readonly #asyncId: number;
  readonly #triggerAsyncId: number;

  constructor(type: unknown, options: number | { triggerAsyncId?: number } = {}) {
    if (typeof type !== 'string') throw argumentError('type', 'string', type);
    this.#asyncId = nextAsyncId();
    this.#triggerAsyncId =
      typeof options === 'number' ? options : (options.triggerAsyncId ?? executionAsyncId());
    beginWait(this.#asyncId, type, this.#triggerAsyncId, this);
  }

  /** `AsyncResource.bind(fn)`: runs `fn` in the context of this moment. */
  static bind(callback: Callback, type?: string, thisArg?: unknown): Callback {
    return new AsyncResource(type ?? 'bound-anonymous-fn').bind(callback, thisArg);
  }

  runInAsyncScope(callback: Callback, thisArg?: unknown, ...args: unknown[]): unknown {
    return runInContext(this.#context, () =>
      runInWait(this.#asyncId, () => ReflectApply(callback, thisArg, args)),
    );
  }

  bind(callback: Callback, thisArg?: unknown): Callback {
    checkCallback('fn', callback);
    const run = (receiver: unknown, args: unknown[]): unknown =>
      this.runInAsyncScope(callback, receiver, ...args);
    const bound: Callback =
      thisArg === undefined
        ? function (this: unknown, ...args) {
            return run(this, args);
          }
        : (...args) => run(thisArg, args);
    ObjectDefineProperty(bound, 'length', {
      value: callback.length,
      writable: false,
      enumerable: false,
      configurable: true,
    });
    return bound;
  }

  emitDestroy(): this {
    endWait(this.#asyncId);
    return this;
  }

  asyncId(): number {
    return this.#asyncId;
  }

  triggerAsyncId(): number {
    return this.#triggerAsyncId;
  }
}

const topLevelResource = {};

function executionAsyncResource(): object {
  return topLevelResource;
}

function checkCallback(name: string, value: unknown): void {
  if (typeof value !== 'function') throw argumentError(name, 'function', value);
}

function argumentError(name: string, expected: string, value: unknown): Error {
  const received = value === null || value === undefined ? String(value) : `type ${typeof value}`;
  const error = new NativeTypeError(
    `The "${name}" argument must be of type ${expected}. Received ${received}`,
  );
  return Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
}

export const builtin = {
  AsyncLocalStorage,
  AsyncResource,
  createHook,
  executionAsyncId,
  executionAsyncResource,
  triggerAsyncId,
  asyncWrapProviders: Object.freeze({ NONE: 0 }),
};

export { AsyncLocalStorage, AsyncResource };
