import {
  ERR_BUFFER_OUT_OF_BOUNDS,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_BUFFER_SIZE,
  ERR_UNKNOWN_ENCODING,
  errorWithCode,
} from '../../node/internal/errors.ts';
import { validateInteger } from '../../node/internal/validators.ts';
import { part } from '../../parts.ts';
import { encodings, findEncoding, utf8, type Encoding } from './encodings.ts';
import { FastBuffer } from './fast-buffer.ts';
import { copy, fill, position } from './make.ts';
import { numberMethods } from './numbers.ts';
import { compareBytes, findIn } from './search.ts';

/** How many bytes `util.inspect` shows; `buffer.INSPECT_MAX_BYTES`. */
export const shown: { bytes: number } = { bytes: 50 };

const customInspect = Symbol.for('nodejs.util.inspect.custom');

function notText(): Error {
  return errorWithCode('ERR_INVALID_ARG_TYPE', 'argument must be a string', TypeError);
}

function checkedEncoding(name: unknown): Encoding {
  if (name === undefined || name === null || name === '') return utf8;
  const encoding = findEncoding(name);
  if (encoding === undefined) throw new ERR_UNKNOWN_ENCODING(String(name));
  return encoding;
}

/** The methods that Buffers have on top of those of typed arrays. */
export const methods: object & ThisType<FastBuffer> = {
  copy(target: unknown, targetStart?: unknown, sourceStart?: unknown, sourceEnd?: unknown) {
    return copy(this, target, targetStart, sourceStart, sourceEnd);
  },

  toString(encodingName?: unknown, from?: unknown, to?: unknown) {
    if (arguments.length === 0) return utf8.slice(this, 0, this.length);
    const { length } = this;
    const first = from as number;
    if (first >= length) return '';
    const start = first <= 0 ? 0 : Math.trunc(first) || 0;
    const isWhole = to === undefined || (to as number) > length;
    const end = isWhole ? length : Math.trunc(to as number) || 0;
    if (end <= start) return '';
    const encoding = encodingName === undefined ? utf8 : findEncoding(encodingName);
    if (encoding === undefined) throw new ERR_UNKNOWN_ENCODING(String(encodingName));
    return encoding.slice(this, start, end);
  },

  equals(other: unknown) {
    if (!(other instanceof Uint8Array)) {
      throw new ERR_INVALID_ARG_TYPE('otherBuffer', ['Buffer', 'Uint8Array'], other);
    }
    if (this === other) return true;
    return this.length === other.length && compareBytes(this, other) === 0;
  },

  inspect(depth?: unknown, options?: object) {
    return inspectBuffer(this, options);
  },

  compare(
    target: unknown,
    targetStart?: unknown,
    targetEnd?: unknown,
    sourceStart?: unknown,
    sourceEnd?: unknown,
  ) {
    if (!(target instanceof Uint8Array)) {
      throw new ERR_INVALID_ARG_TYPE('target', ['Buffer', 'Uint8Array'], target);
    }
    if (arguments.length === 1) return compareBytes(this, target);
    const checked = (value: unknown, name: string, usual: number, max?: number): number => {
      if (value === undefined) return usual;
      validateInteger(value, name, 0, max);
      return value;
    };
    const from = checked(targetStart, 'targetStart', 0);
    const to = checked(targetEnd, 'targetEnd', target.length, target.length);
    const ownFrom = checked(sourceStart, 'sourceStart', 0);
    const ownTo = checked(sourceEnd, 'sourceEnd', this.length, this.length);
    if (ownFrom >= ownTo) return from >= to ? 0 : -1;
    if (from >= to) return 1;
    return compareBytes(
      Uint8Array.prototype.slice.call(this, ownFrom, ownTo),
      Uint8Array.prototype.slice.call(target, from, to),
    );
  },

  /** No method but a function, which can be called with `new`, as in Node. */
  lastIndexOf: function lastIndexOf(
    this: FastBuffer,
    value: unknown,
    from?: unknown,
    encoding?: unknown,
  ) {
    return findIn(this, value, from, encoding, false);
  },

  indexOf(value: unknown, from?: unknown, encoding?: unknown) {
    return findIn(this, value, from, encoding, true);
  },

  includes(value: unknown, from?: unknown, encoding?: unknown) {
    return findIn(this, value, from, encoding, true) !== -1;
  },

  fill(value: unknown, offset?: unknown, end?: unknown, encoding?: unknown) {
    return fill(this, value, offset, end, encoding);
  },

  write(text: unknown, offsetOrEncoding?: unknown, lengthOrEncoding?: unknown, name?: unknown) {
    if (typeof text !== 'string') throw notText();
    if (offsetOrEncoding === undefined) return utf8.write(this, text, 0, this.length);
    if (lengthOrEncoding === undefined && typeof offsetOrEncoding === 'string') {
      return checkedEncoding(offsetOrEncoding).write(this, text, 0, this.length);
    }
    validateInteger(offsetOrEncoding, 'offset', 0, this.length);
    const room = this.length - offsetOrEncoding;
    if (lengthOrEncoding === undefined || typeof lengthOrEncoding === 'string') {
      const encoding = checkedEncoding(lengthOrEncoding ?? name);
      return encoding.write(this, text, offsetOrEncoding, room);
    }
    validateInteger(lengthOrEncoding, 'length', 0, this.length);
    return checkedEncoding(name).write(
      this,
      text,
      offsetOrEncoding,
      Math.min(lengthOrEncoding, room),
    );
  },

  toJSON() {
    return { type: 'Buffer', data: Array.from(this) };
  },

  subarray(from?: unknown, to?: unknown) {
    const start = position(from, this.length);
    const end = to === undefined ? this.length : position(to, this.length);
    return new FastBuffer(this.buffer, this.byteOffset + start, Math.max(0, end - start));
  },

  slice(from?: unknown, to?: unknown) {
    return (this as FastBuffer & { subarray: (from: unknown, to: unknown) => unknown }).subarray(
      from,
      to,
    );
  },

  swap16() {
    return swap(this, 2);
  },
  swap32() {
    return swap(this, 4);
  },
  swap64() {
    return swap(this, 8);
  },
};

