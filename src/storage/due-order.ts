import { LinkedList } from './linked-list.ts';
import { isBefore, type StoredMessage } from './stored-message.ts';

/** As many different delays as queues usually have at once: two retries, a backoff, one visibility timeout. */
const mostRuns = 8;

/**
 * Messages in the order of their `dueMs`. Queues delay by a few fixed times, so most messages come in order:
 * each is appended to a run that it continues, which costs the same at any length. What continues no run goes
 * into a binary heap.
 */
export class DueOrder {
  readonly #runs: LinkedList<StoredMessage>[] = [];
  readonly #heap: StoredMessage[] = [];

  add(message: StoredMessage): void {
    const run = this.#runFor(message);
    message.run = run;
    if (run === -1) this.#addToHeap(message);
    else this.#runs[run]?.push(message);
  }

  /** The message must be in it. */
  remove(message: StoredMessage): void {
    if (message.run === -1) this.#removeFromHeap(message);
    else this.#runs[message.run]?.remove(message);
  }

  /** What is due next. */
  get first(): StoredMessage | undefined {
    let first = this.#heap[0];
    for (const run of this.#runs) {
      const candidate = run.first;
      if (candidate === undefined) continue;
      if (first === undefined || isBefore(candidate, first)) first = candidate;
    }
    return first;
  }

  clear(): void {
    this.#runs.length = 0;
    this.#heap.length = 0;
  }

  /** The run that ends closest before the message; an empty one when there is none. -1: the heap. */
  #runFor(message: StoredMessage): number {
    let best = -1;
    let bestLast: StoredMessage | undefined;
    let empty = -1;
    for (let run = 0; run < this.#runs.length; run += 1) {
      const last = this.#runs[run]?.last;
      if (last === undefined) empty = run;
      else if (isBefore(last, message) && (bestLast === undefined || isBefore(bestLast, last))) {
        best = run;
        bestLast = last;
      }
    }
    if (best !== -1) return best;
    if (empty !== -1) return empty;
    if (this.#runs.length === mostRuns) return -1;
    return this.#runs.push(new LinkedList()) - 1;
  }

  #addToHeap(message: StoredMessage): void {
    this.#heap.push(message);
    this.#rise(message, this.#heap.length - 1);
  }

  #removeFromHeap(message: StoredMessage): void {
    const slot = message.heapSlot;
    message.heapSlot = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === message) return;
    this.#rise(last, slot);
    this.#sink(last, last.heapSlot);
  }

  #rise(message: StoredMessage, from: number): void {
    let slot = from;
    while (slot > 0) {
      const parentSlot = (slot - 1) >> 1;
      const parent = this.#heap[parentSlot];
      if (parent === undefined || !isBefore(message, parent)) break;
      this.#place(parent, slot);
      slot = parentSlot;
    }
    this.#place(message, slot);
  }

  #sink(message: StoredMessage, from: number): void {
    let slot = from;
    for (;;) {
      const left = this.#heap[slot * 2 + 1];
      const right = this.#heap[slot * 2 + 2];
      if (left === undefined) break;
      const child = right !== undefined && isBefore(right, left) ? right : left;
      if (!isBefore(child, message)) break;
      const childSlot = child.heapSlot;
      this.#place(child, slot);
      slot = childSlot;
    }
    this.#place(message, slot);
  }

  #place(message: StoredMessage, slot: number): void {
    this.#heap[slot] = message;
    message.heapSlot = slot;
  }
}
