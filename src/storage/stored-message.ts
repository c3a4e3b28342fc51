import type { Lease, OutMessage } from './delivery-queue.ts';
import type { Linked } from './linked-list.ts';
import type { MessageGroup } from './message-groups.ts';

/** Where a message is. `gone`: acknowledged, moved or too old; nothing leads back from there. */
export type MessageState = 'ready' | 'delayed' | 'leased' | 'gone';

/**
 * A message in memory. It stands in one list by its state (`prev`, `next`), in the order of arrival (`older`,
 * `newer`) and, in a FIFO queue, in its group (`after`). The links are fields so that a message is one object.
 */
export class StoredMessage implements Linked<StoredMessage> {
  readonly id: string;
  readonly body: string;
  readonly sentMs: number;
  readonly sequence: number;
  readonly groupId: string | undefined;
  readonly dedupId: string | undefined;
  meta: string;
  reason: string | undefined;

  state: MessageState = 'ready';
  /** Delayed: when it may be received. Leased: when the lease ends. */
  dueMs = 0;
  receiveCount = 0;
  firstReceivedMs = 0;
  /** Leased, and older than the queue keeps messages: it vanishes when the lease ends. */
  isTooOld = false;
  /** Of the lease that still answers for it; empty when there is none. */
  token = '';
  /** Its place in the table of leases, once it was received. */
  leaseSlot = -1;
  /** In which run of its `DueOrder`, or -1: in the heap, at `heapSlot`. */
  run = -1;
  heapSlot = -1;

  prev: StoredMessage | undefined = undefined;
  next: StoredMessage | undefined = undefined;
  older: StoredMessage | undefined = undefined;
  newer: StoredMessage | undefined = undefined;
  group: MessageGroup | undefined = undefined;
  after: StoredMessage | undefined = undefined;

  constructor(message: OutMessage, sentMs: number, sequence: number) {
    this.id = message.id;
    this.body = message.body;
    this.sentMs = sentMs;
    this.sequence = sequence;
    this.groupId = message.groupId;
    this.dedupId = message.dedupId;
    this.meta = message.meta ?? '';
    this.reason = message.reason;
  }

  toLease(): Lease {
    return {
      id: this.id,
      token: this.token,
      body: this.body,
      meta: this.meta,
      sentMs: this.sentMs,
      receiveCount: this.receiveCount,
      firstReceivedMs: this.firstReceivedMs,
      expiresMs: this.dueMs,
      sequence: BigInt(this.sequence),
      groupId: this.groupId,
      dedupId: this.dedupId,
    };
  }
}

/** Whether `a` is due before `b`: by time, then in the order of arrival. */
export function isBefore(a: StoredMessage, b: StoredMessage): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.sequence < b.sequence);
}
