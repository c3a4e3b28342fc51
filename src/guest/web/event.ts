import { DateNow, ObjectDefineProperty } from '../primordials.ts';
import { invalidArgType, invalidThis, requireArguments } from './internal/errors.ts';
import { defineConstants, defineInspect, defineInterface } from './internal/interfaces.ts';
import { domString } from './internal/conversions.ts';

interface EventInit {
  readonly bubbles?: unknown;
  readonly cancelable?: unknown;
  readonly composed?: unknown;
}

/** Bits of an event's state. */
const flag = {
  bubbles: 1,
  cancelable: 2,
  composed: 4,
  defaultPrevented: 8,
  propagationStopped: 16,
  immediatelyStopped: 32,
  dispatching: 64,
  passive: 128,
  trusted: 256,
};

/** When this part was loaded: the guest's clock has no finer origin. */
const loadedMs = DateNow();

/** https://dom.spec.whatwg.org/#interface-event; there is no tree here, so an event has one target. */
export class Event {
  #type: string;
  #flags = 0;
  #target: object | null = null;
  readonly #timeStamp = DateNow() - loadedMs;

  constructor(type: unknown, options: unknown = null) {
    requireArguments(arguments.length, 'type');
    this.#type = domString(type);
    if (options === null) return;
    if (typeof options !== 'object') throw invalidArgType('options', 'of type object', options);
    const { bubbles, cancelable, composed } = options as EventInit;
    if (bubbles) this.#flags |= flag.bubbles;
    if (cancelable) this.#flags |= flag.cancelable;
    if (composed) this.#flags |= flag.composed;
  }

  initEvent(type: unknown, bubbles: unknown = false, cancelable: unknown = false): void {
    requireArguments(arguments.length, 'type');
    if (this.#has(flag.dispatching)) return;
    this.#type = domString(type);
    this.#flags = bubbles ? this.#flags | flag.bubbles : this.#flags & ~flag.bubbles;
    this.#flags = cancelable ? this.#flags | flag.cancelable : this.#flags & ~flag.cancelable;
  }

  stopImmediatePropagation(): void {
    this.#set(flag.propagationStopped | flag.immediatelyStopped);
  }
  preventDefault(): void {
    if (this.#has(flag.cancelable) && !this.#has(flag.passive)) this.#set(flag.defaultPrevented);
  }
  get target(): object | null {
    return receiver(this).#target;
  }
  get currentTarget(): object | null {
    return this.#has(flag.dispatching) ? this.#target : null;
  }
  get srcElement(): object | null {
    return receiver(this).#target;
  }
  get type(): string {
    return receiver(this).#type;
  }
  get cancelable(): boolean {
    return this.#has(flag.cancelable);
  }
  get defaultPrevented(): boolean {
    return this.#has(flag.defaultPrevented);
  }
  get timeStamp(): number {
    return receiver(this).#timeStamp;
  }
  composedPath(): object[] {
    return this.#has(flag.dispatching) && this.#target !== null ? [this.#target] : [];
  }
  get returnValue(): boolean {
    return !this.#has(flag.defaultPrevented);
  }
  set returnValue(value: unknown) {
    if (!value) this.preventDefault();
  }
  get bubbles(): boolean {
    return this.#has(flag.bubbles);
  }
  get composed(): boolean {
    return this.#has(flag.composed);
  }
  get eventPhase(): number {
    return this.#has(flag.dispatching) ? Event.AT_TARGET : Event.NONE;
  }
  get cancelBubble(): boolean {
    return this.#has(flag.propagationStopped);
  }
  set cancelBubble(value: unknown) {
    if (value) this.#set(flag.propagationStopped);
  }
  stopPropagation(): void {
    this.#set(flag.propagationStopped);
  }
  get isTrusted(): boolean {
    return this.#has(flag.trusted);
  }

  declare static readonly NONE: number;
  declare static readonly AT_TARGET: number;

  #has(bit: number): boolean {
    return (receiver(this).#flags & bit) !== 0;
  }
  #set(bits: number): void {
    receiver(this).#flags |= bits;
  }

  /** What dispatching does to an event; taken away from the class below. */
  static state = {
    isEvent: (value: object): value is Event => #flags in value,
    isDispatching: (event: Event): boolean => event.#has(flag.dispatching),
    isStopped: (event: Event): boolean => event.#has(flag.immediatelyStopped),
    begin: (event: Event, target: object): void => {
      event.#target = target;
      event.#set(flag.dispatching);
    },
    end: (event: Event): void => {
      event.#flags &= ~(flag.dispatching | flag.propagationStopped | flag.immediatelyStopped);
    },
    setPassive: (event: Event, isPassive: boolean): void => {
      if (isPassive) event.#flags |= flag.passive;
      else event.#flags &= ~flag.passive;
    },
    trust: (event: Event): Event => {
      event.#flags |= flag.trusted;
      return event;
    },
  };
}

export const eventState = Event.state;
delete (Event as { state?: unknown }).state;

function receiver(self: Event): Event {
  if (typeof self === 'object' && self !== null && eventState.isEvent(self)) return self;
  throw invalidThis('Event');
}

/** The web's CustomEvent: an event with a value. */
export class CustomEvent extends Event {
  readonly #detail: unknown;

  constructor(type: unknown, options: unknown = null) {
    requireArguments(arguments.length, 'type');
    super(type, options);
    this.#detail = (options as { detail?: unknown } | null)?.detail ?? null;
  }

  get detail(): unknown {
    return this.#detail;
  }
}

defineConstants([Event], { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 });
defineInterface(
  Event,
  'Event',
  Object.getOwnPropertyNames(Event.prototype).filter((name) => name !== 'constructor'),
);
// [LegacyUnforgeable] in the specification; on the prototype in Node.
ObjectDefineProperty(Event.prototype, 'isTrusted', { configurable: false });
defineInterface(CustomEvent, 'CustomEvent', ['detail']);
defineInspect(Event.prototype, (event) => ({
  type: event.type,
  defaultPrevented: event.defaultPrevented,
  cancelable: event.cancelable,
  timeStamp: event.timeStamp,
}));
