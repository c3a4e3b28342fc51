import { decimalBytes, parseDecimal } from './decimal.ts';

/**
 * A value as DynamoDB has it, in the JSON that event records carry: bytes are base64. What a table keeps is
 * frozen, and the members of sets are sorted.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
 */
export type AttributeValue =
  | { readonly S: string }
  /** Decimal, as text. */
  | { readonly N: string }
  /** Base64. */
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: AttributeMap };

/** An item, or a part of one. */
export type AttributeMap = Readonly<Record<string, AttributeValue>>;

export type AttributeType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'SS' | 'NS' | 'BS' | 'L' | 'M';

export function typeOfValue(value: AttributeValue): AttributeType {
  return Object.keys(value)[0] as AttributeType;
}

export function areEqualMaps(a: AttributeMap, b: AttributeMap): boolean {
  if (a === b) return true;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => areEqualValues(own(a, name), own(b, name)));
}

/** Values of different types are different. The members of sets may have any order. */
export function areEqualValues(
  a: AttributeValue | undefined,
  b: AttributeValue | undefined,
): boolean {
  if (a === undefined || b === undefined) return a === b;
  if ('M' in a) return 'M' in b && areEqualMaps(a.M, b.M);
  if ('L' in a) {
    if (!('L' in b) || a.L.length !== b.L.length) return false;
    return a.L.every((value, index) => areEqualValues(value, b.L[index]));
  }
  return JSON.stringify(a) === JSON.stringify(b);
}

/** An attribute by its name, which may be that of something every object inherits. */
export function own(map: AttributeMap, name: string): AttributeValue | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/**
 * Bytes that AWS counts, names included.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function mapBytes(map: AttributeMap): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(map)) {
    bytes += Buffer.byteLength(name) + valueBytes(value);
  }
  return bytes;
}

function valueBytes(value: AttributeValue): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('N' in value) return numberBytes(value.N);
  if ('B' in value) return base64Bytes(value.B);
  if ('SS' in value) return sum(value.SS, (text) => Buffer.byteLength(text));
  if ('NS' in value) return sum(value.NS, numberBytes);
  if ('BS' in value) return sum(value.BS, base64Bytes);
  if ('L' in value) return 3 + sum(value.L, (item) => 1 + valueBytes(item));
  if ('M' in value) return 3 + Object.keys(value.M).length + mapBytes(value.M);
  return 1;
}

function numberBytes(text: string): number {
  const decimal = parseDecimal(text);
  return decimal === undefined ? 0 : decimalBytes(decimal);
}

function base64Bytes(text: string): number {
  return Buffer.byteLength(text, 'base64');
}

function sum<T>(items: readonly T[], bytesOf: (item: T) => number): number {
  return items.reduce((bytes, item) => bytes + bytesOf(item), 0);
}
