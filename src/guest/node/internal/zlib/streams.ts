import { callableClass } from '../../../cores/callable-class.ts';
import { bytesOf } from '../../../web/internal/bytes.ts';
import { nextTick } from '../../../ticks.ts';
import { Buffer } from '../../buffer.ts';
import { Transform } from '../../stream.ts';
import { errorWithCode } from '../errors.ts';
import { HostStream, type StreamAnswer } from './host-stream.ts';
import {
  chunkSizeOf,
  finiteNumber,
  finishOf,
  inRange,
  isBrotli,
  isZstd,
  kinds,
  maxOutputOf,
  type Kind,
  type ZlibOptions,
} from './options.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Done = (error?: Error | null) => void;
type Start = (done: (error: Error | undefined, answer?: StreamAnswer) => void) => void;

/** A chunk of no bytes that asks for something in its turn. */
const request = Symbol('request');
interface Request {
  [request]?: (stream: HostStream) => Start;
}

/** Chunks are bytes, whatever the user asks of the stream. */
const onlyBytes = { objectMode: false, writableObjectMode: false, encoding: null };

/** What the streams of zlib, Brotli and Zstandard have in common. */
class ZlibBase extends Transform {
  readonly #host: HostStream;
  readonly #kind: Kind;
  readonly #options: ZlibOptions;
  bytesWritten = 0;
  readonly _chunkSize: number;
  readonly _maxOutputLength: number;
  _level: number;
  _strategy: number;
  #hasEnded = false;
  /** Goes on reading when the consumer has taken what is there. */
  #resume: (() => void) | undefined;

  constructor(kind: Kind, options: ZlibOptions = {}) {
    const chunkSize = chunkSizeOf(options);
    const most = maxOutputOf(options);
    super({ autoDestroy: true, ...options, ...onlyBytes });
    this.#host = new HostStream(kind, options);
    this.#kind = kind;
    this.#options = options;
    this._chunkSize = chunkSize;
    this._maxOutputLength = most;
    this._level = finiteNumber(options['level'], 'options.level') ?? -1;
    this._strategy = finiteNumber(options['strategy'], 'options.strategy') ?? 0;
  }

  /** Node's native half; packages ask whether it is there. */
  get _handle(): object | null {
    return this.#host.isClosed ? null : { close: () => this.#host.close() };
  }

  get _closed(): boolean {
    return this.#host.isClosed;
  }

  override _transform(chunk: unknown, _encoding: unknown, done: Done): void {
    const asked = (chunk as Request)[request];
    if (asked !== undefined) {
      this.#run(asked(this.#host), done);
      return;
    }
    const bytes = bytesOf(chunk as Bytes);
    const next = (start: number): void => {
      if (start >= bytes.length || this.#hasEnded) {
        done();
        return;
      }
      this.#run(
        (ready) => this.#host.write(bytes, start, ready),
        (error) => {
          if (error) done(error);
          else next(start + this.#host.pieceSize);
        },
      );
    };
    next(0);
  }

  override _flush(done: Done): void {
    this.#run((ready) => this.#host.end(ready), done);
  }

