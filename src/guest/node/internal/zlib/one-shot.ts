import { part } from '../../../parts.ts';
import { bytesOf, isBufferSource } from '../../../web/internal/bytes.ts';
import { callHost, startHostWith } from '../../../web/internal/host-values.ts';
import type { FastBuffer } from '../../../cores/buffer/fast-buffer.ts';
import { Buffer } from '../../buffer.ts';
import { ERR_INVALID_ARG_TYPE, errorWithCode } from '../errors.ts';
import { validateFunction } from '../validators.ts';
import { HostStream, type StreamAnswer } from './host-stream.ts';
import {
  chunkSizeOf,
  finishOf,
  hostOptions,
  isSlow,
  maxOutputOf,
  type Kind,
  type ZlibOptions,
} from './options.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Callback = (error: Error | null, result?: unknown) => void;

/** Input of one message, and of one at best quality. */
const shortInput = 262_144;
const shortSlowInput = 65_536;
/** The most that comes back in one piece; larger results are streamed. */
const shortOutput = 1_048_576;
/** Brotli works in blocks of 64 KB then, so that none of its steps blocks the host for long. */
const smallBlocks = { 3: 16 };

const streams = () => part('node/internal/zlib/streams') as typeof import('./streams.ts');

function inputBytes(buffer: unknown): Bytes {
  if (typeof buffer === 'string') return Buffer.from(buffer);
  if (isBufferSource(buffer)) return bytesOf(buffer);
  const types = ['string', 'Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'];
  throw new ERR_INVALID_ARG_TYPE('buffer', types, buffer);
}

function isShort(bytes: Bytes, kind: Kind, options: ZlibOptions): boolean {
  return bytes.length <= (isSlow(kind, options) ? shortSlowInput : shortInput);
}

function shortValues(kind: Kind, options: ZlibOptions, bytes: Bytes): readonly unknown[] {
  chunkSizeOf(options);
  const record = hostOptions(kind, options);
  return [kind, { ...record, maxOutputLength: Math.min(maxOutputOf(options), shortOutput) }, bytes];
}

/** Whether the one call gave up at its own limit, not at the user's. */
function isTooLargeForOne(error: unknown, options: ZlibOptions): boolean {
  const { code } = error as { code?: unknown };
  return code === 'ERR_BUFFER_TOO_LARGE' && maxOutputOf(options) > shortOutput;
}

export function compressSync(kind: Kind, buffer: unknown, options: ZlibOptions = {}): unknown {
  const bytes = inputBytes(buffer);
  if (isShort(bytes, kind, options)) {
    try {
      const answer = callHost('zlib.sync', shortValues(kind, options, bytes));
      return result(kind, options, Buffer.from(answer), bytes.length);
    } catch (error) {
      if (!isTooLargeForOne(error, options)) throw error;
    }
  }
  return steps(kind, bytes, options);
}

function steps(kind: Kind, bytes: Bytes, options: ZlibOptions): unknown {
  const params = options['params'] as object | undefined;
  const isSlowBrotli = kind === 'brotliCompress' && isSlow(kind, options);
  const given = isSlowBrotli ? { ...options, params: { ...smallBlocks, ...params } } : options;
  const stream = new HostStream(kind, given);
  const outputs = new Outputs(options);
  try {
    const flush = typeof options['flush'] === 'number' ? options['flush'] : 0;
    const used = stream.stepAll(bytes, flush, finishOf(kind, options), (output) =>
      outputs.add(output),
    );
    return result(kind, options, outputs.join(), used);
  } finally {
    stream.close();
  }
}

/** Output so far; more than the user wants is an error. */
class Outputs {
  readonly #chunks: Bytes[] = [];
  readonly #most: number;
  #size = 0;

  constructor(options: ZlibOptions) {
    this.#most = maxOutputOf(options);
  }

  add(output: Bytes): void {
    if (output.length === 0) return;
    this.#size += output.length;
    if (this.#size > this.#most) {
      const message = `Cannot create a Buffer larger than ${this.#most} bytes`;
      throw errorWithCode('ERR_BUFFER_TOO_LARGE', message, RangeError);
    }
    this.#chunks.push(output);
  }

  join(): FastBuffer {
    return Buffer.concat(this.#chunks);
  }
}

function result(kind: Kind, options: ZlibOptions, buffer: FastBuffer, used: number): unknown {
  if (options['info'] !== true) return buffer;
  const engine = new (streams().classes[kind])(options) as { bytesWritten: number; close(): void };
  engine.bytesWritten = used;
  engine.close();
  return { buffer, engine };
}

export function compressLater(
  kind: Kind,
  buffer: unknown,
  optionsOrCallback: unknown,
  callback?: unknown,
): void {
  const done = typeof optionsOrCallback === 'function' ? optionsOrCallback : callback;
  const options = (
    typeof optionsOrCallback === 'function' ? {} : (optionsOrCallback ?? {})
  ) as ZlibOptions;
  validateFunction(done, 'callback');
  const bytes = inputBytes(buffer);
  const finish = done as Callback;
  if (!isShort(bytes, kind, options)) {
    streamed(kind, bytes, options, finish);
    return;
  }
  startHostWith('zlib.async', shortValues(kind, options, bytes), (error, answer) => {
    if (error === undefined) {
      finish(null, result(kind, options, Buffer.from(answer), bytes.length));
    } else if (isTooLargeForOne(error, options)) {
      streamed(kind, bytes, options, finish);
    } else {
      finish(error);
    }
  });
}

/** Through a stream of the host, which never holds more than a piece. */
function streamed(kind: Kind, bytes: Bytes, options: ZlibOptions, callback: Callback): void {
  const copy = new Uint8Array(bytes);
  const stream = new HostStream(kind, options);
  const outputs = new Outputs(options);
  let start = 0;
  let isEnding = false;
  const finish = (error: Error | null, value?: unknown): void => {
    stream.close();
    callback(error, value);
  };
  const next = (error: Error | undefined, answer?: StreamAnswer): void => {
    if (error !== undefined || answer === undefined) {
      finish(error ?? null);
      return;
    }
    try {
      outputs.add(answer.output);
    } catch (failure) {
      finish(failure as Error);
      return;
    }
    if (answer.hasMore) stream.read(next);
    else if (isEnding || answer.hasEnded)
      finish(null, result(kind, options, outputs.join(), answer.used));
    else send();
  };
  const send = (): void => {
    if (start >= copy.length) {
      isEnding = true;
      stream.end(next);
      return;
    }
    const from = start;
    start += stream.pieceSize;
    stream.write(copy, from, next);
  };
  send();
}
