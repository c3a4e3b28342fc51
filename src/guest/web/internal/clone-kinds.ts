import { domException } from '../dom-exception.ts';
import { platformKindOf, type PlatformKind } from './platform-kinds.ts';
import { isArrayBuffer } from './bytes.ts';

/** The kinds that structured cloning knows itself. */
export type Kind =
  | 'Array'
  | 'ArrayBuffer'
  | 'BigInt'
  | 'Boolean'
  | 'Date'
  | 'Error'
  | 'Map'
  | 'Number'
  | 'Object'
  | 'RegExp'
  | 'Set'
  | 'String'
  | 'View';

/** Kinds by what a method or getter accepts as its receiver: tags and prototypes can lie. */
const accepts: readonly (readonly [
  Kind,
  tag: string,
  constructor: unknown,
  probe: (value: unknown) => unknown,
])[] = [
  ['Date', 'Date', Date, (value) => Date.prototype.getTime.call(value as Date)],
  ['Map', 'Map', Map, getter(Map.prototype, 'size')],
  ['Set', 'Set', Set, getter(Set.prototype, 'size')],
  ['RegExp', 'RegExp', RegExp, getter(RegExp.prototype, 'global')],
  ['Boolean', 'Boolean', Boolean, (value) => Boolean.prototype.valueOf.call(value as boolean)],
  ['Number', 'Number', Number, (value) => Number.prototype.valueOf.call(value as number)],
  ['String', 'String', String, (value) => String.prototype.valueOf.call(value as string)],
  ['BigInt', 'BigInt', BigInt, (value) => BigInt.prototype.valueOf.call(value as bigint)],
];

function getter(prototype: object, name: string): (value: unknown) => unknown {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get as (this: unknown) => unknown;
  return (value) => Reflect.apply(get, value, []);
}

const { toString } = Object.prototype;

/** Objects with contents that nobody else can read, so they cannot be copied. */
const opaqueTags: ReadonlySet<string> = new Set([
  'Arguments',
  'Array Iterator',
  'AsyncGenerator',
  'Generator',
  'global',
  'Map Iterator',
  'Promise',
  'RegExp String Iterator',
  'Set Iterator',
  'String Iterator',
  'Symbol',
  'WeakMap',
  'WeakRef',
  'WeakSet',
]);

/** A kind, or a platform object, or undefined for what cannot be cloned. */
export function kindOf(value: object): Kind | PlatformKind | undefined {
  if (Array.isArray(value)) return 'Array';
  const prototype = Object.getPrototypeOf(value) as unknown;
  const tag = Reflect.apply(toString, value, []).slice(8, -1);
  if (tag === 'Object' && (prototype === Object.prototype || prototype === null)) return 'Object';
  if (ArrayBuffer.isView(value)) return 'View';
  for (const [kind, itsTag, constructor, probe] of accepts) {
    if (tag !== itsTag && !(value instanceof (constructor as DateConstructor))) continue;
    if (passes(probe, value)) return kind;
  }
  const platform = platformKindOf(value);
  if (platform !== undefined) return platform;
  if (isNativeError(value, tag)) return 'Error';
  if (isArrayBuffer(value)) return 'ArrayBuffer';
  if (value === globalThis || opaqueTags.has(tag) || tag.startsWith('Intl.')) return undefined;
  return 'Object';
}

function passes(probe: (value: unknown) => unknown, value: object): boolean {
  try {
    probe(value);
    return true;
  } catch {
    return false;
  }
}

const { isError } = Error as { isError?: (value: unknown) => boolean };

function isNativeError(value: object, tag: string): boolean {
  return isError === undefined ? tag === 'Error' || value instanceof Error : isError(value);
}

export function dataCloneError(message: string): Error {
  return domException(message, 'DataCloneError');
}

/** The error for a value that cannot be cloned; V8's words, which never run code of the value. */
export function describeUncloneable(value: object | symbol): Error {
  return dataCloneError(`${nameOf(value)} could not be cloned.`);
}

function nameOf(value: object | symbol): string {
  if (typeof value === 'symbol') return value.toString();
  if (typeof value === 'function') return Function.prototype.toString.call(value);
  const usual = dataField(value, 'toString') === toString;
  const constructor = dataField(value, 'constructor');
  if (usual && typeof constructor === 'function' && constructor.name !== '') {
    return `#<${constructor.name}>`;
  }
  return Reflect.apply(toString, value, []);
}

/** A field of the object or its prototypes, when it is no accessor. */
function dataField(value: object, name: string): unknown {
  let holder: object | null = value;
  while (holder !== null) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, name);
    if (descriptor !== undefined) return descriptor.value;
    holder = Object.getPrototypeOf(holder) as object | null;
  }
  return undefined;
}
