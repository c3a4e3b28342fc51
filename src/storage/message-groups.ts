import { LinkedList, type Linked } from './linked-list.ts';
import type { ReadyOrder } from './ready-order.ts';
import { ShardedMap } from './sharded-map.ts';
import type { StoredMessage } from './stored-message.ts';

/** The messages of one group. */
export class MessageGroup implements Linked<MessageGroup> {
  readonly id: string;
  /** The first by arrival that is not gone; leased ones stay in their place. */
  head: StoredMessage | undefined = undefined;
  tail: StoredMessage | undefined = undefined;
  isInLine = false;
  prev: MessageGroup | undefined = undefined;
  next: MessageGroup | undefined = undefined;

  constructor(id: string) {
    this.id = id;
  }
}

/**
 * FIFO order: groups stand in line, and a batch takes the messages of a group from its front, up to the first
 * that is out or delayed. Since messages keep their place while they are leased, what is given back is at the
 * front again, and nothing behind a message that is out is handed out.
 */
export class MessageGroups implements ReadyOrder {
  readonly #groups = new ShardedMap<MessageGroup>();
  #line = new LinkedList<MessageGroup>();
  /** Where the batch goes on within its group. */
  #cursor: StoredMessage | undefined;

  get hasReady(): boolean {
    return this.#line.first !== undefined;
  }

  arrived(message: StoredMessage): void {
    const id = message.groupId ?? '';
    let group = this.#groups.get(id);
    if (group === undefined) {
      group = new MessageGroup(id);
      this.#groups.set(id, group);
    }
    message.group = group;
    if (group.tail === undefined) group.head = message;
    else group.tail.after = message;
    group.tail = message;
    this.#settle(group);
  }

  take(): StoredMessage | undefined {
    while (this.#cursor?.state === 'gone') this.#cursor = this.#cursor.after;
    // Behind a message that is delayed, its group waits too.
    if (this.#cursor?.state !== 'ready') this.#cursor = this.#nextInLine()?.head;

    const message = this.#cursor;
    this.#cursor = message?.after;
    return message;
  }

  endBatch(): void {
    this.#cursor = undefined;
  }

  leaves(): void {
    // It keeps its place in the group.
  }

  moved({ group }: StoredMessage): void {
    if (group !== undefined) this.#settle(group);
  }

  clear(): void {
    this.#groups.clear();
    this.#line = new LinkedList();
  }

  #nextInLine(): MessageGroup | undefined {
    const group = this.#line.shift();
    if (group !== undefined) group.isInLine = false;
    return group;
  }

  /** Brings a group into line, or out of it, after something of it changed. */
  #settle(group: MessageGroup): void {
    while (group.head?.state === 'gone') {
      const { after }: StoredMessage = group.head;
      group.head.after = undefined;
      group.head = after;
    }
    if (group.head === undefined) {
      group.tail = undefined;
      this.#groups.delete(group.id);
    }
    const mayGo = group.head?.state === 'ready';
    if (mayGo === group.isInLine) return;
    group.isInLine = mayGo;
    if (mayGo) this.#line.push(group);
    else this.#line.remove(group);
  }
}
