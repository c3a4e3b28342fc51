import { Buffer } from '../../node/buffer.ts';
import {
  AbortError,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_OUT_OF_RANGE,
  errorWithCode,
} from '../../node/internal/errors.ts';
import {
  validateAbortSignal,
  validateInteger,
  validateString,
  validateUint32,
} from '../../node/internal/validators.ts';
import { constants } from './constants.ts';

/** Bytes, and where in them text of Node's shape comes from. */
export type Bytes = Uint8Array;

/** A path as text. Bytes are read as UTF-8: names here are text. */
export function toPath(value: unknown, name = 'path'): string {
  const path = typeof value === 'string' ? value : pathOf(value, name);
  if (path.includes('\0')) {
    throw new ERR_INVALID_ARG_VALUE(
      name,
      value,
      'must be a string, Uint8Array, or URL without null bytes',
    );
  }
  return path;
}

function pathOf(value: unknown, name: string): string {
  if (value instanceof Uint8Array) return bufferOf(value).toString();
  if (isUrl(value)) return pathOfUrl(value);
  throw new ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'URL'], value);
}

interface FileUrl {
  readonly href: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly pathname: string;
}

function isUrl(value: unknown): value is FileUrl {
  if (typeof value !== 'object' || value === null) return false;
  const { href, protocol, auth, path } = value as Record<string, unknown>;
  return Boolean(href && protocol && auth === undefined && path === undefined);
}

function pathOfUrl({ protocol, hostname, pathname }: FileUrl): string {
  if (protocol !== 'file:') {
    throw errorWithCode('ERR_INVALID_URL_SCHEME', 'The URL must be of scheme file', TypeError);
  }
  if (hostname !== '') {
    throw errorWithCode(
      'ERR_INVALID_FILE_URL_HOST',
      'File URL host must be "localhost" or empty on linux',
      TypeError,
    );
  }
  if (/%2f/i.test(pathname)) {
    throw errorWithCode(
      'ERR_INVALID_FILE_URL_PATH',
      'File URL path must not include encoded / characters',
      TypeError,
    );
  }
  return decodeURIComponent(pathname);
}

export function toDescriptor(value: unknown, name = 'fd'): number {
  if (typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE(name, 'number', value);
  validateInteger(value, name, 0, 2147483647);
  return value;
}

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_SYNC } =
  constants as Record<string, number> as Record<
    'O_RDONLY' | 'O_WRONLY' | 'O_RDWR' | 'O_CREAT' | 'O_EXCL' | 'O_TRUNC' | 'O_APPEND' | 'O_SYNC',
    number
  >;

const flagWords: Readonly<Record<string, number>> = {
  r: O_RDONLY,
  rs: O_RDONLY | O_SYNC,
  'r+': O_RDWR,
  'rs+': O_RDWR | O_SYNC,
  w: O_TRUNC | O_CREAT | O_WRONLY,
  wx: O_TRUNC | O_CREAT | O_WRONLY | O_EXCL,
  'w+': O_TRUNC | O_CREAT | O_RDWR,
  'wx+': O_TRUNC | O_CREAT | O_RDWR | O_EXCL,
  a: O_APPEND | O_CREAT | O_WRONLY,
  ax: O_APPEND | O_CREAT | O_WRONLY | O_EXCL,
  as: O_APPEND | O_CREAT | O_WRONLY | O_SYNC,
  'a+': O_APPEND | O_CREAT | O_RDWR,
  'ax+': O_APPEND | O_CREAT | O_RDWR | O_EXCL,
  'as+': O_APPEND | O_CREAT | O_RDWR | O_SYNC,
};

/** Node also takes the letters in another order. */
const flagAliases: Readonly<Record<string, string>> = {
  sr: 'rs',
  'sr+': 'rs+',
  xw: 'wx',
  'xw+': 'wx+',
  xa: 'ax',
  'xa+': 'ax+',
  sa: 'as',
  'sa+': 'as+',
};

/** The flags of `open`: a number, or Node's letters for one. */
export function toFlags(value: unknown, fallback: string = 'r', name = 'flags'): number {
  const flags = value ?? fallback;
  if (typeof flags === 'number') {
    validateInteger(flags, name, -2147483648, 2147483647);
    return flags >>> 0;
  }
  const word = typeof flags === 'string' ? (flagAliases[flags] ?? flags) : '';
  if (Object.hasOwn(flagWords, word)) return flagWords[word] ?? 0;
  throw new ERR_INVALID_ARG_VALUE(name, flags);
}

/** Permission bits: a number, or octal digits. */
export function toMode(value: unknown, name = 'mode', fallback?: number): number {
  const mode = value ?? fallback;
  if (typeof mode === 'string') {
    if (!/^[0-7]+$/.test(mode)) {
      throw new ERR_INVALID_ARG_VALUE(
        name,
        mode,
        'must be a 32-bit unsigned integer or an octal string',
      );
    }
    return Number.parseInt(mode, 8);
  }
  validateUint32(mode, name);
  return mode;
}

