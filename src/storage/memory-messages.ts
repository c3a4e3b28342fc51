import { Arrivals } from './arrivals.ts';
import { DedupWindow } from './dedup-window.ts';
import type {
  Lease,
  LeaseKey,
  OpenQueueOptions,
  OutMessage,
  QueueStats,
  SendResult,
} from './delivery-queue.ts';
import { DueOrder } from './due-order.ts';
import { LeaseTable } from './lease-table.ts';
import { MessageGroups } from './message-groups.ts';
import type { GivenBack, Messages } from './messages.ts';
import { SingleFile, type ReadyOrder } from './ready-order.ts';
import { isBefore, StoredMessage, type MessageState } from './stored-message.ts';

/** What a queue holds, in memory. */
export class MemoryMessages implements Messages<StoredMessage> {
  readonly isFifo: boolean;
  readonly #delayed = new DueOrder();
  readonly #leased = new DueOrder();
  readonly #counts = { ready: 0, delayed: 0, leased: 0, gone: 0 };
  readonly #order: ReadyOrder;
  readonly #arrivals = new Arrivals();
  readonly #leases = new LeaseTable();
  readonly #dedup: DedupWindow;
  #retentionMs: number;
  #sequence = 0;

  constructor(options: OpenQueueOptions) {
    this.isFifo = options.isFifo;
    this.#order = options.isFifo ? new MessageGroups() : new SingleFile();
    this.#dedup = new DedupWindow(options);
    this.#retentionMs = options.retentionMs ?? Number.POSITIVE_INFINITY;
  }

