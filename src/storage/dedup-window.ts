import type { OpenQueueOptions } from './delivery-queue.ts';
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

interface Seen extends FirstMessage {
  readonly key: string;
  readonly sentMs: number;
  later: Seen | undefined;
}

/** So that a window that nobody looked at for long does not end in one long pause. */
const mostForgottenAtOnce = 8;

/** Which deduplication ids count at the moment; in memory. */
export class DedupWindow {
  #options: ResolvedDedup;
  readonly #seen = new ShardedMap<Seen>();
  #oldest: Seen | undefined;
  #newest: Seen | undefined;

  constructor(options: OpenQueueOptions) {
    this.#options = resolveDedup(options);
  }

  configure(options: OpenQueueOptions): void {
    this.#options = resolveDedup(options);
  }

  find(dedupId: string, groupId: string, nowMs: number): FirstMessage | undefined {
    const seen = this.#seen.get(dedupKey(dedupId, groupId, this.#options));
    return seen !== undefined && this.#counts(seen, nowMs) ? seen : undefined;
  }

  add(dedupId: string, groupId: string, nowMs: number, first: FirstMessage): void {
    this.#forget(nowMs);
    const key = dedupKey(dedupId, groupId, this.#options);
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
    return nowMs - sentMs < this.#options.windowMs;
  }
}
