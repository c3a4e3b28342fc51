import type {
  Lease,
  LeaseKey,
  OpenQueueOptions,
  OutMessage,
  QueueStats,
  SendResult,
} from './delivery-queue.ts';
import type { GivenBack, HeldMessage, Messages, NextMessage } from './messages.ts';
import { SqliteDedup } from './sqlite-dedup.ts';
import { SqliteGroups } from './sqlite-groups.ts';
import {
  inState,
  mostMovedAtOnce,
  type FullRow,
  type HeldRow,
  type PlacedRow,
  type SqliteStatements,
} from './sqlite-statements.ts';
import { SqliteTally } from './sqlite-tally.ts';

/** Which queue of the file. */
export interface SqliteQueueRow {
  readonly queue: number;
  /** How often it was opened, this time included; part of the tokens. */
  readonly openings: number;
}

export interface HeldInFile extends HeldMessage {
  readonly row: HeldRow;
}

/** What a queue holds, in a SQLite file. Runs within a transaction that others begin and end. */
export class SqliteMessages implements Messages<HeldInFile> {
  readonly #sql: SqliteStatements;
  readonly #queue: number;
  readonly #openings: number;
  readonly #isFifo: boolean;
  readonly #retentionMs: number;
  readonly #tally: SqliteTally;
  readonly #groups: SqliteGroups;
  readonly #dedup: SqliteDedup;

  constructor(
    sql: SqliteStatements,
    { queue, openings }: SqliteQueueRow,
    options: OpenQueueOptions,
  ) {
    this.#sql = sql;
    this.#queue = queue;
    this.#openings = openings;
    this.#isFifo = options.isFifo;
    this.#retentionMs = options.retentionMs ?? Number.POSITIVE_INFINITY;
    this.#tally = new SqliteTally(sql, queue);
    this.#groups = new SqliteGroups(sql, queue, this.#tally);
    this.#dedup = new SqliteDedup(sql, queue, options);
  }

  get hasReady(): boolean {
    return this.#tally.count(inState.ready) > 0;
  }

  get delayed(): number {
    return this.#tally.delayed;
  }

  get leased(): number {
    return this.#tally.leased;
  }

