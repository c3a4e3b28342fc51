import { createHash } from 'node:crypto';
import type { AttributeMap } from './attribute-value.ts';
import type { ItemPlace } from './table-key.ts';

/** An item where a table keeps it. */
export interface StoredItem {
  readonly place: ItemPlace;
  readonly attributes: AttributeMap;
  readonly bytes: number;
}

interface Partition {
  readonly key: string;
  /** Scans go in the order of the hashes, which is nobody's order, as on AWS. */
  readonly hash: string;
  /** In the order of their sort keys. */
  readonly items: StoredItem[];
}

/** The items of a table: found by their partition, sorted within it. */
export class TableItems {
  readonly #partitions = new Map<string, Partition>();
  /** Made when somebody scans; a partition that comes or goes makes it stale. */
  #sortedPartitions: readonly Partition[] | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get({ partition, sort }: ItemPlace): StoredItem | undefined {
    const items = this.#partitions.get(partition)?.items ?? [];
    const found = items[indexOf(items, sort)];
    return found?.place.sort === sort ? found : undefined;
  }

  set(item: StoredItem): void {
    const { partition, sort } = item.place;
    const { items } = this.#partitions.get(partition) ?? this.#addPartition(partition);
    const index = indexOf(items, sort);
    const isNew = items[index]?.place.sort !== sort;
    items.splice(index, isNew ? 0 : 1, item);
    if (isNew) this.#size += 1;
  }

  delete({ partition, sort }: ItemPlace): void {
    const found = this.#partitions.get(partition);
    if (found === undefined) return;
    const index = indexOf(found.items, sort);
    if (found.items[index]?.place.sort !== sort) return;
    found.items.splice(index, 1);
    this.#size -= 1;
    if (found.items.length > 0) return;
    this.#partitions.delete(partition);
    this.#sortedPartitions = undefined;
  }

  /** Items of a partition in the order of their sort keys, from `from` to `to`, both included. */
  *inPartition(partition: string, from: string, to: string | undefined): Generator<StoredItem> {
    const items = this.#partitions.get(partition)?.items ?? [];
    for (let index = indexOf(items, from); index < items.length; index += 1) {
      const item = items[index] as StoredItem;
      if (to !== undefined && item.place.sort > to) return;
      yield item;
    }
  }

  /** As `inPartition`, the other way round. */
  *inPartitionReversed(
    partition: string,
    from: string,
    to: string | undefined,
  ): Generator<StoredItem> {
    const items = this.#partitions.get(partition)?.items ?? [];
    let last = items.length - 1;
    if (to !== undefined) {
      const end = indexOf(items, to);
      last = items[end]?.place.sort === to ? end : end - 1;
    }
    for (let index = last; index >= 0; index -= 1) {
      const item = items[index] as StoredItem;
      if (item.place.sort < from) return;
      yield item;
    }
  }

  /** Every item, or those behind a place, which need not be there any more. */
  *all(after: ItemPlace | undefined): Generator<StoredItem> {
    this.#sortedPartitions ??= [...this.#partitions.values()].sort(byHash);
    const partitions = this.#sortedPartitions;
    const first = after === undefined ? 0 : firstFrom(partitions, hashOf(after.partition));
    for (const { key, items } of partitions.slice(first)) {
      for (const item of items) {
        if (key === after?.partition && item.place.sort <= after.sort) continue;
        yield item;
      }
    }
  }

  #addPartition(key: string): Partition {
    const partition = { key, hash: hashOf(key), items: [] };
    this.#partitions.set(key, partition);
    this.#sortedPartitions = undefined;
    return partition;
  }
}

function hashOf(partition: string): string {
  return createHash('md5').update(partition, 'latin1').digest('hex');
}

function firstFrom(partitions: readonly Partition[], hash: string): number {
  return lowerBound(partitions, ({ hash: other }) => other < hash);
}

function byHash(a: Partition, b: Partition): number {
  return a.hash < b.hash ? -1 : 1;
}

/** Where a sort key is, or would be. */
function indexOf(items: readonly StoredItem[], sort: string): number {
  return lowerBound(items, ({ place }) => place.sort < sort);
}

/** Where the first one is of a sorted list that is not before what is looked for. */
function lowerBound<T>(sorted: readonly T[], isBefore: (item: T) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(sorted[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}
