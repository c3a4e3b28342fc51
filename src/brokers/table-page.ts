import { limits } from '../core/limits.ts';
import { checkBoolean, checkInteger, checkKnownKeys } from '../core/options.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { marshallValue, unmarshallItem, type Item, type ItemValue } from './marshall.ts';
import type { StoredItem, TableItems } from './table-items.ts';
import { encodeKeyValue, keyOf, placeOfItem, readKey } from './table-key.ts';
import type { KeySchema } from './table-options.ts';

export interface ScanOptions {
  /** Items in one page. A page also ends after 1 MB. @default as many as fit */
  readonly limit?: number;
  /** `lastKey` of the page before. */
  readonly startKey?: Item;
}

export interface QueryOptions extends ScanOptions {
  /** Only sort keys from it on. */
  readonly from?: ItemValue;
  /** Only sort keys up to it, itself included. */
  readonly to?: ItemValue;
  /** Only sort keys (text or bytes) that begin with it. Not together with `from` and `to`. */
  readonly beginsWith?: string | Uint8Array;
  /** @default false */
  readonly descending?: boolean;
}

/** One page of items. */
export interface ItemPage {
  readonly items: readonly Item[];
  /** Present when there may be more: the `startKey` of the next page. */
  readonly lastKey?: Item;
}

const scanKeys = ['limit', 'startKey'];
const queryKeys = [...scanKeys, 'from', 'to', 'beginsWith', 'descending'];

export function queryPage(
  items: TableItems,
  schema: KeySchema,
  partitionValue: unknown,
  options: QueryOptions,
): ItemPage {
  checkKnownKeys('options', options, queryKeys);
  const { descending = false, limit } = options;
  checkBoolean('descending', descending);
  const partition = encodeKeyValue(
    marshallValue('partitionKey', partitionValue),
    schema.partitionKey,
    limits.table.partitionKeyBytes,
  );
  const { from, to, prefix } = sortRange(options, schema);
  const start = startPlace(options.startKey, schema);
  const lower = start !== undefined && !descending && start.sort > from ? start.sort : from;
  const upper =
    start !== undefined && descending && (to === undefined || start.sort < to) ? start.sort : to;
  const found = descending
    ? items.inPartitionReversed(partition, lower, upper)
    : items.inPartition(partition, lower, upper);
  return page(found, schema, limit, (item) => {
    if (item.place.sort === start?.sort) return 'skip';
    if (item.place.sort.startsWith(prefix)) return 'take';
    // Everything with the prefix lies together: ascending it begins at `from`.
    return descending ? 'skip' : 'stop';
  });
}

export function scanPage(items: TableItems, schema: KeySchema, options: ScanOptions): ItemPage {
  checkKnownKeys('options', options, scanKeys);
  const start = startPlace(options.startKey, schema);
  return page(items.all(start), schema, options.limit, () => 'take');
}

function startPlace(startKey: Item | undefined, schema: KeySchema) {
  if (startKey === undefined) return undefined;
  return placeOfItem(readKey('startKey', startKey, schema), schema);
}

function sortRange(
  { from, to, beginsWith }: QueryOptions,
  { sortKey }: KeySchema,
): { readonly from: string; readonly to: string | undefined; readonly prefix: string } {
  for (const [option, value] of Object.entries({ from, to, beginsWith })) {
    if (value === undefined || sortKey !== undefined) continue;
    throw new InvalidOptionError(option, 'left out for a table without a sort key', value);
  }
  if (sortKey === undefined) return { from: '', to: undefined, prefix: '' };
  const encoded = (option: string, value: unknown): string =>
    encodeKeyValue(marshallValue(option, value), sortKey, limits.table.sortKeyBytes);
  if (beginsWith !== undefined) {
    if (sortKey.type === 'N' || from !== undefined || to !== undefined) {
      const rule = 'left out for numbers, and beside `from` and `to`';
      throw new InvalidOptionError('beginsWith', rule, beginsWith);
    }
    const prefix = encoded('beginsWith', beginsWith);
    return { from: prefix, to: undefined, prefix };
  }
  return {
    from: from === undefined ? '' : encoded('from', from),
    to: to === undefined ? undefined : encoded('to', to),
    prefix: '',
  };
}

function page(
  found: Iterable<StoredItem>,
  schema: KeySchema,
  limit: number | undefined,
  decide: (item: StoredItem) => 'take' | 'skip' | 'stop',
): ItemPage {
  if (limit !== undefined) checkInteger('limit', limit, { min: 1, max: 2 ** 31 - 1 });
  const items: Item[] = [];
  let bytes = 0;
  for (const item of found) {
    const decision = decide(item);
    if (decision === 'stop') break;
    if (decision === 'skip') continue;
    items.push(unmarshallItem(item.attributes));
    bytes += item.bytes;
    // As on AWS, a page that is full names a last key even when nothing comes behind it.
    if (items.length === limit || bytes >= limits.table.pageBytes) {
      return { items, lastKey: unmarshallItem(keyOf(item.attributes, schema)) };
    }
  }
  return { items };
}
