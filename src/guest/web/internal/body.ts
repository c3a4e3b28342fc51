import { part } from '../../parts.ts';
import { NativeTypeError } from '../../primordials.ts';
import { isOf } from './brands.ts';
import type { ByteReader, Chunks } from './chunks.ts';
import { chunkReader, copyOf, joinChunks } from './chunks.ts';
import { usvString } from './conversions.ts';
import { bytesOf, isBufferSource } from './bytes.ts';
import { utf8Decode, utf8Encode } from './utf8.ts';

type Stream = import('web-streams-polyfill').ReadableStream<Uint8Array>;

const streamsPart = () => part('web/streams') as typeof import('../streams.ts');

/** Where the bytes come from: text, pieces, or a reader that can be read once. */
type Source = string | Chunks | ByteReader;

/**
 * The body of a request or a response. It becomes a stream only for who asks for one: text and bytes are
 * consumed without, and so is what the network brings (`Body.fromReader`).
 */
export class Body {
  #source: Source | undefined;
  #stream: Stream | undefined;
  #isTaken = false;
  /** In bytes, where it is known before the body is read: for `content-length`. */
  readonly length: number | undefined;

  private constructor(source: Source | undefined, stream: Stream | undefined, length?: number) {
    this.#source = source;
    this.#stream = stream;
    this.length = length;
  }

  static fromText(text: string): Body {
    return new Body(text, undefined);
  }

  /** Of pieces that nobody writes to any more. */
  static fromChunks(chunks: Chunks): Body {
    let length = 0;
    for (const chunk of chunks) length += chunk.length;
    return new Body(chunks, undefined, length);
  }

  /** `reader` is asked for the next piece when somebody waits for one: that is the back-pressure. */
  static fromReader(reader: ByteReader, length?: number): Body {
    return new Body(reader, undefined, length);
  }

  static fromStream(stream: object): Body {
    return new Body(undefined, stream as Stream);
  }

  /** Somebody has read from it, or taken it. */
  get isUsed(): boolean {
    if (this.#isTaken) return true;
    return this.#stream !== undefined && streamsPart().isDisturbed(this.#stream);
  }

  get isUnusable(): boolean {
    return this.isUsed || this.#stream?.locked === true;
  }

  /** Its bytes are at hand: it can be sent a second time, from a clone. */
  get isReplayable(): boolean {
    return this.#stream === undefined && !isReader(this.#source);
  }

  /** The `body` of a request or a response. */
  stream(): Stream {
    if (this.#stream !== undefined) return this.#stream;
    const { ReadableStream, byteStreamOf } = streamsPart();
    if (this.#isTaken) {
      // Read to its end by other means: what remains is a stream that somebody has read.
      this.#stream = new ReadableStream<Uint8Array>({ start: (controller) => controller.close() });
      this.#stream.getReader();
    } else {
      this.#stream = byteStreamOf(this.#takeReader());
    }
    return this.#stream;
  }

  #takeReader(): ByteReader {
    const source = this.#source;
    this.#source = undefined;
    if (typeof source === 'string') return chunkReader([utf8Encode(source)]);
    if (source !== undefined && 'read' in source) return source;
    return chunkReader(source ?? []);
  }

  /** Takes the body to read it piece by piece; it is used from now on. */
  reader(): ByteReader {
    this.#isTaken = true;
    return this.#stream === undefined ? this.#takeReader() : readerOfStream(this.#stream);
  }

  /** All of the text at once. Takes the body. */
  async text(): Promise<string> {
    if (typeof this.#source === 'string' && this.#stream === undefined) {
      const text = this.#source;
      this.reader();
      return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
    }
    return utf8Decode(await this.bytes());
  }

  /** All of the bytes at once, in a buffer of their own. Takes the body. */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const reader = this.reader();
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    for (;;) {
      let piece = reader.read();
      if (piece instanceof Promise) piece = await piece;
      if (piece === undefined) break;
      chunks.push(piece);
    }
    const [first] = chunks;
    if (first !== undefined && chunks.length === 1 && first.length === first.buffer.byteLength) {
      return first;
    }
    return joinChunks(chunks);
  }

