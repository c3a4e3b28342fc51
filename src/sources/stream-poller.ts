import type { RecordStream, ShardDescription, ShardPosition } from '../brokers/record-stream.ts';
import type { Poller, StreamPollerOptions } from './poller.ts';
import { RecordFilter } from './record-filter.ts';
import { ShardPoller } from './shard-poller.ts';
import type { ShardProgress } from './stream-progress.ts';
import type { RecordFormat } from './stream-records.ts';

/**
 * Reads all shards of a stream. A shard begins when the shards that it came from are dealt with, so that records of one
 * partition key stay in order through splits and merges. Nothing runs while no record comes.
 */
export class StreamPoller<Raw> implements Poller {
  readonly ready: Promise<void>;
  readonly #options: StreamPollerOptions;
  readonly #stream: RecordStream<Raw>;
  readonly #format: RecordFormat<Raw>;
  readonly #filter: RecordFilter;
  readonly #shards = new Map<string, ShardPoller<Raw>>();
  readonly #stopListening: () => void;
  #isStopped = false;
  /** Looks for shards, one after the other. */
  #looking: Promise<void>;

  constructor(options: StreamPollerOptions, stream: RecordStream<Raw>, format: RecordFormat<Raw>) {
    this.#options = options;
    this.#stream = stream;
    this.#format = format;
    this.#filter = new RecordFilter(options.mapping.settings.filters);
    this.#stopListening = stream.onRecords((shardId) => this.#shards.get(shardId)?.wake());
    this.#looking = this.#begin();
    this.ready = this.#looking;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopListening();
    await this.#looking;
    await Promise.all(Array.from(this.#shards.values(), (shard) => shard.stop()));
  }

  /** `LATEST` stands for the records that come from now on, so what is there now is noted at once. */
  async #begin(): Promise<void> {
    const { progress, mapping } = this.#options;
    if (!progress.hasBegun && mapping.settings.startingPosition === 'LATEST') {
      for (const shard of await this.#stream.listShards()) {
        const isDone = isClosed(shard);
        const after = await this.#stream.latestSequenceNumber(shard.shardId);
        progress.shards.set(shard.shardId, { after, lanes: [], isDone });
      }
    }
    progress.hasBegun = true;
    await this.#look();
  }

  async #look(): Promise<void> {
    const shards = await this.#stream.listShards();
    if (this.#isStopped) return;
    const { progress } = this.#options;
    const listed = new Set(shards.map(({ shardId }) => shardId));
    for (const shardId of progress.shards.keys()) {
      if (!listed.has(shardId) && !this.#shards.has(shardId)) progress.shards.delete(shardId);
    }
    for (const shard of shards) {
      const known = progress.shards.get(shard.shardId);
      if (known?.isDone === true || this.#shards.has(shard.shardId)) continue;
      const isBlocked = parentsOf(shard).some((parent) => this.#isUnread(parent, listed));
      if (!isBlocked) this.#start(shard.shardId, known ?? this.#newProgress(shard.shardId));
    }
  }

  /** A shard that is no longer listed has nothing left that could be read. */
  #isUnread(shardId: string, listed: ReadonlySet<string>): boolean {
    if (this.#shards.has(shardId)) return true;
    return listed.has(shardId) && this.#options.progress.shards.get(shardId)?.isDone !== true;
  }

  #newProgress(shardId: string): ShardProgress {
    const progress: ShardProgress = { after: undefined, lanes: [], isDone: false };
    this.#options.progress.shards.set(shardId, progress);
    return progress;
  }

  #start(shardId: string, progress: ShardProgress): void {
    const poller = new ShardPoller({
      options: this.#options,
      stream: this.#stream,
      format: this.#format,
      filter: this.#filter,
      shardId,
      progress,
      position: this.#position(),
      onDone: () => {
        this.#shards.delete(shardId);
        this.#looking = this.#looking.then(() => this.#look());
      },
    });
    this.#shards.set(shardId, poller);
  }

  /** Shards that were made since are read from their beginning. */
  #position(): ShardPosition {
    const { startingPosition, startingAtMs } = this.#options.mapping.settings;
    return startingPosition === 'AT_TIMESTAMP' && startingAtMs !== null
      ? { type: 'AT_TIMESTAMP', timestampMs: startingAtMs }
      : { type: 'TRIM_HORIZON' };
  }
}

function isClosed({ sequenceNumberRange }: ShardDescription): boolean {
  return sequenceNumberRange.endingSequenceNumber !== undefined;
}

function parentsOf({ parentShardId, adjacentParentShardId }: ShardDescription): readonly string[] {
  return [parentShardId, adjacentParentShardId].filter((id) => id !== undefined);
}
