import { operationName } from '../wire/messages.ts';
import { cancelOperation, refOperation, startImmediate, startOperation } from './operations.ts';
import { part } from './parts.ts';
import { NumberOf, ObjectDefineProperty, ReflectApply } from './primordials.ts';

type Callback = (...args: unknown[]) => void;

/** Node's longest timer; a longer delay becomes 1 ms there, and here. */
const longestDelayMs = 2 ** 31 - 1;

/** What `Timeout` and `Immediate` have in common: one host operation, and whether it keeps the loop busy. */
class Waiting {
  #id: number;
  #isRef = true;

  constructor(id: number) {
    this.#id = id;
  }

  ref(): this {
    this.#isRef = true;
    refOperation(this.#id, true);
    return this;
  }

  unref(): this {
    this.#isRef = false;
    refOperation(this.#id, false);
    return this;
  }

  hasRef(): boolean {
    return this.#isRef;
  }

  /** Cancels what `handle` stands for: an object from here, or the number that it turns into. */
  static cancel(handle: unknown): void {
    if (typeof handle === 'object' && handle !== null && #id in handle) {
      cancelOperation(handle.#id);
    } else if (typeof handle === 'number' || typeof handle === 'string') {
      cancelOperation(NumberOf(handle));
    }
  }

  static restart(waiting: Waiting, start: () => number): void {
    cancelOperation(waiting.#id);
    waiting.#id = start();
    if (!waiting.#isRef) refOperation(waiting.#id, false);
  }

  static idOf(waiting: Waiting): number {
    return waiting.#id;
  }
}

/** Node's `Timeout` object. */
class Timeout extends Waiting {
  readonly #start: () => number;

  constructor(start: (self: () => Timeout) => number) {
    // The callback finds the object that stands for it when it runs; it cannot run before.
    const self = (): Timeout => this;
    super(start(self));
    this.#start = () => start(self);
  }

  refresh(): this {
    Waiting.restart(this, this.#start);
    return this;
  }

  close(): this {
    Waiting.cancel(this);
    return this;
  }

  [Symbol.toPrimitive](): number {
    return Waiting.idOf(this);
  }
}

/** Node's `Immediate` object. */
class Immediate extends Waiting {}

function startTimer(callback: unknown, delay: unknown, args: unknown[], repeats: boolean): Timeout {
  const run = checkedCallback(callback);
  const delayMs = nodeDelay(delay);
  return new Timeout((self) =>
    startOperation(operationName.timer, `${delayMs} ${repeats ? 1 : 0}`, {
      repeats,
      settle: () => ReflectApply(run, self(), args),
    }),
  );
}

/** Node's rule: anything that is not from 1 to 2^31-1 counts as 1; fractions are cut. */
function nodeDelay(delay: unknown): number {
  const delayMs = NumberOf(delay);
  return delayMs >= 1 && delayMs <= longestDelayMs ? delayMs - (delayMs % 1) : 1;
}

export function checkedCallback(callback: unknown): Callback {
  if (typeof callback === 'function') return callback as Callback;
  const { ERR_INVALID_ARG_TYPE } = part(
    'node/internal/errors',
  ) as typeof import('./node/internal/errors.ts');
  throw new ERR_INVALID_ARG_TYPE('callback', 'function', callback);
}

export function setTimeout(callback: unknown, delay?: unknown, ...args: unknown[]): Timeout {
  return startTimer(callback, delay, args, false);
}

export function setInterval(callback: unknown, delay?: unknown, ...args: unknown[]): Timeout {
  return startTimer(callback, delay, args, true);
}

export function setImmediate(callback: unknown, ...args: unknown[]): Immediate {
  const run = checkedCallback(callback);
  const immediate: Immediate = new Immediate(
    startImmediate({ repeats: false, settle: () => ReflectApply(run, immediate, args) }),
  );
  return immediate;
}

/** What `util.promisify` finds: the functions of `timers/promises`. */
export function linkPromiseTimers(): void {
  const custom = Symbol.for('nodejs.util.promisify.custom');
  const promised = (name: 'setTimeout' | 'setImmediate'): PropertyDescriptor => ({
    get: () => (part('node/timers/promises') as { builtin: Record<string, unknown> }).builtin[name],
    enumerable: true,
    configurable: true,
  });
  ObjectDefineProperty(setTimeout, custom, promised('setTimeout'));
  ObjectDefineProperty(setImmediate, custom, promised('setImmediate'));
}

export function clearTimeout(handle?: unknown): void {
  Waiting.cancel(handle);
}
export function clearInterval(handle?: unknown): void {
  Waiting.cancel(handle);
}
export function clearImmediate(handle?: unknown): void {
  Waiting.cancel(handle);
}
