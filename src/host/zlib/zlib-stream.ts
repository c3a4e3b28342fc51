import * as zlib from 'node:zlib';
import type { Transform } from 'node:stream';
import { forGuest, withNode } from '../node-error.ts';
import { joined } from '../packed.ts';
import { ServiceError } from '../service.ts';
import type { ZlibKind, ZlibOptions } from './options.ts';

/** Output that one answer carries, and so what the host holds of a stream: a piece more than this at most. */
const answerBytes = 131_072;
/** Of a step that blocks: larger, since each costs the guest a round trip. */
const stepBytes = 524_288;

/** What Node's zlib streams are beyond their types; minizlib and others build on it too. */
interface NativeStream extends Transform {
  readonly bytesWritten: number;
  readonly _handle?: NativeHandle | null;
  readonly _writeState?: Uint32Array;
  flush(kind: number, done: () => void): void;
  params(level: number, strategy: number, done: (error?: Error | null) => void): void;
  reset(): void;
}

interface NativeHandle {
  readonly onerror: (message: string, errno: number, code: string) => void;
  writeSync(
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputLength: number,
    output: Uint8Array,
    outputOffset: number,
    outputLength: number,
  ): unknown;
}

type Make = (options: ZlibOptions) => NativeStream;

/** Node's constructor for a kind; Zstandard is there from Node 22.15. */
export function makeStream(kind: ZlibKind, options: ZlibOptions): NativeStream {
  const name = `create${(kind[0] ?? '').toUpperCase()}${kind.slice(1)}`;
  const make = (zlib as unknown as Record<string, Make | undefined>)[name];
  if (make === undefined) {
    throw new ServiceError(
      'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
      `zlib.${name}() is not supported by the Node.js of this host`,
    );
  }
  return withNode(() => make(options));
}

/** What follows the output in an answer: flags and how many bytes of input were used so far. */
const flags = { more: 1, ended: 2 } as const;

/**
 * One stream of a guest. It takes a chunk and gives what comes out of it, piece by piece: as long as the
 * guest does not ask for more, Node's own back-pressure keeps the rest compressed.
 */
export class ZlibStream {
  readonly #stream: NativeStream;
  #isBusy = false;
  /** Node has not finished with the last chunk, flush or end. */
  #isPending = false;
  #isEnded = false;
  #error: unknown;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #look: () => void = () => {};
  /** Input of a blocking step that did not fit its output. */
  #rest: Uint8Array = new Uint8Array();
  /** Input that blocking steps used; Node counts only what its own writes do. */
  #stepped = 0;

