/** UTF-8 in the guest: for the sizes of requests and responses, quicker than asking the host. */

const { fromCharCode } = String;
/** Arguments of one `fromCharCode` call; the stack bounds them. */
const unitsPerCall = 4096;

/** Text of UTF-16 code units. */
export function textOfUnits(
  units: Uint8Array | Uint16Array,
  length: number = units.length,
): string {
  if (length <= unitsPerCall) {
    const all = length === units.length ? units : units.subarray(0, length);
    return Reflect.apply(fromCharCode, undefined, all as unknown as number[]);
  }
  let text = '';
  for (let start = 0; start < length; start += unitsPerCall) {
    const some = units.subarray(start, Math.min(length, start + unitsPerCall));
    text += Reflect.apply(fromCharCode, undefined, some as unknown as number[]);
  }
  return text;
}

/** Length in UTF-8; halves of surrogate pairs count as U+FFFD. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else length += 2;
    // Two units, four bytes: each unit has counted once, and the first of them twice more.
    if (isPair(text, index, unit)) index += 1;
  }
  return length;
}

function isPair(text: string, index: number, unit: number): boolean {
  if (unit < 0xd800 || unit > 0xdbff) return false;
  const next = text.charCodeAt(index + 1);
  return next >= 0xdc00 && next <= 0xdfff;
}

/** Always a buffer of its own, of exactly the length. */
export function utf8Encode(text: string): Uint8Array<ArrayBuffer> {
  const { length } = text;
  const ascii = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) {
      const bytes = new Uint8Array(utf8Length(text));
      utf8Write(text, bytes);
      return bytes;
    }
    ascii[index] = unit;
  }
  return ascii;
}

/** Writes as many whole characters as there is room for. `read` counts UTF-16 units. */
export function utf8Write(text: string, into: Uint8Array): { read: number; written: number } {
  const { length } = text;
  const room = into.length;
  let written = 0;
  let read = 0;
  while (read < length) {
    const unit = text.charCodeAt(read);
    if (unit < 0x80) {
      if (written + 1 > room) break;
      into[written] = unit;
      written += 1;
    } else if (unit < 0x800) {
      if (written + 2 > room) break;
      into[written] = 0xc0 | (unit >> 6);
      into[written + 1] = 0x80 | (unit & 0x3f);
      written += 2;
    } else if (isPair(text, read, unit)) {
      if (written + 4 > room) break;
      const point = 0x10000 + ((unit - 0xd800) << 10) + (text.charCodeAt(read + 1) - 0xdc00);
      into[written] = 0xf0 | (point >> 18);
      into[written + 1] = 0x80 | ((point >> 12) & 0x3f);
      into[written + 2] = 0x80 | ((point >> 6) & 0x3f);
      into[written + 3] = 0x80 | (point & 0x3f);
      written += 4;
      read += 1;
    } else {
      if (written + 3 > room) break;
      const whole = unit >= 0xd800 && unit <= 0xdfff ? 0xfffd : unit;
      into[written] = 0xe0 | (whole >> 12);
      into[written + 1] = 0x80 | ((whole >> 6) & 0x3f);
      into[written + 2] = 0x80 | (whole & 0x3f);
      written += 3;
    }
    read += 1;
  }
  return { read, written };
}

/**
 * Decodes a stream of UTF-8, https://encoding.spec.whatwg.org/#utf-8-decoder. Knows nothing of byte order
 * marks. `onError` is called for each malformed sequence, before U+FFFD takes its place.
 */
export class Utf8Decoder {
  readonly #onError: (() => void) | undefined;
  #point = 0;
  #needed = 0;
  /** Bounds of the next continuation byte. */
  #lower = 0x80;
  #upper = 0xbf;

  constructor(onError?: () => void) {
    this.#onError = onError;
  }

  reset(): void {
    this.#point = 0;
    this.#needed = 0;
    this.#lower = 0x80;
    this.#upper = 0xbf;
  }

  decode(bytes: Uint8Array, isLast: boolean): string {
    const start = this.#needed === 0 ? asciiLength(bytes) : 0;
    if (start === bytes.length && this.#needed === 0) return textOfUnits(bytes);
    let text = start === 0 ? '' : textOfUnits(bytes, start);
    const units = new Uint16Array(Math.min(unitsPerCall, bytes.length - start + 2));
    let filled = 0;
    for (let index = start; index < bytes.length;) {
      if (filled + 2 > units.length) {
        text += textOfUnits(units, filled);
        filled = 0;
      }
      const byte = bytes[index] ?? 0;
      const point = this.#next(byte);
      if (point === again) {
        units[filled] = 0xfffd;
        filled += 1;
        // The byte begins something of its own.
        continue;
      }
      index += 1;
      if (point === incomplete) continue;
      if (point > 0xffff) {
        units[filled] = 0xd7c0 + (point >> 10);
        units[filled + 1] = 0xdc00 + (point & 0x3ff);
        filled += 2;
      } else {
        units[filled] = point;
        filled += 1;
      }
    }
    text += textOfUnits(units, filled);
    if (!isLast || this.#needed === 0) return text;
    this.reset();
    this.#onError?.();
    return `${text}\uFFFD`;
  }

  /** A code point, or `incomplete`, or `again` when the byte ended a malformed sequence before it. */
  #next(byte: number): number {
    if (this.#needed === 0) {
      if (byte < 0x80) return byte;
      return this.#lead(byte);
    }
    if (byte < this.#lower || byte > this.#upper) {
      this.reset();
      this.#onError?.();
      return again;
    }
    this.#lower = 0x80;
    this.#upper = 0xbf;
    this.#point = (this.#point << 6) | (byte & 0x3f);
    this.#needed -= 1;
    return this.#needed === 0 ? this.#point : incomplete;
  }

  #lead(byte: number): number {
    if (byte >= 0xc2 && byte <= 0xdf) {
      this.#needed = 1;
      this.#point = byte & 0x1f;
    } else if (byte >= 0xe0 && byte <= 0xef) {
      if (byte === 0xe0) this.#lower = 0xa0;
      if (byte === 0xed) this.#upper = 0x9f;
      this.#needed = 2;
      this.#point = byte & 0xf;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      if (byte === 0xf0) this.#lower = 0x90;
      if (byte === 0xf4) this.#upper = 0x8f;
      this.#needed = 3;
      this.#point = byte & 0x7;
    } else {
      this.#onError?.();
      return 0xfffd;
    }
    return incomplete;
  }
}

const incomplete = -1;
const again = -2;

function asciiLength(bytes: Uint8Array): number {
  let index = 0;
  while (index < bytes.length && (bytes[index] ?? 0) < 0x80) index += 1;
  return index;
}

/** The Encoding standard's "UTF-8 decode": malformed bytes become U+FFFD, a byte order mark goes. */
export function utf8Decode(bytes: Uint8Array): string {
  const text = new Utf8Decoder().decode(bytes, true);
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
