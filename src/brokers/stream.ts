import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { resourceArn } from '../core/resource-arn.ts';
import { resolveBrokerContext, type BrokerContext } from './broker-context.ts';
import { BrokerError } from './broker-error.ts';
import { HashRing } from './hash-ring.ts';
import type {
  GetRecordsOptions,
  RecordPage,
  RecordStream,
  ShardDescription,
  ShardPosition,
} from './record-stream.ts';
import { ShardReader } from './shard-reader.ts';
import type { Shard } from './shard.ts';
import {
  acceptRecord,
  checkStreamName,
  resolveStreamOptions,
  type AcceptedRecord,
  type PutStreamRecord,
  type ResolvedStreamOptions,
  type StreamOptions,
} from './stream-options.ts';
import { WriteLimits } from './write-limits.ts';

/** A record as it is read. */
export interface StreamRecord {
  /** Grows within its shard; decimal. */
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: Uint8Array;
  /** Epoch milliseconds. */
  readonly arrivedMs: number;
}

/** Where a record went. */
export interface PutRecordResult {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

/** What became of one record of several. */
export type PutRecordsEntry =
  | PutRecordResult
  | { readonly errorCode: string; readonly errorMessage: string };

/**
 * A stream in memory, as Kinesis: shards that records are spread over by the MD5 of their partition keys, read
 * from iterators, split and merged. Records are gone when the process ends.
 * https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html
 * @example
 * const clicks = new Stream('clicks', { shards: 2 });
 * await clicks.putRecord({ partitionKey: user, data: JSON.stringify(click) });
 * const [shard] = await clicks.listShards();
 * const iterator = await clicks.getShardIterator(shard.shardId, { type: 'TRIM_HORIZON' });
 * const { records, nextIterator } = await clicks.getRecords(iterator);
 */
export class Stream implements RecordStream<StreamRecord> {
  readonly name: string;
  readonly arn: string;
  readonly #context: BrokerContext;
  readonly #options: ResolvedStreamOptions;
  readonly #ring: HashRing<StreamRecord>;
  readonly #reader: ShardReader<StreamRecord>;
  readonly #writeLimits: WriteLimits | undefined;

  constructor(name: string, options: StreamOptions = {}, context: Partial<BrokerContext> = {}) {
    checkStreamName(name);
    this.name = name;
    this.#options = resolveStreamOptions(options);
    this.#context = resolveBrokerContext(context);
    const { home, clock } = this.#context;
    this.arn = resourceArn(home, 'stream', name);
    const { shards, retentionMs, limitWrites } = this.#options;
    const { accountId } = home;
    this.#ring = new HashRing({ name, accountId, shards, nowMs: clock.now() });
    this.#reader = new ShardReader({
      arn: this.arn,
      clock,
      retentionMs,
      iteratorLifetimeMs: limits.stream.iteratorLifetimeMs,
      maxRecords: limits.stream.getRecords.count,
      maxBytes: limits.stream.getRecords.bytes,
      positions: [
        'TRIM_HORIZON',
        'LATEST',
        'AT_SEQUENCE_NUMBER',
        'AFTER_SEQUENCE_NUMBER',
        'AT_TIMESTAMP',
      ],
      trimmedRecords: 'skipped',
    });
    for (const shard of this.#ring.open) this.#reader.add(shard);
    this.#writeLimits = limitWrites ? new WriteLimits() : undefined;
  }

