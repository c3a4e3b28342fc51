import { DateNow, NativeTypeError } from '../primordials.ts';
import { part } from '../parts.ts';
import { defineBrand, isOf } from './internal/brands.ts';
import { chunkReader, copyOf, joinChunks, type Chunks } from './internal/chunks.ts';
import { domString, usvString } from './internal/conversions.ts';
import { codedError, invalidArgType } from './internal/errors.ts';
import {
  defineInspect,
  defineInterface,
  setConstructorLength,
  setLengths,
} from './internal/interfaces.ts';
import { bytesOf, isBufferSource } from './internal/bytes.ts';
import { utf8Decode, utf8Encode } from './internal/utf8.ts';
import { definePlatformKind } from './internal/platform-kinds.ts';

const streamsPart = () => part('web/streams') as typeof import('./streams.ts');

/** Stands in the place of `parts` when the pieces are there already. */
class Given {
  readonly chunks: Chunks;
  constructor(chunks: Chunks) {
    this.chunks = chunks;
  }
}

interface BlobOptions {
  readonly type?: unknown;
  readonly endings?: unknown;
}

/** https://w3c.github.io/FileAPI/#blob-section; the bytes live in the guest's own memory. */
export class Blob {
  readonly #chunks: Chunks;
  readonly #size: number;
  readonly #type: string;

  constructor(blobParts: unknown = [], options: unknown = {}) {
    const isGiven = blobParts instanceof Given;
    // Web IDL converts arguments from the left, and the members of a dictionary by their names.
    const sources = isGiven ? [] : sequence(blobParts);
    const { endings = 'transparent', type = '' } = dictionary(options);
    this.#chunks = isGiven
      ? blobParts.chunks
      : chunksFrom(sources, checkedEndings(endings) === 'native');
    this.#size = this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    this.#type = normalType(domString(type));
  }

  get type(): string {
    return this.#type;
  }
  get size(): number {
    return this.#size;
  }

