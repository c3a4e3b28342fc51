import { part } from '../../parts.ts';
import { writeOutput } from '../../process.ts';

type Done = (error?: Error | null) => void;

interface Writable {
  prototype: object;
  (this: object, options: object): void;
}

/** What turns the small object into a real stream when it is touched. */
const streamNames =
  '_events _eventsCount _maxListeners _writableState writable writableEnded writableFinished ' +
  'writableLength writableHighWaterMark writableNeedDrain writableObjectMode writableCorked destroyed ' +
  'closed errored writableAborted end cork uncork destroy setDefaultEncoding pipe on once off ' +
  'addListener removeListener removeAllListeners prependListener prependOnceListener emit listeners ' +
  'rawListeners listenerCount eventNames setMaxListeners getMaxListeners';

/**
 * `process.stdout` and `process.stderr`. Packages look at `isTTY` and `fd` while they load, and loggers
 * write; neither needs a stream, so the stream is made of the same object when something else is touched.
 */
export function createOutput(fd: 1 | 2): object {
  const output: Record<string, unknown> = {
    fd,
    _type: 'pipe',
    _isStdio: true,
    write: (chunk: unknown, encoding?: unknown, done?: unknown) => {
      writeOutput(textOf(chunk, encoding));
      const callback = typeof encoding === 'function' ? encoding : done;
      if (typeof callback === 'function') void Promise.resolve().then(() => (callback as Done)());
      return true;
    },
  };
  const names = streamNames.split(' ');
  for (const name of names) {
    Object.defineProperty(output, name, {
      get: () => {
        makeStream(output, names);
        return output[name];
      },
      configurable: true,
      enumerable: false,
    });
  }
  return output;
}

function textOf(chunk: unknown, encoding: unknown): string {
  if (typeof chunk === 'string' && typeof encoding !== 'string') return chunk;
  const { Buffer } = part('node/buffer') as typeof import('../buffer.ts');
  if (typeof chunk === 'string') return Buffer.from(chunk, encoding).toString();
  if (ArrayBuffer.isView(chunk)) {
    return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString();
  }
  const { ERR_INVALID_ARG_TYPE } = part('node/internal/errors') as typeof import('./errors.ts');
  throw new ERR_INVALID_ARG_TYPE('chunk', ['string', 'Buffer', 'TypedArray', 'DataView'], chunk);
}

function makeStream(output: Record<string, unknown>, names: readonly string[]): void {
  for (const name of names) delete output[name];
  delete output['write'];
  const Writable = (part('node/stream') as { Writable: unknown }).Writable as Writable;
  Object.setPrototypeOf(output, Writable.prototype);
  Reflect.apply(Writable, output, [
    {
      decodeStrings: false,
      emitClose: false,
      autoDestroy: false,
      write: (chunk: unknown, encoding: string, done: Done) => {
        writeOutput(textOf(chunk, encoding === 'buffer' ? undefined : encoding));
        done();
      },
    },
  ]);
}
