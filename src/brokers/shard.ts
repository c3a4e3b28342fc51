import type { HashRange } from './hash-key.ts';
import { describeHashRange } from './hash-key.ts';
import type { ChildShard, ShardDescription } from './record-stream.ts';
import type { SequenceNumbers } from './sequence-number.ts';

export interface ShardOptions {
  readonly id: string;
  readonly numbers: SequenceNumbers;
  /** None, the shard that was split, or the two that were merged. */
  readonly parents: readonly string[];
  /** Undefined in the stream of a table. */
  readonly hashRange: HashRange | undefined;
}

/** A record where it is kept. */
export interface ShardEntry<R> {
  readonly record: R;
  readonly arrivedMs: number;
  readonly bytes: number;
}

/** Records of one shard in the order in which they came. They have the indexes 1, 2, 3... */
export class Shard<R> {
  readonly id: string;
  readonly numbers: SequenceNumbers;
  readonly hashRange: HashRange | undefined;
  readonly #parents: readonly string[];
  readonly #children: Shard<R>[] = [];
  /** From `#head` on; what is before was trimmed. */
  #entries: (ShardEntry<R> | undefined)[] = [];
  #head = 0;
  /** Index of the record at `#head`. */
  #oldestIndex = 1;
  #closedMs: number | undefined;
  #lastArrivalMs = 0;

  constructor({ id, numbers, parents, hashRange }: ShardOptions) {
    this.id = id;
    this.numbers = numbers;
    this.hashRange = hashRange;
    this.#parents = parents;
  }

  get isOpen(): boolean {
    return this.#closedMs === undefined;
  }

  /** Index of the oldest record that is kept, or of the next one. */
  get oldestIndex(): number {
    return this.#oldestIndex;
  }

  /** Index that the next record gets. */
  get nextIndex(): number {
    return this.#oldestIndex + this.#entries.length - this.#head;
  }

  /** Of the last record, kept or not; the shard's own before the first one. */
  get latestNumber(): string {
    const last = this.nextIndex - 1;
    return last === 0 ? this.numbers.first : this.numbers.of(last, this.#lastArrivalMs);
  }

  /** Keeps a record. `make` gets the number and the time that it has: times never go back within a shard. */
  append(
    nowMs: number,
    bytes: number,
    make: (sequenceNumber: string, arrivedMs: number) => R,
  ): string {
    const arrivedMs = Math.max(nowMs, this.#lastArrivalMs);
    this.#lastArrivalMs = arrivedMs;
    const sequenceNumber = this.numbers.of(this.nextIndex, arrivedMs);
    this.#entries.push({ record: make(sequenceNumber, arrivedMs), arrivedMs, bytes });
    return sequenceNumber;
  }

  /** Nothing comes any more; reading goes on in the children. */
  close(nowMs: number, children: readonly Shard<R>[]): void {
    this.#closedMs = nowMs;
    this.#children.push(...children);
  }

  /** Forgets records that came at `horizonMs` or before. */
  trim(horizonMs: number): void {
    while (this.#head < this.#entries.length) {
      const oldest = this.#entries[this.#head];
      if (oldest !== undefined && oldest.arrivedMs > horizonMs) break;
      this.#entries[this.#head] = undefined;
      this.#head += 1;
      this.#oldestIndex += 1;
    }
    // Moving the rest only when half of the list is empty keeps the cost of a record constant.
    if (this.#head > 64 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Whether nobody can read anything here any more. */
  isOver(horizonMs: number): boolean {
    return this.#closedMs !== undefined && this.#closedMs <= horizonMs;
  }

  /** Records from an index on: at least one if there is one, then as many as fit. */
  read(from: number, max: { readonly count: number; readonly bytes: number }): ShardEntry<R>[] {
    const found: ShardEntry<R>[] = [];
    let bytes = 0;
    for (let index = from; index < this.nextIndex && found.length < max.count; index += 1) {
      const entry = this.#at(index);
      bytes += entry.bytes;
      if (found.length > 0 && bytes > max.bytes) break;
      found.push(entry);
    }
    return found;
  }

  /** Index of the first record that came at a time or later. */
  indexAt(timestampMs: number): number {
    let low = this.#oldestIndex;
    let high = this.nextIndex;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#at(middle).arrivedMs < timestampMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  describe(): ShardDescription {
    const [parentShardId, adjacentParentShardId] = this.#parents;
    return {
      shardId: this.id,
      ...(parentShardId !== undefined && { parentShardId }),
      ...(adjacentParentShardId !== undefined && { adjacentParentShardId }),
      ...(this.hashRange && { hashKeyRange: describeHashRange(this.hashRange) }),
      sequenceNumberRange: {
        startingSequenceNumber: this.numbers.first,
        ...(!this.isOpen && { endingSequenceNumber: this.numbers.last }),
      },
    };
  }

  children(): readonly ChildShard[] {
    return this.#children.map((child) => ({
      shardId: child.id,
      parentShards: child.#parents,
      ...(child.hashRange && { hashKeyRange: describeHashRange(child.hashRange) }),
    }));
  }

  #at(index: number): ShardEntry<R> {
    const entry = this.#entries[this.#head + index - this.#oldestIndex];
    if (entry === undefined) throw new RangeError(`${this.id} has no record ${index}`);
    return entry;
  }
}
