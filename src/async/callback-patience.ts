import { setRealTimer, type RealTimer } from '../core/clock.ts';

/** A callback that takes longer counts as failed. It is code of the host, so this is real time. */
const callbackMs = 60_000;

/** Waits for callbacks of the user's, but not for ever: each one has an event in its hands meanwhile. */
export class CallbackPatience {
  readonly #timers = new Set<RealTimer>();

  /** Settles as the promise does; rejects when that takes too long. */
  async waitFor(promise: Promise<void>): Promise<void> {
    const { promise: tooLate, reject } = Promise.withResolvers<never>();
    const timer = setRealTimer(
      () => reject(new Error(`The callback was not done within ${callbackMs / 1_000} seconds`)),
      callbackMs,
    );
    this.#timers.add(timer);
    try {
      await Promise.race([promise, tooLate]);
    } finally {
      timer.cancel();
      this.#timers.delete(timer);
    }
  }

  /** Nothing keeps the process alive any more. */
  close(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}
