import { HostStream, type StreamAnswer } from '../node/internal/zlib/host-stream.ts';
import type { Kind } from '../node/internal/zlib/options.ts';
import { NativePromise, NativeTypeError } from '../primordials.ts';
import { bytesOf, isBufferSource } from './internal/bytes.ts';
import { domString } from './internal/conversions.ts';
import { codedError } from './internal/errors.ts';
import { defineInspect, defineInterface } from './internal/interfaces.ts';
import { ReadableStream, WritableStream } from './streams.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Ask = (done: (error: Error | undefined, answer?: StreamAnswer) => void) => void;

const formats: Readonly<Record<string, readonly [compress: Kind, decompress: Kind]>> = {
  deflate: ['deflate', 'inflate'],
  'deflate-raw': ['deflateRaw', 'inflateRaw'],
  gzip: ['gzip', 'gunzip'],
  brotli: ['brotliCompress', 'brotliDecompress'],
};

/** Output that waits for a reader before the stream takes no more. */
const mostWaiting = 65_536;

/** The two ends of one stream of the host. */
class Pipe {
  readonly readable: ReadableStream<Bytes>;
  readonly writable: WritableStream<unknown>;
  readonly #kind: Kind;
  #host: HostStream | undefined;
  #output!: ReadableStreamDefaultController<Bytes>;
  #input!: WritableStreamDefaultController;
  /** The writer goes on once somebody reads. */
  #goOn: (() => void) | undefined;
  #isDone = false;

  constructor(kind: Kind) {
    this.#kind = kind;
    const goOn = (): void => {
      this.#goOn?.();
      this.#goOn = undefined;
    };
    this.readable = new ReadableStream<Bytes>(
      {
        start: (controller) => {
          this.#output = controller;
        },
        pull: goOn,
        cancel: (reason: unknown) => {
          this.#end();
          this.#input.error(reason);
          goOn();
        },
      },
      { highWaterMark: mostWaiting, size: (chunk) => chunk?.byteLength ?? 0 },
    );
    this.writable = new WritableStream<unknown>({
      start: (controller) => {
        this.#input = controller;
      },
      write: (chunk) => this.#guarded(() => this.#write(chunk)),
      close: () => this.#guarded(() => this.#close()),
      abort: (reason: unknown) => {
        this.#end();
        this.#output.error(reason);
        goOn();
      },
    });
  }

  async #guarded(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#end();
      this.#output.error(error);
      throw error;
    }
  }

  async #write(chunk: unknown): Promise<void> {
    if (!isBufferSource(chunk)) {
      const message =
        'The "chunk" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView.';
      throw codedError(NativeTypeError, 'ERR_INVALID_ARG_TYPE', message);
    }
    const bytes = bytesOf(chunk);
    const host = this.#stream();
    for (let start = 0; start < bytes.length && !this.#isDone; start += host.pieceSize) {
      const hasEnded = await this.#pass((done) => host.write(bytes, start, done));
      if (hasEnded) throw trailingJunk();
    }
  }

  async #close(): Promise<void> {
    const host = this.#stream();
    await this.#pass((done) => host.end(done));
    if (this.#isDone) return;
    this.#end();
    this.#output.close();
  }

  /** Hands on all that one request gives; says whether the format has ended. */
  async #pass(first: Ask): Promise<boolean> {
    const host = this.#stream();
    let answer = await asked(first);
    for (;;) {
      if (this.#isDone) return false;
      if (answer.output.length > 0) this.#output.enqueue(answer.output);
      if (!answer.hasMore) return answer.hasEnded;
      await this.#room();
      if (this.#isDone) return false;
      answer = await asked((done) => host.read(done));
    }
  }

  #room(): Promise<void> | undefined {
    if ((this.#output.desiredSize ?? 1) > 0) return undefined;
    return new NativePromise<void>((resolve) => {
      this.#goOn = resolve;
    });
  }

  /** Made with the first chunk: a stream that nobody uses costs the host nothing. */
  #stream(): HostStream {
    this.#host ??= new HostStream(this.#kind, {});
    return this.#host;
  }

  #end(): void {
    this.#isDone = true;
    this.#host?.close();
  }
}

interface ReadableStreamDefaultController<Chunk> {
  readonly desiredSize: number | null;
  enqueue(chunk: Chunk): void;
  error(reason: unknown): void;
  close(): void;
}
interface WritableStreamDefaultController {
  error(reason: unknown): void;
}

function asked(ask: Ask): Promise<StreamAnswer> {
  return new NativePromise((fulfil, reject) => {
    ask((error, answer) => {
      if (answer === undefined) reject(wrongData(error));
      else fulfil(answer);
    });
  });
}

/** The web knows one error for all that is wrong with the data. */
function wrongData(cause: Error | undefined): Error {
  const error = new NativeTypeError(cause?.message ?? '', { cause });
  const { code } = (cause ?? {}) as { code?: string };
  return code === undefined ? error : Object.assign(error, { code });
}

function trailingJunk(): Error {
  const message = 'Trailing junk found after the end of the compressed stream';
  return codedError(NativeTypeError, 'ERR_TRAILING_JUNK_AFTER_STREAM_END', message);
}

function kindOf(format: unknown, name: string, direction: 0 | 1): Kind {
  const text = domString(format);
  const kinds = Object.hasOwn(formats, text) ? formats[text] : undefined;
  if (kinds !== undefined) return kinds[direction];
  const message = `Failed to construct '${name}': 1st argument '${text}' is not a valid enum value of type CompressionFormat.`;
  throw codedError(NativeTypeError, 'ERR_INVALID_ARG_VALUE', message);
}

/** https://compression.spec.whatwg.org/#compression-stream */
export class CompressionStream {
  readonly #pipe: Pipe;

  constructor(format: unknown) {
    this.#pipe = new Pipe(kindOf(format, 'CompressionStream', 0));
  }
  get readable(): ReadableStream<Bytes> {
    return this.#pipe.readable;
  }
  get writable(): WritableStream<unknown> {
    return this.#pipe.writable;
  }
}

/** https://compression.spec.whatwg.org/#decompression-stream */
export class DecompressionStream {
  readonly #pipe: Pipe;

  constructor(format: unknown) {
    this.#pipe = new Pipe(kindOf(format, 'DecompressionStream', 1));
  }
  get readable(): ReadableStream<Bytes> {
    return this.#pipe.readable;
  }
  get writable(): WritableStream<unknown> {
    return this.#pipe.writable;
  }
}

for (const [constructor, name] of [
  [CompressionStream, 'CompressionStream'],
  [DecompressionStream, 'DecompressionStream'],
] as const) {
  defineInterface(constructor, name, ['readable', 'writable']);
  defineInspect(constructor.prototype as CompressionStream, ({ readable, writable }) => ({
    readable,
    writable,
  }));
}
