import { none } from './columns.ts';
import type { MessageRows } from './message-rows.ts';
import { RowList } from './row-list.ts';

/** How far a message moves ahead that was sent before others arrived. */
const mostSteps = 64;

/**
 * All messages of a queue, whatever their state, by the time when they were sent. What comes out of order (a
 * message moved from another queue, a clock that was set back) moves ahead a few places at most, so that no
 * arrival costs more at a million messages.
 */
export class Arrivals {
  readonly #rows: MessageRows;
  readonly #list: RowList;

  constructor(rows: MessageRows) {
    this.#rows = rows;
    this.#list = new RowList(rows.older, rows.newer);
  }

  get oldest(): number {
    return this.#list.first;
  }

  add(row: number): void {
    const { sentMs, older } = this.#rows;
    let before = this.#list.last;
    for (let step = 0; step < mostSteps && before !== none; step += 1) {
      if (sentMs.get(before) <= sentMs.get(row)) break;
      before = older.get(before);
    }
    this.#list.insertAfter(before, row);
  }

  remove(row: number): void {
    this.#list.remove(row);
  }

  /** Oldest first. */
  *[Symbol.iterator](): Generator<number> {
    for (let row = this.oldest; row !== none; row = this.#rows.newer.get(row)) yield row;
  }
}
