import { limits } from '../core/limits.ts';

interface Second {
  startMs: number;
  records: number;
  bytes: number;
}

/** What the shards of a stream took within the current second, as Kinesis throttles them. */
export class WriteLimits {
  readonly #seconds = new Map<string, Second>();

  /** Counts a record; false when the shard takes no more in this second. */
  take(shardId: string, bytes: number, nowMs: number): boolean {
    const { records: maxRecords, bytes: maxBytes } = limits.stream.shardWrites;
    const second = this.#current(shardId, nowMs);
    // A record larger than a second's share is taken when nothing else was.
    const fits = second.bytes === 0 || second.bytes + bytes <= maxBytes;
    if (second.records >= maxRecords || !fits) return false;
    second.records += 1;
    second.bytes += bytes;
    return true;
  }

  #current(shardId: string, nowMs: number): Second {
    const known = this.#seconds.get(shardId);
    if (known !== undefined && nowMs >= known.startMs && nowMs - known.startMs < 1_000) {
      return known;
    }
    const fresh = { startMs: nowMs, records: 0, bytes: 0 };
    this.#seconds.set(shardId, fresh);
    return fresh;
  }
}
