import type { Clock, ClockTimer, TimerOptions } from '../../src/index.ts';

/** Node's timers keep no longer delay. */
const longestDelayMs = 2 ** 31 - 1;

/**
 * The clock on the wall, going many times as fast: a retry after one minute comes in a moment, and a host that
 * starts anew finds the time where it is by then.
 */
export class FastClock implements Clock {
  readonly #beganMs: number;
  readonly #factor: number;

  /** @param beganMs epoch milliseconds at which both clocks agreed */
  constructor(beganMs: number, factor: number) {
    this.#beganMs = beganMs;
    this.#factor = factor;
  }

  now(): number {
    return Math.floor(this.#beganMs + (Date.now() - this.#beganMs) * this.#factor);
  }

  setTimer(callback: () => void, delayMs: number, options: TimerOptions): ClockTimer {
    const realMs = Math.min(Math.max(delayMs / this.#factor, 0), longestDelayMs);
    const timer = setTimeout(callback, realMs);
    if (options.keepAlive === false) timer.unref();
    return { cancel: () => clearTimeout(timer) };
  }
}
