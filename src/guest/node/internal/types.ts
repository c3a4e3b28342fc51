/**
 * `util.types`: what a value is by its internal slots, whatever its prototype says. The slots are felt with
 * getters and methods that throw for anything else.
 */
type Check = (value: unknown) => boolean;

const getterOf = (prototype: object, name: PropertyKey): ((this: unknown) => unknown) => {
  const { get } = Object.getOwnPropertyDescriptor(prototype, name) ?? {};
  if (get === undefined) throw new TypeError(`There is no getter ${String(name)}`);
  return get;
};

/** True when `feel` does not throw. */
const felt =
  (feel: (value: never) => unknown): Check =>
  (value) => {
    if (!isObject(value)) return false;
    try {
      feel(value as never);
      return true;
    } catch {
      return false;
    }
  };

const getting = (prototype: object, name: PropertyKey): Check => {
  const getter = getterOf(prototype, name);
  return felt((value) => Reflect.apply(getter, value, []));
};

const calling = (method: (...args: never[]) => unknown, ...args: unknown[]): Check =>
  felt((value) => Reflect.apply(method, value, args));

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

const objectToString = Object.prototype.toString;

/** By the class in `[object Class]`, unless the value says its own. */
const tagged =
  (tag: string): Check =>
  (value) =>
    isObject(value) &&
    !Object.hasOwn(value, Symbol.toStringTag) &&
    objectToString.call(value) === `[object ${tag}]`;

const typedArrayTag = getterOf(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  Symbol.toStringTag,
);
const typedArray =
  (name: string): Check =>
  (value) =>
    Reflect.apply(typedArrayTag, value, []) === name;

export const isTypedArray: Check = (value) => Reflect.apply(typedArrayTag, value, []) !== undefined;
export const isUint8Array: Check = typedArray('Uint8Array');
export const isArrayBuffer: Check = getting(ArrayBuffer.prototype, 'byteLength');
export const isDataView: Check = getting(DataView.prototype, 'byteLength');
export const isArrayBufferView: Check = (value) => ArrayBuffer.isView(value);
export const isMap: Check = getting(Map.prototype, 'size');
export const isSet: Check = getting(Set.prototype, 'size');
export const isWeakMap: Check = calling(WeakMap.prototype.has, {});
export const isWeakSet: Check = calling(WeakSet.prototype.has, {});
export const isDate: Check = calling(Date.prototype.getTime);
const { prototype: regExpPrototype } = RegExp;
const hasGlobalFlag = getting(regExpPrototype, 'global');
export const isRegExp: Check = (value) => value !== regExpPrototype && hasGlobalFlag(value);
export const isNumberObject: Check = calling(Number.prototype.valueOf);
export const isStringObject: Check = calling(String.prototype.valueOf);
export const isBooleanObject: Check = calling(Boolean.prototype.valueOf);
export const isSymbolObject: Check = calling(Symbol.prototype.valueOf);
export const isBigIntObject: Check = calling(BigInt.prototype.valueOf);
export const isBoxedPrimitive: Check = (value) =>
  isNumberObject(value) ||
  isStringObject(value) ||
  isBooleanObject(value) ||
  isSymbolObject(value) ||
  isBigIntObject(value);
export const isArgumentsObject: Check = tagged('Arguments');
const { isError } = Error as unknown as { isError?: Check };
export const isNativeError: Check = isError ?? tagged('Error');
/** Promises have no slot that could be felt without a trace; a proxy of one is taken for one. */
export const isPromise: Check = (value) => {
  try {
    return value instanceof Promise && objectToString.call(value) === '[object Promise]';
  } catch {
    return false;
  }
};
const tagIs =
  (...tags: string[]): Check =>
  (value) => {
    try {
      return isObject(value) && tags.includes(objectToString.call(value));
    } catch {
      return false;
    }
  };
const source = Function.prototype.toString;
const isFunctionOf =
  (pattern: RegExp, ...tags: string[]): Check =>
  (value) =>
    typeof value === 'function' && (tagIs(...tags)(value) || pattern.test(source.call(value)));

const none: Check = () => false;

/** What the web's and the crypto parts brand; asked by tag, since those parts may not be loaded. */
export const isKeyObject: Check = (value) =>
  isObject(value) && /^(Secret|Public|Private)?KeyObject$/.test(constructorName(value));
export const isCryptoKey: Check = tagIs('[object CryptoKey]');

function constructorName(value: object): string {
  const { constructor } = value as { constructor?: { name?: unknown } };
  return typeof constructor?.name === 'string' ? constructor.name : '';
}

/** In Node's order. */
export const types: Readonly<Record<string, Check>> = {
  isArgumentsObject,
  isArrayBuffer,
  isAsyncFunction: isFunctionOf(
    /^async\b/,
    '[object AsyncFunction]',
    '[object AsyncGeneratorFunction]',
  ),
  isBigIntObject,
  isBooleanObject,
  isDate,
  isExternal: none,
  isGeneratorFunction: isFunctionOf(
    /^(async\s+)?function\s*\*/,
    '[object GeneratorFunction]',
    '[object AsyncGeneratorFunction]',
  ),
  isGeneratorObject: tagIs('[object Generator]', '[object AsyncGenerator]'),
  isMap,
  isMapIterator: tagIs('[object Map Iterator]'),
  isModuleNamespaceObject: tagIs('[object Module]'),
  isNativeError,
  isNumberObject,
  isPromise,
  /** A proxy cannot be told from its target without help from V8. */
  isProxy: none,
  isRegExp,
  isSet,
  isSetIterator: tagIs('[object Set Iterator]'),
  isSharedArrayBuffer: none,
  isStringObject,
  isSymbolObject,
  isWeakMap,
  isWeakSet,
  isAnyArrayBuffer: isArrayBuffer,
  isBoxedPrimitive,
  isArrayBufferView,
  isDataView,
  isTypedArray,
  isUint8Array,
  isUint8ClampedArray: typedArray('Uint8ClampedArray'),
  isUint16Array: typedArray('Uint16Array'),
  isUint32Array: typedArray('Uint32Array'),
  isInt8Array: typedArray('Int8Array'),
  isInt16Array: typedArray('Int16Array'),
  isInt32Array: typedArray('Int32Array'),
  isFloat16Array: typedArray('Float16Array'),
  isFloat32Array: typedArray('Float32Array'),
  isFloat64Array: typedArray('Float64Array'),
  isBigInt64Array: typedArray('BigInt64Array'),
  isBigUint64Array: typedArray('BigUint64Array'),
  isKeyObject,
  isCryptoKey,
};