  constructor(stream: NativeStream) {
    this.#stream = stream;
    stream.on('readable', () => this.#look());
    stream.on('end', () => {
      this.#isEnded = true;
      this.#look();
    });
    stream.on('error', (error) => {
      this.#error = forGuest(error);
      this.#look();
    });
  }

  /** Takes a chunk; the answer is output and how it goes on. */
  write(bytes: Uint8Array): Promise<Uint8Array> {
    return this.#start((done) => {
      this.#stream.write(bytes, done);
    });
  }

  flush(kind: number): Promise<Uint8Array> {
    return this.#start((done) => this.#stream.flush(kind, done));
  }

  params(level: number, strategy: number): Promise<Uint8Array> {
    return this.#start((done) =>
      withNode(() => this.#stream.params(level, strategy, () => done())),
    );
  }

  /** No more input: the rest of the output. */
  end(): Promise<Uint8Array> {
    // What ends it is the event, after all output has been read.
    return this.#start(() => this.#stream.end());
  }

  /** More output of the chunk before. */
  read(): Promise<Uint8Array> {
    return this.#collect();
  }

  /** One piece of blocking work: takes `bytes`, or goes on with what it has when there is output left. */
  step(flush: number, bytes: Uint8Array): Uint8Array {
    const { _handle: handle, _writeState: state } = this.#stream;
    if (handle === undefined || handle === null || state === undefined) {
      throw new ServiceError(
        'ERR_STREAM_DESTROYED',
        'The stream is closed or cannot be used blocking',
      );
    }
    // Node would end the process here: its stream must not work on two pieces at a time.
    if (this.#isPending || this.#isBusy) throw busy();
    if (this.#rest.byteLength > 0 && bytes.byteLength > 0) throw busy();
    const input = this.#rest.byteLength > 0 ? this.#rest : bytes;
    const output = new Uint8Array(stepBytes);
    let failure: { message: string; errno: number; code: string } | undefined;
    const { onerror } = handle;
    // Node's own would destroy the stream in a later turn.
    Object.assign(handle, {
      onerror: (message: string, errno: number, code: string) => {
        failure = { message, errno, code };
      },
    });
    try {
      handle.writeSync(flush, input, 0, input.byteLength, output, 0, stepBytes);
    } finally {
      Object.assign(handle, { onerror });
    }
    if (failure !== undefined) {
      const { message, errno, code } = failure;
      throw new ServiceError(code, message, { fields: { errno } });
    }
    const [roomLeft = 0, inputLeft = 0] = state;
    const isFull = roomLeft === 0;
    this.#rest = isFull ? input.subarray(input.byteLength - inputLeft) : new Uint8Array();
    this.#stepped += input.byteLength - inputLeft;
    // With room for output, input is left only when the format has ended before it.
    const flag = (isFull ? flags.more : 0) | (!isFull && inputLeft > 0 ? flags.ended : 0);
    return withTrailer([output.subarray(0, stepBytes - roomLeft)], flag, this.#stepped);
  }

  reset(): void {
    if (this.#isPending) throw busy();
    this.#rest = new Uint8Array();
    withNode(() => this.#stream.reset());
  }

  close(): void {
    this.#error ??= new ServiceError('ERR_STREAM_DESTROYED', 'The stream was closed');
    this.#look();
    this.#stream.destroy();
  }

  #start(action: (done: () => void) => void): Promise<Uint8Array> {
    if (this.#isPending && !this.#isEnded) return Promise.reject(busy());
    if (this.#isEnded || this.#error !== undefined) return this.#collect();
    this.#isPending = true;
    action(() => {
      this.#isPending = false;
      this.#look();
    });
    return this.#collect();
  }

  #collect(): Promise<Uint8Array> {
    if (this.#isBusy) return Promise.reject(busy());
    this.#isBusy = true;
    return new Promise<Uint8Array>((fulfil, reject) => {
      this.#look = () => {
        const isDone = this.#gather();
        if (this.#error === undefined && !isDone) return;
        this.#look = () => {};
        this.#isBusy = false;
        if (this.#error === undefined) fulfil(this.#take());
        else reject(this.#error);
      };
      this.#look();
    });
  }

  /** Reads what is there; true when it is enough for an answer, or all there is. */
  #gather(): boolean {
    while (this.#size < answerBytes) {
      const chunk = this.#stream.read() as Buffer | null;
      if (chunk === null) break;
      this.#chunks.push(chunk);
      this.#size += chunk.byteLength;
    }
    return this.#size >= answerBytes || !this.#isPending || this.#isEnded;
  }

  #take(): Uint8Array {
    const chunks = this.#chunks;
    const isFull = this.#size >= answerBytes;
    this.#chunks = [];
    this.#size = 0;
    const isEnded = this.#isEnded && !isFull;
    const flag = (isFull ? flags.more : 0) | (isEnded ? flags.ended : 0);
    return withTrailer(chunks, flag, this.#stream.bytesWritten);
  }
}

function withTrailer(chunks: readonly Uint8Array[], flag: number, used: number): Uint8Array {
  const trailer = Buffer.alloc(9);
  trailer[0] = flag;
  trailer.writeDoubleLE(used, 1);
  return joined([...chunks, trailer]);
}

function busy(): ServiceError {
  return new ServiceError('ERR_INVALID_STATE', 'The stream is busy with its last chunk');
}