/** Seconds, or a date, in milliseconds. */
export function toTime(value: unknown): number {
  if (typeof value === 'string' && value !== '' && Number.isFinite(Number(value))) {
    return Number(value) * 1000;
  }
  if (typeof value === 'number' && Number.isFinite(value)) return value * 1000;
  if (value instanceof Date) return value.getTime();
  throw new ERR_INVALID_ARG_TYPE('time', ['Date', 'Time in seconds'], value);
}

/** Options that may be given as the name of an encoding alone. */
export interface FileOptions {
  readonly encoding?: string | null;
  readonly flag?: unknown;
  readonly mode?: unknown;
  readonly signal?: Signal;
  readonly flush?: unknown;
}

export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
}

/** Reads options of any operation: an object, an encoding, or nothing. */
export function toOptions<Options extends object>(
  value: unknown,
  defaults: Options,
): Options & FileOptions {
  if (value === undefined || value === null || typeof value === 'function') return defaults;
  const given = typeof value === 'string' ? { encoding: value } : value;
  if (typeof given !== 'object') {
    throw new ERR_INVALID_ARG_TYPE('options', ['string', 'Object'], value);
  }
  const options = { ...defaults, ...(given as FileOptions) };
  const { encoding, signal } = options;
  if (typeof encoding === 'string' && encoding !== 'buffer' && !Buffer.isEncoding(encoding)) {
    throw new ERR_INVALID_ARG_VALUE('encoding', encoding, 'is invalid encoding');
  }
  validateAbortSignal(signal, 'options.signal');
  return options;
}

/** Options that are an object or nothing. */
export function toObject(value: unknown, name = 'options'): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object') throw new ERR_INVALID_ARG_TYPE(name, 'Object', value);
  return value as Readonly<Record<string, unknown>>;
}

export function checkAborted(signal: Signal | undefined): void {
  if (signal?.aborted === true) throw new AbortError(undefined, { cause: signal.reason });
}

/** Names and paths in the encoding that was asked for. */
export function encoded(text: string, encoding: unknown): unknown {
  if (encoding === undefined || encoding === null || encoding === 'utf8') return text;
  if (encoding === 'utf-8') return text;
  const bytes = Buffer.from(text);
  return encoding === 'buffer' ? bytes : textOf(bytes, encoding as string);
}

/** What is to be written, as bytes. */
export function toBytes(data: unknown, encoding: unknown, name = 'data'): Bytes {
  if (typeof data === 'string') {
    return Buffer.from(data, encoding === 'buffer' ? 'utf8' : (encoding ?? 'utf8'));
  }
  if (ArrayBuffer.isView(data)) return bytesOf(data);
  throw new ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'TypedArray', 'DataView'], data);
}

export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Bytes {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

export function toView(value: unknown, name = 'buffer'): Bytes {
  if (ArrayBuffer.isView(value)) return bytesOf(value);
  throw new ERR_INVALID_ARG_TYPE(name, ['Buffer', 'TypedArray', 'DataView'], value);
}

export function toViews(value: unknown): readonly Bytes[] {
  if (Array.isArray(value) && value.every((part) => ArrayBuffer.isView(part))) {
    return value.map((part) => bytesOf(part));
  }
  throw new ERR_INVALID_ARG_TYPE('buffers', 'ArrayBufferView[]', value);
}

/** Where in a file; `null` for where the descriptor stands. */
export function toPosition(value: unknown, name = 'position'): number | null {
  if (value === undefined || value === null || value === -1 || value === -1n) return null;
  if (typeof value === 'bigint') {
    if (value < -1n || value > 2n ** 63n - 1n) {
      throw new ERR_OUT_OF_RANGE(name, `>= -1 && <= ${2n ** 63n - 1n}`, value);
    }
    // No file is that long.
    return Math.min(Number(value), Number.MAX_SAFE_INTEGER);
  }
  if (typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE(name, ['integer', 'bigint'], value);
  validateInteger(value, name, -1);
  return value;
}

/** Bytes as text of one of Buffer's encodings. */
export function textOf(bytes: Uint8Array, encoding?: string): string {
  return (bytes as unknown as { toString(encoding?: string): string }).toString(encoding);
}

export function bufferOf(bytes: ArrayBuffer | Uint8Array): InstanceType<typeof Buffer> {
  return bytes instanceof Uint8Array
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : Buffer.from(bytes);
}

export function validateBooleanOption(
  value: unknown,
  name: string,
): asserts value is boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return;
  throw new ERR_INVALID_ARG_TYPE(name, 'boolean', value);
}

export { validateString };
