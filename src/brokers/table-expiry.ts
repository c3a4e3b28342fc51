import type { Clock, ClockTimer } from '../core/clock.ts';
import { limits } from '../core/limits.ts';
import { own, type AttributeMap } from './attribute-value.ts';
import type { ItemPlace } from './table-key.ts';

/** The last one that a Date can hold. */
const lastTimeMs = 8.64e15;

/** When an item is over, in epoch milliseconds; `undefined` when it stays. */
export function expiryOf(
  item: AttributeMap | undefined,
  ttlAttribute: string | undefined,
  nowMs: number,
): number | undefined {
  if (item === undefined || ttlAttribute === undefined) return undefined;
  const value = own(item, ttlAttribute);
  // DynamoDB passes over what is no number, and what probably is no time.
  if (value === undefined || !('N' in value)) return undefined;
  const atMs = Number(value.N) * 1_000;
  const isTime = atMs >= nowMs - limits.table.expiredAtMostMs && atMs <= lastTimeMs;
  return isTime ? atMs : undefined;
}

/** Which items of a table are over when, and the one timer that waits for the next of them. */
export class TableExpiry {
  readonly #clock: Clock;
  readonly #label: string;
  readonly #onOver: (place: ItemPlace) => void;
  readonly #places = new Map<number, Map<string, ItemPlace>>();
  /** The keys of `#places`, sorted. */
  readonly #times: number[] = [];
  #armed: { readonly atMs: number; readonly timer: ClockTimer } | undefined;
  #isClosed = false;

  constructor(clock: Clock, label: string, onOver: (place: ItemPlace) => void) {
    this.#clock = clock;
    this.#label = label;
    this.#onOver = onOver;
  }

  add(place: ItemPlace, atMs: number): void {
    const places = this.#places.get(atMs) ?? new Map<string, ItemPlace>();
    places.set(idOf(place), place);
    if (!this.#places.has(atMs)) {
      this.#places.set(atMs, places);
      this.#times.splice(this.#indexOf(atMs), 0, atMs);
    }
    this.#arm();
  }

  remove(place: ItemPlace, atMs: number): void {
    const places = this.#places.get(atMs);
    places?.delete(idOf(place));
    if (places?.size === 0) this.#forget(atMs);
    this.#arm();
  }

  close(): void {
    this.#isClosed = true;
    this.#armed?.timer.cancel();
    this.#armed = undefined;
  }

  #arm(): void {
    const [atMs] = this.#times;
    if (this.#isClosed || this.#armed?.atMs === atMs) return;
    this.#armed?.timer.cancel();
    this.#armed = undefined;
    if (atMs === undefined) return;
    const options = { label: this.#label, keepAlive: false };
    const timer = this.#clock.setTimer(() => this.#fire(), atMs - this.#clock.now(), options);
    this.#armed = { atMs, timer };
  }

  #fire(): void {
    this.#armed = undefined;
    const nowMs = this.#clock.now();
    for (let [atMs] = this.#times; atMs !== undefined && atMs <= nowMs; [atMs] = this.#times) {
      const places = this.#places.get(atMs) ?? [];
      this.#forget(atMs);
      for (const place of places.values()) this.#onOver(place);
    }
    // A clock's longest timer may be shorter than the wait.
    this.#arm();
  }

  #forget(atMs: number): void {
    this.#places.delete(atMs);
    this.#times.splice(this.#indexOf(atMs), 1);
  }

  #indexOf(atMs: number): number {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] ?? 0) < atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function idOf({ partition, sort }: ItemPlace): string {
  return JSON.stringify([partition, sort]);
}
