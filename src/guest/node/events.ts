import { isOf } from '../web/internal/brands.ts';
import { asyncResourceEmitter } from '../cores/events/async-resource.ts';
import { addAbortListener, on, once } from '../cores/events/awaiting.ts';
import {
  EventEmitter,
  captureRejectionSymbol,
  captureRejections,
  defaults,
  errorMonitor,
  listenerCount as countOwn,
  maxListenersOf,
  type Emitter,
  type Listener,
} from '../cores/events/emitter.ts';
import { webTargets } from '../cores/events/targets.ts';
import { ERR_INVALID_ARG_TYPE } from './internal/errors.ts';
import { restoreNames } from './internal/names.ts';
import { validateNumber } from './internal/validators.ts';

export { firstArgumentOnly } from '../cores/events/awaiting.ts';
export { EventEmitter, addAbortListener, on, once };
export type { Emitter, Listener };

type WebTarget = InstanceType<ReturnType<typeof webTargets>['EventTarget']>;

function isWebTarget(value: unknown): value is WebTarget {
  return typeof value === 'object' && value !== null && webTargets().isEventTarget(value);
}

/** Limits of event targets; emitters keep theirs in a field. */
const limitsOfTargets = new WeakMap<object, number>();

function getEventListeners(target: unknown, type: string | symbol): unknown[] {
  const { listeners } = (target ?? {}) as { listeners?: unknown };
  if (typeof listeners === 'function') {
    return Reflect.apply(listeners, target, [type]) as unknown[];
  }
  if (isWebTarget(target)) return webTargets().listenersOf(target, type as string);
  throw new ERR_INVALID_ARG_TYPE('emitter', ['EventEmitter', 'EventTarget'], target);
}

function getMaxListeners(target: unknown): number {
  const { getMaxListeners: own } = (target ?? {}) as { getMaxListeners?: unknown };
  if (typeof own === 'function') return maxListenersOf(target as Emitter);
  if (isWebTarget(target)) return limitsOfTargets.get(target) ?? usualLimit(target);
  throw new ERR_INVALID_ARG_TYPE('emitter', ['EventEmitter', 'EventTarget'], target);
}

/** Signals take any number of listeners: there is one for each operation that they may abort. */
function usualLimit(target: object): number {
  return isOf('AbortSignal', target) ? 0 : defaults.maxListeners;
}

function setMaxListeners(count: unknown = defaults.maxListeners, ...targets: unknown[]): void {
  validateNumber(count, 'setMaxListeners', 0);
  if (targets.length === 0) defaults.maxListeners = count;
  for (const target of targets) {
    const { setMaxListeners: own } = (target ?? {}) as { setMaxListeners?: unknown };
    if (isWebTarget(target)) limitsOfTargets.set(target, count);
    else if (typeof own === 'function') Reflect.apply(own, target, [count]);
    else throw new ERR_INVALID_ARG_TYPE('eventTargets', ['EventEmitter', 'EventTarget'], target);
  }
}

function listenerCount(emitter: Emitter & { listenerCount?: unknown }, type: string): number {
  if (typeof emitter.listenerCount === 'function') {
    return Reflect.apply(emitter.listenerCount, emitter, [type]) as number;
  }
  if (isWebTarget(emitter)) return getEventListeners(emitter, type).length;
  return countOwn.call(emitter, type);
}

let resourceEmitter: unknown;

const statics = {
  addAbortListener,
  once,
  on,
  getEventListeners,
  getMaxListeners,
  listenerCount,
  EventEmitter,
  usingDomains: false,
  captureRejectionSymbol,
};
Object.assign(EventEmitter, statics);
const { init } = EventEmitter;
delete (EventEmitter as { init?: unknown }).init;
Object.defineProperties(EventEmitter, {
  captureRejections: { ...captureRejections, enumerable: true },
  EventEmitterAsyncResource: {
    get: () => (resourceEmitter ??= asyncResourceEmitter()),
    enumerable: true,
    configurable: true,
  },
  errorMonitor: { value: errorMonitor, writable: true, enumerable: true, configurable: true },
  defaultMaxListeners: {
    get: () => defaults.maxListeners,
    set: (count: unknown) => {
      validateNumber(count, 'defaultMaxListeners', 0);
      defaults.maxListeners = count;
    },
    enumerable: true,
  },
  setMaxListeners: { value: setMaxListeners, writable: true, enumerable: true, configurable: true },
  init: { value: init, writable: true, enumerable: true, configurable: true },
  // The bundler numbers names that occur twice.
  name: { value: 'EventEmitter', configurable: true },
});

export const builtin: typeof EventEmitter = restoreNames(EventEmitter);
