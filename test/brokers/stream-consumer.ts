import type { RecordStream } from '../../src/brokers/record-stream.ts';

/** Reads a stream as a poller does: parents to their end, then their children. */
export class StreamConsumer<R> {
  readonly records: { readonly shardId: string; readonly record: R }[] = [];
  readonly #stream: RecordStream<R>;
  readonly #iterators = new Map<string, string>();
  readonly #finished = new Set<string>();

  constructor(stream: RecordStream<R>) {
    this.#stream = stream;
  }

  /** Reads one page of each shard that may be read. True when something came or a shard ended. */
  async step(limit: number): Promise<boolean> {
    const shards = await this.#stream.listShards();
    const known = new Set(shards.map(({ shardId }) => shardId));
    let isMoving = false;
    for (const { shardId, parentShardId, adjacentParentShardId } of shards) {
      const parents = [parentShardId, adjacentParentShardId].filter((id) => id !== undefined);
      const mayBeRead = parents.every((id) => !known.has(id) || this.#finished.has(id));
      if (!mayBeRead || this.#finished.has(shardId)) continue;
      const iterator =
        this.#iterators.get(shardId) ??
        (await this.#stream.getShardIterator(shardId, { type: 'TRIM_HORIZON' }));
      const { records, nextIterator } = await this.#stream.getRecords(iterator, { limit });
      this.records.push(...records.map((record) => ({ shardId, record })));
      isMoving ||= records.length > 0 || nextIterator === undefined;
      if (nextIterator === undefined) this.#finished.add(shardId);
      else this.#iterators.set(shardId, nextIterator);
    }
    return isMoving;
  }

  async readAll(limit = 3): Promise<readonly R[]> {
    let isMoving = true;
    while (isMoving) isMoving = await this.step(limit);
    return this.records.map(({ record }) => record);
  }
}
