import { queueMicrotask } from '../microtask.ts';
import { NativeError, NativeTypeError } from '../primordials.ts';
import { isOf } from './internal/brands.ts';
import { codedError, invalidArgType, invalidThis, requireArguments } from './internal/errors.ts';
import type { AbortSignal } from './abort.ts';
import { Event, eventState } from './event.ts';
import { defineInspect, defineInterface } from './internal/interfaces.ts';
import { domString } from './internal/conversions.ts';

export type Listener =
  | ((event: Event) => unknown)
  | { readonly handleEvent?: (event: Event) => unknown };

interface Registration {
  readonly listener: Listener;
  readonly capture: boolean;
  readonly once: boolean;
  readonly passive: boolean;
  /** Node's own: runs although an earlier listener stopped the propagation. */
  readonly resists: boolean;
  isRemoved: boolean;
}

interface Options {
  readonly capture?: unknown;
  readonly once?: unknown;
  readonly passive?: unknown;
  readonly signal?: unknown;
  readonly [resistStopPropagation]?: unknown;
}

/** Node's internal option of `addEventListener`; `events.addAbortListener` uses it. */
export const resistStopPropagation: unique symbol = Symbol('kResistStopPropagation');

/** A method of subclasses that hear when the number of listeners of a type changes. */
export const listenersChanged: unique symbol = Symbol('listenersChanged');

interface HearsChanges {
  [listenersChanged]?(type: string, count: number): void;
}

/** https://dom.spec.whatwg.org/#interface-eventtarget, with Node's checks. */
export class EventTarget {
  #registrations: Map<string, Registration[]> | undefined;
  /** Event handler attributes: `onabort`, `onmessage`. */
  #handlers: Map<string, Handler> | undefined;

