import { FreeRows, IndexColumn, none, NumberColumn, ValueColumn } from './columns.ts';
import type { Lease, OutMessage } from './delivery-queue.ts';
import type { MessageGroup } from './message-groups.ts';

/** Where a message is: the values of the column `state`. A row without a message has none. */
export const MessageState = { ready: 0, delayed: 1, leased: 2 } as const;

/**
 * The messages of a queue as a table of columns, a row each. A million messages are then a few thousand arrays
 * and not millions of objects, which the garbage collector would copy twice each while they are young. Rows of
 * messages that are gone are used again.
 */
export class MessageRows {
  readonly id: ValueColumn<string> = new ValueColumn();
  readonly body: ValueColumn<string> = new ValueColumn();
  readonly meta: ValueColumn<string> = new ValueColumn();
  readonly reason: ValueColumn<string> = new ValueColumn();
  readonly groupId: ValueColumn<string> = new ValueColumn();
  readonly dedupId: ValueColumn<string> = new ValueColumn();
  readonly group: ValueColumn<MessageGroup> = new ValueColumn();

  readonly sequence: NumberColumn = new NumberColumn();
  readonly sentMs: NumberColumn = new NumberColumn();
  readonly firstReceivedMs: NumberColumn = new NumberColumn();
  /** Delayed: when it may be received. Leased: when the lease ends. */
  readonly dueMs: NumberColumn = new NumberColumn();
  /** Number of the receipt that answers for it; 0 when there is none. */
  readonly receipt: NumberColumn = new NumberColumn();

  readonly state: IndexColumn = new IndexColumn();
  readonly receiveCount: IndexColumn = new IndexColumn();
  /** Neighbours among those in the same state. */
  readonly prev: IndexColumn = new IndexColumn();
  readonly next: IndexColumn = new IndexColumn();
  /** Neighbours by the time when they were sent. */
  readonly older: IndexColumn = new IndexColumn();
  readonly newer: IndexColumn = new IndexColumn();
  /** Neighbours in the group. */
  readonly before: IndexColumn = new IndexColumn();
  readonly after: IndexColumn = new IndexColumn();
  /** In which run of its `DueOrder`, or `none`: in the heap, at `heapSlot`. */
  readonly run: IndexColumn = new IndexColumn();
  readonly heapSlot: IndexColumn = new IndexColumn();

  readonly #rows = new FreeRows();

  /** How many rows there are, with messages or free. */
  get length(): number {
    return this.#rows.made;
  }

  /** A row for a message that is `ready` for now. */
  add(message: OutMessage, sentMs: number, sequence: number): number {
    const row = this.#rows.take();
    this.id.set(row, inOnePiece(message.id));
    this.body.set(row, message.body);
    const { meta = '', reason, groupId, dedupId } = message;
    if (meta !== '') this.meta.set(row, meta);
    if (reason !== undefined) this.reason.set(row, reason);
    if (groupId !== undefined) this.groupId.set(row, groupId);
    if (dedupId !== undefined) this.dedupId.set(row, dedupId);
    this.sequence.set(row, sequence);
    this.sentMs.set(row, sentMs);
    this.receipt.set(row, 0);
    this.state.set(row, MessageState.ready);
    this.receiveCount.set(row, 0);
    return row;
  }

  /** The message is gone. */
  free(row: number): void {
    this.id.clear(row);
    this.body.clear(row);
    this.meta.clear(row);
    this.reason.clear(row);
    this.groupId.clear(row);
    this.dedupId.clear(row);
    this.group.clear(row);
    this.state.set(row, none);
    this.#rows.give(row);
  }

  tokenOf(row: number): string {
    return `${row}-${this.receipt.get(row)}`;
  }

  toLease(row: number): Lease {
    return {
      id: this.id.get(row) ?? '',
      token: this.tokenOf(row),
      body: this.body.get(row) ?? '',
      meta: this.meta.get(row) ?? '',
      sentMs: this.sentMs.get(row),
      receiveCount: this.receiveCount.get(row),
      firstReceivedMs: this.firstReceivedMs.get(row),
      expiresMs: this.dueMs.get(row),
      sequence: BigInt(this.sequence.get(row)),
      groupId: this.groupId.get(row),
      dedupId: this.dedupId.get(row),
    };
  }

  /** Whether `a` is due before `b`: by time, then in the order of arrival. */
  isBefore(a: number, b: number): boolean {
    const aMs = this.dueMs.get(a);
    const bMs = this.dueMs.get(b);
    return aMs < bMs || (aMs === bMs && this.sequence.get(a) < this.sequence.get(b));
  }
}

/**
 * V8 keeps a text that was put together as a tree of its parts, and a UUID takes 360 bytes as a tree. Reading a
 * text as a number puts it in one piece, of 67 bytes; the answer has to be looked at, or V8 leaves it out. Bodies
 * come in one piece out of `JSON.stringify`.
 */
function inOnePiece(text: string): string {
  return Number(text) === Number.POSITIVE_INFINITY && text === '' ? '' : text;
}
