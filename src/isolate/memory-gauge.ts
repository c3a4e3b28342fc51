import type { GuestIsolate } from './guest-isolate.ts';

/** CPU time from which an invocation is worth a look at the heap; less cannot allocate much. */
const worthwhileCpuMs = 1;
/** And a look from time to time, for what grows slowly. */
const mostRunsBetween = 1_000;

/**
 * The most memory that was seen in one environment. A look takes 4 us, as long as a whole small call, so it
 * is taken after init, after invocations that computed for long enough, and every thousandth time.
 */
export class MemoryGauge {
  readonly #guest: GuestIsolate;
  #peakBytes = 0;
  #runsSince = 0;

  constructor(guest: GuestIsolate) {
    this.#guest = guest;
  }

  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** After an entry, while nothing runs. */
  sample(cpuMs: number): void {
    this.#runsSince += 1;
    if (cpuMs < worthwhileCpuMs && this.#runsSince < mostRunsBetween) return;
    this.#runsSince = 0;
    this.raiseTo(this.#guest.memoryBytes());
  }

  raiseTo(bytes: number): void {
    this.#peakBytes = Math.max(this.#peakBytes, bytes);
  }
}
