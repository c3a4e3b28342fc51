import { setRealTimer, type Clock, type ClockTimer, type TimerOptions } from '../core/clock.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { checkInteger, checkKnownKeys } from '../core/options.ts';
import { HeldWorks, type HeldWork } from './held-work.ts';
import { TimerHeap } from './timer-heap.ts';

/** Something that waits on a virtual clock, for people who read a stuck test. */
export interface PendingTimer {
  readonly label: string;
  /** Epoch milliseconds at which it fires. */
  readonly dueMs: number;
  /** Milliseconds from now until then. */
  readonly inMs: number;
}

export interface VirtualClockOptions {
  /**
   * Real milliseconds that work may hold the clock beyond its own budget (an invocation's `timeoutMs`, for
   * one) before `advance` gives up with a `ClockHeldError`.
   * @default 4000
   */
  readonly patienceMs?: number;
}

interface Waiting {
  readonly callback: () => void;
  readonly dueMs: number;
  readonly label: string;
  readonly order: number;
  place: number;
}

const optionKeys = Object.keys({
  patienceMs: true,
} satisfies Record<keyof VirtualClockOptions, true>);

/** Rounds of the event loop in which promises and immediates run that one step of time set off. */
const settleRounds = 10;

/**
 * A clock that stands still until a test moves it. Timers fire in the order of their due times. Between two
 * of them everything that they set off runs to its end: promises, and work that holds the clock while it
 * goes on in real time, as an invocation does until it waits for nothing but timers.
 * @example
 * const clock = new VirtualClock();
 * await using lambda = new Lambda({ clock });
 * const reminder = remind.call(); // its handler sleeps for a day
 * await clock.advance(86_400_000);
 * await reminder;
 */
export class VirtualClock implements Clock {
  readonly #waiting = new TimerHeap<Waiting>();
  readonly #held: HeldWorks;
  readonly #patienceMs: number;
  #nowMs: number;
  #order = 0;
  /** Wakes a move that finds no timer. */
  #onTimer: (() => void) | undefined;
  /** The end of the last move that was asked for; moves take turns. */
  #lastMove: Promise<unknown> = Promise.resolve();

  /** @param startMs epoch milliseconds at which it stands. @default 2026-01-01T00:00:00Z */
  constructor(startMs: number = Date.UTC(2026, 0, 1), options: VirtualClockOptions = {}) {
    checkInteger('startMs', startMs, { min: 0, max: 8.64e15 });
    checkKnownKeys('options', options, optionKeys);
    const { patienceMs = 4_000 } = options;
    checkInteger('patienceMs', patienceMs, { min: 0, max: 2 ** 31 - 1 });
    this.#nowMs = startMs;
    this.#patienceMs = patienceMs;
    this.#held = new HeldWorks(patienceMs);
  }

  now(): number {
    return this.#nowMs;
  }

