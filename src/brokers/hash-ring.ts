import { evenHashRanges, hashOfPartitionKey, parseHashKey, type HashRange } from './hash-key.ts';
import { BrokerError } from './broker-error.ts';
import { kinesisSequenceNumbers } from './sequence-number.ts';
import { Shard } from './shard.ts';

/** The open shards of a stream, which share all hash keys among them, and how they are split and merged. */
export class HashRing<R> {
  readonly #streamName: string;
  readonly #accountId: string;
  /** Sorted by their ranges. */
  #open: readonly Shard<R>[];
  #made = 0;
  /** A shard is made in a later second than its parents, so that its sequence numbers are greater. */
  readonly #createdSeconds = new Map<string, number>();

  constructor(stream: {
    readonly name: string;
    readonly accountId: string;
    readonly shards: number;
    readonly nowMs: number;
  }) {
    this.#streamName = stream.name;
    this.#accountId = stream.accountId;
    this.#open = evenHashRanges(stream.shards).map((range) => this.#make(range, [], stream.nowMs));
  }

  get open(): readonly Shard<R>[] {
    return this.#open;
  }

  /** The open shard that a record belongs to. */
  shardFor(partitionKey: string, explicitHashKey: bigint | undefined): Shard<R> {
    const [only] = this.#open;
    if (this.#open.length === 1 && only !== undefined) return only;
    const hash = explicitHashKey ?? hashOfPartitionKey(partitionKey);
    let low = 0;
    let high = this.#open.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (rangeOf(this.#open[middle]).end < hash) low = middle + 1;
      else high = middle;
    }
    return this.#open[low] as Shard<R>;
  }

  /** @throws BrokerError `InvalidArgumentException` when the key does not lie within the shard */
  split(shard: Shard<R>, newStartingHashKey: string, nowMs: number): readonly Shard<R>[] {
    this.#checkIsOpen(shard);
    const { start, end } = rangeOf(shard);
    const at = parseHashKey(newStartingHashKey);
    if (at === undefined || at <= start + 1n || at >= end) {
      const message = `NewStartingHashKey ${newStartingHashKey} used in SplitShard() on shard ${shard.id} in stream ${this.#streamName} under account ${this.#accountId} is not both greater than one plus the shard's StartingHashKey ${start} and less than the shard's EndingHashKey ${end}.`;
      throw new BrokerError('InvalidArgumentException', message);
    }
    const ranges = [
      { start, end: at - 1n },
      { start: at, end },
    ];
    return this.#replace([shard], ranges, nowMs);
  }

  /** @throws BrokerError `InvalidArgumentException` when their ranges do not meet */
  merge(shard: Shard<R>, adjacent: Shard<R>, nowMs: number): readonly Shard<R>[] {
    this.#checkIsOpen(shard);
    this.#checkIsOpen(adjacent);
    const [a, b] = [rangeOf(shard), rangeOf(adjacent)];
    if (a.end + 1n !== b.start && b.end + 1n !== a.start) {
      const message = `Shards ${shard.id} and ${adjacent.id} in stream ${this.#streamName} under account ${this.#accountId} are not an adjacent pair of shards eligible for merging`;
      throw new BrokerError('InvalidArgumentException', message);
    }
    const start = a.start < b.start ? a.start : b.start;
    const end = a.end > b.end ? a.end : b.end;
    return this.#replace([shard, adjacent], [{ start, end }], nowMs);
  }

  #replace(
    parents: readonly Shard<R>[],
    ranges: readonly HashRange[],
    nowMs: number,
  ): readonly Shard<R>[] {
    const parentIds = parents.map(({ id }) => id);
    const children = ranges.map((range) => this.#make(range, parentIds, nowMs));
    for (const parent of parents) {
      parent.close(nowMs, children);
      this.#createdSeconds.delete(parent.id);
    }
    const remaining = this.#open.filter((shard) => !parents.includes(shard));
    this.#open = [...remaining, ...children].sort(byRange);
    return children;
  }

  #make(hashRange: HashRange, parents: readonly string[], nowMs: number): Shard<R> {
    const shardIndex = this.#made;
    this.#made += 1;
    const id = `shardId-${String(shardIndex).padStart(12, '0')}`;
    const earlier = parents.map((parent) => this.#createdSeconds.get(parent) ?? 0);
    const createdSeconds = Math.max(Math.floor(nowMs / 1_000), ...earlier.map((s) => s + 1));
    this.#createdSeconds.set(id, createdSeconds);
    const numbers = kinesisSequenceNumbers(shardIndex, createdSeconds);
    return new Shard({ id, numbers, parents, hashRange });
  }

  #checkIsOpen(shard: Shard<R>): void {
    if (shard.isOpen) return;
    const message = `Shard ${shard.id} in stream ${this.#streamName} under account ${this.#accountId} is closed`;
    throw new BrokerError('InvalidArgumentException', message);
  }
}

function rangeOf(shard: Shard<unknown> | undefined): HashRange {
  if (shard?.hashRange === undefined) throw new TypeError('a shard of a stream has a hash range');
  return shard.hashRange;
}

function byRange(a: Shard<unknown>, b: Shard<unknown>): number {
  return rangeOf(a).start < rangeOf(b).start ? -1 : 1;
}
