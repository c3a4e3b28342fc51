import { ERR_UNHANDLED_ERROR } from '../../node/internal/errors.ts';
import {
  validateBoolean,
  validateFunction,
  validateNumber,
} from '../../node/internal/validators.ts';
import { part } from '../../parts.ts';
import { nextTick } from '../../ticks.ts';

export type Listener = ((...args: unknown[]) => unknown) & { listener?: Listener };
type Listeners = Listener | (Listener[] & { warned?: boolean });
type EventName = string | symbol;
type Events = Record<EventName, Listeners | undefined>;

/** Node's `EventEmitter`: its fields have Node's names, since packages read them. */
export interface Emitter {
  _events: Events | undefined;
  _eventsCount: number;
  _maxListeners: number | undefined;
  [kCapture]: boolean;
  [kShapeMode]: boolean;
  [captureRejectionSymbol]?: (error: unknown, type: EventName, ...args: unknown[]) => void;
  emit(type: EventName, ...args: unknown[]): boolean;
  on(type: EventName, listener: Listener): this;
  once(type: EventName, listener: Listener): this;
  removeListener(type: EventName, listener: Listener): this;
  removeAllListeners(type?: EventName): this;
  setMaxListeners(count: number): this;
}

const kCapture: unique symbol = Symbol('kCapture');
const kShapeMode: unique symbol = Symbol('shapeMode');
export const errorMonitor: unique symbol = Symbol('events.errorMonitor');
export const captureRejectionSymbol: unique symbol = Symbol.for(
  'nodejs.rejection',
) as typeof captureRejectionSymbol;

export const defaults: { maxListeners: number } = { maxListeners: 10 };

interface EmitterOptions {
  readonly captureRejections?: unknown;
}

/** Callable with and without `new`, as packages from before classes do it. */
export interface EmitterFunction {
  (this: Emitter | void, options?: EmitterOptions): void;
  new (options?: EmitterOptions): Emitter;
  prototype: Emitter;
  init: (this: Emitter, options?: EmitterOptions) => void;
}

const emptyEvents = (): Events => Object.create(null) as Events;

function init(this: Emitter, options?: EmitterOptions): void {
  const inherited = Object.getPrototypeOf(this) as Emitter;
  if (this._events === undefined || this._events === inherited._events) {
    this._events = emptyEvents();
    this._eventsCount = 0;
    this[kShapeMode] = false;
  } else {
    this[kShapeMode] = true;
  }
  this._maxListeners = this._maxListeners || undefined;
  if (options?.captureRejections) {
    validateBoolean(options.captureRejections, 'options.captureRejections');
    this[kCapture] = true;
  } else {
    this[kCapture] = EventEmitter.prototype[kCapture];
  }
}

export const EventEmitter: EmitterFunction = Object.assign(
  function (this: Emitter, options?: EmitterOptions): void {
    init.call(this, options);
  },
  { init },
) as unknown as EmitterFunction;

/** `EventEmitter.captureRejections`. */
export const captureRejections: { get: () => boolean; set: (value: unknown) => void } = {
  get: () => EventEmitter.prototype[kCapture],
  set: (value) => {
    validateBoolean(value, 'EventEmitter.captureRejections');
    EventEmitter.prototype[kCapture] = value;
  },
};

function emit(this: Emitter, type: EventName, ...args: unknown[]): boolean {
  const events = this._events;
  let isFatal = type === 'error';
  if (events !== undefined) {
    if (isFatal && events[errorMonitor] !== undefined) this.emit(errorMonitor, ...args);
    isFatal = isFatal && events['error'] === undefined;
  } else if (!isFatal) {
    return false;
  }
  if (isFatal) throw unhandled(args[0]);
  const handler = (events as Events)[type];
  if (handler === undefined) return false;
  if (typeof handler === 'function') {
    const result = Reflect.apply(handler, this, args);
    if (result !== undefined && result !== null) captureRejection(this, result, type, args);
    return true;
  }
  // A listener may remove others while the event goes round.
  for (const listener of handler.slice()) {
    const result = Reflect.apply(listener, this, args);
    if (result !== undefined && result !== null) captureRejection(this, result, type, args);
  }
  return true;
}