  /** A second body with the same bytes. Text and pieces are shared, a stream is divided. */
  clone(): Body {
    if (this.#stream === undefined && !isReader(this.#source)) {
      return new Body(this.#source, undefined, this.length);
    }
    const [mine, theirs] = this.stream().tee();
    this.#stream = mine;
    return new Body(undefined, theirs, this.length);
  }

  /** A body of its own for a new request; this one is used from now on. */
  moved(): Body {
    if (this.#stream === undefined) {
      const moved = new Body(this.#source, undefined, this.length);
      this.#source = undefined;
      this.#isTaken = true;
      return moved;
    }
    const through = new (streamsPart().TransformStream)<Uint8Array, Uint8Array>();
    return new Body(undefined, this.#stream.pipeThrough(through), this.length);
  }
}

function isReader(source: Source | undefined): source is ByteReader {
  return typeof source === 'object' && 'read' in source;
}

function readerOfStream(stream: Stream): ByteReader {
  const reader = stream.getReader();
  return {
    read: async () => {
      const { value, done } = await reader.read();
      if (done) return undefined;
      if (isUint8Array(value)) return value;
      const error = new NativeTypeError('Received non-Uint8Array chunk');
      reader.cancel(error).catch(() => {});
      throw error;
    },
    cancel: (reason) => reader.cancel(reason),
  };
}

/** Cancels a body that an abort has made useless. */
export async function giveUp(reader: ByteReader, reason: unknown): Promise<void> {
  try {
    await reader.cancel(reason);
  } catch {
    // The caller hears the reason of the abort, whatever the stream's own cancel makes of it.
  }
}

function isUint8Array(value: unknown): value is Uint8Array<ArrayBuffer> {
  return value instanceof Uint8Array;
}

/** https://fetch.spec.whatwg.org/#concept-bodyinit-extract; async iterables as Node takes them. */
export function extractBody(
  init: unknown,
  keepalive = false,
): {
  body: Body;
  contentType: string | undefined;
} {
  if (typeof init === 'string') {
    return { body: Body.fromText(init.toWellFormed()), contentType: plainText };
  }
  if (typeof init === 'object' && init !== null) {
    const found = extractObject(init, keepalive);
    if (found !== undefined) return found;
  }
  return { body: Body.fromText(usvString(init)), contentType: plainText };
}

const plainText = 'text/plain;charset=UTF-8';

function extractObject(
  init: object,
  keepalive: boolean,
): { body: Body; contentType: string | undefined } | undefined {
  if (isBufferSource(init)) {
    return { body: Body.fromChunks([copyOf(bytesOf(init))]), contentType: undefined };
  }
  if (isOf('URLSearchParams', init)) {
    const text = String(init);
    return {
      body: Body.fromText(text),
      contentType: 'application/x-www-form-urlencoded;charset=UTF-8',
    };
  }
  if (isOf('Blob', init)) {
    const { blobChunks } = part('web/blob') as typeof import('../blob.ts');
    const blob = init as import('../blob.ts').Blob;
    const contentType = blob.type === '' ? undefined : blob.type;
    return { body: Body.fromChunks(blobChunks(blob)), contentType };
  }
  if (isOf('FormData', init)) {
    const { serializeForm } = part('web/internal/multipart') as typeof import('./multipart.ts');
    const { chunks, contentType } = serializeForm(init);
    return { body: Body.fromChunks(chunks), contentType };
  }
  if (isOf('ReadableStream', init))
    return { body: streamBody(init, keepalive), contentType: undefined };
  if (typeof (init as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function') {
    const stream = streamsPart().ReadableStream.from(init as AsyncIterable<Uint8Array>);
    return { body: streamBody(stream, keepalive), contentType: undefined };
  }
  return undefined;
}

function streamBody(stream: object, keepalive: boolean): Body {
  const body = Body.fromStream(stream);
  if (keepalive) throw new NativeTypeError('keepalive');
  if (body.isUnusable) {
    throw new NativeTypeError('Response body object should not be disturbed or locked');
  }
  return body;
}

/** Whether a body of this kind can only be sent while it is made. */
export function isStreamInit(init: unknown): boolean {
  if (isOf('ReadableStream', init)) return true;
  return (
    typeof init === 'object' &&
    init !== null &&
    !isBufferSource(init) &&
    !isOf('Blob', init) &&
    !isOf('FormData', init) &&
    !isOf('URLSearchParams', init) &&
    typeof (init as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function'
  );
}
