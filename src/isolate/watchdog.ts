import { realNowMs, setRealTimer, type RealTimer } from '../core/clock.ts';

/** A deadline that somebody must answer for when it passes. */
export interface Watch {
  readonly deadlineMs: number;
  readonly onDeadline: () => void;
}

/**
 * Deadlines in real time, all on one timer. An invocation arms and disarms on every asynchronous call, so
 * that must cost a set operation, not a timer: the timer stays where it is unless a deadline comes earlier,
 * and looks around when it fires.
 */
export class Watchdog {
  readonly #watches = new Set<Watch>();
  readonly #held = new Set<Watch>();
  #timer: RealTimer | undefined;
  #firesAtMs = Infinity;

  watch(watch: Watch): void {
    this.#watches.add(watch);
    if (watch.deadlineMs < this.#firesAtMs) this.#setTimer(watch.deadlineMs);
  }

  unwatch(watch: Watch): void {
    this.#watches.delete(watch);
    if (this.#held.delete(watch) && this.#held.size === 0) this.#timer?.unref();
  }

  /**
   * Keeps the process alive until the watch ends. An entry on a pool thread does that by itself, so only
   * those who wait for something else ask; doing it for every call would cost two native calls each.
   */
  hold(watch: Watch): void {
    if (!this.#watches.has(watch)) return;
    this.#held.add(watch);
    this.#timer?.ref();
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#firesAtMs = Infinity;
    this.#watches.clear();
    this.#held.clear();
  }

  #setTimer(atMs: number): void {
    this.#timer?.cancel();
    this.#firesAtMs = atMs;
    this.#timer = setRealTimer(() => this.#fire(), Math.ceil(atMs - realNowMs()));
    if (this.#held.size === 0) this.#timer.unref();
  }

  #fire(): void {
    this.#firesAtMs = Infinity;
    this.#timer = undefined;
    const nowMs = realNowMs();
    let nextMs = Infinity;
    for (const watch of this.#watches) {
      if (watch.deadlineMs <= nowMs) {
        this.#watches.delete(watch);
        this.#held.delete(watch);
        watch.onDeadline();
      } else {
        nextMs = Math.min(nextMs, watch.deadlineMs);
      }
    }
    if (nextMs < this.#firesAtMs) this.#setTimer(nextMs);
  }
}