  addEventListener(type: unknown, listener?: unknown, options?: unknown): void {
    const self = receiver(this);
    requireArguments(arguments.length, 'type', 'listener');
    // Each member is read once, whether or not there is a listener: that is how options are detected.
    const settings = dictionary(options);
    const capture = Boolean(settings.capture);
    const once = Boolean(settings.once);
    const passive = Boolean(settings.passive);
    const signal = settings.signal;
    if (signal !== undefined && !isOf('AbortSignal', signal)) {
      throw invalidArgType('options.signal', 'an instance of AbortSignal', signal);
    }
    if (!isListener(listener)) return;
    if ((signal as AbortSignal | undefined)?.aborted === true) return;
    const name = domString(type);
    const known = (self.#registrations ??= new Map<string, Registration[]>()).get(name) ?? [];
    const isKnown = known.some((old) => old.listener === listener && old.capture === capture);
    if (isKnown) return;
    // A list that is being dispatched stays as it was.
    self.#setRegistrations(name, [
      ...known,
      {
        listener,
        capture,
        once,
        passive,
        resists: Boolean(settings[resistStopPropagation]),
        isRemoved: false,
      },
    ]);
    (signal as AbortSignal | undefined)?.addEventListener(
      'abort',
      () => self.removeEventListener(name, listener, capture),
      { once: true, [resistStopPropagation]: true },
    );
  }

  removeEventListener(type: unknown, listener?: unknown, options?: unknown): void {
    const self = receiver(this);
    requireArguments(arguments.length, 'type', 'listener');
    if (!isListener(listener)) return;
    const capture =
      typeof options === 'object' && options !== null
        ? Boolean((options as Options).capture)
        : options === true;
    const name = domString(type);
    const found = self.#registrations
      ?.get(name)
      ?.find((old) => old.listener === listener && old.capture === capture);
    if (found !== undefined) self.#remove(name, found);
  }

  dispatchEvent(event: unknown): boolean {
    const self = receiver(this);
    requireArguments(arguments.length, 'event');
    const isEvent = typeof event === 'object' && event !== null && eventState.isEvent(event);
    if (!isEvent) throw invalidArgType('event', 'an instance of Event', event);
    const dispatched = event;
    if (eventState.isDispatching(dispatched)) {
      const message = `The event "${dispatched.type}" is already being dispatched`;
      throw codedError(NativeError, 'ERR_EVENT_RECURSION', message);
    }
    self.#dispatch(dispatched);
    return !dispatched.defaultPrevented;
  }

  #dispatch(event: Event): void {
    const type = event.type;
    eventState.begin(event, this);
    for (const registration of this.#registrations?.get(type) ?? []) {
      if (registration.isRemoved) continue;
      if (eventState.isStopped(event) && !registration.resists) continue;
      if (registration.once) this.#remove(type, registration);
      eventState.setPassive(event, registration.passive);
      callListener(registration.listener, this, event);
      eventState.setPassive(event, false);
    }
    eventState.end(event);
  }

  #remove(type: string, registration: Registration): void {
    registration.isRemoved = true;
    const rest = this.#registrations?.get(type)?.filter((old) => old !== registration) ?? [];
    this.#setRegistrations(type, rest);
  }

  #setRegistrations(type: string, registrations: Registration[]): void {
    if (registrations.length === 0) this.#registrations?.delete(type);
    else this.#registrations?.set(type, registrations);
    (this as HearsChanges)[listenersChanged]?.(type, registrations.length);
  }

  static isEventTarget(value: object): value is EventTarget {
    return #registrations in value;
  }

  /** For `events.getEventListeners()`. */
  static listenersOf(target: EventTarget, type: string): Listener[] {
    return (target.#registrations?.get(type) ?? []).map(({ listener }) => listener);
  }

  static handler(target: EventTarget, name: string): unknown {
    return target.#handlers?.get(name)?.value ?? null;
  }

  static setHandler(target: EventTarget, name: string, value: unknown): void {
    const handlers = (target.#handlers ??= new Map<string, Handler>());
    const known = handlers.get(name);
    const isCallable = typeof value === 'function' || (typeof value === 'object' && value !== null);
    if (!isCallable) {
      if (known !== undefined) target.removeEventListener(name, known.listener);
      handlers.delete(name);
    } else if (known !== undefined) {
      // The handler keeps its place among the listeners.
      known.value = value;
    } else {
      const handler: Handler = {
        value,
        listener: (event) => {
          if (typeof handler.value === 'function')
            return Reflect.apply(handler.value, target, [event]) as unknown;
          return undefined;
        },
      };
      handlers.set(name, handler);
      target.addEventListener(name, handler.listener);
    }
  }
}

interface Handler {
  value: unknown;
  readonly listener: (event: Event) => unknown;
}

// Users see neither: they would be statics of a public class.
export const { isEventTarget, listenersOf, handler, setHandler } = EventTarget;
for (const name of ['isEventTarget', 'listenersOf', 'handler', 'setHandler']) {
  delete (EventTarget as unknown as Record<string, unknown>)[name];
}

/** Web IDL lets the methods be called without a receiver; then it is the global, which is no target here. */
function receiver(self: unknown): EventTarget {
  if (typeof self === 'object' && self !== null && isEventTarget(self)) return self;
  throw invalidThis('EventTarget');
}

function dictionary(options: unknown): Options {
  if (typeof options === 'boolean') return { capture: options };
  if (options === null || options === undefined) return {};
  if (typeof options !== 'object' && typeof options !== 'function') {
    throw invalidArgType('options', 'of type object', options);
  }
  return options;
}

function isListener(listener: unknown): listener is Listener {
  if (typeof listener === 'function') return true;
  if (typeof listener === 'object') return listener !== null;
  if (listener === undefined) return false;
  throw invalidArgType('listener', 'an instance of EventListener', listener);
}

/** What a listener throws is nobody's to catch; the other listeners still run. */
function callListener(listener: Listener, target: EventTarget, event: Event): void {
  try {
    const result =
      typeof listener === 'function'
        ? callFunction(listener, target, event)
        : callHandleEvent(listener, event);
    if (result instanceof Promise) result.then(undefined, report);
  } catch (error) {
    report(error);
  }
}

function callFunction(listener: (event: Event) => unknown, target: object, event: Event): unknown {
  return Reflect.apply(listener, target, [event]);
}

function callHandleEvent(listener: Exclude<Listener, Function>, event: Event): unknown {
  const { handleEvent } = listener;
  if (typeof handleEvent === 'function') return Reflect.apply(handleEvent, listener, [event]);
  throw new NativeTypeError('The "handleEvent" of an event listener must be a function');
}

/** Reports an error as uncaught, in a turn of its own. */
export function report(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** Defines an event handler attribute: `on<name>`. */
export function defineHandler(prototype: object, name: string): void {
  const key = `on${name}`;
  Object.defineProperty(prototype, key, {
    ...Object.getOwnPropertyDescriptor(
      {
        get [key](): unknown {
          return handler(receiver(this), name);
        },
        set [key](value: unknown) {
          setHandler(receiver(this), name, value);
        },
      },
      key,
    ),
    enumerable: true,
    configurable: true,
  });
}

defineInterface(EventTarget, 'EventTarget', [
  'addEventListener',
  'removeEventListener',
  'dispatchEvent',
]);
defineInspect(EventTarget.prototype, () => ({}));
Object.defineProperty(EventTarget, Symbol.for('nodejs.event_target'), {
  value: true,
  writable: true,
  enumerable: true,
  configurable: true,
});
