import {
  isArgumentsObject,
  isArrayBuffer,
  isArrayBufferView,
  isBigIntObject,
  isBooleanObject,
  isBoxedPrimitive,
  isDate,
  isMap,
  isNativeError,
  isNumberObject,
  isPromise,
  isRegExp,
  isSet,
  isStringObject,
  isSymbolObject,
  isWeakMap,
  isWeakSet,
} from './types.ts';

/** `loose` is the legacy `deepEqual`; `partial` is `partialDeepStrictEqual`. */
export type Mode = 'strict' | 'loose' | 'partial';

/** Pairs that are being compared: a circle is equal when both sides close it. */
type Seen = Map<unknown, unknown>;

/** Node's deep comparison: `util.isDeepStrictEqual` and the family of `assert.deepEqual`. */
export function isDeepEqual(a: unknown, b: unknown, mode: Mode = 'strict'): boolean {
  return equal(a, b, mode, new Map());
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function equal(a: unknown, b: unknown, mode: Mode, seen: Seen): boolean {
  if (a === b) return a !== 0 || mode === 'loose' || Object.is(a, b);
  if (mode === 'loose') {
    if (!isObject(a)) {
      // oxlint-disable-next-line eqeqeq -- the legacy comparison is that of `==`
      return !isObject(b) && (a == b || (Number.isNaN(a) && Number.isNaN(b)));
    }
    if (!isObject(b)) return false;
  } else {
    if (!isObject(a)) return Number.isNaN(a) && Number.isNaN(b);
    if (!isObject(b)) return false;
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  }
  const tag = Object.prototype.toString.call(a);
  if (tag !== Object.prototype.toString.call(b)) return false;
  return sameKind(a, b, mode, seen) && inside(a, b, mode, seen);
}

/** What the values are besides their properties. */
function sameKind(a: object, b: object, mode: Mode, seen: Seen): boolean {
  if (Array.isArray(a)) {
    if (!Array.isArray(b)) return false;
    return mode === 'partial' ? b.length <= a.length : a.length === b.length;
  }
  if (isDate(a)) {
    return isDate(b) && Object.is((a as Date).getTime(), (b as Date).getTime());
  }
  if (isRegExp(a)) {
    const [x, y] = [a as RegExp, b as RegExp];
    return (
      isRegExp(b) && x.source === y.source && x.flags === y.flags && x.lastIndex === y.lastIndex
    );
  }
  if (isNativeError(a) || a instanceof Error) {
    if (!isNativeError(b) && !(b instanceof Error)) return false;
    return ['message', 'name', 'cause', 'errors'].every((key) => sameHidden(a, b, key, mode, seen));
  }
  if (isArrayBufferView(a)) {
    return isArrayBufferView(b) && sameBytes(a as Uint8Array, b as Uint8Array, mode);
  }
  if (isArrayBuffer(a)) {
    return (
      isArrayBuffer(b) &&
      sameBytes(new Uint8Array(a as ArrayBuffer), new Uint8Array(b as ArrayBuffer), mode)
    );
  }
  if (isBoxedPrimitive(a)) {
    return sameBoxed(a, b);
  }
  if (isWeakMap(a) || isWeakSet(a) || isPromise(a)) return false;
  return (
    [isDate, isRegExp, isNativeError, isArrayBufferView, isArrayBuffer, isBoxedPrimitive].every(
      (check) => !check(b),
    ) &&
    isSet(a) === isSet(b) &&
    isMap(a) === isMap(b) &&
    !Array.isArray(b) &&
    isArgumentsObject(a) === isArgumentsObject(b)
  );
}

/** Fields of errors that count although they are not enumerable. */
function sameHidden(a: object, b: object, key: string, mode: Mode, seen: Seen): boolean {
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
  if (mode === 'partial' && !Object.hasOwn(b, key) && key !== 'name') return true;
  const isHidden =
    (Object.hasOwn(a, key) || Object.hasOwn(b, key)) &&
    !Object.prototype.propertyIsEnumerable.call(a, key);
  if (key !== 'message' && key !== 'name' && !isHidden) return true;
  if (key === 'cause' || key === 'errors') {
    return Object.hasOwn(a, key) === Object.hasOwn(b, key) && equal(x[key], y[key], mode, seen);
  }
  return x[key] === y[key];
}

function sameBytes(a: ArrayBufferView, b: ArrayBufferView, mode: Mode): boolean {
  if (mode === 'partial') {
    if (b.byteLength > a.byteLength) return false;
  } else if (a.byteLength !== b.byteLength) {
    return false;
  }
  const isFloat = a instanceof Float32Array || a instanceof Float64Array;
  if (isFloat && mode === 'loose') {
    const [x, y] = [a, b as Float64Array];
    // oxlint-disable-next-line typescript/no-unnecessary-condition -- of floats, only NaN differs from itself
    return x.every((value, index) => value === y[index]);
  }
  const x = new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
  const y = new Uint8Array(b.buffer, b.byteOffset, b.byteLength);
  return y.every((byte, index) => byte === x[index]);
}

function enumerableSymbols(value: object): symbol[] {
  return Object.getOwnPropertySymbols(value).filter((key) =>
    Object.prototype.propertyIsEnumerable.call(value, key),
  );
}

function inside(a: object, b: object, mode: Mode, seen: Seen): boolean {
  const known = seen.get(a);
  if (known !== undefined) return known === b;
  seen.set(a, b);
  try {
    return sameProperties(a, b, mode, seen) && sameEntries(a, b, mode, seen);
  } finally {
    seen.delete(a);
  }
}

function sameProperties(a: object, b: object, mode: Mode, seen: Seen): boolean {
  const isView = isArrayBufferView(a) && !(a instanceof DataView);
  const isIndexed = isView || (mode === 'partial' && Array.isArray(a));
  const ownKeys = (value: object): PropertyKey[] =>
    isIndexed ? Object.keys(value).filter((key) => !/^\d+$/.test(key)) : Object.keys(value);
  const keysOfB: PropertyKey[] = ownKeys(b);
  if (mode !== 'partial' && ownKeys(a).length !== keysOfB.length) return false;
  if (mode !== 'loose') {
    const symbols = enumerableSymbols(b);
    if (mode === 'strict' && enumerableSymbols(a).length !== symbols.length) return false;
    keysOfB.push(...symbols);
  }
  if (mode === 'partial' && Array.isArray(a) && !hasSubsequence(a, b as unknown[], seen)) {
    return false;
  }
  const [x, y] = [a as Record<PropertyKey, unknown>, b as Record<PropertyKey, unknown>];
  return keysOfB.every(
    (key) =>
      Object.prototype.propertyIsEnumerable.call(a, key) && equal(x[key], y[key], mode, seen),
  );
}

/** Partial comparison of arrays: the expected items come in this order, with others between them. */
function hasSubsequence(
  actual: readonly unknown[],
  expected: readonly unknown[],
  seen: Seen,
): boolean {
  let at = 0;
  for (const item of expected) {
    while (at < actual.length && !equal(actual[at], item, 'partial', seen)) at += 1;
    if (at >= actual.length) return false;
    at += 1;
  }
  return true;
}

function sameEntries(a: object, b: object, mode: Mode, seen: Seen): boolean {
  if (isSet(a)) return sameSets(a as Set<unknown>, b as Set<unknown>, mode, seen);
  if (isMap(a)) return sameMaps(a as Map<unknown, unknown>, b as Map<unknown, unknown>, mode, seen);
  return true;
}

function hasRoom(a: { size: number }, b: { size: number }, mode: Mode): boolean {
  return mode === 'partial' ? b.size <= a.size : a.size === b.size;
}

function sameSets(a: Set<unknown>, b: Set<unknown>, mode: Mode, seen: Seen): boolean {
  if (!hasRoom(a, b, mode)) return false;
  const left = new Set(a);
  const open: unknown[] = [];
  for (const item of b) if (!left.delete(item)) open.push(item);
  return open.every((item) => {
    if (!isObject(item) && mode !== 'loose') return false;
    for (const candidate of left) {
      if (!equal(candidate, item, mode, seen)) continue;
      left.delete(candidate);
      return true;
    }
    return false;
  });
}

function sameMaps(
  a: Map<unknown, unknown>,
  b: Map<unknown, unknown>,
  mode: Mode,
  seen: Seen,
): boolean {
  if (!hasRoom(a, b, mode)) return false;
  const left = new Map(a);
  const open: [unknown, unknown][] = [];
  for (const [key, value] of b) {
    if (isObject(key) || !left.has(key)) {
      open.push([key, value]);
      continue;
    }
    if (!equal(left.get(key), value, mode, seen)) {
      if (mode !== 'loose') return false;
      open.push([key, value]);
      continue;
    }
    left.delete(key);
  }
  return open.every(([key, value]) => {
    if (!isObject(key) && mode !== 'loose') return false;
    for (const [candidate, held] of left) {
      if (!equal(candidate, key, mode, seen) || !equal(held, value, mode, seen)) continue;
      left.delete(candidate);
      return true;
    }
    return false;
  });
}

/** What each kind of box holds, whatever its prototype is now. */
const boxes: readonly (readonly [(value: unknown) => boolean, () => unknown])[] = [
  [isNumberObject, Number.prototype.valueOf],
  [isStringObject, String.prototype.valueOf],
  [isBooleanObject, Boolean.prototype.valueOf],
  [isSymbolObject, Symbol.prototype.valueOf],
  [isBigIntObject, BigInt.prototype.valueOf],
];

function sameBoxed(a: unknown, b: unknown): boolean {
  const box = boxes.find(([isBox]) => isBox(a));
  if (box === undefined) return false;
  const [isBox, valueOf] = box;
  return isBox(b) && Object.is(Reflect.apply(valueOf, a, []), Reflect.apply(valueOf, b, []));
}
