import type { Clock, ClockTimer, TimerOptions } from '../core/clock.ts';
import { checkInteger } from '../core/options.ts';

/** Something that waits on a virtual clock, for people who read a stuck test. */
export interface PendingTimer {
  readonly label: string;
  /** Epoch milliseconds at which it fires. */
  readonly dueMs: number;
  /** Milliseconds from now until then. */
  readonly inMs: number;
}

interface Waiting {
  readonly callback: () => void;
  readonly dueMs: number;
  readonly label: string;
  readonly order: number;
}

/** Rounds of promise work that one step of time may set off before the next timer fires. */
const settleRounds = 10;

/**
 * A clock that stands still until a test moves it. Timers fire in the order of their due times; between
 * two of them everything that they set off in promises runs.
 * @example
 * const clock = new VirtualClock();
 * await using lambda = new Lambda({ clock });
 * await clock.advance(300_000); // idle environments are gone
 */
export class VirtualClock implements Clock {
  readonly #waiting = new Set<Waiting>();
  #nowMs: number;
  #order = 0;

  /** @param startMs epoch milliseconds at which it stands. @default 2026-01-01T00:00:00Z */
  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    checkInteger('startMs', startMs, { min: 0, max: 8.64e15 });
    this.#nowMs = startMs;
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
    };
    this.#waiting.add(waiting);
    return { cancel: () => void this.#waiting.delete(waiting) };
  }

  /** Moves time by `ms` and fires what comes due on the way. */
  advance(ms: number): Promise<void> {
    checkInteger('ms', ms, { min: 0, max: Number.MAX_SAFE_INTEGER });
    return this.advanceTo(this.#nowMs + ms);
  }

  /** Moves time to an epoch time in milliseconds; never back. */
  async advanceTo(atMs: number): Promise<void> {
    checkInteger('atMs', atMs, { min: this.#nowMs, max: Number.MAX_SAFE_INTEGER });
    await settle();
    for (let next = this.#next(); next !== undefined && next.dueMs <= atMs; next = this.#next()) {
      await this.#fire(next);
    }
    this.#nowMs = atMs;
    await settle();
  }

  /** Fires everything that waits, and what that sets off, until nothing is left. */
  async runAll(limit = 100_000): Promise<void> {
    await settle();
    let fired = 0;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      fired += 1;
      if (fired > limit) {
        throw new Error(
          `runAll fired ${limit} timers and "${next.label}" still waits; is it a loop?`,
        );
      }
      await this.#fire(next);
    }
  }

  /** What waits and why, the next one first. */
  pending(): PendingTimer[] {
    return [...this.#waiting]
      .sort(byDueTime)
      .map(({ label, dueMs }) => ({ label, dueMs, inMs: dueMs - this.#nowMs }));
  }

  async #fire(waiting: Waiting): Promise<void> {
    this.#waiting.delete(waiting);
    this.#nowMs = Math.max(this.#nowMs, waiting.dueMs);
    waiting.callback();
    await settle();
  }

  #next(): Waiting | undefined {
    let next: Waiting | undefined;
    for (const waiting of this.#waiting) {
      if (next === undefined || byDueTime(waiting, next) < 0) next = waiting;
    }
    return next;
  }
}

function byDueTime(a: Waiting, b: Waiting): number {
  return a.dueMs - b.dueMs || a.order - b.order;
}

/** Lets promises and immediates that are ready run; nothing here waits for time. */
async function settle(): Promise<void> {
  for (let round = 0; round < settleRounds; round += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
