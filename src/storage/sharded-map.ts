const shardCount = 256;

/**
 * A map by strings that grows in small steps: a plain `Map` moves all of its entries at once when it doubles,
 * which stops the process for tens of milliseconds at a million of them.
 */
export class ShardedMap<V> {
  readonly #shards: (Map<string, V> | undefined)[] = Array.from({ length: shardCount });

  get(key: string): V | undefined {
    return this.#shards[shardOf(key)]?.get(key);
  }

  set(key: string, value: V): void {
    const shard = shardOf(key);
    const map = (this.#shards[shard] ??= new Map<string, V>());
    map.set(key, value);
  }

  delete(key: string): void {
    this.#shards[shardOf(key)]?.delete(key);
  }

  clear(): void {
    this.#shards.fill(undefined);
  }
}

/** The end of a key tells the most: counters, hashes and UUIDs all vary there. */
function shardOf(key: string): number {
  let hash = key.length;
  for (let at = Math.max(0, key.length - 6); at < key.length; at += 1) {
    hash = (Math.imul(hash, 31) + key.charCodeAt(at)) | 0;
  }
  return (hash ^ (hash >>> 8)) & (shardCount - 1);
}
