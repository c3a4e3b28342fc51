import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import type { AttributeMap, AttributeValue } from './attribute-value.ts';
import { BrokerError } from './broker-error.ts';
import { checkDecimalRange, formatDecimal, parseDecimal } from './decimal.ts';

/** What can be put into a table: what the SDK's document client takes. */
export type ItemValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | ItemSet
  | readonly ItemValue[]
  | { readonly [name: string]: ItemValue };

/** Not empty; members of one type. */
export type ItemSet = ReadonlySet<string> | ReadonlySet<number | bigint> | ReadonlySet<Uint8Array>;

/** An item in plain JavaScript. */
export type Item = Readonly<Record<string, ItemValue>>;

/**
 * Plain JavaScript as attribute values: numbers and bigints become N, bytes B, sets SS, NS and BS, arrays L,
 * objects M. As the SDK's `marshall` with its defaults; functions, which that passes over, are refused too.
 * https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/package/-aws-sdk-util-dynamodb/
 * @param at how errors name the item, such as `item`
 */
export function marshallItem(at: string, item: unknown): AttributeMap {
  if (!isPlainObject(item)) throw new InvalidOptionError(at, 'a plain object', item);
  return marshallMap(at, item, 0);
}

/** @param at how errors name the value, such as `item.tags` */
export function marshallValue(at: string, value: unknown, depth = 0): AttributeValue {
  return Object.freeze(convert(at, value, depth));
}

function convert(at: string, value: unknown, depth: number): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number' || typeof value === 'bigint') return { N: numberText(at, value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (value instanceof Uint8Array) return { B: base64(value) };
  if (value instanceof Set) return marshallSet(at, value);
  if (depth >= limits.table.nestingDepth) {
    throw new BrokerError('ValidationException', 'Nesting Levels have exceeded supported limits');
  }
  if (Array.isArray(value)) {
    const items = value.map((item, index) => marshallValue(`${at}[${index}]`, item, depth + 1));
    return { L: Object.freeze(items) };
  }
  if (isPlainObject(value)) return { M: marshallMap(at, value, depth + 1) };
  const hint = value === undefined ? 'Leave it out instead' : undefined;
  throw new InvalidOptionError(
    at,
    'a string, number, bigint, boolean, null, Uint8Array, Set, array or plain object',
    value,
    hint,
  );
}

function marshallMap(at: string, map: object, depth: number): AttributeMap {
  const entries = Object.entries(map).map(
    ([name, value]) => [name, marshallValue(`${at}.${name}`, value, depth)] as const,
  );
  return Object.freeze(Object.fromEntries(entries));
}

/** From any realm. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function numberText(at: string, value: number | bigint): string {
  const isImprecise =
    typeof value === 'number' &&
    (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER);
  if (isImprecise) {
    const rule = 'a finite number between the safe integers';
    throw new InvalidOptionError(at, rule, value, 'A bigint holds integers of up to 38 digits');
  }
  const decimal = parseDecimal(value.toString());
  if (decimal === undefined) throw new InvalidOptionError(at, 'a number', value);
  checkDecimalRange(decimal);
  return formatDecimal(decimal);
}

function marshallSet(at: string, set: ReadonlySet<unknown>): AttributeValue {
  const members = [...set];
  const rule = 'a set of strings, of numbers or of bytes that is not empty';
  if (members.length === 0) throw new InvalidOptionError(at, rule, set);
  if (members.every((member) => typeof member === 'string')) return { SS: sorted(at, members) };
  if (members.every((member) => member instanceof Uint8Array)) {
    return { BS: sorted(at, members.map(base64)) };
  }
  const areNumbers = members.every((one) => typeof one === 'number' || typeof one === 'bigint');
  if (!areNumbers) throw new InvalidOptionError(at, rule, set);
  return {
    NS: sorted(
      at,
      members.map((member) => numberText(at, member)),
    ),
  };
}

/** One order for equal sets. */
export function sorted(at: string, members: readonly string[]): readonly string[] {
  if (new Set(members).size < members.length) {
    throw new InvalidOptionError(at, 'a set without duplicates', members);
  }
  return Object.freeze([...members].sort());
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Attribute values as plain JavaScript; integers beyond the safe ones become bigints. */
export function unmarshallItem(map: AttributeMap): Item {
  const entries = Object.entries(map).map(
    ([name, value]) => [name, unmarshallValue(value)] as const,
  );
  return Object.fromEntries(entries);
}

function unmarshallValue(value: AttributeValue): ItemValue {
  if ('S' in value) return value.S;
  if ('N' in value) return numberOf(value.N);
  if ('B' in value) return bytesOf(value.B);
  if ('BOOL' in value) return value.BOOL;
  if ('SS' in value) return new Set(value.SS);
  if ('NS' in value) return new Set(value.NS.map(numberOf));
  if ('BS' in value) return new Set(value.BS.map(bytesOf));
  if ('L' in value) return value.L.map(unmarshallValue);
  if ('M' in value) return unmarshallItem(value.M);
  return null;
}

function numberOf(text: string): number | bigint {
  const number = Number(text);
  const isInteger = !text.includes('.');
  return isInteger && Math.abs(number) > Number.MAX_SAFE_INTEGER ? BigInt(text) : number;
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'base64'));
}
