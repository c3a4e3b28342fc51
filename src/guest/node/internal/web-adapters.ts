import { part } from '../../parts.ts';
import { AbortError, ERR_INVALID_ARG_TYPE, ERR_STREAM_PREMATURE_CLOSE } from './errors.ts';
import { validateObject } from './validators.ts';
import type {
  Duplex as DuplexClass,
  Readable as ReadableClass,
  Writable as WritableClass,
} from '../stream.ts';

/** `Readable.toWeb` and the other ways between Node's streams and the web's. */
type Readable = InstanceType<typeof ReadableClass>;
type Writable = InstanceType<typeof WritableClass>;
type Duplex = InstanceType<typeof DuplexClass>;

const node = (): typeof import('../stream.ts') =>
  part('node/stream') as typeof import('../stream.ts');
const web = (): typeof import('../../web/streams.ts') =>
  part('web/streams') as typeof import('../../web/streams.ts');

interface Strategy {
  readonly highWaterMark?: number;
  readonly size?: (chunk: unknown) => number;
}

/** Errors of a stream that ended too early reach the web as aborts, as Node does it. */
function webError(error: unknown): unknown {
  const isPremature = (error as { code?: unknown } | null)?.code === 'ERR_STREAM_PREMATURE_CLOSE';
  return isPremature ? new AbortError(undefined, { cause: error }) : error;
}

const ignore = (): void => {};

/** Bytes that a Buffer shares with others become an exact view without Buffer's methods. */
function webChunk(chunk: unknown): unknown {
  return chunk instanceof Uint8Array && chunk.constructor !== Uint8Array
    ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    : chunk;
}

function strategyFor(highWaterMark: number, isObjects: boolean): Strategy {
  return isObjects ? { highWaterMark, size: () => 1 } : { highWaterMark };
}

interface ReadableController {
  readonly desiredSize: number | null;
  enqueue(chunk: unknown): void;
  close(): void;
  error(error: unknown): void;
}

export function readableToWeb(
  source: Readable & { readableObjectMode?: boolean },
  options: { readonly strategy?: Strategy } = {},
): object {
  if (typeof source?.on !== 'function' || typeof source.read !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('streamReadable', 'stream.Readable', source);
  }
  validateObject(options, 'options');
  const { ReadableStream } = web();
  if (source.destroyed || !source.readable) {
    const ended = new ReadableStream();
    void ended.cancel();
    return ended;
  }
  const isObjects = source.readableObjectMode === true;
  const strategy = options.strategy ?? strategyFor(source.readableHighWaterMark, isObjects);
  let controller: ReadableController | undefined;
  let wasCancelled = false;
  const onData = (chunk: unknown): void => {
    controller?.enqueue(isObjects ? chunk : webChunk(chunk));
    if ((controller?.desiredSize ?? 0) <= 0) source.pause();
  };
  source.pause();
  const forget = node().finished(source, (error?: Error | null) => {
    forget();
    source.on('error', ignore);
    if (error) controller?.error(webError(error));
    else if (!wasCancelled) controller?.close();
    controller = undefined;
  });
  source.on('data', onData);
  return new ReadableStream(
    {
      start(given: unknown) {
        controller = given as ReadableController;
      },
      pull() {
        source.resume();
      },
      cancel(reason: unknown) {
        wasCancelled = true;
        source.destroy(toError(reason));
      },
    },
    strategy as object,
  );
}

function toError(reason: unknown): Error | null {
  if (reason === undefined || reason === null) return null;
  return reason as Error;
}

interface WebReader {
  read(): Promise<{ done: boolean; value?: unknown }>;
  cancel(reason: unknown): Promise<void>;
  readonly closed: Promise<unknown>;
}

interface FromOptions {
  readonly highWaterMark?: number;
  readonly encoding?: string;
  readonly objectMode?: boolean;
  readonly decodeStrings?: boolean;
  readonly signal?: object;
}

function checkWeb(value: unknown, name: string, method: string, type: string): void {
  const isStream =
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Record<string, unknown>)[method] === 'function';
  if (!isStream) throw new ERR_INVALID_ARG_TYPE(name, type, value);
}

export function readableFromWeb(
  source: { getReader(): WebReader },
  options: FromOptions = {},
): Readable {
  checkWeb(source, 'readableStream', 'getReader', 'ReadableStream');
  validateObject(options, 'options');
  const reader = source.getReader();
  let isClosed = false;
  const readable: Readable = new (node().Readable)({
    ...options,
    read() {
      reader.read().then(
        ({ done, value }) => void readable.push(done ? null : value),
        (error: Error) => void readable.destroy(error),
      );
    },
    destroy(error: Error | null, done: (error: Error | null) => void) {
      const end = (): void => done(error);
      if (isClosed) end();
      else reader.cancel(error ?? undefined).then(end, end);
    },
  });
  reader.closed.then(
    () => {
      isClosed = true;
    },
    (error: Error) => {
      isClosed = true;
      readable.destroy(error);
    },
  );
  return readable;
}

