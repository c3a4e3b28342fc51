import { askHost, startHost, type Answer } from '../../../host.ts';
import { NativeUint8Array, TypedArrayBuffer, TypedArrayByteLength } from '../../../primordials.ts';
import { exactPart } from '../../../web/internal/bytes.ts';
import { asThrown, callHost } from '../../../web/internal/host-values.ts';
import { hostOptions, isSlow, type Kind, type ZlibOptions } from './options.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Done = (error: Error | undefined, answer?: StreamAnswer) => void;

/** Input that the host takes in one message. */
const pieceSize = 262_144;
const slowPieceSize = 65_536;
const trailerSize = 9;

/** What one message to the stream gave. */
export interface StreamAnswer {
  readonly output: Bytes;
  /** There is more output of what was written. */
  readonly hasMore: boolean;
  /** The format has ended; what follows is not its. */
  readonly hasEnded: boolean;
  /** Bytes of input used so far. */
  readonly used: number;
}

/** A stream that runs on the host, under its id: chunks go in, chunks come out (src/host/zlib/). */
export class HostStream {
  readonly #id: string;
  readonly pieceSize: number;
  #isClosed = false;

  constructor(kind: Kind, options: ZlibOptions) {
    this.#id = callHost('zlib.open', [kind, hostOptions(kind, options)]) as string;
    this.pieceSize = isSlow(kind, options) ? slowPieceSize : pieceSize;
  }

  /** Takes a piece of input; long input comes in several. */
  write(bytes: Bytes, start: number, done: Done): void {
    const size = Math.min(this.pieceSize, TypedArrayByteLength(bytes) - start);
    this.#operate('zlib.write', this.#id, exactPart(bytes, start, size), done);
  }

  /** The next output of what was written. */
  read(done: Done): void {
    this.#operate('zlib.read', this.#id, undefined, done);
  }

  flush(kind: number, done: Done): void {
    this.#operate('zlib.flush', `${this.#id} ${kind}`, undefined, done);
  }

  params(level: number, strategy: number, done: Done): void {
    this.#operate('zlib.params', `[${this.#id},${level},${strategy}]`, undefined, done);
  }

  end(done: Done): void {
    this.#operate('zlib.end', this.#id, undefined, done);
  }

  #operate(name: string, text: string, bytes: ArrayBuffer | undefined, done: Done): void {
    startHost(name, text, bytes, (error, answer) => {
      // What was closed has nothing to tell any more.
      if (this.#isClosed) return;
      if (error === undefined) done(undefined, read(answer));
      else done(asThrown(error));
    });
  }

  /** Blocking work: everything that comes out of `bytes`, piece by piece. */
  stepAll(bytes: Bytes, flush: number, finish: number, take: (output: Bytes) => void): number {
    const size = TypedArrayByteLength(bytes);
    let start = 0;
    for (;;) {
      const length = Math.min(this.pieceSize, size - start);
      const isLast = start + length >= size;
      const flag = isLast ? finish : flush;
      let answer = this.#step(flag, exactPart(bytes, start, length));
      take(answer.output);
      while (answer.hasMore) {
        answer = this.#step(flag, undefined);
        take(answer.output);
      }
      start += length;
      if (isLast || answer.hasEnded) return answer.used;
    }
  }

  #step(flush: number, bytes: ArrayBuffer | undefined): StreamAnswer {
    try {
      return read(askHost('zlib.step', `${this.#id} ${flush}`, bytes));
    } catch (error) {
      throw asThrown(error);
    }
  }

  reset(): void {
    askHost('zlib.reset', this.#id);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    askHost('zlib.close', this.#id);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }
}

function read(answer: Answer): StreamAnswer {
  const bytes = new NativeUint8Array(answer as ArrayBuffer);
  const size = TypedArrayByteLength(bytes) - trailerSize;
  const buffer = TypedArrayBuffer(bytes);
  const flags = bytes[size] ?? 0;
  return {
    output: new NativeUint8Array(buffer, 0, size),
    hasMore: (flags & 1) !== 0,
    hasEnded: (flags & 2) !== 0,
    used: new DataView(buffer).getFloat64(size + 1, true),
  };
}
