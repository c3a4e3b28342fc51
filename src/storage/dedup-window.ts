import { FreeRows, IndexColumn, none, NumberColumn, ValueColumn } from './columns.ts';
import type { OpenQueueOptions } from './delivery-queue.ts';
import { RowList } from './row-list.ts';
import { ShardedMap } from './sharded-map.ts';

/** The message that came first with a deduplication id. */
export interface FirstMessage {
  readonly id: string;
  readonly sequence: number;
}

export interface ResolvedDedup {
  readonly windowMs: number;
  readonly scope: 'queue' | 'group';
}

export function resolveDedup(options: OpenQueueOptions): ResolvedDedup {
  const { dedupWindowMs = 300_000, dedupScope = 'queue' } = options;
  return { windowMs: dedupWindowMs, scope: dedupScope };
}

/** Under which a deduplication id is remembered. The length keeps `a` + `bc` apart from `ab` + `c`. */
export function dedupKey(dedupId: string, groupId: string, { scope }: ResolvedDedup): string {
  return scope === 'queue' ? dedupId : `${groupId.length}:${groupId}${dedupId}`;
}

/** So that a window that nobody looked at for long does not end in one long pause. */
const mostForgottenAtOnce = 8;

/** Which deduplication ids count at the moment; in memory. */
export class DedupWindow {
  #options: ResolvedDedup;
  #seen = new SeenIds();

  constructor(options: OpenQueueOptions) {
    this.#options = resolveDedup(options);
  }

  configure(options: OpenQueueOptions): void {
    this.#options = resolveDedup(options);
  }

  find(dedupId: string, groupId: string, nowMs: number): FirstMessage | undefined {
    const row = this.#seen.find(dedupKey(dedupId, groupId, this.#options));
    if (row === none || !this.#counts(row, nowMs)) return undefined;
    return { id: this.#seen.id.get(row) ?? '', sequence: this.#seen.sequence.get(row) };
  }

  add(dedupId: string, groupId: string, nowMs: number, first: FirstMessage): void {
    this.#forget(nowMs);
    this.#seen.add(dedupKey(dedupId, groupId, this.#options), nowMs, first);
  }

  clear(): void {
    this.#seen = new SeenIds();
  }

  #forget(nowMs: number): void {
    for (let count = 0; count < mostForgottenAtOnce; count += 1) {
      const { oldest } = this.#seen;
      if (oldest === none || this.#counts(oldest, nowMs)) return;
      this.#seen.remove(oldest);
    }
  }

  #counts(row: number, nowMs: number): boolean {
    return nowMs - this.#seen.sentMs.get(row) < this.#options.windowMs;
  }
}

/** A table as `MessageRows`, for the same reason: there may be a million ids within a window. */
class SeenIds {
  readonly key = new ValueColumn<string>();
  readonly id = new ValueColumn<string>();
  readonly sequence = new NumberColumn();
  readonly sentMs = new NumberColumn();
  readonly #list = new RowList(new IndexColumn(), new IndexColumn());
  readonly #rows = new FreeRows();
  readonly #byKey = new ShardedMap<number>();

  get oldest(): number {
    return this.#list.first;
  }

  find(key: string): number {
    return this.#byKey.get(key) ?? none;
  }

  add(key: string, sentMs: number, { id, sequence }: FirstMessage): void {
    const row = this.#rows.take();
    this.key.set(row, key);
    this.id.set(row, id);
    this.sequence.set(row, sequence);
    this.sentMs.set(row, sentMs);
    this.#byKey.set(key, row);
    this.#list.push(row);
  }

  remove(row: number): void {
    const key = this.key.get(row) ?? '';
    // The id may have come again after its window.
    if (this.find(key) === row) this.#byKey.delete(key);
    this.key.clear(row);
    this.id.clear(row);
    this.#list.remove(row);
    this.#rows.give(row);
  }
}
