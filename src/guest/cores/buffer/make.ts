import {
  ERR_BUFFER_OUT_OF_BOUNDS,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_OUT_OF_RANGE,
  ERR_UNKNOWN_ENCODING,
} from '../../node/internal/errors.ts';
import {
  validateArray,
  validateInteger,
  validateNumber,
  validateString,
} from '../../node/internal/validators.ts';
import { findEncoding, utf8 } from './encodings.ts';
import { FastBuffer, isAnyArrayBuffer, maxLength } from './fast-buffer.ts';
import { bytesOf, compareBytes } from './search.ts';

/** How Buffers come to be: the static functions of `Buffer`. */
export function from(value: unknown, encodingOrOffset?: unknown, length?: unknown): FastBuffer {
  if (typeof value === 'string') return fromString(value, encodingOrOffset);
  if (typeof value === 'object' && value !== null) {
    if (isAnyArrayBuffer(value)) return fromArrayBuffer(value, encodingOrOffset, length);
    const primitive: unknown = value.valueOf?.();
    const isOther = primitive !== value && primitive !== null;
    if (isOther && (typeof primitive === 'string' || typeof primitive === 'object')) {
      return from(primitive, encodingOrOffset, length);
    }
    const made = fromObject(value);
    if (made !== undefined) return made;
    const toPrimitive = (value as { [Symbol.toPrimitive]?: unknown })[Symbol.toPrimitive];
    if (typeof toPrimitive === 'function') {
      const text: unknown = Reflect.apply(toPrimitive as () => unknown, value, ['string']);
      if (typeof text === 'string') return fromString(text, encodingOrOffset);
    }
  }
  throw new ERR_INVALID_ARG_TYPE(
    'first argument',
    ['string', 'Buffer', 'ArrayBuffer', 'Array', 'Array-like Object'],
    value,
  );
}

function fromString(text: string, encodingName: unknown): FastBuffer {
  const isNamed = typeof encodingName === 'string' && encodingName.length > 0;
  const encoding = isNamed ? findEncoding(encodingName) : utf8;
  if (encoding === undefined) throw new ERR_UNKNOWN_ENCODING(encodingName);
  const buffer = new FastBuffer(encoding.byteLength(text));
  const written = encoding.write(buffer, text, 0, buffer.length);
  return written === buffer.length ? buffer : new FastBuffer(buffer.buffer, 0, written);
}

function fromArrayBuffer(buffer: ArrayBuffer, byteOffset: unknown, length: unknown): FastBuffer {
  const offset = byteOffset === undefined ? 0 : +(byteOffset as number) || 0;
  const available = buffer.byteLength - offset;
  if (available < 0) throw new ERR_BUFFER_OUT_OF_BOUNDS('offset');
  if (length === undefined) return new FastBuffer(buffer, offset);
  const wanted = +(length as number);
  if (!(wanted > 0)) return new FastBuffer(buffer, offset, 0);
  if (wanted > available) throw new ERR_BUFFER_OUT_OF_BOUNDS('length');
  return new FastBuffer(buffer, offset, wanted);
}

interface Listed {
  readonly length?: unknown;
  readonly buffer?: unknown;
  readonly type?: unknown;
  readonly data?: unknown;
}

function fromObject(value: Listed): FastBuffer | undefined {
  if (value.length !== undefined || isAnyArrayBuffer(value.buffer)) {
    return typeof value.length === 'number'
      ? fromArrayLike(value as ArrayLike<number>)
      : new FastBuffer();
  }
  if (value.type === 'Buffer' && Array.isArray(value.data)) {
    return fromArrayLike(value.data as ArrayLike<number>);
  }
  return undefined;
}

function fromArrayLike(list: ArrayLike<number>): FastBuffer {
  if (!(list.length > 0)) return new FastBuffer();
  const buffer = new FastBuffer(list.length);
  if (list instanceof Uint8Array) buffer.set(list);
  else for (let index = 0; index < buffer.length; index += 1) buffer[index] = list[index] as number;
  return buffer;
}

export function allocUnsafe(size: unknown): FastBuffer {
  validateNumber(size, 'size', 0, maxLength);
  return new FastBuffer(size);
}

export function alloc(size: unknown, value?: unknown, encoding?: unknown): FastBuffer {
  const buffer = allocUnsafe(size);
  if (value === undefined || value === 0 || buffer.length === 0) return buffer;
  return fill(buffer, value, 0, buffer.length, encoding);
}

export function fill(
  buffer: FastBuffer,
  given: unknown,
  offsetOrEncoding?: unknown,
  endOrEncoding?: unknown,
  encodingName?: unknown,
): FastBuffer {
  let value = given;
  let offset = offsetOrEncoding;
  let end = endOrEncoding;
  let encoding = utf8;
  if (typeof given === 'string') {
    let name = encodingName;
    if (offset === undefined || typeof offset === 'string') {
      name = offset;
      offset = 0;
      end = buffer.length;
    } else if (typeof end === 'string') {
      name = end;
      end = buffer.length;
    }
    const found = name === undefined || name === null || name === '' ? utf8 : findEncoding(name);
    if (found === undefined) {
      validateString(name, 'encoding');
      throw new ERR_UNKNOWN_ENCODING(name);
    }
    encoding = found;
    if (given.length === 0) value = 0;
  }
  if (offset === undefined) {
    offset = 0;
    end = buffer.length;
  } else {
    validateInteger(offset, 'offset', 0);
    if (end === undefined) end = buffer.length;
    else validateInteger(end, 'end', 0, buffer.length);
    if (offset >= (end as number)) return buffer;
  }
  if ((end as number) > buffer.length) throw new ERR_BUFFER_OUT_OF_BOUNDS();
  if (typeof value !== 'string' && !ArrayBuffer.isView(value)) {
    Uint8Array.prototype.fill.call(buffer, Number(value) & 255, offset as number, end as number);
    return buffer;
  }
  const pattern = typeof value === 'string' ? bytesOf(value, encoding) : viewBytes(value);
  if (pattern.length === 0) throw new ERR_INVALID_ARG_VALUE('value', given);
  repeat(buffer, pattern, Math.trunc(offset as number), Math.trunc(end as number));
  return buffer;
}

