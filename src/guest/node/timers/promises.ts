import {
  clearImmediate,
  clearInterval,
  clearTimeout,
  setImmediate,
  setInterval,
  setTimeout,
} from '../../timers.ts';
import { AbortError, ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_THIS } from '../internal/errors.ts';
import {
  validateAbortSignal,
  validateBoolean,
  validateNumber,
  validateObject,
} from '../internal/validators.ts';

interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: string, listener: () => void, options?: object): void;
  removeEventListener(type: string, listener: () => void): void;
}

interface Options {
  readonly signal?: Signal;
  readonly ref?: boolean;
}

interface Handle {
  unref(): unknown;
}

function checkOptions(options: Options): void {
  validateObject(options, 'options');
  validateAbortSignal(options.signal, 'options.signal');
  if (options.ref !== undefined) validateBoolean(options.ref, 'options.ref');
}

/** A promise that `start` fulfils later, unless the signal aborts first. */
async function cancellable<Value>(
  options: Options,
  start: (done: () => void) => Handle,
  clear: (handle: Handle) => void,
  value: Value,
): Promise<Value> {
  checkOptions(options);
  const { signal, ref = true } = options;
  if (signal?.aborted === true) throw new AbortError(undefined, { cause: signal.reason });
  return await new Promise<Value>((fulfil, reject) => {
    const handle = start(() => {
      signal?.removeEventListener('abort', onAbort);
      fulfil(value);
    });
    if (!ref) handle.unref();
    const onAbort = (): void => {
      clear(handle);
      reject(new AbortError(undefined, { cause: signal?.reason }));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

function checkDelay(delay: unknown): void {
  if (delay !== undefined) validateNumber(delay, 'delay');
}

async function setTimeoutPromise(
  delay?: unknown,
  value?: unknown,
  options: Options = {},
): Promise<unknown> {
  checkDelay(delay);
  return await cancellable(options, (done) => setTimeout(done, delay), clearTimeout, value);
}

/** An immediate cannot be unreferenced in Node's event loop either before it runs. */
async function setImmediatePromise(value?: unknown, options: Options = {}): Promise<unknown> {
  return await cancellable(options, (done) => setImmediate(done), clearImmediate, value);
}

async function* setIntervalPromise(
  delay?: unknown,
  value?: unknown,
  options: Options = {},
): AsyncGenerator {
  checkDelay(delay);
  checkOptions(options);
  const { signal, ref = true } = options;
  if (signal?.aborted === true) throw new AbortError(undefined, { cause: signal.reason });
  const isAborted = (): boolean => signal?.aborted === true;
  let due = 0;
  let wake: (() => void) | undefined;
  const interval = setInterval(() => {
    due += 1;
    wake?.();
  }, delay);
  if (!ref) interval.unref();
  const onAbort = (): void => {
    clearInterval(interval);
    wake?.();
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    while (!isAborted()) {
      if (due === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      for (; due > 0; due -= 1) yield value;
    }
    throw new AbortError(undefined, { cause: signal?.reason });
  } finally {
    clearInterval(interval);
    signal?.removeEventListener('abort', onAbort);
  }
}

const isScheduler = new WeakSet<object>();

class Scheduler {
  constructor() {
    throw new ERR_ILLEGAL_CONSTRUCTOR();
  }

  async yield(): Promise<void> {
    checkScheduler(this);
    await setImmediatePromise();
  }

  async wait(delay: unknown, options?: Options): Promise<unknown> {
    checkScheduler(this);
    return await setTimeoutPromise(delay, undefined, options);
  }
}

function checkScheduler(value: object): void {
  if (!isScheduler.has(value)) throw new ERR_INVALID_THIS('Scheduler');
}

const scheduler = Object.create(Scheduler.prototype) as Scheduler;
isScheduler.add(scheduler);

export const builtin = {
  setTimeout: setTimeoutPromise,
  setImmediate: setImmediatePromise,
  setInterval: setIntervalPromise,
  scheduler,
};
for (const name of ['setTimeout', 'setImmediate', 'setInterval'] as const) {
  Object.defineProperty(builtin[name], 'name', { value: name });
}
