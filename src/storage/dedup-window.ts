import type { OpenQueueOptions } from './delivery-queue.ts';
import { ShardedMap } from './sharded-map.ts';

/** The message that came first with a deduplication id. */
export interface FirstMessage {
  readonly id: string;
  readonly sequence: number;
}

interface Seen extends FirstMessage {
  readonly key: string;
  readonly sentMs: number;
  later: Seen | undefined;
}

/** So that a window that nobody looked at for long does not end in one long pause. */
const mostForgottenAtOnce = 8;

/** Which deduplication ids count at the moment; in memory. */
export class DedupWindow {
  #windowMs = 0;
  #scope: 'queue' | 'group' = 'queue';
  readonly #seen = new ShardedMap<Seen>();
  #oldest: Seen | undefined;
  #newest: Seen | undefined;

  constructor(options: OpenQueueOptions) {
    this.configure(options);
  }

  configure({ dedupWindowMs = 300_000, dedupScope = 'queue' }: OpenQueueOptions): void {
    this.#windowMs = dedupWindowMs;
    this.#scope = dedupScope;
  }

  find(dedupId: string, groupId: string, nowMs: number): FirstMessage | undefined {
    const seen = this.#seen.get(this.#keyOf(dedupId, groupId));
    return seen !== undefined && this.#counts(seen, nowMs) ? seen : undefined;
  }

  add(dedupId: string, groupId: string, nowMs: number, first: FirstMessage): void {
    this.#forget(nowMs);
    const key = this.#keyOf(dedupId, groupId);
    const { id, sequence } = first;
    const seen: Seen = { key, id, sequence, sentMs: nowMs, later: undefined };
    this.#seen.set(key, seen);
    if (this.#newest === undefined) this.#oldest = seen;
    else this.#newest.later = seen;
    this.#newest = seen;
  }

  clear(): void {
    this.#seen.clear();
    this.#oldest = undefined;
    this.#newest = undefined;
  }

  #forget(nowMs: number): void {
    for (let count = 0; count < mostForgottenAtOnce; count += 1) {
      const oldest = this.#oldest;
      if (oldest === undefined || this.#counts(oldest, nowMs)) return;
      if (this.#seen.get(oldest.key) === oldest) this.#seen.delete(oldest.key);
      this.#oldest = oldest.later;
      if (this.#oldest === undefined) this.#newest = undefined;
    }
  }

  #counts({ sentMs }: Seen, nowMs: number): boolean {
    return nowMs - sentMs < this.#windowMs;
  }

  /** The length keeps `a` + `bc` apart from `ab` + `c`. */
  #keyOf(dedupId: string, groupId: string): string {
    return this.#scope === 'queue' ? dedupId : `${groupId.length}:${groupId}${dedupId}`;
  }
}
