import { ERR_INVALID_ARG_TYPE, ERR_UNKNOWN_ENCODING } from '../../node/internal/errors.ts';
import { findEncoding, utf8, type Encoding } from './encodings.ts';

/** `indexOf` and `lastIndexOf` of Buffer. */
export function findIn(
  bytes: Uint8Array,
  value: unknown,
  from: unknown,
  encodingName: unknown,
  isForward: boolean,
): number {
  if (!ArrayBuffer.isView(bytes)) {
    throw new ERR_INVALID_ARG_TYPE('buffer', ['Buffer', 'TypedArray', 'DataView'], bytes);
  }
  const isNamed = typeof from === 'string';
  const name = isNamed ? from : encodingName;
  // The position crosses into a 32 bit integer in Node.
  let offset = isNamed ? NaN : Math.max(Math.min(+(from as number), 0x7fffffff), -0x80000000);
  if (Number.isNaN(offset)) offset = isForward ? 0 : bytes.length;
  offset = Math.trunc(offset);
  if (typeof value === 'number') return findByte(bytes, (value >>> 0) & 0xff, offset, isForward);
  const encoding = name === undefined ? utf8 : findEncoding(name);
  if (typeof value === 'string') {
    if (encoding === undefined) throw new ERR_UNKNOWN_ENCODING(String(name));
    return findBytes(bytes, bytesOf(value, encoding), offset, stepOf(encoding), isForward);
  }
  if (value instanceof Uint8Array) {
    return findBytes(bytes, value, offset, stepOf(encoding ?? utf8), isForward);
  }
  throw new ERR_INVALID_ARG_TYPE('value', ['number', 'string', 'Buffer', 'Uint8Array'], value);
}

/** UTF-16 is only found at whole units. */
function stepOf(encoding: Encoding): number {
  return encoding.name === 'utf16le' ? 2 : 1;
}

export function bytesOf(text: string, encoding: Encoding): Uint8Array {
  const bytes = new Uint8Array(encoding.byteLength(text));
  const length = encoding.write(bytes, text, 0, bytes.length);
  return length === bytes.length ? bytes : bytes.subarray(0, length);
}

/** Where a search starts, or -1: by Node's rules for what lies outside. */
function startOf(length: number, offset: number, needleLength: number, isForward: boolean): number {
  if (offset < 0) {
    if (offset + length >= 0) return length + offset;
    return isForward || needleLength === 0 ? 0 : -1;
  }
  if (offset + needleLength <= length) return offset;
  if (needleLength === 0) return length;
  return isForward ? -1 : length - 1;
}

function findByte(bytes: Uint8Array, byte: number, offset: number, isForward: boolean): number {
  const start = startOf(bytes.length, offset, 1, isForward);
  if (start < 0 || bytes.length === 0) return -1;
  return isForward
    ? Uint8Array.prototype.indexOf.call(bytes, byte, start)
    : Uint8Array.prototype.lastIndexOf.call(bytes, byte, start);
}

function findBytes(
  bytes: Uint8Array,
  needle: Uint8Array,
  offset: number,
  step: number,
  isForward: boolean,
): number {
  const start = startOf(bytes.length, offset, needle.length, isForward);
  if (needle.length === 0) return start;
  if (start < 0 || bytes.length === 0 || needle.length > bytes.length) return -1;
  if (isForward && start + needle.length > bytes.length) return -1;
  if (step === 2 && (bytes.length < 2 || needle.length < 2)) return -1;
  const last = bytes.length - needle.length;
  const aligned = (at: number): number => (step === 2 ? at - (at % 2) : at);
  if (isForward) {
    const [first] = needle as unknown as [number];
    for (let at = aligned(start); at <= last; at += step) {
      if (step === 1) {
        at = Uint8Array.prototype.indexOf.call(bytes, first, at);
        if (at < 0 || at > last) return -1;
      }
      if (matches(bytes, needle, at)) return at;
    }
    return -1;
  }
  for (let at = aligned(Math.min(start, last)); at >= 0; at -= step) {
    if (matches(bytes, needle, at)) return at;
  }
  return -1;
}

function matches(bytes: Uint8Array, needle: Uint8Array, at: number): boolean {
  for (let index = 0; index < needle.length; index += 1) {
    if (bytes[at + index] !== needle[index]) return false;
  }
  return true;
}

/** -1, 0 or 1, as the bytes sort. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    if (a[index] !== b[index]) return (a[index] as number) < (b[index] as number) ? -1 : 1;
  }
  return a.length < b.length ? -1 : a.length > b.length ? 1 : 0;
}
