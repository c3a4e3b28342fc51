import type { Clock } from '../core/clock.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { checkInteger, checkKnownKeys, checkOneOf } from '../core/options.ts';
import { BrokerError } from './broker-error.ts';
import type {
  GetRecordsOptions,
  RecordPage,
  ShardDescription,
  ShardPosition,
} from './record-stream.ts';
import { decodeIterator, encodeIterator } from './shard-iterator.ts';
import type { Shard } from './shard.ts';

/** In what the streams of AWS differ for those who read them. */
export interface ReadingRules {
  readonly retentionMs: number;
  readonly iteratorLifetimeMs: number;
  /** In one page. */
  readonly maxRecords: number;
  readonly maxBytes: number;
  readonly positions: readonly ShardPosition['type'][];
  /** Whether records that are too old are passed over in silence, or refused. */
  readonly trimmedRecords: 'skipped' | 'refused';
}

export interface ShardReaderOptions extends ReadingRules {
  readonly arn: string;
  readonly clock: Clock;
}

/** The shards of a stream, and everything that is done with them by those who read. */
export class ShardReader<R> {
  readonly #options: ShardReaderOptions;
  readonly #shards = new Map<string, Shard<R>>();
  readonly #listeners = new Set<(shardId: string) => void>();

  constructor(options: ShardReaderOptions) {
    this.#options = options;
  }

  add(shard: Shard<R>): void {
    this.#shards.set(shard.id, shard);
  }

  /** Forgets what is too old in one shard. */
  trim(shard: Shard<R>): void {
    shard.trim(this.#horizonMs());
  }

  /** What is kept now. */
  shards(): ReadonlyMap<string, Shard<R>> {
    const horizonMs = this.#horizonMs();
    for (const shard of this.#shards.values()) {
      shard.trim(horizonMs);
      if (shard.isOver(horizonMs)) this.#shards.delete(shard.id);
    }
    return this.#shards;
  }

  /** Tells listeners that a shard has something new, or has ended. */
  announce(shardId: string): void {
    // A listener that ends itself, or another one, must not disturb the round.
    for (const listener of [...this.#listeners]) listener(shardId);
  }

  onRecords(listener: (shardId: string) => void): () => void {
    if (typeof listener !== 'function') {
      throw new InvalidOptionError('listener', 'a function', listener);
    }
    // The same function twice is two listeners.
    const own = (shardId: string): void => listener(shardId);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  listShards(): readonly ShardDescription[] {
    return [...this.shards().values()].map((shard) => shard.describe());
  }

  getShardIterator(shardId: string, position: ShardPosition): string {
    const shard = this.#find(shardId);
    checkPosition(position, this.#options.positions);
    return this.#iteratorAt(shard, this.#indexOf(shard, position));
  }

  latestSequenceNumber(shardId: string): string {
    return this.#find(shardId).latestNumber;
  }

  /** @param copy makes what the caller gets, so that it may write into it */
  getRecords(iterator: string, options: GetRecordsOptions, copy: (record: R) => R): RecordPage<R> {
    const { maxRecords, maxBytes, clock } = this.#options;
    checkKnownKeys('options', options, ['limit']);
    const { limit = maxRecords } = options;
    checkInteger('limit', limit, { min: 1, max: maxRecords });
    const { shard, from } = this.#open(iterator);
    const entries = shard.read(from, { count: limit, bytes: maxBytes });
    const next = from + entries.length;
    const hasMore = next < shard.nextIndex;
    const last = entries.at(-1);
    const records = entries.map(({ record }) => copy(record));
    const behindMs = hasMore && last !== undefined ? clock.now() - last.arrivedMs : 0;
    if (!hasMore && !shard.isOpen) {
      const childShards = shard.children();
      return { records, nextIterator: undefined, millisBehindLatest: 0, childShards };
    }
    const nextIterator = this.#iteratorAt(shard, next);
    return { records, nextIterator, millisBehindLatest: Math.max(behindMs, 0) };
  }

  #find(shardId: string): Shard<R> {
    const shard = this.shards().get(shardId);
    if (shard !== undefined) return shard;
    const message = `Shard ${shardId} in stream ${this.#options.arn} does not exist`;
    throw new BrokerError('ResourceNotFoundException', message);
  }

  #iteratorAt(shard: Shard<R>, index: number): string {
    const { arn: streamArn, clock } = this.#options;
    return encodeIterator({ streamArn, shardId: shard.id, index, issuedMs: clock.now() });
  }

  #indexOf(shard: Shard<R>, position: ShardPosition): number {
    switch (position.type) {
      case 'TRIM_HORIZON':
        return shard.oldestIndex;
      case 'LATEST':
        return shard.nextIndex;
      case 'AT_TIMESTAMP':
        this.#checkIsPast(position.timestampMs);
        return shard.indexAt(position.timestampMs);
      case 'AT_SEQUENCE_NUMBER':
        // A shard's own first number stands before its first record.
        return this.#kept(shard, Math.max(this.#numbered(shard, position.sequenceNumber), 1));
      case 'AFTER_SEQUENCE_NUMBER':
        return this.#kept(shard, this.#numbered(shard, position.sequenceNumber) + 1);
    }
  }

  #checkIsPast(timestampMs: number): void {
    const nowMs = this.#options.clock.now();
    if (timestampMs <= nowMs) return;
    const message = `The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: ${timestampMs}, currentTimestampInMillis: ${nowMs}`;
    throw new BrokerError('InvalidArgumentException', message);
  }

  #numbered(shard: Shard<R>, sequenceNumber: string): number {
    if (!shard.isOpen && sequenceNumber === shard.numbers.last) return shard.nextIndex;
    const index = shard.numbers.indexOf(sequenceNumber);
    if (index !== undefined && index < shard.nextIndex) return index;
    const message = `StartingSequenceNumber ${sequenceNumber} used in GetShardIterator on shard ${shard.id} in stream ${this.#options.arn} is invalid because it did not come from this shard.`;
    throw new BrokerError('InvalidArgumentException', message);
  }