  /** Whoever held a lease is gone. */
  endLeases(): void {
    for (const row of this.#sql.leased.all(this.#queue))
      this.#makeReady(row as unknown as PlacedRow);
  }

  send(message: OutMessage, nowMs: number): SendResult {
    const { id, dedupId, groupId = '' } = message;
    if (!this.#isFifo || dedupId === undefined) {
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
    const { id, body, meta = '', reason = null, groupId = null, dedupId = null } = message;
    const { notBeforeMs = 0 } = message;
    const { state, rank } = this.#placeOf(notBeforeMs, nowMs);
    const { lastInsertRowid } = this.#sql.insert.run(
      this.#queue,
      state,
      rank,
      id,
      meta,
      reason,
      sentMs,
      groupId,
      dedupId,
    );
    const sequence = Number(lastInsertRowid);
    this.#sql.insertBody.run(sequence, body);
    this.#tally.arrived(state, sentMs);
    if (this.#isFifo) this.#groups.settle(groupId);
    return sequence;
  }

  catchUp(nowMs: number): void {
    if (this.#tally.nextDueMs <= nowMs) this.#endDue(nowMs);
    const tooOldMs = nowMs - this.#retentionMs;
    if (this.#tally.oldestMs <= tooOldMs) this.#dropOld(tooOldMs);
  }

  take(max: number, nowMs: number, visibilityMs: number): readonly Lease[] {
    const untilMs = nowMs + visibilityMs;
    if (!this.#isFifo) {
      const rows = this.#sql.nextReady.all(this.#queue, max) as unknown as FullRow[];
      return rows.map((row) => this.#lease(row, nowMs, untilMs));
    }
    const leases: Lease[] = [];
    while (leases.length < max) {
      const rows = this.#groups.take(max - leases.length);
      if (rows.length === 0) break;
      for (const row of rows) leases.push(this.#lease(row, nowMs, untilMs));
    }
    return leases;
  }

  find({ id, token }: LeaseKey): HeldInFile | undefined {
    const [sequence, receiveCount, openings] = token.split('-').map(Number);
    if (sequence === undefined || receiveCount === undefined) return undefined;
    if (openings !== this.#openings) return undefined;
    const row = this.#sql.held.get(sequence, this.#queue, receiveCount) as HeldRow | undefined;
    if (row === undefined || row.id !== id) return undefined;
    return {
      id,
      meta: row.meta,
      groupId: row.group_id ?? undefined,
      dedupId: row.dedup_id ?? undefined,
      row,
    };
  }

  has({ id, token }: LeaseKey): boolean {
    const sequence = Number.parseInt(token, 10);
    if (Number.isNaN(sequence)) return false;
    return this.#sql.idOf.get(sequence, this.#queue)?.['id'] === id;
  }

  bodyOf({ row }: HeldInFile): string {
    return (this.#sql.bodyOf.get(row.sequence) as { body: string }).body;
  }

  extend({ row }: HeldInFile, untilMs: number): void {
    this.#sql.place.run(inState.leased, untilMs, row.sequence);
    this.#tally.moved(row.state, inState.leased);
    this.#tally.willBeDue(untilMs);
  }

  giveBack({ row }: HeldInFile, { dueMs, reason, meta }: GivenBack, nowMs: number): void {
    const { state, rank } = this.#placeOf(dueMs, nowMs);
    this.#sql.giveBack.run(state, rank, meta, reason, row.sequence);
    this.#tally.moved(row.state, state);
    this.#tally.notYetOld(row.sent_ms);
    if (this.#isFifo) this.#groups.settle(row.group_id);
  }

  remove({ row }: HeldInFile): void {
    this.#remove(row);
  }

  clear(): number {
    const count = this.#tally.ready + this.#tally.delayed + this.#tally.leased;
    for (const statement of this.#sql.clear) statement.run(this.#queue);
    this.#tally.reload();
    return count;
  }

  stats(nowMs: number): QueueStats {
    return this.#tally.stats(nowMs, this.#retentionMs);
  }

  remaining(): readonly Lease[] {
    // The end of the process takes nothing with it.
    return [];
  }

  nextDelayed(): NextMessage | undefined {
    return this.#next(inState.delayed);
  }

  nextLeased(): NextMessage | undefined {
    return this.#next(inState.leased);
  }

  reload(): void {
    this.#tally.reload();
  }

  #next(state: number): NextMessage | undefined {
    const row = this.#sql.next.get(this.#queue, state) as
      | { id: string; reason: string | null; rank: number }
      | undefined;
    if (row === undefined) return undefined;
    return { id: row.id, dueMs: row.rank, reason: row.reason ?? undefined };
  }

  /** Of a message that nobody receives before `dueMs`. */
  #placeOf(dueMs: number, nowMs: number): { readonly state: number; readonly rank: number } {
    if (dueMs > nowMs) {
      this.#tally.willBeDue(dueMs);
      return { state: inState.delayed, rank: dueMs };
    }
    if (this.#isFifo) return { state: inState.behind, rank: 0 };
    return { state: inState.ready, rank: this.#tally.newPlace() };
  }

  #endDue(nowMs: number): void {
    const rows = this.#sql.due.all(this.#queue, nowMs, this.#queue, nowMs);
    for (const row of rows) this.#makeReady(row as unknown as PlacedRow);
    if (rows.length < mostMovedAtOnce) this.#tally.lookForDue();
  }

  #dropOld(tooOldMs: number): void {
    const rows = this.#sql.tooOld.all(this.#queue, tooOldMs);
    for (const row of rows) this.#remove(row as unknown as PlacedRow);
    if (rows.length < mostMovedAtOnce) this.#tally.lookForOldest();
  }

  #makeReady(row: PlacedRow): void {
    this.#tally.notYetOld(row.sent_ms);
    if (this.#isFifo) {
      this.#sql.placeBehind.run(row.sequence);
      this.#tally.moved(row.state, inState.behind);
      this.#groups.settle(row.group_id);
    } else {
      this.#sql.place.run(inState.ready, this.#tally.newPlace(), row.sequence);
      this.#tally.moved(row.state, inState.ready);
    }
  }

  #lease(row: FullRow, nowMs: number, untilMs: number): Lease {
    const { sequence } = row;
    const receiveCount = row.receive_count + 1;
    const firstReceivedMs = receiveCount === 1 ? nowMs : row.first_received_ms;
    this.#sql.lease.run(untilMs, receiveCount, firstReceivedMs, sequence);
    this.#tally.moved(row.state, inState.leased);
    this.#tally.willBeDue(untilMs);
    return {
      id: row.id,
      token: `${sequence}-${receiveCount}-${this.#openings}`,
      body: row.body,
      meta: row.meta,
      sentMs: row.sent_ms,
      receiveCount,
      firstReceivedMs,
      expiresMs: untilMs,
      sequence: BigInt(sequence),
      groupId: row.group_id ?? undefined,
      dedupId: row.dedup_id ?? undefined,
    };
  }

  #remove(row: PlacedRow): void {
    this.#sql.delete.run(row.sequence);
    this.#sql.deleteBody.run(row.sequence);
    this.#tally.left(row.state);
    // Whoever is next in the group keeps the place of who stood in line for it.
    const place = row.state === inState.ready ? row.rank : undefined;
    if (this.#isFifo) this.#groups.settle(row.group_id, place);
  }
}