  slice(start: unknown = 0, end: unknown = this.#size, contentType: unknown = ''): Blob {
    const from = position(start, this.#size);
    const to = Math.max(from, position(end, this.#size));
    return new Blob(new Given(sliceChunks(this.#chunks, from, to)), {
      type: domString(contentType),
    });
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }
  async text(): Promise<string> {
    return utf8Decode(joinChunks(this.#chunks));
  }
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return joinChunks(this.#chunks);
  }
  stream(): object {
    return streamsPart().byteStreamOf(chunkReader(this.#chunks));
  }

  /** What other parts do with blobs; taken away from the class below. */
  static internals = {
    isBlob: (value: object): boolean => #chunks in value,
    chunksOf: (blob: Blob): Chunks => blob.#chunks,
  };
}

const { internals } = Blob;
delete (Blob as { internals?: unknown }).internals;

/** The bytes of a blob; not to be written to. */
export const blobChunks = internals.chunksOf;

/** A blob of pieces that nobody writes to any more. */
export function blobOf(chunks: Chunks, type: string): Blob {
  return new Blob(new Given(chunks), { type });
}

interface FileOptions extends BlobOptions {
  readonly lastModified?: unknown;
}

/** https://w3c.github.io/FileAPI/#file-section */
export class File extends Blob {
  readonly #name: string;
  readonly #lastModified: number;

  constructor(fileBits: unknown, fileName: unknown, options: unknown = {}) {
    if (arguments.length < 2) {
      throw codedError(
        NativeTypeError,
        'ERR_MISSING_ARGS',
        'The "fileBits" and "fileName" arguments must be specified',
      );
    }
    super(fileBits, options);
    const { lastModified = DateNow() } = dictionary(options) as FileOptions;
    this.#name = usvString(fileName);
    this.#lastModified = Math.trunc(Number(lastModified)) || 0;
  }

  get name(): string {
    return this.#name;
  }
  get lastModified(): number {
    return this.#lastModified;
  }

  static isFile(value: object): value is File {
    return #name in value;
  }
}

export const { isFile } = File;
delete (File as { isFile?: unknown }).isFile;

/** A file of pieces that nobody writes to any more. */
export function fileOf(chunks: Chunks, name: string, type: string, lastModified?: number): File {
  return new File(new Given(chunks), name, { type, lastModified });
}

function dictionary(options: unknown): BlobOptions {
  if (options === null || options === undefined) return {};
  if (typeof options === 'object' || typeof options === 'function') return options;
  const error = invalidArgType('options', 'a dictionary', options);
  throw error;
}

function checkedEndings(endings: unknown): string {
  const text = domString(endings);
  if (text === 'transparent' || text === 'native') return text;
  throw Object.assign(
    new NativeTypeError(`The property 'options.endings' is invalid. Received '${text}'`),
    { code: 'ERR_INVALID_ARG_VALUE' },
  );
}

/** The parts, each a blob, bytes or text; `Symbol.iterator` is read once. */
function sequence(blobParts: unknown): (string | object)[] {
  const isObject = (typeof blobParts === 'object' && blobParts !== null) || isFunction(blobParts);
  const method: unknown = isObject ? (blobParts as Iterable<unknown>)[Symbol.iterator] : undefined;
  if (!isFunction(method)) {
    const error = new NativeTypeError('Value cannot be converted to sequence.');
    throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
  }
  const iterable = {
    [Symbol.iterator]: () => Reflect.apply(method, blobParts, []) as Iterator<unknown>,
  };
  return Array.from(iterable, (source) =>
    isOf('Blob', source) || isBufferSource(source) ? source : usvString(source),
  );
}

function isFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function';
}

function chunksFrom(sources: readonly (string | object)[], isNative: boolean): Chunks {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (const source of sources) {
    if (typeof source === 'string') {
      chunks.push(utf8Encode(isNative ? source.replaceAll(/\r\n|\r/g, '\n') : source));
    } else if (isOf('Blob', source)) {
      for (const chunk of internals.chunksOf(source as Blob)) chunks.push(chunk);
    } else {
      chunks.push(copyOf(bytesOf(source)));
    }
  }
  return chunks;
}

function normalType(type: string): string {
  return /^[\x20-\x7e]*$/.test(type) ? type.toLowerCase() : '';
}

/** A position counted from the start; negative ones count from the end. */
function position(value: unknown, size: number): number {
  const number = Number(value);
  // Web IDL's [Clamp]: to the nearest integer, ties to even ones.
  const whole = Number.isNaN(number) ? 0 : roundToEven(number);
  return whole < 0 ? Math.max(size + whole, 0) : Math.min(whole, size);
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return Math.round(value);
}

function sliceChunks(chunks: Chunks, from: number, to: number): Chunks {
  const slices: Uint8Array<ArrayBuffer>[] = [];
  let start = 0;
  for (const chunk of chunks) {
    const end = start + chunk.length;
    if (end > from && start < to) {
      slices.push(chunk.subarray(Math.max(from - start, 0), Math.min(to, end) - start));
    }
    start = end;
  }
  return slices;
}

/** Blobs by their `blob:` URL; they stay until they are revoked. */
const registered = new Map<string, Blob>();
let lastId = 0;

export function registerBlob(blob: object): string {
  lastId += 1;
  const random = Array.from({ length: 3 }, () => Math.random().toString(16).slice(2, 14)).join('');
  const digits = random.padEnd(32, `${lastId}`).slice(0, 32);
  const id = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const url = `blob:nodedata:${id}`;
  registered.set(url, blob as Blob);
  return url;
}

export function unregisterBlob(url: string): void {
  registered.delete(url);
}

/** For `fetch` and `buffer.resolveObjectURL`. */
export function resolveBlob(url: string): Blob | undefined {
  return registered.get(url);
}

defineBrand('Blob', internals.isBlob);
defineInterface(Blob, 'Blob', ['type', 'size', 'slice', 'arrayBuffer', 'text', 'bytes', 'stream']);
defineInspect(Blob.prototype, ({ size, type }) => ({ size, type }));
setConstructorLength(Blob, 0);
setLengths(Blob.prototype, { slice: 0 });
defineInterface(File, 'File', ['name', 'lastModified']);
defineInspect(File.prototype, ({ size, type, name, lastModified }) => ({
  size,
  type,
  name,
  lastModified,
}));
definePlatformKind({
  isOf: internals.isBlob,
  clone: (value) => {
    const blob = value as Blob;
    const chunks = internals.chunksOf(blob);
    if (!isFile(blob)) return blobOf(chunks, blob.type);
    return fileOf(chunks, blob.name, blob.type, blob.lastModified);
  },
});
