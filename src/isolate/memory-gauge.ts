import type { GuestIsolate } from './guest-isolate.ts';

/** Computing time after which a look is due; less cannot allocate much. */
const dueAfterCpuMs = 25;
/** And a look from time to time, for what grows slowly. */
const mostRunsBetween = 1_000;

/**
 * The most memory that was seen in one environment. A look takes 4 us, and in `thread` it takes the isolate
 * away from its thread, which costs a second core a quarter of its work when it is done after every
 * millisecond. So it is taken after init, after each 25 ms of computing, and every thousandth time.
 */
export class MemoryGauge {
  readonly #guest: GuestIsolate;
  #peakBytes = 0;
  #runsSince = 0;
  #cpuMsSince = 0;

  constructor(guest: GuestIsolate) {
    this.#guest = guest;
  }

  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** After an entry, while nothing runs. `false` when V8 ended the isolate over its limit meanwhile. */
  sample(cpuMs: number): boolean {
    this.#runsSince += 1;
    this.#cpuMsSince += cpuMs;
    if (this.#cpuMsSince < dueAfterCpuMs && this.#runsSince < mostRunsBetween) return true;
    this.#runsSince = 0;
    this.#cpuMsSince = 0;
    const bytes = this.#guest.memoryBytes();
    if (bytes !== undefined) this.raiseTo(bytes);
    return bytes !== undefined;
  }

  raiseTo(bytes: number): void {
    this.#peakBytes = Math.max(this.#peakBytes, bytes);
  }
}
