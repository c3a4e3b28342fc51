/** What the heap orders: the earlier due time first, ties in the order in which they were set. */
export interface Timed {
  readonly dueMs: number;
  readonly order: number;
  /** Where it is in the heap; kept by the heap, -1 outside. */
  place: number;
}

/** A binary heap of timers: adding, taking the first and removing any one take a time of O(log n). */
export class TimerHeap<T extends Timed> {
  readonly #timers: T[] = [];

  get size(): number {
    return this.#timers.length;
  }

  /** The one that is due next. */
  get first(): T | undefined {
    return this.#timers[0];
  }

  add(timer: T): void {
    this.#timers.push(timer);
    this.#rise(timer, this.#timers.length - 1);
  }

  /** Nothing happens when it is not in the heap. */
  remove(timer: T): void {
    const { place } = timer;
    if (this.#timers[place] !== timer) return;
    timer.place = -1;
    const last = this.#timers.pop();
    if (last === undefined || last === timer) return;
    // The last one takes the free place, and from there goes where it belongs.
    this.#rise(last, place);
    this.#sink(last, last.place);
  }

  /** All of them, the next one first. */
  sorted(): T[] {
    return [...this.#timers].sort(byDueTime);
  }

  #rise(timer: T, from: number): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.#timers[above];
      if (parent === undefined || byDueTime(parent, timer) <= 0) break;
      this.#put(parent, place);
      place = above;
    }
    this.#put(timer, place);
  }

  #sink(timer: T, from: number): void {
    let place = from;
    for (;;) {
      const left = this.#timers[2 * place + 1];
      const right = this.#timers[2 * place + 2];
      if (left === undefined) break;
      const child = right !== undefined && byDueTime(right, left) < 0 ? right : left;
      if (byDueTime(timer, child) <= 0) break;
      const below = child.place;
      this.#put(child, place);
      place = below;
    }
    this.#put(timer, place);
  }

  #put(timer: T, place: number): void {
    this.#timers[place] = timer;
    timer.place = place;
  }
}

function byDueTime(a: Timed, b: Timed): number {
  return a.dueMs - b.dueMs || a.order - b.order;
}
