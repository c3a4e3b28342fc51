import { none } from './columns.ts';
import type { MessageRows } from './message-rows.ts';
import { RowList } from './row-list.ts';

/** As many different delays as queues usually have at once: two retries, a backoff, one visibility timeout. */
const mostRuns = 8;

/**
 * Messages in the order of their `dueMs`. Queues delay by a few fixed times, so most messages come in order:
 * each is appended to a run that it continues, which costs the same at any length. What continues no run goes
 * into a binary heap.
 */
export class DueOrder {
  readonly #rows: MessageRows;
  readonly #runs: RowList[] = [];
  readonly #heap: number[] = [];

  constructor(rows: MessageRows) {
    this.#rows = rows;
  }

  add(row: number): void {
    const run = this.#runFor(row);
    this.#rows.run.set(row, run);
    if (run === none) this.#rise(row, this.#heap.push(row) - 1);
    else this.#runs[run]?.push(row);
  }

  /** The message must be in it. */
  remove(row: number): void {
    const run = this.#rows.run.get(row);
    if (run === none) this.#removeFromHeap(row);
    else this.#runs[run]?.remove(row);
  }

  /** What is due next, or `none`. */
  get first(): number {
    let first = this.#heap[0] ?? none;
    for (const run of this.#runs) {
      const candidate = run.first;
      if (candidate === none) continue;
      if (first === none || this.#rows.isBefore(candidate, first)) first = candidate;
    }
    return first;
  }

  /** The run that ends closest before the message; an empty one when there is none. `none`: the heap. */
  #runFor(row: number): number {
    let best = none;
    let bestLast = none;
    let empty = none;
    for (let run = 0; run < this.#runs.length; run += 1) {
      const last = this.#runs[run]?.last ?? none;
      if (last === none) {
        empty = run;
      } else if (this.#rows.isBefore(last, row)) {
        if (bestLast !== none && this.#rows.isBefore(last, bestLast)) continue;
        best = run;
        bestLast = last;
      }
    }
    if (best !== none) return best;
    if (empty !== none) return empty;
    if (this.#runs.length === mostRuns) return none;
    return this.#runs.push(new RowList(this.#rows.prev, this.#rows.next)) - 1;
  }

  #removeFromHeap(row: number): void {
    const slot = this.#rows.heapSlot.get(row);
    const last = this.#heap.pop() ?? none;
    if (last === row) return;
    this.#rise(last, slot);
    this.#sink(last, this.#rows.heapSlot.get(last));
  }

  #rise(row: number, from: number): void {
    let slot = from;
    while (slot > 0) {
      const parentSlot = (slot - 1) >> 1;
      const parent = this.#heap[parentSlot] ?? none;
      if (!this.#rows.isBefore(row, parent)) break;
      this.#place(parent, slot);
      slot = parentSlot;
    }
    this.#place(row, slot);
  }

  #sink(row: number, from: number): void {
    let slot = from;
    for (;;) {
      const left = this.#heap[slot * 2 + 1];
      const right = this.#heap[slot * 2 + 2];
      if (left === undefined) break;
      const child = right !== undefined && this.#rows.isBefore(right, left) ? right : left;
      if (!this.#rows.isBefore(child, row)) break;
      const childSlot = this.#rows.heapSlot.get(child);
      this.#place(child, slot);
      slot = childSlot;
    }
    this.#place(row, slot);
  }

  #place(row: number, slot: number): void {
    this.#heap[slot] = row;
    this.#rows.heapSlot.set(row, slot);
  }
}
