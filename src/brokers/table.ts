import { checkKnownKeys } from '../core/options.ts';
import { limits } from '../core/limits.ts';
import { resourceArn } from '../core/resource-arn.ts';
import { areEqualMaps, mapBytes, type AttributeMap } from './attribute-value.ts';
import { resolveBrokerContext, type BrokerContext } from './broker-context.ts';
import { BrokerError } from './broker-error.ts';
import { marshallItem, unmarshallItem, type Item, type ItemValue } from './marshall.ts';
import { checkCondition, type ConditionalOptions } from './table-condition.ts';
import { expiryOf, TableExpiry } from './table-expiry.ts';
import { TableItems } from './table-items.ts';
import { keyOf, placeOfItem, readKey, type ItemPlace } from './table-key.ts';
import {
  checkTableName,
  resolveTableOptions,
  type ResolvedTableOptions,
  type TableOptions,
} from './table-options.ts';
import {
  queryPage,
  scanPage,
  type ItemPage,
  type QueryOptions,
  type ScanOptions,
} from './table-page.ts';
import { TableStream } from './table-stream.ts';
import { applyUpdate, checkUpdate, type TableUpdate } from './table-update.ts';

/**
 * A table in memory, as DynamoDB: items under a partition key and an optional sort key, conditional writes,
 * expiry, and a stream of changes. Without expressions, indexes and transactions. Items are plain JavaScript,
 * kept as attribute values; they are gone when the process ends.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.CoreComponents.html
 * @example
 * const orders = new Table('orders', {
 *   partitionKey: { name: 'customer', type: 'S' },
 *   sortKey: { name: 'number', type: 'N' },
 *   stream: 'NEW_AND_OLD_IMAGES',
 * });
 * await orders.put({ customer: 'ada', number: 7, total: 12.5 }, { condition: 'absent' });
 * await orders.update({ customer: 'ada', number: 7 }, { set: { paid: true }, add: { version: 1 } });
 */
export class Table {
  readonly name: string;
  readonly arn: string;
  /** Undefined unless the table was made with `stream`. */
  readonly stream: TableStream | undefined;
  readonly #context: BrokerContext;
  readonly #options: ResolvedTableOptions;
  readonly #items = new TableItems();
  readonly #expiry: TableExpiry;

  constructor(name: string, options: TableOptions, context: Partial<BrokerContext> = {}) {
    checkTableName(name);
    this.name = name;
    this.#options = resolveTableOptions(options);
    this.#context = resolveBrokerContext(context);
    const { home, clock } = this.#context;
    this.arn = resourceArn(home, 'table', name);
    const { stream } = this.#options;
    this.stream = stream && new TableStream(this.arn, stream, this.#context);
    this.#expiry = new TableExpiry(clock, `table "${name}": items expire`, (place) =>
      this.#replace(place, undefined, true),
    );
  }

  /** Items in the table. */
  get size(): number {
    return this.#items.size;
  }

  /** @param key the key attributes, and nothing else */
  async get(key: Item): Promise<Item | undefined> {
    const found = this.#items.get(this.#placeOf(key).place);
    return found && unmarshallItem(found.attributes);
  }

  /**
   * Puts an item, or replaces the one with its key.
   * @returns the item that was there
   * @throws BrokerError `ConditionalCheckFailedException`; `ValidationException` for a key that does not fit,
   *   or an item of more than 400 KB
   */
  async put(item: Item, options: ConditionalOptions = {}): Promise<Item | undefined> {
    checkKnownKeys('options', options, ['condition']);
    const attributes = marshallItem('item', item);
    const place = placeOfItem(attributes, this.#options.keySchema);
    checkSize(attributes, 'Item size has exceeded the maximum allowed size');
    const before = this.#items.get(place)?.attributes;
    checkCondition(options.condition, before);
    this.#replace(place, attributes, false);
    return before && unmarshallItem(before);
  }

  /**
   * Changes attributes of an item, or makes it.
   * @param key the key attributes, and nothing else
   * @returns the item as it is now
   */
  async update(key: Item, update: TableUpdate, options: ConditionalOptions = {}): Promise<Item> {
    checkKnownKeys('options', options, ['condition']);
    const { keyAttributes, place } = this.#placeOf(key);
    const checked = checkUpdate(update, this.#options.keySchema);
    const before = this.#items.get(place)?.attributes;
    checkCondition(options.condition, before);
    const after = applyUpdate(before, keyAttributes, checked);
    checkSize(after, 'Item size to update has exceeded the maximum allowed size');
    this.#replace(place, after, false);
    return unmarshallItem(after);
  }

  /**
   * Deletes an item; one that is not there is no error.
   * @param key the key attributes, and nothing else
   * @returns the item that was there
   */
  async delete(key: Item, options: ConditionalOptions = {}): Promise<Item | undefined> {
    checkKnownKeys('options', options, ['condition']);
    const { place } = this.#placeOf(key);
    const before = this.#items.get(place)?.attributes;
    checkCondition(options.condition, before);
    this.#replace(place, undefined, false);
    return before && unmarshallItem(before);
  }

  /** Items of one partition, in the order of their sort keys. */
  async query(partitionKey: ItemValue, options: QueryOptions = {}): Promise<ItemPage> {
    return queryPage(this.#items, this.#options.keySchema, partitionKey, options);
  }

  /** Every item; partitions come in no useful order. */
  async scan(options: ScanOptions = {}): Promise<ItemPage> {
    return scanPage(this.#items, this.#options.keySchema, options);
  }

  /** Nothing expires any more. */
  async close(): Promise<void> {
    this.#expiry.close();
  }

  #placeOf(key: Item): { readonly keyAttributes: AttributeMap; readonly place: ItemPlace } {
    const keyAttributes = readKey('key', key, this.#options.keySchema);
    return { keyAttributes, place: placeOfItem(keyAttributes, this.#options.keySchema) };
  }

  /** The one place where an item changes. */
  #replace(place: ItemPlace, after: AttributeMap | undefined, isExpiry: boolean): void {
    const before = this.#items.get(place)?.attributes;
    if (before === undefined && after === undefined) return;
    if (after === undefined) this.#items.delete(place);
    else this.#items.set({ place, attributes: after, bytes: mapBytes(after) });
    if (!isExpiry) this.#plan(place, before, after);
    // DynamoDB tells of changes alone, not of writes that change nothing.
    if (before !== undefined && after !== undefined && areEqualMaps(before, after)) return;
    const keys = keyOf((after ?? before) as AttributeMap, this.#options.keySchema);
    this.stream?.append({ keys, before, after, isExpiry });
  }

  #plan(place: ItemPlace, before: AttributeMap | undefined, after: AttributeMap | undefined): void {
    const { ttlAttribute } = this.#options;
    const nowMs = this.#context.clock.now();
    const was = expiryOf(before, ttlAttribute, nowMs);
    const is = expiryOf(after, ttlAttribute, nowMs);
    if (was === is) return;
    if (was !== undefined) this.#expiry.remove(place, was);
    if (is !== undefined) this.#expiry.add(place, is);
  }
}

function checkSize(attributes: AttributeMap, message: string): void {
  if (mapBytes(attributes) <= limits.table.itemBytes) return;
  throw new BrokerError('ValidationException', message);
}
