import Stream from 'readable-stream/lib/stream.js';
import { ERR_INVALID_ARG_TYPE } from './internal/errors.ts';
import { restoreNames } from './internal/names.ts';
import { part } from '../parts.ts';

/**
 * `node:stream` is readable-stream 4, Node's own code kept for other places.
 * https://nodejs.org/docs/latest-v24.x/api/stream.html
 */
type Adapter = (stream: never, options?: never) => unknown;
type Adapters = Readonly<Record<string, Adapter>>;

const adapters = (): Adapters => part('node/internal/web-adapters') as unknown as Adapters;

/** The package has no streams of the web. */
for (const kind of ['Readable', 'Writable', 'Duplex'] as const) {
  const lower = kind.toLowerCase();
  Object.assign(Stream[kind], {
    fromWeb: (stream: never, options: never) => adapters()[`${lower}FromWeb`]?.(stream, options),
    toWeb: (stream: never, options: never) => adapters()[`${lower}ToWeb`]?.(stream, options),
  });
}

/** What one side writes, the other reads. */
function duplexPair(options?: object): [object, object] {
  const sides: Side[] = [];
  class Side extends Stream.Duplex {
    #done: (() => void) | undefined;

    override _read(): void {
      const done = this.#done;
      this.#done = undefined;
      done?.();
    }

    override _write(chunk: unknown, encoding: string, done: () => void): void {
      const other = this.#other();
      if ((chunk as { length: number }).length === 0) {
        // An empty chunk does not make the other side read.
        (
          globalThis as unknown as { process: { nextTick(tick: () => void): void } }
        ).process.nextTick(done);
        return;
      }
      other.push(chunk);
      other.#done = done;
    }

    override _final(done: () => void): void {
      const other = this.#other();
      other.on('end', done);
      other.push(null);
    }

    #other(): Side {
      return (sides[0] === this ? sides[1] : sides[0]) as Side;
    }
  }
  sides.push(new Side(options), new Side(options));
  return sides as [Side, Side];
}

const { setDefaultHighWaterMark } = Stream as unknown as {
  setDefaultHighWaterMark(isObjectMode: boolean, value: number): void;
};
setDefaultHighWaterMark(false, 65_536);

Object.assign(Stream, {
  duplexPair,
  _isArrayBufferView: (value: unknown) => ArrayBuffer.isView(value),
  // What the package asks before it takes a chunk; in Node it is the question above.
  _isUint8Array: (value: unknown) => ArrayBuffer.isView(value),
  _uint8ArrayToBuffer: (chunk: unknown) => {
    if (!ArrayBuffer.isView(chunk)) throw new ERR_INVALID_ARG_TYPE('chunk', 'Uint8Array', chunk);
    const { Buffer } = part('node/buffer') as typeof import('./buffer.ts');
    return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  },
});

/** Streams can be disposed of with `await using`. */
Object.defineProperty(Stream.Writable.prototype, Symbol.asyncDispose, {
  async value(this: InstanceType<typeof Stream.Writable>) {
    if (!this.destroyed) {
      const isDone = this.writableFinished;
      this.destroy(
        isDone
          ? null
          : new (
              part('node/internal/errors') as typeof import('./internal/errors.ts')
            ).AbortError(),
      );
    }
    await new Promise<void>((resolve, reject) => {
      Stream.finished(this, (error?: Error | null) => {
        if (error && error.name !== 'AbortError') reject(error);
        else resolve();
      });
    });
  },
  writable: true,
  configurable: true,
});

restoreNames(Stream.promises);
export const builtin: typeof Stream = restoreNames(Stream);

export const {
  Duplex,
  PassThrough,
  Readable,
  Transform,
  Writable,
  addAbortSignal,
  compose,
  finished,
  pipeline,
  promises,
} = Stream;
