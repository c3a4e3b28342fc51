import { BrokerError } from '../brokers/broker-error.ts';
import type { RecordPage, RecordStream, ShardPosition } from '../brokers/record-stream.ts';
import { backoffMs, mappingFacts, pauseOn, type StreamPollerOptions } from './poller.ts';
import type { RecordFilter } from './record-filter.ts';
import { ShardLane } from './shard-lane.ts';
import type { LaneProgress, ShardProgress } from './stream-progress.ts';
import type { RecordFormat } from './stream-records.ts';

/** Records that are read ahead of the batches of one shard. */
const mostWaiting = 10_000;

export interface ShardPollerParts<Raw> {
  readonly options: StreamPollerOptions;
  readonly stream: RecordStream<Raw>;
  readonly format: RecordFormat<Raw>;
  readonly filter: RecordFilter;
  readonly shardId: string;
  readonly progress: ShardProgress;
  /** Where to begin while nothing was read. */
  readonly position: ShardPosition;
  /** Everything that was in the shard is dealt with. */
  readonly onDone: () => void;
}

/** Reads one shard from where the mapping stands to its end, and hands the records to lanes by their keys. */
export class ShardPoller<Raw> {
  readonly #parts: ShardPollerParts<Raw>;
  readonly #stopping = new AbortController();
  readonly #lanes: readonly ShardLane[];
  readonly #keyed: number;
  /** There may be something new. */
  #isStale = true;
  #onWake: (() => void) | undefined;
  #faults = 0;
  readonly #ended: Promise<void>;

  constructor(parts: ShardPollerParts<Raw>) {
    const { options, progress } = parts;
    this.#parts = parts;
    this.#keyed = options.mapping.settings.parallelizationFactor;
    this.#lanes = this.#makeLanes(progress.lanes);
    this.#ended = this.#run();
  }

  /** Reading on may give something new, or there is room for it. */
  wake(): void {
    this.#isStale = true;
    this.#onWake?.();
  }

  /** Reads nothing more; resolves when the batches that run have ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#onWake?.();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { progress, onDone } = this.#parts;
    let isAtEnd = false;
    while (!signal.aborted && !isAtEnd) {
      if (!this.#isStale || this.#waiting >= mostWaiting) {
        await this.#untilWoken();
        continue;
      }
      this.#isStale = false;
      isAtEnd = await this.#readOn();
    }
    if (isAtEnd) for (const lane of this.#lanes) lane.end();
    await Promise.all(this.#lanes.map((lane) => lane.done));
    progress.lanes = this.#lanes.map((lane) => lane.progress);
    if (signal.aborted) return;
    progress.isDone = true;
    onDone();
  }

  /** One page; true at the end of the shard. */
  async #readOn(): Promise<boolean> {
    const { options, progress, format, filter, shardId } = this.#parts;
    const { events } = options;
    const page = await this.#page();
    if (page === undefined) return false;
    const { records, nextIterator } = page;
    if (records.length > 0) {
      this.#isStale = true;
      const facts = mappingFacts(options);
      events.emit({ type: 'mapping.recordsPolled', ...facts, records: records.length });
    }
    let filtered = 0;
    for (const raw of records) {
      progress.after = format.numberOf(raw);
      if (!filter.passes(() => format.view(raw, shardId))) {
        filtered += 1;
        continue;
      }
      const record = format.read(raw, shardId);
      this.#lanes[laneOf(record.orderKey, this.#keyed)]?.push(record);
    }
    if (filtered > 0) {
      const facts = mappingFacts(options);
      events.emit({ type: 'mapping.recordsFiltered', ...facts, records: filtered });
    }
    return nextIterator === undefined;
  }

  /** Undefined when it could not be read for now. */
  async #page(): Promise<RecordPage<Raw> | undefined> {
    const { stream, options, shardId, progress, position } = this.#parts;
    const { signal } = this.#stopping;
    try {
      const from: ShardPosition =
        progress.after === undefined
          ? position
          : { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: progress.after };
      const page = await this.#pageFrom(from);
      this.#faults = 0;
      return page;
    } catch (error) {
      const code = error instanceof BrokerError ? error.awsCode : undefined;
      if (code === 'ResourceNotFoundException') {
        // The whole shard became too old.
        return { records: [], nextIterator: undefined, millisBehindLatest: 0 };
      }
      this.#isStale = true;
      if (code === 'TrimmedDataAccessException') {
        progress.after = undefined;
        return this.#pageFrom({ type: 'TRIM_HORIZON' });
      }
      const reason = error instanceof Error ? error.message : String(error);
      options.events.emit({ type: 'mapping.pollFailed', ...mappingFacts(options), reason });
      const label = `mapping of ${stream.arn}: ${shardId} failed`;
      await pauseOn(options.clock, backoffMs(this.#faults), signal, label);
      this.#faults += 1;
      return undefined;
    }
  }

  async #pageFrom(position: ShardPosition): Promise<RecordPage<Raw>> {
    const { stream, shardId } = this.#parts;
    return stream.getRecords(await stream.getShardIterator(shardId, position), { limit: 1_000 });
  }

  async #oldestKept(): Promise<string | undefined> {
    const { stream, shardId, format } = this.#parts;
    try {
      const iterator = await stream.getShardIterator(shardId, { type: 'TRIM_HORIZON' });
      const { records } = await stream.getRecords(iterator, { limit: 1 });
      return records[0] && format.numberOf(records[0]);
    } catch (error) {
      // The shard is gone with all its records.
      if (error instanceof BrokerError) return undefined;
      throw error;
    }
  }

  /** Windows of lanes that are there no more are closed by lanes that get no records. */
  #makeLanes(before: readonly LaneProgress[]): readonly ShardLane[] {
    const { options, format, shardId } = this.#parts;
    const left = before.flatMap((lane) => lane.left);
    const count = Math.max(this.#keyed, before.length);
    return Array.from({ length: count }, (_, index) => {
      const begin = {
        left: left.filter(({ orderKey }) => laneOf(orderKey, this.#keyed) === index),
        window: before[index]?.window,
      };
      return new ShardLane({
        options,
        format,
        shardId,
        begin,
        signal: this.#stopping.signal,
        oldestKept: () => this.#oldestKept(),
        onTaken: () => this.#onWake?.(),
      });
    });
  }

  get #waiting(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.waiting, 0);
  }

  async #untilWoken(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onWake = resolve;
    await promise;
    this.#onWake = undefined;
  }
}

/** Spreads keys over lanes (FNV-1a). */
function laneOf(key: string, lanes: number): number {
  let hash = 0x81_1c_9d_c5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01_00_01_93);
  }
  return (hash >>> 0) % lanes;
}
