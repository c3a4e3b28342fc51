import { part } from '../../../parts.ts';
import { isBufferSource } from '../../../web/internal/bytes.ts';
import { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } from '../errors.ts';

/** The names by which the host knows Node's eleven streams. */
export const kinds = [
  'deflate',
  'inflate',
  'gzip',
  'gunzip',
  'deflateRaw',
  'inflateRaw',
  'unzip',
  'brotliCompress',
  'brotliDecompress',
  'zstdCompress',
  'zstdDecompress',
] as const;
export type Kind = (typeof kinds)[number];

/** As node:buffer has it when zlib is loaded: that is how programs lower it. */
const { kMaxLength } = (part('node/buffer') as unknown as { builtin: { kMaxLength: number } })
  .builtin;

/** Options of Node's zlib streams, as users give them. */
export interface ZlibOptions {
  readonly [name: string]: unknown;
}

const smallestChunk = 64;
export const usualChunk = 16_384;

const numbers = ['windowBits', 'level', 'memLevel', 'strategy', 'pledgedSrcSize'];

/** What the host is told; it leaves the ranges to its own Node. */
export function hostOptions(kind: Kind, options: ZlibOptions): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  const flushes = flushRange(kind);
  for (const name of ['flush', 'finishFlush']) {
    const value = finiteNumber(options[name], `options.${name}`);
    if (value === undefined) continue;
    if (value < 0 || value > flushes) {
      throw new ERR_OUT_OF_RANGE(`options.${name}`, `>= 0 and <= ${flushes}`, value);
    }
    record[name] = value;
  }
  for (const name of numbers) record[name] = finiteNumber(options[name], `options.${name}`);
  const { dictionary, params, rejectGarbageAfterEnd } = options;
  if (dictionary !== undefined) {
    if (!isBufferSource(dictionary)) {
      const types = ['Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'];
      throw new ERR_INVALID_ARG_TYPE('options.dictionary', types, dictionary);
    }
    record['dictionary'] = dictionary;
  }
  if (typeof params === 'object' && params !== null) record['params'] = checkedParams(params);
  if (rejectGarbageAfterEnd === true) record['rejectGarbageAfterEnd'] = true;
  return record;
}

function checkedParams(params: object): object {
  for (const value of Object.values(params)) {
    if (typeof value === 'number' || typeof value === 'boolean') continue;
    throw new ERR_INVALID_ARG_TYPE('options.params[key]', 'number', value);
  }
  return { ...params };
}

/** Not a number at all, and NaN, mean the usual value. */
export function finiteNumber(value: unknown, name: string): number | undefined {
  if (value === undefined || Number.isNaN(value)) return undefined;
  if (typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE(name, 'number', value);
  if (Number.isFinite(value)) return value;
  throw new ERR_OUT_OF_RANGE(name, 'a finite number', value);
}

export function inRange(
  value: unknown,
  name: string,
  least: number,
  most: number,
  usual: number,
): number {
  const number = finiteNumber(value, name);
  if (number === undefined) return usual;
  if (number >= least && number <= most) return number;
  throw new ERR_OUT_OF_RANGE(name, `>= ${least} and <= ${most}`, number);
}

export function chunkSizeOf(options: ZlibOptions): number {
  const size = finiteNumber(options['chunkSize'], 'options.chunkSize');
  if (size === undefined) return usualChunk;
  if (size >= smallestChunk) return size;
  throw new ERR_OUT_OF_RANGE('options.chunkSize', `>= ${smallestChunk}`, size);
}

export function maxOutputOf(options: ZlibOptions): number {
  // As in Node: the limit that node:buffer names.
  return inRange(options['maxOutputLength'], 'options.maxOutputLength', 1, kMaxLength, kMaxLength);
}

export function isBrotli(kind: Kind): boolean {
  return kind === 'brotliCompress' || kind === 'brotliDecompress';
}

export function isZstd(kind: Kind): boolean {
  return kind === 'zstdCompress' || kind === 'zstdDecompress';
}

function flushRange(kind: Kind): number {
  if (isBrotli(kind)) return 3;
  return isZstd(kind) ? 2 : 5;
}

/** The flush that ends a stream: Z_FINISH, BROTLI_OPERATION_FINISH, ZSTD_e_end. */
export function finishOf(kind: Kind, options: ZlibOptions): number {
  const { finishFlush } = options;
  if (typeof finishFlush === 'number') return finishFlush;
  return isBrotli(kind) || isZstd(kind) ? 2 : 4;
}

/** Best quality costs many times as much: the host takes less of it at a time. */
export function isSlow(kind: Kind, options: ZlibOptions): boolean {
  const params = (options['params'] ?? {}) as Record<number, unknown>;
  if (kind === 'brotliCompress') return Number(params[1] ?? 11) > 9;
  return kind === 'zstdCompress' && Number(params[100] ?? 3) > 15;
}
