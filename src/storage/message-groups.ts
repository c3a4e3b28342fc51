import { none } from './columns.ts';
import { LinkedList, type Linked } from './linked-list.ts';
import { MessageState, type MessageRows } from './message-rows.ts';
import type { ReadyOrder } from './ready-order.ts';
import { RowList } from './row-list.ts';
import { ShardedMap } from './sharded-map.ts';

/** The messages of one group. */
export class MessageGroup implements Linked<MessageGroup> {
  readonly id: string;
  /** In the order of arrival; delayed and leased ones stay in their place. */
  readonly messages: RowList;
  isInLine = false;
  prev: MessageGroup | undefined = undefined;
  next: MessageGroup | undefined = undefined;

  constructor(id: string, messages: RowList) {
    this.id = id;
    this.messages = messages;
  }
}

/**
 * FIFO order: groups stand in line, and a batch takes the messages of a group from its front, up to the first
 * that is out or delayed. Since messages keep their place while they are leased, what is given back is at the
 * front again, and nothing behind a message that is out is handed out.
 */
export class MessageGroups implements ReadyOrder {
  readonly #rows: MessageRows;
  readonly #groups = new ShardedMap<MessageGroup>();
  readonly #line = new LinkedList<MessageGroup>();
  /** Where the batch goes on within its group. */
  #cursor = none;

  constructor(rows: MessageRows) {
    this.#rows = rows;
  }

  get hasReady(): boolean {
    return this.#line.first !== undefined;
  }

  arrived(row: number): void {
    const id = this.#rows.groupId.get(row) ?? '';
    let group = this.#groups.get(id);
    if (group === undefined) {
      group = new MessageGroup(id, new RowList(this.#rows.before, this.#rows.after));
      this.#groups.set(id, group);
    }
    this.#rows.group.set(row, group);
    group.messages.push(row);
    this.#settle(group);
  }

  take(): number {
    // Behind a message that is delayed, its group waits too.
    if (!this.#isReady(this.#cursor)) this.#cursor = this.#nextInLine();
    const row = this.#cursor;
    if (row !== none) this.#cursor = this.#rows.after.get(row);
    return row;
  }

  endBatch(): void {
    this.#cursor = none;
  }

  leaves(): void {
    // It keeps its place in the group.
  }

  moved(row: number): void {
    const group = this.#rows.group.get(row);
    if (group !== undefined) this.#settle(group);
  }

  left(row: number): void {
    const group = this.#rows.group.get(row);
    if (group === undefined) return;
    group.messages.remove(row);
    if (group.messages.first === none) this.#groups.delete(group.id);
    this.#settle(group);
  }

  #nextInLine(): number {
    const group = this.#line.shift();
    if (group === undefined) return none;
    group.isInLine = false;
    return group.messages.first;
  }

  /** Brings a group into line, or out of it, after something of it changed. */
  #settle(group: MessageGroup): void {
    const mayGo = this.#isReady(group.messages.first);
    if (mayGo === group.isInLine) return;
    group.isInLine = mayGo;
    if (mayGo) this.#line.push(group);
    else this.#line.remove(group);
  }

  #isReady(row: number): boolean {
    return row !== none && this.#rows.state.get(row) === MessageState.ready;
  }
}
