import { limits } from '../core/limits.ts';
import { own, typeOfValue, type AttributeMap, type AttributeValue } from './attribute-value.ts';
import { BrokerError } from './broker-error.ts';
import { parseDecimal, sortableDecimal } from './decimal.ts';
import { marshallItem } from './marshall.ts';
import type { KeyAttribute, KeySchema } from './table-options.ts';

/** Where an item belongs. Texts whose order is that of the values, equal for equal values. */
export interface ItemPlace {
  readonly partition: string;
  /** Empty in tables without a sort key. */
  readonly sort: string;
}

/** The place of an item that is put. */
export function placeOfItem(item: AttributeMap, { partitionKey, sortKey }: KeySchema): ItemPlace {
  return {
    partition: encodeOwn(item, partitionKey, limits.table.partitionKeyBytes),
    sort: sortKey === undefined ? '' : encodeOwn(item, sortKey, limits.table.sortKeyBytes),
  };
}

/** A key as callers write it: the key attributes, and nothing else. */
export function readKey(at: string, key: unknown, schema: KeySchema): AttributeMap {
  const map = marshallItem(at, key);
  const names = [schema.partitionKey.name, schema.sortKey?.name].filter((n) => n !== undefined);
  const isComplete = names.every((name) => Object.hasOwn(map, name));
  if (!isComplete || Object.keys(map).length !== names.length) {
    throw invalid('The provided key element does not match the schema');
  }
  return map;
}

/** The key attributes of an item. */
export function keyOf(item: AttributeMap, { partitionKey, sortKey }: KeySchema): AttributeMap {
  const names = [partitionKey.name, ...(sortKey === undefined ? [] : [sortKey.name])];
  const entries = names.map((name) => [name, item[name] as AttributeValue] as const);
  return Object.freeze(Object.fromEntries(entries));
}

function encodeOwn(item: AttributeMap, attribute: KeyAttribute, maxBytes: number): string {
  const value = own(item, attribute.name);
  if (value === undefined) {
    throw invalid(
      `One or more parameter values were invalid: Missing the key ${attribute.name} in the item`,
    );
  }
  return encodeKeyValue(value, attribute, maxBytes);
}

/** @throws BrokerError `ValidationException` for another type, an empty value, or one that is too long */
export function encodeKeyValue(
  value: AttributeValue,
  { name, type }: KeyAttribute,
  maxBytes: number,
): string {
  if (typeOfValue(value) !== type) {
    throw invalid(
      `One or more parameter values were invalid: Type mismatch for key ${name} expected: ${type} actual: ${typeOfValue(value)}`,
    );
  }
  const encoded = encode(value);
  if (encoded === '') {
    const kind = type === 'S' ? 'string' : 'binary';
    throw invalid(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${name}`,
    );
  }
  if (type !== 'N' && encoded.length > maxBytes) {
    throw invalid(
      `One or more parameter values were invalid: Size of the key ${name} has exceeded the maximum size limit of ${maxBytes} bytes`,
    );
  }
  return encoded;
}

/** One character a byte, so that the order of texts is that of bytes. */
function encode(value: AttributeValue): string {
  if ('S' in value) return Buffer.from(value.S).toString('latin1');
  if ('B' in value) return Buffer.from(value.B, 'base64').toString('latin1');
  const decimal = 'N' in value ? parseDecimal(value.N) : undefined;
  return decimal === undefined ? '' : sortableDecimal(decimal);
}

function invalid(message: string): BrokerError {
  return new BrokerError('ValidationException', message);
}
