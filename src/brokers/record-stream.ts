/**
 * What pollers read from: shards of records in order, as Kinesis and the streams of DynamoDB tables have them.
 * A shard is read from its oldest record to its end; when it was split or merged it ends, and reading goes on in
 * its children. Records of one partition key come in order if parents are read to their end first.
 */
export interface RecordStream<R> {
  readonly arn: string;
  /** Open shards, and closed ones until the last of their records is too old. Parents before their children. */
  listShards(): Promise<readonly ShardDescription[]>;
  /** A place in a shard. It can be used several times, for as long as the stream says. */
  getShardIterator(shardId: string, position: ShardPosition): Promise<string>;
  /** Of the shard's last record, or the shard's own while it has none: reading after it gives what comes from now on. */
  latestSequenceNumber(shardId: string): Promise<string>;
  getRecords(iterator: string, options?: GetRecordsOptions): Promise<RecordPage<R>>;
  /**
   * Tells when reading on may give something new: a record came, or a shard ended. Called at once and often, so
   * do little. Returns what ends it.
   */
  onRecords(listener: (shardId: string) => void): () => void;
}

export interface ShardDescription {
  readonly shardId: string;
  /** The shard that was split, or one of the two that were merged. */
  readonly parentShardId?: string;
  /** The other one of the two that were merged. */
  readonly adjacentParentShardId?: string;
  /** Absent in the streams of tables. */
  readonly hashKeyRange?: HashKeyRange;
  readonly sequenceNumberRange: {
    readonly startingSequenceNumber: string;
    /** Present when the shard is closed: no record comes any more. */
    readonly endingSequenceNumber?: string;
  };
}

/** Both ends belong to it; decimal numbers below 2^128. */
export interface HashKeyRange {
  readonly startingHashKey: string;
  readonly endingHashKey: string;
}

/** Where reading begins. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html */
export type ShardPosition =
  | { readonly type: 'TRIM_HORIZON' }
  | { readonly type: 'LATEST' }
  | {
      readonly type: 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER';
      readonly sequenceNumber: string;
    }
  /** Epoch milliseconds, not in the future; not in the streams of tables. */
  | { readonly type: 'AT_TIMESTAMP'; readonly timestampMs: number };

export interface GetRecordsOptions {
  /** @default as many as the stream gives at most */
  readonly limit?: number;
}

export interface RecordPage<R> {
  readonly records: readonly R[];
  /** Where to go on; `undefined` when the shard is closed and every record of it was read. */
  readonly nextIterator: string | undefined;
  /** Age of the last record of this page while there are more, 0 when there are none. */
  readonly millisBehindLatest: number;
  /** Given once the end of the shard is reached. */
  readonly childShards?: readonly ChildShard[];
}

export interface ChildShard {
  readonly shardId: string;
  readonly parentShards: readonly string[];
  readonly hashKeyRange?: HashKeyRange;
}