export function writableToWeb(target: Writable & { writableObjectMode?: boolean }): object {
  if (typeof target?.on !== 'function' || typeof target.write !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('streamWritable', 'stream.Writable', target);
  }
  const { WritableStream } = web();
  if (target.destroyed || !target.writable) {
    const ended = new WritableStream();
    void ended.close();
    return ended;
  }
  const isObjects = target.writableObjectMode === true;
  let controller: { error(error: unknown): void } | undefined;
  let drained: PromiseWithResolvers<void> | undefined;
  let closing: PromiseWithResolvers<void> | undefined;
  const forget = node().finished(target, (given?: Error | null) => {
    forget();
    target.on('error', ignore);
    const error = webError(given);
    if (error) {
      drained?.reject(error);
      closing?.reject(error);
      controller?.error(error);
    } else if (closing === undefined) {
      controller?.error(new AbortError());
    } else {
      closing.resolve();
    }
    controller = undefined;
  });
  target.on('drain', () => {
    drained?.resolve();
    drained = undefined;
  });
  return new WritableStream(
    {
      start(given: unknown) {
        controller = given as { error(error: unknown): void };
      },
      write(chunk: unknown) {
        if (!target.writableNeedDrain && target.write(chunk)) return undefined;
        drained = Promise.withResolvers();
        return drained.promise;
      },
      abort(reason: unknown) {
        target.destroy(toError(reason));
      },
      close() {
        closing ??= Promise.withResolvers();
        if (!target.writableEnded) target.end();
        return closing.promise;
      },
    },
    strategyFor(target.writableHighWaterMark, isObjects),
  );
}

interface WebWriter {
  readonly ready: Promise<unknown>;
  readonly closed: Promise<unknown>;
  write(chunk: unknown): Promise<void>;
  abort(reason: unknown): Promise<void>;
  close(): Promise<void>;
}

type Done = (error?: Error | null) => void;

/** The methods of a Writable that writes into a web stream. */
function writerMethods(
  writer: WebWriter,
  options: FromOptions,
  state: { isClosed: boolean },
): object {
  const { decodeStrings = true, objectMode = false } = options;
  return {
    write(given: unknown, encoding: string, done: Done) {
      let chunk = given;
      if (typeof chunk === 'string' && decodeStrings && !objectMode) {
        const { Buffer } = part('node/buffer') as typeof import('../buffer.ts');
        chunk = Buffer.from(chunk, encoding);
      }
      writer.ready
        .then(() => writer.write(chunk))
        .then(
          () => done(),
          (error: Error) => done(error),
        );
    },
    final(done: Done) {
      if (state.isClosed) {
        done();
        return;
      }
      writer.close().then(
        () => done(),
        (error: Error) => done(error),
      );
    },
  };
}

function watchWriter(writer: WebWriter, stream: Writable, state: { isClosed: boolean }): void {
  writer.closed.then(
    () => {
      state.isClosed = true;
      if (!stream.writableEnded) stream.destroy(new ERR_STREAM_PREMATURE_CLOSE());
    },
    (error: Error) => {
      state.isClosed = true;
      stream.destroy(error);
    },
  );
}

export function writableFromWeb(
  target: { getWriter(): WebWriter },
  options: FromOptions = {},
): Writable {
  checkWeb(target, 'writableStream', 'getWriter', 'WritableStream');
  validateObject(options, 'options');
  const writer = target.getWriter();
  const state = { isClosed: false };
  const writable: Writable = new (node().Writable)({
    ...options,
    ...writerMethods(writer, options, state),
    destroy(error: Error | null, done: Done) {
      const end = (): void => done(error);
      if (state.isClosed || error === null) end();
      else writer.abort(error).then(end, end);
    },
  });
  watchWriter(writer, writable, state);
  return writable;
}

export function duplexToWeb(duplex: Duplex): object {
  return {
    readable: readableToWeb(duplex),
    writable: writableToWeb(duplex),
  };
}

export function duplexFromWeb(
  pair: { readable: { getReader(): WebReader }; writable: { getWriter(): WebWriter } },
  options: FromOptions = {},
): Duplex {
  validateObject(pair, 'pair');
  const { readable, writable } = pair;
  checkWeb(readable, 'pair.readable', 'getReader', 'ReadableStream');
  checkWeb(writable, 'pair.writable', 'getWriter', 'WritableStream');
  const writer = writable.getWriter();
  const reader = readable.getReader();
  const state = { isClosed: false };
  let isRead = false;
  const duplex: Duplex = new (node().Duplex)({
    ...options,
    ...writerMethods(writer, options, state),
    read() {
      reader.read().then(
        ({ done, value }) => {
          isRead = done;
          duplex.push(done ? null : value);
        },
        (error: Error) => void duplex.destroy(error),
      );
    },
    destroy(error: Error | null, done: Done) {
      const end = (): void => done(error);
      const left: Promise<void>[] = [];
      if (!state.isClosed && error !== null) left.push(writer.abort(error));
      if (!isRead) left.push(reader.cancel(error ?? undefined));
      void Promise.allSettled(left).then(end);
    },
  });
  watchWriter(writer, duplex, state);
  return duplex;
}
