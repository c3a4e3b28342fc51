import { setRealTimer, type ClockTimer } from '../core/clock.ts';
import { GuestIsolate, type Tier } from './guest-isolate.ts';

/** Memory limits that blanks are kept for; the one that was used longest ago gives way. */
const mostShelves = 8;

/**
 * Making an isolate holds the host's thread for milliseconds. Right after a blank was taken, that would hit
 * the very cold start which took it, so the pool looks again from time to time until nobody waits, and
 * fills up anyway when that takes too long.
 */
const refillDelayMs = 3;
const mostDelays = 10;

/**
 * Bootstrapped isolates that belong to no function yet: a cold start takes one instead of waiting two
 * milliseconds for a new one. A blank is used once and never comes back. V8 takes the memory limit when
 * the isolate is made, so there is one shelf for each limit.
 */
export class BlankPool {
  readonly #tier: Tier;
  readonly #blanksPerLimit: number;
  readonly #isBusy: () => boolean;
  readonly #shelves = new Map<number, GuestIsolate[]>();
  #refill: ClockTimer | undefined;
  #isClosed = false;

  /** `isBusy` says whether somebody waits for an isolate's answer. */
  constructor(tier: Tier, blanksPerLimit: number, isBusy: () => boolean) {
    this.#tier = tier;
    this.#blanksPerLimit = blanksPerLimit;
    this.#isBusy = isBusy;
  }

  get size(): number {
    let size = 0;
    for (const shelf of this.#shelves.values()) size += shelf.length;
    return size;
  }

  /** A blank with that limit: from the shelf, or a new one. */
  take(memoryLimitMb: number): GuestIsolate {
    const blank = this.#shelf(memoryLimitMb).pop() ?? new GuestIsolate(this.#tier, memoryLimitMb);
    this.#scheduleRefill();
    return blank;
  }

  /** From now on, blanks with that limit are kept ready. */
  stock(memoryLimitMb: number): void {
    this.#shelf(memoryLimitMb);
    this.#scheduleRefill();
  }

  close(): void {
    this.#isClosed = true;
    this.#refill?.cancel();
    for (const memoryLimitMb of [...this.#shelves.keys()]) this.#drop(memoryLimitMb);
  }

  #shelf(memoryLimitMb: number): GuestIsolate[] {
    const shelf = this.#shelves.get(memoryLimitMb) ?? [];
    // A Map keeps insertion order, so the first key is the one that was used longest ago.
    this.#shelves.delete(memoryLimitMb);
    this.#shelves.set(memoryLimitMb, shelf);
    const [oldest] = this.#shelves.keys();
    if (this.#shelves.size > mostShelves && oldest !== undefined) this.#drop(oldest);
    return shelf;
  }

  #drop(memoryLimitMb: number): void {
    for (const blank of this.#shelves.get(memoryLimitMb) ?? []) blank.dispose();
    this.#shelves.delete(memoryLimitMb);
  }

  /** One blank at a time, so that the host never waits for more than one. */
  #scheduleRefill(delays = 0): void {
    if (this.#isClosed || this.#refill !== undefined) return;
    const timer = setRealTimer(() => {
      this.#refill = undefined;
      if (this.#isBusy() && delays < mostDelays) this.#scheduleRefill(delays + 1);
      else this.#refillOne();
    }, refillDelayMs);
    // A script that is done must not wait for spare isolates.
    timer.unref();
    this.#refill = timer;
  }

  #refillOne(): void {
    for (const [memoryLimitMb, shelf] of this.#shelves) {
      if (shelf.length >= this.#blanksPerLimit) continue;
      shelf.push(new GuestIsolate(this.#tier, memoryLimitMb));
      this.#scheduleRefill();
      return;
    }
  }
}
