import { none, type IndexColumn } from './columns.ts';

/**
 * A list of rows, linked by two columns: both ends and the removal from anywhere cost the same at a million rows
 * as at ten. A row stands in one list of the same columns at a time.
 */
export class RowList {
  readonly #prev: IndexColumn;
  readonly #next: IndexColumn;
  #first = none;
  #last = none;

  constructor(prev: IndexColumn, next: IndexColumn) {
    this.#prev = prev;
    this.#next = next;
  }

  get first(): number {
    return this.#first;
  }

  get last(): number {
    return this.#last;
  }

  push(row: number): void {
    this.insertAfter(this.#last, row);
  }

  /** After `none`: at the beginning. */
  insertAfter(prev: number, row: number): void {
    const next = prev === none ? this.#first : this.#next.get(prev);
    this.#link(prev, row);
    this.#link(row, next);
  }

  /** The row must be in this list. */
  remove(row: number): void {
    this.#link(this.#prev.get(row), this.#next.get(row));
  }

  clear(): void {
    this.#first = none;
    this.#last = none;
  }

  #link(prev: number, next: number): void {
    if (prev === none) this.#first = next;
    else this.#next.set(prev, next);
    if (next === none) this.#last = prev;
    else this.#prev.set(next, prev);
  }
}
