import {
  ERR_BUFFER_OUT_OF_BOUNDS,
  ERR_INVALID_ARG_TYPE,
  ERR_OUT_OF_RANGE,
} from '../../node/internal/errors.ts';

/** The `read...` and `write...` methods of Buffer, made from a few tables. */
type Method = (this: Uint8Array, ...args: never[]) => unknown;

export const numberMethods: Record<string, Method> = {};

function checkNumber(value: unknown, name: string): void {
  if (typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE(name, 'number', value);
}

/** Says why `value` is no position: not whole, no room at all, or outside of 0 to `last`. */
function boundsError(value: number, last: number, name?: string): never {
  if (Math.floor(value) !== value) {
    checkNumber(value, name ?? 'offset');
    throw new ERR_OUT_OF_RANGE(name ?? 'offset', 'an integer', value);
  }
  if (last < 0) throw new ERR_BUFFER_OUT_OF_BOUNDS();
  throw new ERR_OUT_OF_RANGE(
    name ?? 'offset',
    `>= ${name === undefined ? 0 : 1} and <= ${last}`,
    value,
  );
}

function checkOffset(bytes: Uint8Array, offset: number, size: number): void {
  checkNumber(offset, 'offset');
  if (bytes[offset] === undefined || bytes[offset + size - 1] === undefined) {
    boundsError(offset, bytes.length - size);
  }
}

type Range = readonly [min: number | bigint, max: number | bigint];

function checkValue(value: number | bigint, [min, max]: Range, size: number): void {
  if (value <= max && value >= min) return;
  // What is no number passes, as a comparison with NaN is false in both directions.
  if (!(value > max) && !(value < min)) return;
  const n = typeof min === 'bigint' ? 'n' : '';
  const isUnsigned = min === 0 || min === 0n;
  let range = `>= ${min}${n} and <= ${max}${n}`;
  if (size > 4) {
    range = isUnsigned
      ? `>= 0${n} and < 2${n} ** ${size * 8}${n}`
      : `>= -(2${n} ** ${size * 8 - 1}${n}) and < 2${n} ** ${size * 8 - 1}${n}`;
  }
  throw new ERR_OUT_OF_RANGE('value', range, value);
}

function readUnsigned(bytes: Uint8Array, offset: number, size: number, isLittle: boolean): number {
  let value = 0;
  for (let index = 0; index < size; index += 1) {
    const at = isLittle ? offset + size - 1 - index : offset + index;
    value = value * 256 + (bytes[at] as number);
  }
  return value;
}

function readSigned(bytes: Uint8Array, offset: number, size: number, isLittle: boolean): number {
  const value = readUnsigned(bytes, offset, size, isLittle);
  return value >= 2 ** (size * 8 - 1) ? value - 2 ** (size * 8) : value;
}

/** Negative values come out as two's complement. */
function writeInteger(
  bytes: Uint8Array,
  value: number,
  offset: number,
  size: number,
  isLittle: boolean,
): number {
  let rest = value;
  for (let index = 0; index < size; index += 1) {
    const at = isLittle ? offset + index : offset + size - 1 - index;
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return offset + size;
}

function rangeOf(size: number, isSigned: boolean): Range {
  return isSigned ? [-(2 ** (size * 8 - 1)), 2 ** (size * 8 - 1) - 1] : [0, 2 ** (size * 8) - 1];
}

function checkSize(size: unknown): asserts size is number {
  if (size === undefined) throw new ERR_INVALID_ARG_TYPE('byteLength', 'number', size);
  if (typeof size === 'number' && size >= 1 && size <= 6 && Math.floor(size) === size) return;
  boundsError(size as number, 6, 'byteLength');
}

/** Both spellings: `readUInt8` and `readUint8`. */
function define(name: string, method: Method): void {
  Object.defineProperty(method, 'name', { value: name });
  numberMethods[name] = method;
  if (name.includes('UInt')) numberMethods[name.replace('UInt', 'Uint')] = method;
}

for (const isSigned of [false, true]) {
  const type = isSigned ? 'Int' : 'UInt';
  const read = isSigned ? readSigned : readUnsigned;
  for (const isLittle of [true, false]) {
    const end = isLittle ? 'LE' : 'BE';
    for (const size of [1, 2, 4]) {
      if (size === 1 && !isLittle) continue;
      const bits = `${size * 8}${size === 1 ? '' : end}`;
      const range = rangeOf(size, isSigned);
      define(`read${type}${bits}`, function (this: Uint8Array, offset: number = 0) {
        checkOffset(this, offset, size);
        return read(this, offset, size, isLittle);
      });
      define(`write${type}${bits}`, function (this: Uint8Array, value: number, offset: number = 0) {
        const number = +value;
        if (size === 1) checkNumber(offset, 'offset');
        checkValue(number, range, size);
        checkOffset(this, offset, size);
        return writeInteger(this, Math.trunc(number) || 0, offset, size, isLittle);
      });
    }
    define(`read${type}${end}`, function (this: Uint8Array, offset: number, size: number) {
      if (offset === undefined) throw new ERR_INVALID_ARG_TYPE('offset', 'number', offset);
      checkSize(size);
      checkOffset(this, offset, size);
      return read(this, offset, size, isLittle);
    });
    define(
      `write${type}${end}`,
      function (this: Uint8Array, value: number, offset: number, size: number) {
        checkSize(size);
        const number = +value;
        if (size === 1) checkNumber(offset, 'offset');
        checkValue(number, rangeOf(size, isSigned), size);
        checkOffset(this, offset, size);
        return writeInteger(this, Math.trunc(number) || 0, offset, size, isLittle);
      },
    );
  }
}

const scratch = new DataView(new ArrayBuffer(8));

/** What a DataView reads and writes, through eight bytes of scratch memory. */
function defineViewed(
  name: string,
  size: number,
  get: (isLittle: boolean) => number | bigint,
  set: (value: never, isLittle: boolean) => void,
  prepare: (value: never) => unknown,
): void {
  for (const isLittle of [true, false]) {
    const end = isLittle ? 'LE' : 'BE';
    define(`read${name}${end}`, function (this: Uint8Array, offset: number = 0) {
      checkOffset(this, offset, size);
      for (let index = 0; index < size; index += 1) {
        scratch.setUint8(index, this[offset + index] as number);
      }
      return get(isLittle);
    });
    define(`write${name}${end}`, function (this: Uint8Array, value: never, offset: number = 0) {
      const prepared = prepare(value);
      checkOffset(this, offset, size);
      set(prepared as never, isLittle);
      for (let index = 0; index < size; index += 1) this[offset + index] = scratch.getUint8(index);
      return offset + size;
    });
  }
}

defineViewed(
  'Float',
  4,
  (isLittle) => scratch.getFloat32(0, isLittle),
  (value, isLittle) => scratch.setFloat32(0, value, isLittle),
  (value) => +value,
);
defineViewed(
  'Double',
  8,
  (isLittle) => scratch.getFloat64(0, isLittle),
  (value, isLittle) => scratch.setFloat64(0, value, isLittle),
  (value) => +value,
);
const bigRanges = {
  BigUInt64: [0n, 0xffffffffffffffffn],
  BigInt64: [-0x8000000000000000n, 0x7fffffffffffffffn],
} as const;
const checkedBig = (range: Range) => (value: bigint) => {
  checkValue(value, range, 8);
  if (typeof value !== 'bigint') {
    throw new TypeError('Cannot mix BigInt and other types, use explicit conversions');
  }
  return value;
};
defineViewed(
  'BigUInt64',
  8,
  (isLittle) => scratch.getBigUint64(0, isLittle),
  (value, isLittle) => scratch.setBigUint64(0, value, isLittle),
  checkedBig(bigRanges.BigUInt64),
);
defineViewed(
  'BigInt64',
  8,
  (isLittle) => scratch.getBigInt64(0, isLittle),
  (value, isLittle) => scratch.setBigInt64(0, value, isLittle),
  checkedBig(bigRanges.BigInt64),
);
