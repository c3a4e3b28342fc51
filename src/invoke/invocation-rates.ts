import type { Clock } from '../core/clock.ts';
import { limits } from '../core/limits.ts';

/** How many requests one pool of concurrency has taken in the second that runs. */
export interface RateWindow {
  /** Whole seconds since the epoch. */
  second: number;
  taken: number;
}

/** New environments that one function may make at once. */
export interface ScaleOut {
  /** In thousandths of an environment, so that each millisecond refills a whole number. */
  milli: number;
  /** Epoch milliseconds. */
  filledMs: number;
}

/**
 * AWS's limits of speed, by the clock: ten synchronous requests a second for each unit of concurrency, and a
 * thousand new environments of one function in ten seconds, refilled all the time.
 * https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html
 */
export class InvocationRates {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  newWindow(): RateWindow {
    return { second: 0, taken: 0 };
  }

  newScaleOut(): ScaleOut {
    return { milli: limits.scaleOut.burst * 1_000, filledMs: this.#clock.now() };
  }

  /** Counts a request in, where this second has room for it. */
  takeRequest(window: RateWindow, concurrency: number): boolean {
    const second = Math.floor(this.#clock.now() / 1_000);
    if (window.second !== second) {
      window.second = second;
      window.taken = 0;
    }
    if (window.taken >= concurrency * limits.requestsPerConcurrency) return false;
    window.taken += 1;
    return true;
  }

  /** Counts a new environment in, where the function may make one now. */
  takeEnvironment(scaleOut: ScaleOut): boolean {
    const nowMs = this.#clock.now();
    const { burst, perSecond } = limits.scaleOut;
    const refilled = Math.max(nowMs - scaleOut.filledMs, 0) * perSecond;
    scaleOut.milli = Math.min(scaleOut.milli + refilled, burst * 1_000);
    scaleOut.filledMs = nowMs;
    if (scaleOut.milli < 1_000) return false;
    scaleOut.milli -= 1_000;
    return true;
  }
}
