import { none } from './columns.ts';
import { MessageState, type MessageRows } from './message-rows.ts';
import { RowList } from './row-list.ts';

/** In which order messages that may be received are handed out. */
export interface ReadyOrder {
  /** Whether `take` gives something. */
  readonly hasReady: boolean;
  /** A new message; `ready` or `delayed`. */
  arrived(row: number): void;
  /** The next message of a batch, which its caller makes `leased` at once; or `none`. */
  take(): number;
  /** No more in this batch. */
  endBatch(): void;
  /** The message is `ready` and will not be; not told of `take`. Comes before it stands in another list. */
  leaves(row: number): void;
  /** The message has a new state; not told of `take`. */
  moved(row: number): void;
  /** The message goes; `leaves` was told before when it was `ready`. */
  left(row: number): void;
}

/** A queue without groups: first ready, first out. */
export class SingleFile implements ReadyOrder {
  readonly #rows: MessageRows;
  readonly #ready: RowList;

  constructor(rows: MessageRows) {
    this.#rows = rows;
    this.#ready = new RowList(rows.prev, rows.next);
  }

  get hasReady(): boolean {
    return this.#ready.first !== none;
  }

  arrived(row: number): void {
    this.moved(row);
  }

  take(): number {
    const row = this.#ready.first;
    if (row !== none) this.#ready.remove(row);
    return row;
  }

  endBatch(): void {
    // Messages of a batch have nothing in common here.
  }

  leaves(row: number): void {
    this.#ready.remove(row);
  }

  moved(row: number): void {
    if (this.#rows.state.get(row) === MessageState.ready) this.#ready.push(row);
  }

  left(): void {
    // It stands in no list any more.
  }
}