  /** One request to the host, and all output that it gives. */
  #run(start: Start, done: Done): void {
    if (this.#host.isClosed) {
      done(closedError());
      return;
    }
    const take = (error: Error | undefined, answer?: StreamAnswer): void => {
      if (error !== undefined || answer === undefined) {
        done(error ?? null);
        return;
      }
      this.bytesWritten = answer.used;
      this.#push(answer.output);
      if (this.destroyed) return;
      if (answer.hasMore) {
        this.#whenRoom(() => this.#host.read(take));
        return;
      }
      if (answer.hasEnded && !this.#hasEnded) {
        this.#hasEnded = true;
        // What follows is not part of the format: readers need not wait for the writer's end.
        this.push(null);
      }
      done();
    };
    start(take);
  }

  #push(output: Bytes): void {
    for (let start = 0; start < output.length; start += this._chunkSize) {
      const size = Math.min(this._chunkSize, output.length - start);
      this.push(Buffer.from(output.buffer, start, size));
    }
  }

  #whenRoom(goOn: () => void): void {
    if (this.readableLength < this.readableHighWaterMark) goOn();
    else this.#resume = goOn;
  }

  override _read(size: number): void {
    const resume = this.#resume;
    this.#resume = undefined;
    if (resume === undefined) super._read(size);
    else resume();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#host.close();
    done(error);
  }

  close(callback?: () => void): void {
    if (callback !== undefined) {
      if (this.closed) nextTick(callback, []);
      else this.once('close', callback);
    }
    this.destroy();
  }

  flush(kindOrCallback?: unknown, callback?: () => void): void {
    const isKind = typeof kindOrCallback === 'number';
    const kind = isKind ? kindOrCallback : fullFlush(this.#kind);
    const done = (isKind ? callback : (kindOrCallback ?? callback)) as (() => void) | undefined;
    if (this.writableFinished) {
      if (done !== undefined) nextTick(done, []);
    } else if (this.writableEnded) {
      if (done !== undefined) this.once('end', done);
    } else {
      this.#ask((host) => (ready) => host.flush(kind, ready), done);
    }
  }

  #ask(asked: (stream: HostStream) => Start, done: (() => void) | undefined): void {
    const chunk = Object.assign(Buffer.alloc(0), { [request]: asked });
    this.write(chunk, done);
  }

  protected changeParams(level: number, strategy: number, done: (() => void) | undefined): void {
    this.#ask(
      (host) => (ready) => host.params(level, strategy, ready),
      () => {
        this._level = level;
        this._strategy = strategy;
        done?.();
      },
    );
  }

  reset(): void {
    if (this.#host.isClosed) throw closedError();
    this.#hasEnded = false;
    this.#host.reset();
  }

  /** All output of a chunk, at once; the stream is closed afterwards. Packages use it, undocumented as it is. */
  _processChunk(chunk: Bytes, flushFlag?: number, callback?: Done): unknown {
    if (typeof callback === 'function') {
      this._transform(chunk, '', callback);
      return undefined;
    }
    const outputs: Bytes[] = [];
    const finish = flushFlag ?? finishOf(this.#kind, this.#options);
    this.bytesWritten = this.#host.stepAll(bytesOf(chunk), 0, finish, (output) => {
      outputs.push(output);
    });
    // Not the stream: nobody is told.
    this.#host.close();
    return Buffer.concat(outputs);
  }
}

class Zlib extends ZlibBase {
  params(level: unknown, strategy: unknown, callback?: () => void): void {
    inRange(level, 'level', -1, 9, -1);
    inRange(strategy, 'strategy', 0, 4, 0);
    if (this._level === level && this._strategy === strategy) {
      if (callback !== undefined) nextTick(callback, []);
      return;
    }
    this.changeParams(level as number, strategy as number, callback);
  }
}

function closedError(): Error {
  return errorWithCode('ERR_INTERNAL_ASSERTION', 'zlib binding closed');
}

/** Z_FULL_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_e_flush. */
function fullFlush(kind: Kind): number {
  return isBrotli(kind) || isZstd(kind) ? 1 : 3;
}

export type ZlibStream = ZlibBase;
/** Node's classes, which may be called without `new`. */
export type ZlibClass = new (options?: ZlibOptions) => ZlibStream;

/** One class for each kind, by the name of the kind. */
export const classes: Readonly<Record<Kind, ZlibClass>> = Object.fromEntries(
  kinds.map((kind) => [kind, classOf(kind)]),
) as Record<Kind, ZlibClass>;

function classOf(kind: Kind): ZlibClass {
  const Base = isBrotli(kind) || isZstd(kind) ? ZlibBase : Zlib;
  class Stream extends Base {
    constructor(options?: ZlibOptions | null) {
      super(kind, options ?? {});
    }
  }
  const name = `${(kind[0] ?? '').toUpperCase()}${kind.slice(1)}`;
  return callableClass(Stream, name);
}