function unhandled(error: unknown): unknown {
  if (error instanceof Error) return error;
  let text: unknown = error;
  try {
    const { inspect } = part(
      'node/internal/inspect',
    ) as typeof import('../../node/internal/inspect.ts');
    text = inspect(error);
  } catch {
    // Then the value itself is turned into a string.
  }
  return Object.assign(new ERR_UNHANDLED_ERROR(text), { context: error });
}

function captureRejection(
  emitter: Emitter,
  result: unknown,
  type: EventName,
  args: unknown[],
): void {
  if (!emitter[kCapture]) return;
  try {
    const { then } = result as { then?: unknown };
    if (typeof then !== 'function') return;
    Reflect.apply(then, result, [
      undefined,
      (error: unknown) => nextTick(() => emitRejection(emitter, error, type, args), []),
    ]);
  } catch (error) {
    emitter.emit('error', error);
  }
}

function emitRejection(emitter: Emitter, error: unknown, type: EventName, args: unknown[]): void {
  const handle = emitter[captureRejectionSymbol];
  if (typeof handle === 'function') {
    Reflect.apply(handle, emitter, [error, type, ...args]);
    return;
  }
  // A rejection of the listener of `error` must not come round for ever.
  const before = emitter[kCapture];
  try {
    emitter[kCapture] = false;
    emitter.emit('error', error);
  } finally {
    emitter[kCapture] = before;
  }
}

const checkListener = (listener: unknown): void => validateFunction(listener, 'listener');

function add(emitter: Emitter, type: EventName, listener: Listener, isFirst: boolean): Emitter {
  checkListener(listener);
  let events = emitter._events;
  if (events === undefined) {
    events = emptyEvents();
    emitter._events = events;
    emitter._eventsCount = 0;
  } else if (events['newListener'] !== undefined) {
    emitter.emit('newListener', type, listener.listener ?? listener);
    events = emitter._events as Events;
  }
  const existing = events[type];
  if (existing === undefined) {
    events[type] = listener;
    emitter._eventsCount += 1;
    return emitter;
  }
  let list: Listener[] & { warned?: boolean };
  if (typeof existing === 'function') {
    list = isFirst ? [listener, existing] : [existing, listener];
    events[type] = list;
  } else {
    list = existing;
    if (isFirst) list.unshift(listener);
    else list.push(listener);
  }
  const max = maxListenersOf(emitter);
  if (max > 0 && list.length > max && list.warned !== true) {
    list.warned = true;
    warnOfLeak(emitter, type, list.length, max);
  }
  return emitter;
}

function warnOfLeak(emitter: Emitter, type: EventName, count: number, max: number): void {
  const { inspect } = part(
    'node/internal/inspect',
  ) as typeof import('../../node/internal/inspect.ts');
  const warning = new Error(
    `Possible EventEmitter memory leak detected. ${count} ${String(type)} listeners added to ` +
      `${inspect(emitter, { depth: -1 })}. MaxListeners is ${max}. ` +
      'Use emitter.setMaxListeners() to increase limit',
  );
  warning.name = 'MaxListenersExceededWarning';
  const { process } = globalThis as unknown as { process: { emitWarning(warning: Error): void } };
  process.emitWarning(Object.assign(warning, { emitter, type, count }));
}

export function maxListenersOf(emitter: { _maxListeners?: number | undefined }): number {
  return emitter._maxListeners ?? defaults.maxListeners;
}

interface OnceState {
  isFired: boolean;
  wrapped: Listener | undefined;
}

function onceListener(emitter: Emitter, type: EventName, listener: Listener): Listener {
  checkListener(listener);
  const state: OnceState = { isFired: false, wrapped: undefined };
  const wrapped: Listener = (...args) => {
    if (state.isFired) return undefined;
    emitter.removeListener(type, state.wrapped as Listener);
    state.isFired = true;
    return Reflect.apply(listener, emitter, args);
  };
  // Node binds a function of that name.
  Object.defineProperty(wrapped, 'name', { value: 'bound onceWrapper', configurable: true });
  wrapped.listener = listener;
  state.wrapped = wrapped;
  return wrapped;
}