const table = methods as Record<string | symbol, unknown>;
table['toLocaleString'] = table['toString'];
table[customInspect] = table['inspect'];
Object.assign(methods, numberMethods);

/** The methods of one encoding, such as `latin1Slice`: not documented, and used by packages. */
function addEncodingMethods(prefix: string, { write, slice }: Encoding): void {
  table[`${prefix}Slice`] = function (this: FastBuffer, from = 0, to = this.length) {
    const start = Math.trunc(from) || 0;
    const end = Math.max(start, Math.trunc(to) || 0);
    if (start < 0 || end > this.length) throw indexOutOfRange();
    return slice(this, start, end);
  };
  table[`${prefix}Write`] = function (
    this: FastBuffer,
    text: string,
    from = 0,
    length = this.length - from,
  ) {
    if (typeof text !== 'string') throw notText();
    const offset = Math.trunc(from) || 0;
    const room = this.length - offset;
    if (exactlyBound.has(prefix)) {
      if (!(offset >= 0 && room >= 0)) throw new ERR_BUFFER_OUT_OF_BOUNDS('offset');
      if (!(length >= 0 && length <= room)) throw new ERR_BUFFER_OUT_OF_BOUNDS('length');
    } else if (!(offset >= 0 && room >= 0 && length >= 0)) {
      throw indexOutOfRange();
    }
    return write(this, text, offset, Math.min(length, room));
  };
}

/** Of these, Node says which bound was crossed, and takes no length beyond the end. */
const exactlyBound: ReadonlySet<string> = new Set(['ascii', 'latin1', 'utf8']);

function indexOutOfRange(): Error {
  return errorWithCode('ERR_OUT_OF_RANGE', 'Index out of range', RangeError);
}

for (const encoding of Object.values(encodings)) {
  addEncodingMethods(encoding.name === 'utf16le' ? 'ucs2' : encoding.name, encoding);
}

function swap(buffer: FastBuffer, size: number): FastBuffer {
  if (buffer.length % size !== 0) throw new ERR_INVALID_BUFFER_SIZE(`${size * 8}-bits`);
  for (let at = 0; at < buffer.length; at += size) {
    new Uint8Array(buffer.buffer, buffer.byteOffset + at, size).reverse();
  }
  return buffer;
}

/** `<Buffer 68 69 ... 3 more bytes, extra: 1>` */
function inspectBuffer(buffer: FastBuffer, options: object | undefined): string {
  const length = Math.min(shown.bytes, buffer.length);
  const rest = buffer.length - length;
  const bytes: string[] = [];
  for (let index = 0; index < length; index += 1) {
    bytes.push((buffer[index] as number).toString(16).padStart(2, '0'));
  }
  let text = bytes.join(' ');
  if (rest > 0) text += ` ... ${rest} more byte${rest > 1 ? 's' : ''}`;
  const extras = options === undefined ? undefined : ownFields(buffer, options);
  if (extras !== undefined) text += `${buffer.length > 0 ? ', ' : ''}${extras}`;
  return `<${nameOf(buffer)} ${text}>`;
}

function nameOf(buffer: FastBuffer): string {
  const { constructor } = buffer as { constructor?: unknown };
  return typeof constructor === 'function' && Object.hasOwn(constructor, 'name')
    ? constructor.name
    : 'Buffer';
}

function ownFields(buffer: FastBuffer, options: object): string | undefined {
  const keys = Object.keys(buffer);
  if (keys.length === buffer.length) return undefined;
  const fields = Object.create(null) as Record<string, unknown>;
  const given = buffer as unknown as Record<string, unknown>;
  for (const key of keys.slice(buffer.length)) fields[key] = given[key];
  const { inspect } = part(
    'node/internal/inspect',
  ) as typeof import('../../node/internal/inspect.ts');
  const text = inspect(fields, { ...options, breakLength: Infinity, compact: true });
  return text.slice('[Object: null prototype] { '.length, -2);
}