  #open(iterator: string): { readonly shard: Shard<R>; readonly from: number } {
    const { arn, clock, iteratorLifetimeMs } = this.#options;
    const place = decodeIterator(iterator, arn);
    if (place === undefined) {
      throw new BrokerError('InvalidArgumentException', 'Invalid ShardIterator.');
    }
    const ageMs = clock.now() - place.issuedMs;
    if (ageMs > iteratorLifetimeMs) {
      const message = `Iterator expired. The iterator was created at time ${aws(place.issuedMs)} while right now it is ${aws(clock.now())} which is further in the future than the tolerated delay of ${iteratorLifetimeMs} milliseconds.`;
      throw new BrokerError('ExpiredIteratorException', message);
    }
    const shard = this.#find(place.shardId);
    return { shard, from: this.#kept(shard, place.index) };
  }

  /** The index itself, or what comes instead when its record is too old. */
  #kept(shard: Shard<R>, index: number): number {
    if (index >= shard.oldestIndex) return index;
    if (this.#options.trimmedRecords === 'skipped') return shard.oldestIndex;
    throw new BrokerError(
      'TrimmedDataAccessException',
      'The operation attempted to read past the oldest stream record in a shard.',
    );
  }

  #horizonMs(): number {
    return this.#options.clock.now() - this.#options.retentionMs;
  }
}

function checkPosition(position: ShardPosition, allowed: readonly ShardPosition['type'][]): void {
  if (typeof position !== 'object' || position === null) {
    throw new InvalidOptionError('position', 'an object with a `type`', position);
  }
  checkOneOf('position.type', position.type, allowed);
  if (position.type === 'AT_TIMESTAMP') {
    checkInteger('position.timestampMs', position.timestampMs, { min: 0, max: 8.64e15 });
  } else if ('sequenceNumber' in position && typeof position.sequenceNumber !== 'string') {
    throw new InvalidOptionError('position.sequenceNumber', 'a string', position.sequenceNumber);
  }
}

/** As Kinesis writes times in its messages: `Thu Jan 01 00:00:00 UTC 2026`. */
function aws(ms: number): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = new Date(ms)
    .toUTCString()
    .split(/,? /);
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
}