function removeListener(this: Emitter, type: EventName, listener: Listener): Emitter {
  checkListener(listener);
  const events = this._events;
  const list = events?.[type];
  if (events === undefined || list === undefined) return this;
  if (list === listener || (list as Listener).listener === listener) {
    this._eventsCount -= 1;
    if (this[kShapeMode]) {
      events[type] = undefined;
    } else if (this._eventsCount === 0) {
      this._events = emptyEvents();
    } else {
      delete events[type];
      if (events['removeListener'] !== undefined) {
        this.emit('removeListener', type, (list as Listener).listener ?? listener);
      }
    }
    return this;
  }
  if (typeof list === 'function') return this;
  const at = list.findLastIndex((one) => one === listener || one.listener === listener);
  if (at < 0) return this;
  list.splice(at, 1);
  if (list.length === 1) events[type] = list[0];
  if (events['removeListener'] !== undefined) this.emit('removeListener', type, listener);
  return this;
}

function removeAllListeners(this: Emitter, ...types: EventName[]): Emitter {
  const events = this._events;
  if (events === undefined) return this;
  const [type] = types;
  const isAll = types.length === 0;
  if (events['removeListener'] === undefined) {
    if (isAll) {
      this._events = emptyEvents();
      this._eventsCount = 0;
    } else if (events[type as EventName] !== undefined) {
      this._eventsCount -= 1;
      if (this._eventsCount === 0) this._events = emptyEvents();
      else delete events[type as EventName];
    }
    this[kShapeMode] = false;
    return this;
  }
  if (isAll) {
    for (const key of Reflect.ownKeys(events)) {
      if (key !== 'removeListener') this.removeAllListeners(key);
    }
    this.removeAllListeners('removeListener');
    this._events = emptyEvents();
    this._eventsCount = 0;
    this[kShapeMode] = false;
    return this;
  }
  const list = events[type as EventName];
  if (typeof list === 'function') {
    this.removeListener(type as EventName, list);
  } else if (list !== undefined) {
    for (let at = list.length - 1; at >= 0; at -= 1) {
      this.removeListener(type as EventName, list[at] as Listener);
    }
  }
  return this;
}

function listenersOf(emitter: Emitter, type: EventName, unwraps: boolean): Listener[] {
  const list = emitter._events?.[type];
  if (list === undefined) return [];
  const all = typeof list === 'function' ? [list] : list.slice();
  return unwraps ? all.map((listener) => listener.listener ?? listener) : all;
}

/** Listeners of a type, or how often one of them is there. */
export function listenerCount(this: Emitter, type: EventName, listener?: Listener | null): number {
  const list = this._events?.[type];
  if (list === undefined) return 0;
  const all = typeof list === 'function' ? [list] : list;
  if (listener === undefined || listener === null) return all.length;
  return all.filter((one) => one === listener || one.listener === listener).length;
}

/** In Node's order, enumerable as there. */
const methods = {
  _events: undefined,
  _eventsCount: 0,
  _maxListeners: undefined,
  setMaxListeners: function setMaxListeners(this: Emitter, count: unknown): Emitter {
    validateNumber(count, 'setMaxListeners', 0);
    this._maxListeners = count;
    return this;
  },
  getMaxListeners: function getMaxListeners(this: Emitter): number {
    return maxListenersOf(this);
  },
  emit,
  addListener: function addListener(this: Emitter, type: EventName, listener: Listener): Emitter {
    return add(this, type, listener, false);
  },
  on: undefined as unknown,
  prependListener: function prependListener(
    this: Emitter,
    type: EventName,
    listener: Listener,
  ): Emitter {
    return add(this, type, listener, true);
  },
  once: function once(this: Emitter, type: EventName, listener: Listener): Emitter {
    return this.on(type, onceListener(this, type, listener));
  },
  prependOnceListener: function prependOnceListener(
    this: Emitter & { prependListener(type: EventName, listener: Listener): Emitter },
    type: EventName,
    listener: Listener,
  ): Emitter {
    return this.prependListener(type, onceListener(this, type, listener));
  },
  removeListener,
  off: removeListener,
  removeAllListeners,
  listeners: function listeners(this: Emitter, type: EventName): Listener[] {
    return listenersOf(this, type, true);
  },
  rawListeners: function rawListeners(this: Emitter, type: EventName): Listener[] {
    return listenersOf(this, type, false);
  },
  listenerCount,
  eventNames: function eventNames(this: Emitter): EventName[] {
    return this._eventsCount > 0 ? Reflect.ownKeys(this._events as Events) : [];
  },
};
methods.on = methods.addListener;
Object.assign(EventEmitter.prototype, methods);
Object.defineProperty(EventEmitter.prototype, kCapture, { value: false, writable: true });
