import { nextTick } from '../../../ticks.ts';
import { fillRandom, randomUuid } from '../../../web/internal/random.ts';
import { bytesOf, isBufferSource } from '../../../web/internal/bytes.ts';
import { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, errorWithCode } from '../errors.ts';
import {
  validateBoolean,
  validateFunction,
  validateNumber,
  validateObject,
} from '../validators.ts';
import { bufferOf, type Bytes, type Callback } from './values.ts';

const mostBytes = 2_147_483_647;

export function randomBytes(size: unknown, callback?: unknown): unknown {
  validateNumber(size, 'size', 0, mostBytes);
  if (Number.isNaN(size)) throw new ERR_OUT_OF_RANGE('size', `>= 0 && <= ${mostBytes}`, size);
  if (callback !== undefined) validateFunction(callback, 'callback');
  const bytes = new Uint8Array(Math.trunc(size));
  fillRandom(bytes);
  const buffer = bufferOf(bytes);
  if (callback === undefined) return buffer;
  nextTick(callback, [null, buffer]);
  return undefined;
}

export function randomFillSync(target: unknown, offset?: unknown, size?: unknown): unknown {
  fillRandom(partOf(target, offset, size));
  return target;
}

export function randomFill(target: unknown, ...rest: unknown[]): void {
  const callback = rest.find((value) => typeof value === 'function') as Callback | undefined;
  const at = rest.findIndex((value) => typeof value === 'function');
  const [offset, size] = at < 0 ? rest : rest.slice(0, at);
  if (!isBufferSource(target)) throw notBytes(target);
  validateFunction(callback, 'callback');
  fillRandom(partOf(target, offset, size));
  nextTick(callback, [null, target]);
}

function notBytes(target: unknown): Error {
  return new ERR_INVALID_ARG_TYPE('buf', ['ArrayBuffer', 'ArrayBufferView'], target);
}

/** Offset and size count in elements, as in Node. */
function partOf(target: unknown, offset: unknown, size: unknown): Bytes {
  if (!isBufferSource(target)) throw notBytes(target);
  const bytes = bytesOf(target);
  const { BYTES_PER_ELEMENT: unit = 1 } = target as { BYTES_PER_ELEMENT?: number };
  const start = offset === undefined ? 0 : checkedOffset(offset, unit, bytes.length);
  if (size === undefined) return bytes.subarray(start);
  validateNumber(size, 'size', 0);
  const length = size * unit;
  if (Number.isNaN(length) || length > mostBytes) {
    throw new ERR_OUT_OF_RANGE('size', `>= 0 && <= ${mostBytes}`, size);
  }
  if (start + length > bytes.length) {
    throw new ERR_OUT_OF_RANGE('size + offset', `<= ${bytes.length}`, start + length);
  }
  return bytes.subarray(start, start + length);
}

function checkedOffset(offset: unknown, unit: number, length: number): number {
  validateNumber(offset, 'offset');
  const start = offset * unit;
  if (Number.isNaN(start) || start > length || start < 0) {
    throw new ERR_OUT_OF_RANGE('offset', `>= 0 && <= ${length}`, start);
  }
  return start;
}

const mostRange = 2 ** 48 - 1;

/** A whole number from `min` up to and without `max`. */
export function randomInt(min: unknown, max?: unknown, callback?: unknown): unknown {
  const isMinGiven = max !== undefined && typeof max !== 'function';
  const low = isMinGiven ? min : 0;
  const high = isMinGiven ? max : min;
  const done = isMinGiven ? callback : (max ?? callback);
  if (done !== undefined) validateFunction(done, 'callback');
  if (!Number.isSafeInteger(low)) throw new ERR_INVALID_ARG_TYPE('min', 'a safe integer', low);
  if (!Number.isSafeInteger(high)) throw new ERR_INVALID_ARG_TYPE('max', 'a safe integer', high);
  const [from, to] = [low as number, high as number];
  if (to <= from) {
    throw new ERR_OUT_OF_RANGE('max', `greater than the value of "min" (${from})`, to);
  }
  const range = to - from;
  if (!(range <= mostRange)) {
    throw new ERR_OUT_OF_RANGE(isMinGiven ? 'max - min' : 'max', `<= ${mostRange}`, range);
  }
  // Numbers past the last multiple of the range would make the small results likelier.
  const limit = mostRange - (mostRange % range);
  let value: number;
  const bytes = new Uint8Array(6);
  do {
    fillRandom(bytes);
    value = 0;
    for (const byte of bytes) value = value * 256 + byte;
  } while (value >= limit);
  const result = from + (value % range);
  if (done === undefined) return result;
  nextTick(done, [undefined, result]);
  return undefined;
}

export function randomUUID(options?: unknown): string {
  if (options !== undefined) {
    validateObject(options, 'options');
    const { disableEntropyCache } = options as { disableEntropyCache?: unknown };
    if (disableEntropyCache !== undefined) {
      validateBoolean(disableEntropyCache, 'options.disableEntropyCache');
    }
  }
  return randomUuid();
}

/** A UUID that sorts by time: version 7. */
export function randomUUIDv7(options?: unknown): string {
  const random = randomUUID(options);
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}

/** Compares without telling by its time where the difference is. */
export function timingSafeEqual(first: unknown, second: unknown): boolean {
  const [left, right] = [comparable(first, 'buf1'), comparable(second, 'buf2')];
  if (left.length !== right.length) {
    throw errorWithCode(
      'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH',
      'Input buffers must have the same byte length',
      RangeError,
    );
  }
  let difference = 0;
  for (let index = 0; index < left.length; index += 1) {
    difference |= (left[index] as number) ^ (right[index] as number);
  }
  return difference === 0;
}

function comparable(value: unknown, name: string): Bytes {
  if (isBufferSource(value)) return bytesOf(value);
  throw errorWithCode(
    'ERR_INVALID_ARG_TYPE',
    `The "${name}" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView.`,
    TypeError,
  );
}