  /**
   * Resolves when the record can be read.
   * @throws BrokerError `ValidationException` for a record that is too large;
   *   `ProvisionedThroughputExceededException` when writes are limited and the shard takes no more
   */
  async putRecord(record: PutStreamRecord): Promise<PutRecordResult> {
    const accepted = acceptRecord('record', record, this.#options.maxRecordBytes);
    const result = this.#append(accepted);
    if ('errorCode' in result) throw new BrokerError(result.errorCode, result.errorMessage);
    this.#reader.announce(result.shardId);
    return result;
  }

  /**
   * Up to 500 records of 10 MiB together. Each is kept or refused for itself; a record that breaks a rule
   * refuses the whole call.
   */
  async putRecords(records: readonly PutStreamRecord[]): Promise<{
    readonly failedRecordCount: number;
    readonly records: readonly PutRecordsEntry[];
  }> {
    const accepted = this.#acceptAll(records);
    const results = accepted.map((record) => this.#append(record));
    const kept = results.filter((result) => 'shardId' in result);
    for (const shardId of new Set(kept.map((result) => result.shardId))) {
      this.#reader.announce(shardId);
    }
    return { failedRecordCount: results.length - kept.length, records: results };
  }

  async listShards(): Promise<readonly ShardDescription[]> {
    return this.#reader.listShards();
  }

  /**
   * Iterators live five minutes.
   * @throws BrokerError `ResourceNotFoundException` for a shard that is not there (any more);
   *   `InvalidArgumentException` for a sequence number that is not of the shard
   */
  async getShardIterator(shardId: string, position: ShardPosition): Promise<string> {
    return this.#reader.getShardIterator(shardId, position);
  }

  async latestSequenceNumber(shardId: string): Promise<string> {
    return this.#reader.latestSequenceNumber(shardId);
  }

  /**
   * Up to 10,000 records of 10 MiB together. Records that became too old are passed over.
   * @throws BrokerError `ExpiredIteratorException`, `InvalidArgumentException`
   */
  async getRecords(
    iterator: string,
    options: GetRecordsOptions = {},
  ): Promise<RecordPage<StreamRecord>> {
    return this.#reader.getRecords(iterator, options, copyOf);
  }

  onRecords(listener: (shardId: string) => void): () => void {
    return this.#reader.onRecords(listener);
  }

  /**
   * Closes a shard; two new ones take its hash keys, the second one from `newStartingHashKey` on. Reading goes
   * on in them once the old one is read to its end.
   * @param newStartingHashKey a decimal number within the shard's range @default its middle
   */
  async splitShard(shardId: string, newStartingHashKey?: string): Promise<readonly string[]> {
    const shard = this.#find(shardId);
    const at = newStartingHashKey ?? middleOf(shard);
    return this.#reshard([shard], this.#ring.split(shard, at, this.#context.clock.now()));
  }

  /** Closes two shards whose ranges meet; a new one takes the hash keys of both. */
  async mergeShards(shardId: string, adjacentShardId: string): Promise<string> {
    const pair = [this.#find(shardId), this.#find(adjacentShardId)] as const;
    const [child = ''] = this.#reshard(pair, this.#ring.merge(...pair, this.#context.clock.now()));
    return child;
  }

  #acceptAll(records: unknown): readonly AcceptedRecord[] {
    const { count, bytes } = limits.stream.putRecords;
    if (!Array.isArray(records) || records.length === 0 || records.length > count) {
      throw new InvalidOptionError('records', `a list of 1 to ${count} records`, records);
    }
    const accepted = records.map((record: PutStreamRecord, index) =>
      acceptRecord(`records[${index}]`, record, this.#options.maxRecordBytes),
    );
    const total = accepted.reduce((sum, record) => sum + record.bytes, 0);
    if (total > bytes) {
      const message = `The records of one call have ${total} bytes; the limit is ${bytes}`;
      throw new BrokerError('InvalidArgumentException', message);
    }
    return accepted;
  }

  #append({ data, partitionKey, explicitHashKey, bytes }: AcceptedRecord): PutRecordsEntry {
    const nowMs = this.#context.clock.now();
    const shard = this.#ring.shardFor(partitionKey, explicitHashKey);
    if (this.#writeLimits?.take(shard.id, bytes, nowMs) === false) {
      return {
        errorCode: 'ProvisionedThroughputExceededException',
        errorMessage: `Rate exceeded for shard ${shard.id} in stream ${this.name} under account ${this.#context.home.accountId}.`,
      };
    }
    this.#reader.trim(shard);
    const sequenceNumber = shard.append(nowMs, bytes, (number, arrivedMs) => ({
      sequenceNumber: number,
      partitionKey,
      data,
      arrivedMs,
    }));
    return { shardId: shard.id, sequenceNumber };
  }

  #find(shardId: string): Shard<StreamRecord> {
    const shard = this.#reader.shards().get(shardId);
    if (shard !== undefined) return shard;
    const message = `Could not find shard ${shardId} in stream ${this.name} under account ${this.#context.home.accountId}.`;
    throw new BrokerError('ResourceNotFoundException', message);
  }

  #reshard(
    closed: readonly Shard<StreamRecord>[],
    children: readonly Shard<StreamRecord>[],
  ): readonly string[] {
    for (const child of children) this.#reader.add(child);
    for (const { id } of closed) this.#reader.announce(id);
    return children.map(({ id }) => id);
  }
}

function middleOf({ hashRange }: Shard<StreamRecord>): string {
  if (hashRange === undefined) throw new TypeError('a shard of a stream has a hash range');
  return ((hashRange.start + hashRange.end + 1n) / 2n).toString();
}

function copyOf(record: StreamRecord): StreamRecord {
  return { ...record, data: Uint8Array.from(record.data) };
}