  /** The same messages under other options. Whoever held a lease is gone. */
  reopen(options: OpenQueueOptions): void {
    this.#dedup.configure(options);
    this.#retentionMs = options.retentionMs ?? Number.POSITIVE_INFINITY;
    for (const message of this.#all()) message.token = '';
    for (let held = this.#leased.first; held !== undefined; held = this.#leased.first) {
      this.#move(held, 'ready', 0);
    }
  }

  get hasReady(): boolean {
    return this.#order.hasReady;
  }

  get counts(): Readonly<Record<'ready' | 'delayed' | 'leased', number>> {
    return this.#counts;
  }

  get size(): number {
    return this.#counts.ready + this.#counts.delayed + this.#counts.leased;
  }

  stats(nowMs: number): QueueStats {
    this.catchUp(nowMs);
    const { ready, delayed, leased } = this.#counts;
    return { ready, delayed, leased, oldestMs: this.#arrivals.oldest?.sentMs };
  }

  send(message: OutMessage, nowMs: number): SendResult {
    const { id, dedupId, groupId = '' } = message;
    if (!this.isFifo || dedupId === undefined) {
      return { id, sequence: BigInt(this.add(message, nowMs, nowMs)), isDuplicate: false };
    }
    const first = this.#dedup.find(dedupId, groupId, nowMs);
    if (first !== undefined) {
      return { id: first.id, sequence: BigInt(first.sequence), isDuplicate: true };
    }
    const sequence = this.add(message, nowMs, nowMs);
    this.#dedup.add(dedupId, groupId, nowMs, { id, sequence });
    return { id, sequence: BigInt(sequence), isDuplicate: false };
  }

  /** Gives the message's number. */
  add(out: OutMessage, sentMs: number, nowMs: number): number {
    this.#sequence += 1;
    const message = new StoredMessage(out, sentMs, this.#sequence);
    const { notBeforeMs = 0 } = out;
    if (notBeforeMs > nowMs) {
      message.state = 'delayed';
      message.dueMs = notBeforeMs;
      this.#delayed.add(message);
    }
    this.#counts[message.state] += 1;
    this.#arrivals.push(message);
    this.#order.arrived(message);
    return this.#sequence;
  }

  catchUp(nowMs: number): void {
    for (
      let due = this.#nextDue();
      due !== undefined && due.dueMs <= nowMs;
      due = this.#nextDue()
    ) {
      // What comes next in a group must not be overtaken; elsewhere slow work may still answer.
      if (this.isFifo) due.token = '';
      this.#move(due, 'ready', 0);
    }
    if (this.#retentionMs !== Number.POSITIVE_INFINITY) this.#dropOld(nowMs);
  }

  take(max: number, nowMs: number, visibilityMs: number): readonly Lease[] {
    const taken: Lease[] = [];
    while (taken.length < max) {
      const message = this.#order.take();
      if (message === undefined) break;
      message.state = 'leased';
      message.dueMs = nowMs + visibilityMs;
      message.receiveCount += 1;
      if (message.receiveCount === 1) message.firstReceivedMs = nowMs;
      this.#leased.add(message);
      this.#leases.issue(message);
      taken.push(message.toLease());
    }
    this.#order.endBatch();
    this.#counts.ready -= taken.length;
    this.#counts.leased += taken.length;
    return taken;
  }

  find(key: LeaseKey): StoredMessage | undefined {
    return this.#leases.find(key);
  }

  has(key: LeaseKey): boolean {
    return this.#leases.has(key);
  }

  bodyOf({ body }: StoredMessage): string {
    return body;
  }

  extend(message: StoredMessage, untilMs: number): void {
    if (message.state !== 'leased') {
      this.#move(message, 'leased', untilMs);
    } else {
      this.#leased.remove(message);
      message.dueMs = untilMs;
      this.#leased.add(message);
    }
  }

  giveBack(message: StoredMessage, { dueMs, reason, meta }: GivenBack, nowMs: number): void {
    message.meta = meta;
    message.reason = reason;
    message.token = '';
    this.#move(message, dueMs > nowMs ? 'delayed' : 'ready', dueMs);
  }

  remove(message: StoredMessage): void {
    this.#move(message, 'gone', 0);
  }

  remaining(): readonly Lease[] {
    return Array.from(this.#all(), (message) => message.toLease());
  }

  nextDelayed(): StoredMessage | undefined {
    return this.#delayed.first;
  }

  nextLeased(): StoredMessage | undefined {
    return this.#leased.first;
  }

  reload(): void {
    // Nothing is taken back in memory.
  }

  clear(): number {
    const { size } = this;
    this.#dedup.clear();
    this.#delayed.clear();
    this.#leased.clear();
    this.#order.clear();
    this.#arrivals.clear();
    this.#leases.clear();
    Object.assign(this.#counts, { ready: 0, delayed: 0, leased: 0 });
    return size;
  }

  /** Oldest first. */
  *#all(): Generator<StoredMessage> {
    let message = this.#arrivals.oldest;
    for (; message !== undefined; message = message.newer) yield message;
  }

  #nextDue(): StoredMessage | undefined {
    const delayed = this.#delayed.first;
    const leased = this.#leased.first;
    if (delayed === undefined || leased === undefined) return delayed ?? leased;
    return isBefore(delayed, leased) ? delayed : leased;
  }

  #dropOld(nowMs: number): void {
    for (let { oldest } = this.#arrivals; oldest !== undefined; oldest = this.#arrivals.oldest) {
      if (nowMs - oldest.sentMs < this.#retentionMs) return;
      if (oldest.state !== 'leased') {
        this.#move(oldest, 'gone', 0);
      } else {
        this.#arrivals.remove(oldest);
        oldest.isTooOld = true;
      }
    }
  }

  #move(message: StoredMessage, to: MessageState, dueMs: number): void {
    const from = message.state;
    if (from === 'leased') this.#leased.remove(message);
    else if (from === 'delayed') this.#delayed.remove(message);
    else this.#order.leaves(message);
    message.state = message.isTooOld ? 'gone' : to;
    message.dueMs = dueMs;
    if (message.state === 'leased') this.#leased.add(message);
    else if (message.state === 'delayed') this.#delayed.add(message);
    else if (message.state === 'gone') this.#leave(message);
    this.#counts[from] -= 1;
    this.#counts[message.state] += 1;
    this.#order.moved(message);
  }

  #leave(message: StoredMessage): void {
    this.#arrivals.remove(message);
    this.#leases.leave(message);
  }
}