  setTimer(callback: () => void, delayMs: number, options: TimerOptions): ClockTimer {
    this.#order += 1;
    const waiting: Waiting = {
      callback,
      dueMs: this.#nowMs + Math.max(delayMs, 0),
      label: options.label,
      order: this.#order,
      place: -1,
    };
    this.#waiting.add(waiting);
    this.#onTimer?.();
    return { cancel: () => this.#waiting.remove(waiting) };
  }

  /** Time stands still until the returned function was called; `budgetMs` is in real milliseconds. */
  hold(label: string, budgetMs = 0): () => void {
    return this.#held.hold(label, budgetMs);
  }

  /**
   * Moves time by `ms` and fires what comes due on the way. A move that is asked for during another one
   * comes after it.
   * @throws {ClockHeldError} when something holds the clock for longer than it may take
   */
  async advance(ms: number): Promise<void> {
    checkInteger('ms', ms, { min: 0, max: Number.MAX_SAFE_INTEGER });
    await this.#inTurn(() => this.#moveTo(this.#nowMs + ms));
  }

  /** Moves time to an epoch time in milliseconds; never back. @throws {ClockHeldError} as `advance` does */
  async advanceTo(atMs: number): Promise<void> {
    checkInteger('atMs', atMs, { min: this.#nowMs, max: Number.MAX_SAFE_INTEGER });
    await this.#inTurn(() => this.#moveTo(Math.max(atMs, this.#nowMs)));
  }

  /**
   * Fires everything that waits, and what that sets off, until nothing is left.
   * @throws {ClockHeldError} as `advance` does
   */
  async runAll(limit = 100_000): Promise<void> {
    checkInteger('limit', limit, { min: 0, max: Number.MAX_SAFE_INTEGER });
    await this.#inTurn(async () => {
      await this.#settle();
      let fired = 0;
      for (let next = this.#waiting.first; next !== undefined; next = this.#waiting.first) {
        fired += 1;
        if (fired > limit) {
          throw new Error(
            `runAll fired ${limit} timers and "${next.label}" still waits; is it a loop?`,
          );
        }
        await this.#fire(next);
      }
    });
  }

  /**
   * Fires what waits, one timer after the other, until a promise is settled, and gives its value.
   * @throws whatever the promise rejects with; {ClockHeldError} as `advance` does
   * @example
   * const answer = await clock.runUntil(poll.call()); // however long its handler sleeps
   */
  async runUntil<T>(promise: Promise<T>): Promise<T> {
    if (typeof (promise as Promise<T> | undefined)?.then !== 'function') {
      throw new InvalidOptionError('promise', 'a promise', promise);
    }
    const state = { isSettled: false };
    const onSettled = (): void => {
      state.isSettled = true;
    };
    const settled = promise.then(onSettled, onSettled);
    await this.#inTurn(async () => {
      await this.#settle();
      while (!state.isSettled) {
        const next = this.#waiting.first;
        if (next === undefined) await this.#waitFor(settled);
        else await this.#fire(next);
      }
    });
    return promise;
  }

  /** What waits and why, the next one first. */
  pending(): PendingTimer[] {
    return this.#waiting
      .sorted()
      .map(({ label, dueMs }) => ({ label, dueMs, inMs: dueMs - this.#nowMs }));
  }

  /** Work in real time that time does not overtake, the longest first. */
  held(): HeldWork[] {
    return this.#held.list();
  }

  #inTurn(move: () => Promise<void>): Promise<void> {
    const turn = this.#lastMove.then(move);
    // The next one comes whether this one failed or not; who asked for it is told.
    this.#lastMove = turn.catch(() => {});
    return turn;
  }

  async #moveTo(atMs: number): Promise<void> {
    await this.#settle();
    for (
      let next = this.#waiting.first;
      next !== undefined && next.dueMs <= atMs;
      next = this.#waiting.first
    ) {
      await this.#fire(next);
    }
    this.#nowMs = atMs;
    await this.#settle();
  }

  async #fire(waiting: Waiting): Promise<void> {
    this.#waiting.remove(waiting);
    this.#nowMs = Math.max(this.#nowMs, waiting.dueMs);
    waiting.callback();
    await this.#settle();
  }

  /** Lets what is ready run until nothing holds the clock. */
  async #settle(): Promise<void> {
    await turnEventLoop();
    while (!this.#held.isFree) {
      await this.#held.freed();
      await turnEventLoop();
    }
  }

  /** Nothing waits for this clock, so the promise, or the next timer, can only come in real time. */
  async #waitFor(settled: Promise<void>): Promise<void> {
    const { promise: timerOrEnd, resolve, reject } = Promise.withResolvers<void>();
    const timer = setRealTimer(
      () => reject(new Error('runUntil: no timer is left that the promise could wait for')),
      this.#patienceMs,
    );
    this.#onTimer = resolve;
    try {
      await Promise.race([settled, timerOrEnd]);
    } finally {
      this.#onTimer = undefined;
      timer.cancel();
    }
  }
}

/** Promises and immediates that are ready run; nothing here waits for time. */
async function turnEventLoop(): Promise<void> {
  for (let round = 0; round < settleRounds; round += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
