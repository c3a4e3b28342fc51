import { Arrivals } from './arrivals.ts';
import { none } from './columns.ts';
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
import { MessageGroups } from './message-groups.ts';
import { MessageRows, MessageState } from './message-rows.ts';
import type { GivenBack, HeldMessage, Messages, NextMessage } from './messages.ts';
import { SingleFile, type ReadyOrder } from './ready-order.ts';

export interface HeldInMemory extends HeldMessage {
  readonly row: number;
}

/** How many messages one change moves at most by itself, so that a million due at once do not stop the host. */
const mostMovedAtOnce = 10_000;

/** Rows that an empty queue keeps: about 4 MB. */
const mostIdleRows = 32_768;

/** The messages and the lists in which they stand. */
interface Tables {
  readonly rows: MessageRows;
  readonly order: ReadyOrder;
  readonly delayed: DueOrder;
  readonly leased: DueOrder;
  readonly arrivals: Arrivals;
  /** Leased, and older than the queue keeps messages: they vanish when the lease ends. */
  readonly tooOld: Set<number>;
  /** By state. */
  readonly counts: [ready: number, delayed: number, leased: number];
}

/** What a queue holds, in memory. */
export class MemoryMessages implements Messages<HeldInMemory> {
  readonly isFifo: boolean;
  readonly #dedup: DedupWindow;
  #retentionMs: number;
  #tables: Tables;
  #sequence = 0;
  #receipts = 0;

  constructor(options: OpenQueueOptions) {
    this.isFifo = options.isFifo;
    this.#dedup = new DedupWindow(options);
    this.#retentionMs = options.retentionMs ?? Number.POSITIVE_INFINITY;
    this.#tables = emptyTables(options.isFifo);
  }

  /** The same messages under other options. Whoever held a lease is gone. */
  reopen(options: OpenQueueOptions): void {
    const { rows, arrivals, leased } = this.#tables;
    this.#dedup.configure(options);
    this.#retentionMs = options.retentionMs ?? Number.POSITIVE_INFINITY;
    for (const row of arrivals) rows.receipt.set(row, 0);
    for (let { first } = leased; first !== none; { first } = leased) {
      this.#move(first, MessageState.ready, 0);
    }
  }

  get hasReady(): boolean {
    return this.#tables.order.hasReady;
  }

  get ready(): number {
    return this.#tables.counts[MessageState.ready];
  }

  get delayed(): number {
    return this.#tables.counts[MessageState.delayed];
  }

  get leased(): number {
    return this.#tables.counts[MessageState.leased];
  }

  get size(): number {
    return this.ready + this.delayed + this.leased;
  }

