import { constants } from 'node:zlib';
import { isRecord } from '../packed.ts';
import { ServiceError } from '../service.ts';

export const zlibKinds = [
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
export type ZlibKind = (typeof zlibKinds)[number];

/** What Node's constructors take, as far as guests may say it. */
export interface ZlibOptions {
  readonly [name: string]: unknown;
}

const numbers = [
  'flush',
  'finishFlush',
  'windowBits',
  'level',
  'memLevel',
  'strategy',
  'pledgedSrcSize',
];
const mb = 1_048_576;
/** The host's own pieces of output; the guest's wish for larger ones must not make the host hold more. */
const chunkSize = 65_536;
const largestLog = 27;
/** Windows of Zstandard that need no permission, as its format recommends. */
const usualWindowLog = 23;

/** Names of newer parameters, where the types of Node do not have them. */
const zstd = constants as unknown as Record<string, number | undefined>;

/**
 * The options of a stream without what would cost the host too much. Node checks the rest and says what is
 * wrong, in its own words.
 */
export function zlibOptions(
  kind: ZlibKind,
  record: Record<string, unknown>,
  memoryBytes: number,
): ZlibOptions {
  const options: Record<string, unknown> = { chunkSize };
  for (const name of numbers) {
    if (typeof record[name] === 'number') options[name] = record[name];
  }
  if (record['dictionary'] instanceof Uint8Array) {
    options['dictionary'] = Buffer.from(record['dictionary']);
  }
  if (record['rejectGarbageAfterEnd'] === true) options['rejectGarbageAfterEnd'] = true;
  const params = paramsOf(record['params']);
  if (kind === 'zstdDecompress') limitWindow(params, memoryBytes);
  checkParams(kind, params);
  if (Object.keys(params).length > 0) options['params'] = params;
  return options;
}

function paramsOf(value: unknown): Record<string, number | boolean> {
  const params: Record<string, number | boolean> = {};
  if (!isRecord(value)) return params;
  for (const [name, param] of Object.entries(value).slice(0, 64)) {
    if (typeof param === 'number' || typeof param === 'boolean') params[name] = param;
    else
      throw new ServiceError('ERR_INVALID_ARG_TYPE', 'A parameter must be a number', {
        name: 'TypeError',
      });
  }
  return params;
}

/** A frame says how large a window it wants; without a limit each stream could take 128 MB of the host. */
function limitWindow(params: Record<string, number | boolean>, memoryBytes: number): void {
  const name = `${zstd['ZSTD_d_windowLogMax'] ?? 100}`;
  const most = Math.max(
    usualWindowLog,
    Math.min(largestLog, Math.floor(Math.log2(memoryBytes / 4))),
  );
  if (Number(params[name] ?? largestLog) >= most) params[name] = most;
}

function checkParams(kind: ZlibKind, params: Record<string, number | boolean>): void {
  const over = (name: number | undefined, most: number): boolean =>
    name !== undefined && Number(params[`${name}`] ?? 0) > most;
  const isTooLarge =
    (kind === 'brotliCompress' && over(constants.BROTLI_PARAM_LGWIN, 24)) ||
    (kind === 'brotliDecompress' && over(constants.BROTLI_DECODER_PARAM_LARGE_WINDOW, 0)) ||
    (kind === 'zstdCompress' &&
      (over(zstd['ZSTD_c_windowLog'], largestLog) ||
        over(zstd['ZSTD_c_hashLog'], largestLog) ||
        over(zstd['ZSTD_c_chainLog'], largestLog) ||
        over(zstd['ZSTD_c_ldmHashLog'], largestLog) ||
        over(zstd['ZSTD_c_nbWorkers'], 0)));
  if (!isTooLarge) return;
  throw new ServiceError(
    'ERR_OUT_OF_RANGE',
    'The parameters ask for more memory or threads than guests may use on the host',
    { name: 'RangeError' },
  );
}

/** About what a stream holds of the host's memory, in bytes. */
export function streamBytes(kind: ZlibKind, options: ZlibOptions): number {
  const { dictionary } = options;
  // Node and the library keep a copy each.
  const copies = dictionary instanceof Uint8Array ? 2 * dictionary.byteLength : 0;
  return stateBytes(kind, options) + copies;
}

function stateBytes(kind: ZlibKind, options: ZlibOptions): number {
  const params = (options['params'] ?? {}) as Record<string, number>;
  const window = params[`${zstd['ZSTD_c_windowLog'] ?? 101}`] ?? 0;
  switch (kind) {
    case 'brotliCompress': {
      const quality = params[`${constants.BROTLI_PARAM_QUALITY}`] ?? 11;
      return (quality > 9 ? 32 : 8) * mb;
    }
    case 'brotliDecompress':
      return 8 * mb;
    case 'zstdCompress':
      return zstdCompressBytes(params, window);
    case 'zstdDecompress':
      return 2 ** (params[`${zstd['ZSTD_d_windowLogMax'] ?? 100}`] ?? largestLog);
    case 'inflate':
    case 'inflateRaw':
    case 'gunzip':
    case 'unzip':
      return 2 ** numberOr(options['windowBits'], 15) + perStream;
    default:
      // As zlib.h says it.
      return (
        2 ** (numberOr(options['windowBits'], 15) + 2) +
        2 ** (numberOr(options['memLevel'], 8) + 9) +
        perStream
      );
  }
}

/** State, Node's objects and a chunk of output. */
const perStream = 131_072;

function numberOr(value: unknown, usual: number): number {
  // Zero means the largest window that the data may ask for.
  return typeof value === 'number' && value > 0 ? value : usual;
}

function zstdCompressBytes(params: Record<string, number>, window: number): number {
  const level = params[`${zstd['ZSTD_c_compressionLevel'] ?? 100}`] ?? 3;
  const tables = ['ZSTD_c_hashLog', 'ZSTD_c_chainLog', 'ZSTD_c_ldmHashLog'].reduce(
    (sum, name) => sum + 4 * 2 ** (params[`${zstd[name] ?? name}`] ?? 0),
    0,
  );
  const own = level > 19 ? 640 : level > 15 ? 96 : level > 9 ? 48 : level > 3 ? 24 : 8;
  return own * mb + 2 ** window + tables;
}

/** Compression at this quality takes many times as long as the others. */
export function isSlow(kind: ZlibKind, options: ZlibOptions): boolean {
  const params = (options['params'] ?? {}) as Record<string, number>;
  if (kind === 'brotliCompress') return (params[`${constants.BROTLI_PARAM_QUALITY}`] ?? 11) > 9;
  const level = params[`${zstd['ZSTD_c_compressionLevel'] ?? 100}`] ?? 3;
  return kind === 'zstdCompress' && level > 15;
}