function viewBytes(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength);
}

/** Doubles what is there until the range is full. */
function repeat(buffer: Uint8Array, pattern: Uint8Array, start: number, end: number): void {
  const length = end - start;
  let filled = Math.min(pattern.length, length);
  buffer.set(filled === pattern.length ? pattern : pattern.subarray(0, filled), start);
  while (filled < length) {
    const next = Math.min(filled, length - filled);
    buffer.copyWithin(start + filled, start, start + next);
    filled += next;
  }
}

export function concat(list: unknown, totalLength?: unknown): FastBuffer {
  validateArray(list, 'list');
  const parts = list as Uint8Array[];
  if (parts.length === 0) return new FastBuffer();
  let length = 0;
  if (totalLength === undefined) {
    for (const part of parts) length += part?.length ? part.length : 0;
  } else {
    validateInteger(totalLength, 'length', 0, maxLength);
    length = totalLength;
  }
  const buffer = new FastBuffer(length);
  let at = 0;
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index];
    if (!(part instanceof Uint8Array)) {
      throw new ERR_INVALID_ARG_TYPE(`list[${index}]`, ['Buffer', 'Uint8Array'], part);
    }
    if (at >= length) continue;
    buffer.set(part.length > length - at ? part.subarray(0, length - at) : part, at);
    at += part.length;
  }
  return buffer;
}

export function byteLength(value: unknown, encodingName?: unknown): number {
  if (typeof value === 'string') return (findEncoding(encodingName) ?? utf8).byteLength(value);
  if (ArrayBuffer.isView(value) || isAnyArrayBuffer(value)) return value.byteLength;
  throw new ERR_INVALID_ARG_TYPE('string', ['string', 'Buffer', 'ArrayBuffer'], value);
}

export function compare(a: unknown, b: unknown): number {
  if (!(a instanceof Uint8Array))
    throw new ERR_INVALID_ARG_TYPE('buf1', ['Buffer', 'Uint8Array'], a);
  if (!(b instanceof Uint8Array))
    throw new ERR_INVALID_ARG_TYPE('buf2', ['Buffer', 'Uint8Array'], b);
  return a === b ? 0 : compareBytes(a, b);
}

/** The bytes behind a range of a typed array. */
export function copyBytesFrom(view: unknown, offset?: unknown, length?: unknown): FastBuffer {
  if (!ArrayBuffer.isView(view) || view instanceof DataView) {
    throw new ERR_INVALID_ARG_TYPE('view', ['TypedArray'], view);
  }
  const typed = view as Uint8Array;
  if (typed.length === 0) return new FastBuffer();
  let range = typed;
  if (offset !== undefined || length !== undefined) {
    if (offset !== undefined) {
      validateInteger(offset, 'offset', 0);
      if (offset >= typed.length) return new FastBuffer();
    }
    const start = offset ?? 0;
    let end = typed.length;
    if (length !== undefined) {
      validateInteger(length, 'length', 0);
      end = Math.min(typed.length, start + length);
    }
    range = typed.slice(start, end);
  }
  return fromArrayLike(new Uint8Array(range.buffer, range.byteOffset, range.byteLength));
}

/** `start` and `end` of `subarray`: negative ones count from the end. */
export function position(value: unknown, length: number): number {
  const whole = Math.trunc(value as number);
  if (whole === 0 || Number.isNaN(whole)) return 0;
  if (whole < 0) return Math.max(0, whole + length);
  return Math.min(whole, length);
}

export function copy(
  source: unknown,
  target: unknown,
  targetStart?: unknown,
  sourceStart?: unknown,
  sourceEnd?: unknown,
): number {
  if (!(source instanceof Uint8Array)) {
    throw new ERR_INVALID_ARG_TYPE('source', ['Buffer', 'Uint8Array'], source);
  }
  if (!ArrayBuffer.isView(target)) {
    throw new ERR_INVALID_ARG_TYPE('target', ['Buffer', 'Uint8Array'], target);
  }
  const into = target instanceof Uint8Array ? target : viewBytes(target);
  const to = wholeNumber(targetStart, 0);
  if (to < 0) throw new ERR_OUT_OF_RANGE('targetStart', '>= 0', to);
  const start = wholeNumber(sourceStart, 0);
  if (start < 0 || start > source.length) {
    throw new ERR_OUT_OF_RANGE('sourceStart', `>= 0 && <= ${source.length}`, start);
  }
  const end = wholeNumber(sourceEnd, source.length);
  if (end < 0) throw new ERR_OUT_OF_RANGE('sourceEnd', '>= 0', end);
  if (to >= into.length || start >= end) return 0;
  const length = Math.min(end - start, into.length - to, source.length - start);
  if (length <= 0) return 0;
  into.set(new Uint8Array(source.buffer, source.byteOffset + start, length), to);
  return length;
}

function wholeNumber(value: unknown, usual: number): number {
  if (value === undefined) return usual;
  const number = +(value as number);
  if (!Number.isNaN(number) && Math.abs(number) <= Number.MAX_SAFE_INTEGER) {
    return Math.trunc(number);
  }
  return Number.isNaN(number) ? 0 : number;
}
