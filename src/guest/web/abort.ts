import { NativeTypeError } from '../primordials.ts';
import { setTimeout } from '../timers.ts';
import { domException } from './dom-exception.ts';
import { EventTarget, defineHandler, listenersChanged } from './event-target.ts';
import { Event, eventState } from './event.ts';
import { defineBrand, isOf } from './internal/brands.ts';
import { illegalConstructor, invalidArgType, invalidThis, outOfRange } from './internal/errors.ts';
import { defineInspect, defineInterface } from './internal/interfaces.ts';

/** Only code of this file can make a signal. */
const key = Symbol('AbortSignal');

/** https://dom.spec.whatwg.org/#interface-AbortSignal */
export class AbortSignal extends EventTarget {
  #isAborted = false;
  #reason: unknown;
  /** Steps of the platform: what `fetch` and streams do on an abort, before the event. */
  #algorithms: Set<() => void> | undefined;
  /** For a signal of `any`: the signals that it follows, which follow none themselves. */
  #sources: Set<AbortSignal> | undefined;
  /** Signals that follow this one. Those nobody listens to are held weakly: they may come and go by the thousand. */
  #followers: Set<WeakRef<AbortSignal>> | undefined;
  #heardFollowers: Set<AbortSignal> | undefined;
  #followersAtSweep = 32;

  constructor(proof: unknown = null) {
    if (proof !== key) throw illegalConstructor();
    super();
  }

  get aborted(): boolean {
    return receiver(this).#isAborted;
  }
  get reason(): unknown {
    return receiver(this).#reason;
  }
  throwIfAborted(): void {
    if (receiver(this).#isAborted) throw this.#reason;
  }

  static abort(
    reason: unknown = domException('This operation was aborted', 'AbortError'),
  ): AbortSignal {
    const signal = new AbortSignal(key);
    signal.#isAborted = true;
    signal.#reason = reason;
    return signal;
  }

  /** Aborts after some milliseconds; like Node's, its timer does not keep the event loop busy. */
  static timeout(delay: unknown): AbortSignal {
    if (typeof delay !== 'number') throw invalidArgType('delay', 'of type number', delay);
    if (!Number.isInteger(delay)) throw outOfRange('delay', 'an integer', delay);
    if (delay < 0 || delay > 0xffff_ffff) {
      throw outOfRange('delay', '>= 0 && <= 4294967295', delay);
    }
    const signal = new AbortSignal(key);
    setTimeout(() => {
      signal.#abort(domException('The operation was aborted due to timeout', 'TimeoutError'));
    }, delay).unref();
    return signal;
  }

  static any(signals: unknown): AbortSignal {
    const sources = sequenceOfSignals(signals);
    const result = new AbortSignal(key);
    for (const source of sources) {
      if (!source.#isAborted) continue;
      result.#isAborted = true;
      result.#reason = source.#reason;
      return result;
    }
    const followed = new Set<AbortSignal>();
    for (const source of sources) {
      for (const root of source.#sources ?? [source]) followed.add(root);
    }
    result.#sources = followed;
    for (const source of followed) source.#addFollower(result);
    return result;
  }

  #addFollower(follower: AbortSignal): void {
    const followers = (this.#followers ??= new Set<WeakRef<AbortSignal>>());
    followers.add(new WeakRef(follower));
    if (followers.size < this.#followersAtSweep) return;
    for (const reference of followers)
      if (reference.deref() === undefined) followers.delete(reference);
    this.#followersAtSweep = Math.max(32, followers.size * 2);
  }

  /** Whoever listens to a follower expects it to stay alive as long as what it follows. */
  [listenersChanged](type: string, count: number): void {
    if (type === 'abort') this.#isHeard(count > 0);
  }

  #isHeard(isHeard: boolean): void {
    for (const source of this.#sources ?? []) {
      if (isHeard) (source.#heardFollowers ??= new Set<AbortSignal>()).add(this);
      else if (!this.#algorithms?.size) source.#heardFollowers?.delete(this);
    }
  }

  #abort(reason: unknown): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#reason = reason;
    const followers: AbortSignal[] = [];
    for (const reference of this.#followers ?? []) {
      const follower = reference.deref();
      if (follower === undefined || follower.#isAborted) continue;
      follower.#isAborted = true;
      follower.#reason = reason;
      followers.push(follower);
    }
    this.#followers = undefined;
    this.#heardFollowers = undefined;
    this.#runSteps();
    for (const follower of followers) follower.#runSteps();
  }

  #runSteps(): void {
    const algorithms = this.#algorithms;
    this.#algorithms = undefined;
    for (const algorithm of algorithms ?? []) algorithm();
    this.dispatchEvent(eventState.trust(new Event('abort')));
  }

  /** What the platform's own code does with signals; taken away from the class below. */
  static internals = {
    isSignal: (value: object): boolean => #isAborted in value,
    create: (): AbortSignal => new AbortSignal(key),
    abort: (signal: AbortSignal, reason: unknown): void => signal.#abort(reason),
    add: (signal: AbortSignal, algorithm: () => void): (() => void) => {
      if (signal.#isAborted) return () => {};
      (signal.#algorithms ??= new Set<() => void>()).add(algorithm);
      signal.#isHeard(true);
      return () => {
        signal.#algorithms?.delete(algorithm);
      };
    },
  };
}

const { internals } = AbortSignal;
delete (AbortSignal as { internals?: unknown }).internals;

/**
 * Runs `algorithm` when the signal aborts, before the event's listeners do; never when it has aborted
 * already. Returns what takes the algorithm back.
 */
export const addAbortAlgorithm = internals.add;

function sequenceOfSignals(signals: unknown): AbortSignal[] {
  const isSequence =
    typeof signals === 'object' &&
    signals !== null &&
    typeof (signals as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function';
  if (!isSequence) throw argumentError('signals cannot be converted to sequence.');
  const list = [...(signals as Iterable<unknown>)];
  list.forEach((signal, index) => {
    if (!isOf('AbortSignal', signal)) {
      throw argumentError(`signals[${index}] is not of type AbortSignal.`);
    }
  });
  return list as AbortSignal[];
}

function argumentError(message: string): Error {
  return Object.assign(new NativeTypeError(message), { code: 'ERR_INVALID_ARG_TYPE' });
}

function receiver(self: AbortSignal): AbortSignal {
  if (typeof self === 'object' && self !== null && internals.isSignal(self)) return self;
  throw invalidThis('AbortSignal');
}

/** https://dom.spec.whatwg.org/#interface-abortcontroller */
export class AbortController {
  #signal: AbortSignal | undefined;

  get signal(): AbortSignal {
    return (this.#signal ??= internals.create());
  }

  abort(reason: unknown = domException('This operation was aborted', 'AbortError')): void {
    internals.abort(this.signal, reason);
  }
}

defineBrand('AbortSignal', internals.isSignal);
defineInterface(AbortSignal, 'AbortSignal', ['aborted']);
defineHandler(AbortSignal.prototype, 'abort');
defineInspect(AbortSignal.prototype, ({ aborted }) => ({ aborted }));
defineInterface(AbortController, 'AbortController', ['signal', 'abort']);
defineInspect(AbortController.prototype, ({ signal }) => ({ signal }));
