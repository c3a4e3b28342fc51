import { AbortError, ERR_INVALID_ARG_TYPE } from '../../node/internal/errors.ts';
import {
  validateAbortSignal,
  validateFunction,
  validateInteger,
  validateObject,
} from '../../node/internal/validators.ts';
import { queueMicrotask } from '../../microtask.ts';
import { addTo, onceOptions, removeFrom, type EitherTarget } from './targets.ts';

interface Signal extends EitherTarget {
  readonly aborted: boolean;
  readonly reason: unknown;
}

function signalOf(options: { signal?: unknown }): Signal | undefined {
  validateObject(options, 'options');
  const { signal } = options as { signal?: Signal };
  validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted === true) throw new AbortError(undefined, { cause: signal.reason });
  return signal;
}

const noOptions: object = Object.freeze({});

/** `events.once`: the arguments of the next event, or the next error. */
export async function once(
  emitter: EitherTarget,
  name: unknown,
  options: { signal?: unknown } = noOptions,
): Promise<unknown[]> {
  const signal = signalOf(options);
  return await new Promise<unknown[]>((fulfil, reject) => {
    const forgetSignal = (): void => {
      if (signal !== undefined) removeFrom(signal, 'abort', onAbort);
    };
    const onError = (error: unknown): void => {
      emitter.removeListener?.(name, onEvent);
      forgetSignal();
      reject(error);
    };
    const onEvent = (...args: unknown[]): void => {
      emitter.removeListener?.('error', onError);
      forgetSignal();
      fulfil(args);
    };
    const onAbort = (): void => {
      removeFrom(emitter, name, onEvent);
      removeFrom(emitter, 'error', onError);
      reject(new AbortError(undefined, { cause: signal?.reason }));
    };
    addTo(
      emitter,
      name,
      onEvent,
      typeof emitter.on === 'function' ? { once: true } : onceOptions(),
    );
    if (name !== 'error' && typeof emitter.once === 'function') emitter.once('error', onError);
    if (signal !== undefined) addTo(signal, 'abort', onAbort, onceOptions());
  });
}

/** The first argument of an event instead of all of them, for Node's readline. */
export const firstArgumentOnly: unique symbol = Symbol('kFirstEventParam');

interface OnOptions {
  signal?: unknown;
  close?: readonly string[];
  highWaterMark?: number;
  highWatermark?: number;
  lowWaterMark?: number;
  lowWatermark?: number;
  [firstArgumentOnly]?: boolean;
}

interface Waiter {
  readonly resolve: (result: IteratorResult<unknown>) => void;
  readonly reject: (error: unknown) => void;
}

type Pausable = EitherTarget & { pause?: () => void; resume?: () => void };

const asyncIteratorPrototype = Object.getPrototypeOf(
  Object.getPrototypeOf(async function* () {}.prototype),
) as object;

/** `events.on`: all events as an async iterator; water marks pause an emitter that can. */
export function on(emitter: Pausable, event: unknown, options: OnOptions = noOptions): object {
  const signal = signalOf(options);
  const high = options.highWaterMark ?? options.highWatermark ?? Number.MAX_SAFE_INTEGER;
  validateInteger(high, 'options.highWaterMark', 1);
  const low = options.lowWaterMark ?? options.lowWatermark ?? 1;
  validateInteger(low, 'options.lowWaterMark', 1);

  const arrived: unknown[] = [];
  const waiting: Waiter[] = [];
  const registered: [EitherTarget, unknown, (...args: unknown[]) => unknown][] = [];
  let isPaused = false;
  let isFinished = false;
  let failure: { readonly error: unknown } | undefined;

  const listen = (
    target: EitherTarget,
    type: unknown,
    listener: (...args: unknown[]) => unknown,
  ): void => {
    addTo(target, type, listener);
    registered.push([target, type, listener]);
  };
  const close = (): Promise<IteratorResult<unknown>> => {
    abortListener?.[Symbol.dispose]();
    for (const [target, type, listener] of registered.splice(0)) removeFrom(target, type, listener);
    isFinished = true;
    const done = { value: undefined, done: true as const };
    for (const waiter of waiting.splice(0)) waiter.resolve(done);
    return Promise.resolve(done);
  };
  const fail = (error: unknown): void => {
    const waiter = waiting.shift();
    if (waiter === undefined) failure = { error };
    else waiter.reject(error);
    void close();
  };
  const arrive = (value: unknown): void => {
    const waiter = waiting.shift();
    if (waiter !== undefined) {
      waiter.resolve({ value, done: false });
      return;
    }
    arrived.push(value);
    if (isPaused || arrived.length <= high) return;
    isPaused = true;
    emitter.pause?.();
  };

  const iterator = Object.setPrototypeOf(
    {
      next(): Promise<IteratorResult<unknown>> {
        if (arrived.length > 0) {
          const value = arrived.shift();
          if (isPaused && arrived.length < low) {
            emitter.resume?.();
            isPaused = false;
          }
          return Promise.resolve({ value, done: false });
        }
        if (failure !== undefined) {
          const rejected = Promise.reject(failure.error);
          failure = undefined;
          return rejected;
        }
        if (isFinished) return close();
        return new Promise((resolve, reject) => {
          waiting.push({ resolve, reject });
        });
      },
      return: () => close(),
      throw(error: unknown): void {
        if (!(error instanceof Error)) {
          throw new ERR_INVALID_ARG_TYPE('EventEmitter.AsyncIterator', 'Error', error);
        }
        fail(error);
      },
      [Symbol.asyncIterator](): unknown {
        return this;
      },
    },
    asyncIteratorPrototype,
  ) as object;

  const takesFirst = options[firstArgumentOnly] === true;
  listen(emitter, event, takesFirst ? arrive : (...args) => arrive(args));
  if (event !== 'error' && typeof emitter.on === 'function') listen(emitter, 'error', fail);
  for (const type of options.close ?? []) listen(emitter, type, close);
  const abortListener =
    signal === undefined
      ? undefined
      : addAbortListener(signal, () => fail(new AbortError(undefined, { cause: signal.reason })));
  return iterator;
}

/** Listens for an abort whatever other listeners do; disposable. */
export function addAbortListener(signal: unknown, listener: unknown): Disposable {
  if (signal === undefined) throw new ERR_INVALID_ARG_TYPE('signal', 'AbortSignal', signal);
  validateAbortSignal(signal, 'signal');
  validateFunction(listener, 'listener');
  const { aborted } = signal as Signal;
  let isListening = false;
  if (aborted) {
    queueMicrotask(() => listener());
  } else {
    (signal as Signal).addEventListener?.('abort', listener, onceOptions());
    isListening = true;
  }
  return Object.assign(Object.create(null) as object, {
    [Symbol.dispose]: () => {
      if (isListening) {
        (signal as Signal).removeEventListener?.('abort', listener);
      }
    },
  });
}