  stats(nowMs: number): QueueStats {
    this.#endDue(nowMs, Number.POSITIVE_INFINITY);
    this.#dropOld(nowMs, Number.POSITIVE_INFINITY);
    const { ready, delayed, leased } = this;
    const { rows, arrivals } = this.#tables;
    const oldestMs = arrivals.oldest === none ? undefined : rows.sentMs.get(arrivals.oldest);
    return { ready, delayed, leased, oldestMs };
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
  add(message: OutMessage, sentMs: number, nowMs: number): number {
    const { rows, order, delayed, arrivals, counts } = this.#tables;
    this.#sequence += 1;
    const row = rows.add(message, sentMs, this.#sequence);
    const { notBeforeMs = 0 } = message;
    if (notBeforeMs > nowMs) {
      rows.state.set(row, MessageState.delayed);
      rows.dueMs.set(row, notBeforeMs);
      delayed.add(row);
      counts[MessageState.delayed] += 1;
    } else {
      counts[MessageState.ready] += 1;
    }
    arrivals.add(row);
    order.arrived(row);
    return this.#sequence;
  }

  catchUp(nowMs: number): void {
    this.#endDue(nowMs, mostMovedAtOnce);
    if (this.#retentionMs !== Number.POSITIVE_INFINITY) this.#dropOld(nowMs, mostMovedAtOnce);
  }

  take(max: number, nowMs: number, visibilityMs: number): readonly Lease[] {
    const { rows, order, leased, counts } = this.#tables;
    const taken: Lease[] = [];
    while (taken.length < max) {
      const row = order.take();
      if (row === none) break;
      const receiveCount = rows.receiveCount.get(row) + 1;
      this.#receipts += 1;
      rows.state.set(row, MessageState.leased);
      rows.dueMs.set(row, nowMs + visibilityMs);
      rows.receiveCount.set(row, receiveCount);
      rows.receipt.set(row, this.#receipts);
      if (receiveCount === 1) rows.firstReceivedMs.set(row, nowMs);
      leased.add(row);
      taken.push(rows.toLease(row));
    }
    order.endBatch();
    counts[MessageState.ready] -= taken.length;
    counts[MessageState.leased] += taken.length;
    return taken;
  }

  find({ id, token }: LeaseKey): HeldInMemory | undefined {
    const { rows } = this.#tables;
    const row = rowOf(token);
    if (rows.id.get(row) !== id || rows.tokenOf(row) !== token) return undefined;
    return {
      id,
      meta: rows.meta.get(row) ?? '',
      groupId: rows.groupId.get(row),
      dedupId: rows.dedupId.get(row),
      row,
    };
  }

  has({ id, token }: LeaseKey): boolean {
    return this.#tables.rows.id.get(rowOf(token)) === id;
  }

  bodyOf({ row }: HeldInMemory): string {
    return this.#tables.rows.body.get(row) ?? '';
  }

  extend({ row }: HeldInMemory, untilMs: number): void {
    const { rows, leased } = this.#tables;
    if (rows.state.get(row) !== MessageState.leased) {
      this.#move(row, MessageState.leased, untilMs);
    } else {
      leased.remove(row);
      rows.dueMs.set(row, untilMs);
      leased.add(row);
    }
  }

  giveBack({ row }: HeldInMemory, { dueMs, reason, meta }: GivenBack, nowMs: number): void {
    const { rows } = this.#tables;
    rows.meta.set(row, meta);
    rows.reason.set(row, reason);
    rows.receipt.set(row, 0);
    this.#move(row, dueMs > nowMs ? MessageState.delayed : MessageState.ready, dueMs);
  }

  remove({ row }: HeldInMemory): void {
    this.#drop(row);
    // What a burst needed is given back when it is over.
    if (this.size === 0 && this.#tables.rows.length > mostIdleRows) {
      this.#tables = emptyTables(this.isFifo);
    }
  }

  clear(): number {
    const { size } = this;
    this.#dedup.clear();
    this.#tables = emptyTables(this.isFifo);
    return size;
  }

  remaining(): readonly Lease[] {
    const { rows, arrivals } = this.#tables;
    return Array.from(arrivals, (row) => rows.toLease(row));
  }

  nextDelayed(): NextMessage | undefined {
    return this.#nextOf(this.#tables.delayed);
  }

  nextLeased(): NextMessage | undefined {
    return this.#nextOf(this.#tables.leased);
  }

  reload(): void {
    // Nothing is taken back in memory.
  }

  #nextOf({ first }: DueOrder): NextMessage | undefined {
    if (first === none) return undefined;
    const { id, dueMs, reason } = this.#tables.rows;
    return { id: id.get(first) ?? '', dueMs: dueMs.get(first), reason: reason.get(first) };
  }

  #nextDue(): number {
    const { rows, delayed, leased } = this.#tables;
    if (delayed.first === none) return leased.first;
    if (leased.first === none) return delayed.first;
    return rows.isBefore(delayed.first, leased.first) ? delayed.first : leased.first;
  }

  #endDue(nowMs: number, most: number): void {
    const { rows } = this.#tables;
    for (let count = 0; count < most; count += 1) {
      const row = this.#nextDue();
      if (row === none || rows.dueMs.get(row) > nowMs) return;
      // What comes next in a group must not be overtaken; elsewhere slow work may still answer.
      if (this.isFifo) rows.receipt.set(row, 0);
      this.#move(row, MessageState.ready, 0);
    }
  }

  #dropOld(nowMs: number, most: number): void {
    const { rows, arrivals, tooOld } = this.#tables;
    for (let count = 0; count < most; count += 1) {
      const { oldest } = arrivals;
      if (oldest === none || nowMs - rows.sentMs.get(oldest) < this.#retentionMs) return;
      if (rows.state.get(oldest) === MessageState.leased) {
        arrivals.remove(oldest);
        tooOld.add(oldest);
      } else {
        this.#drop(oldest);
      }
    }
  }

  #move(row: number, to: number, dueMs: number): void {
    const { rows, order, delayed, leased, tooOld } = this.#tables;
    if (tooOld.has(row)) {
      this.#drop(row);
      return;
    }
    this.#leave(row);
    rows.state.set(row, to);
    rows.dueMs.set(row, dueMs);
    if (to === MessageState.leased) leased.add(row);
    else if (to === MessageState.delayed) delayed.add(row);
    this.#count(to, 1);
    order.moved(row);
  }

  #drop(row: number): void {
    const { rows, order, arrivals, tooOld } = this.#tables;
    this.#leave(row);
    rows.state.set(row, none);
    order.left(row);
    if (!tooOld.delete(row)) arrivals.remove(row);
    rows.free(row);
  }

  /** Takes a message out of the list of its state. */
  #leave(row: number): void {
    const { rows, order, delayed, leased } = this.#tables;
    const state = rows.state.get(row);
    if (state === MessageState.leased) leased.remove(row);
    else if (state === MessageState.delayed) delayed.remove(row);
    else order.leaves(row);
    this.#count(state, -1);
  }

  #count(state: number, change: number): void {
    const { counts } = this.#tables;
    if (state === MessageState.ready) counts[MessageState.ready] += change;
    else if (state === MessageState.delayed) counts[MessageState.delayed] += change;
    else counts[MessageState.leased] += change;
  }
}

function emptyTables(isFifo: boolean): Tables {
  const rows = new MessageRows();
  return {
    rows,
    order: isFifo ? new MessageGroups(rows) : new SingleFile(rows),
    delayed: new DueOrder(rows),
    leased: new DueOrder(rows),
    arrivals: new Arrivals(rows),
    tooOld: new Set(),
    counts: [0, 0, 0],
  };
}

/** A token begins with the row. */
function rowOf(token: string): number {
  const row = Number.parseInt(token, 10);
  return row >= 0 ? row : none;
}
