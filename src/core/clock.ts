/**
 * Time as a port. Whatever waits (retries, windows, schedules, idle eviction, guest timers) asks a
 * `Clock`, so a test can move time by hand. Budgets and the watchdog never do: a spinning isolate
 * does not care about virtual time, so they read `realNowMs`.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /**
   * Runs `callback` once after `delayMs`. `label` says what waits, for people who read a stuck test.
   * A timer that is not `keepAlive` lets the process end while it waits.
   */
  setTimer(callback: () => void, delayMs: number, options: TimerOptions): ClockTimer;
  /**
   * Says that work goes on in real time (a guest computes, a file is written) which virtual time must not
   * overtake: a clock that is moved by hand takes its next step when the returned function was called. Clocks
   * that go by themselves do not have it. `label` names the work, for people who read a stuck test;
   * `budgetMs` is the real time that it may take by its own rules, 0 when it should be over at once.
   */
  hold?(label: string, budgetMs?: number): () => void;
}

export interface TimerOptions {
  readonly label: string;
  /** @default true */
  readonly keepAlive?: boolean;
}

export interface ClockTimer {
  cancel(): void;
}

/** The longest delay that Node's own timers keep; a longer one would fire at once. */
const longestDelayMs = 2 ** 31 - 1;

/** The clock on the wall. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  setTimer(callback: () => void, delayMs: number, options: TimerOptions): ClockTimer {
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), longestDelayMs));
    if (options.keepAlive === false) timer.unref();
    return { cancel: () => clearTimeout(timer) };
  }
}

/** Milliseconds on a monotonic clock that nobody can move. Only differences mean anything. */
export function realNowMs(): number {
  return performance.now();
}

/** Also says whether it keeps the process alive. */
export interface RealTimer extends ClockTimer {
  ref(): void;
  unref(): void;
}

/** A timer in real time, for the watchdog and for native teardown; virtual clocks do not move it. */
export function setRealTimer(callback: () => void, delayMs: number): RealTimer {
  const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), longestDelayMs));
  return {
    cancel: () => clearTimeout(timer),
    ref: () => void timer.ref(),
    unref: () => void timer.unref(),
  };
}
