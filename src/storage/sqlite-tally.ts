import type { QueueStats } from './delivery-queue.ts';
import { inState, type SqliteStatements } from './sqlite-statements.ts';

interface Value {
  readonly value: number | null;
}

/**
 * What is known of a queue without asking the file: how many messages are in each state, the last place in
 * line, and times before which nothing can be due or too old.
 */
export class SqliteTally {
  readonly #sql: SqliteStatements;
  readonly #queue: number;
  /** By the value of `state`. */
  readonly #counts = [0, 0, 0, 0];
  #lastPlace = 0;
  #nextDueMs = Number.POSITIVE_INFINITY;
  #oldestMs = Number.POSITIVE_INFINITY;

  constructor(sql: SqliteStatements, queue: number) {
    this.#sql = sql;
    this.#queue = queue;
    this.reload();
  }

  get ready(): number {
    return this.count(inState.ready) + this.count(inState.behind);
  }

  get delayed(): number {
    return this.count(inState.delayed);
  }

  get leased(): number {
    return this.count(inState.leased);
  }

  /** No delay and no lease ends before. */
  get nextDueMs(): number {
    return this.#nextDueMs;
  }

  /** Nothing that is not leased was sent before. */
  get oldestMs(): number {
    return this.#oldestMs;
  }

  count(state: number): number {
    return this.#counts[state] ?? 0;
  }

  reload(): void {
    const sql = this.#sql;
    this.#counts.fill(0);
    for (const row of sql.countStates.all(this.#queue)) {
      const { state, count } = row as { state: number; count: number };
      this.#counts[state] = count;
    }
    this.#lastPlace = (sql.lastPlace.get(this.#queue) as unknown as Value).value ?? 0;
    this.lookForDue();
    this.lookForOldest();
  }

  /** A place behind all others. */
  newPlace(): number {
    this.#lastPlace += 1;
    return this.#lastPlace;
  }

  arrived(state: number, sentMs: number): void {
    this.#counts[state] = this.count(state) + 1;
    this.notYetOld(sentMs);
  }

  left(state: number): void {
    this.#counts[state] = this.count(state) - 1;
  }

  moved(from: number, to: number): void {
    this.left(from);
    this.#counts[to] = this.count(to) + 1;
  }

  /** A delay or lease ends then. */
  willBeDue(atMs: number): void {
    this.#nextDueMs = Math.min(this.#nextDueMs, atMs);
  }

  /** A message that is not leased was sent then. */
  notYetOld(sentMs: number): void {
    this.#oldestMs = Math.min(this.#oldestMs, sentMs);
  }

  lookForDue(): void {
    this.#nextDueMs = Math.min(this.#firstRank(inState.delayed), this.#firstRank(inState.leased));
  }

  lookForOldest(): void {
    const row = this.#sql.oldestNotLeased.get(this.#queue) as Value | undefined;
    this.#oldestMs = row?.value ?? Number.POSITIVE_INFINITY;
  }

  /** As if everything that is due by now had been moved. */
  stats(nowMs: number, retentionMs: number): QueueStats {
    let { ready, delayed, leased } = this;
    if (this.#nextDueMs <= nowMs) {
      const endedDelays = this.#countDue(inState.delayed, nowMs);
      const endedLeases = this.#countDue(inState.leased, nowMs);
      ready += endedDelays + endedLeases;
      delayed -= endedDelays;
      leased -= endedLeases;
    }
    const tooOldMs = nowMs - retentionMs;
    // A lease that ended may be of a message that is older than what is not leased.
    if (this.#oldestMs <= tooOldMs || leased < this.leased) {
      for (const row of this.#sql.countTooOld.all(nowMs, this.#queue, tooOldMs)) {
        const { state, is_due: isDue, count } = row as Record<'state' | 'is_due' | 'count', number>;
        if (state === inState.delayed && isDue === 0) delayed -= count;
        else if (state !== inState.leased || isDue === 1) ready -= count;
      }
    }
    const oldest = this.#sql.oldestAfter.get(this.#queue, Math.max(tooOldMs, -1));
    return { ready, delayed, leased, oldestMs: (oldest as Value | undefined)?.value ?? undefined };
  }

  #firstRank(state: number): number {
    if (this.count(state) === 0) return Number.POSITIVE_INFINITY;
    const row = this.#sql.next.get(this.#queue, state) as { rank: number } | undefined;
    return row?.rank ?? Number.POSITIVE_INFINITY;
  }

  #countDue(state: number, nowMs: number): number {
    const row = this.#sql.countDue.get(this.#queue, state, nowMs) as unknown as Value;
    return row.value ?? 0;
  }
}
