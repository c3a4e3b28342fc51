import { Buffer } from '../buffer.ts';
import { builtin, fileArguments } from '../fs.ts';
import { Readable, Writable, finished, addAbortSignal } from '../stream.ts';
import { nextTick } from '../../ticks.ts';
import { ERR_INVALID_THIS, ERR_METHOD_NOT_IMPLEMENTED, ERR_OUT_OF_RANGE } from './errors.ts';
import { validateFunction, validateInteger } from './validators.ts';

type Done = (error?: Error | null, bytes?: unknown) => void;
type FsFunction = (...args: unknown[]) => void;

/** The functions that a stream calls: the user's, or these. */
interface StreamFs {
  readonly open: FsFunction;
  readonly close?: FsFunction;
  readonly read: FsFunction;
  readonly write: FsFunction;
  readonly writev?: FsFunction | undefined;
}

interface StreamOptions {
  readonly flags?: unknown;
  readonly mode?: unknown;
  readonly fd?: unknown;
  readonly fs?: Partial<StreamFs>;
  readonly start?: number;
  readonly end?: number;
  readonly autoClose?: boolean;
  readonly emitClose?: boolean;
  readonly encoding?: string;
  readonly highWaterMark?: number;
  readonly signal?: object;
}

/** What both kinds of streams keep in plain sight, as Node does. */
interface FileStream {
  path: unknown;
  fd: number | null;
  flags: unknown;
  mode: unknown;
  start: number | undefined;
  end: number;
  pos: number | undefined;
  bytesRead: number;
  bytesWritten: number;
  closed: boolean;
  fs: StreamFs;
  autoClose: boolean;
  destroyed: boolean;
  push(chunk: unknown): boolean;
  destroy(error?: Error | null): void;
  emit(name: string, ...args: unknown[]): boolean;
  on(name: string, listener: (...args: never[]) => void): unknown;
  once(name: string, listener: (...args: never[]) => void): unknown;
}

interface FileHandleLike {
  readonly fd: number;
  close(): Promise<void>;
  read(...args: unknown[]): Promise<Record<string, unknown>>;
  write(...args: unknown[]): Promise<Record<string, unknown>>;
  writev(...args: unknown[]): Promise<Record<string, unknown>>;
  on(name: string, listener: () => void): unknown;
}

/** What a stream of a `FileHandle` calls: the methods of the handle, whoever made them. */
function functionsOfHandle(handle: FileHandleLike): StreamFs {
  const call =
    (name: 'read' | 'write' | 'writev', count: string): FsFunction =>
    (_fd, ...args) => {
      const done = args.pop() as Done;
      handle[name](...args).then(
        (result) => nextTick(done as never, [null, result[count]]),
        (error: unknown) => nextTick(done as never, [error]),
      );
    };
  return {
    open: (_path, _flags, _mode, done) => nextTick(done as never, [null, handle.fd]),
    close: (_fd, done) => {
      handle.close().then(
        () => nextTick(done as never, [null]),
        (error: unknown) => nextTick(done as never, [error]),
      );
    },
    read: call('read', 'bytesRead'),
    write: call('write', 'bytesWritten'),
    writev: call('writev', 'bytesWritten'),
  };
}

function isHandle(value: unknown): value is FileHandleLike {
  return typeof value === 'object' && value !== null && 'fd' in value && 'close' in value;
}

/** What both constructors do first. */
function setUp(stream: FileStream, path: unknown, options: StreamOptions, flags: string): void {
  const { fd, fs: given } = options;
  stream.fd = null;
  // Looked up when used: packages put functions of their own into the module.
  stream.fs = given === undefined ? (builtin as unknown as StreamFs) : functionsOf(given, flags);
  if (isHandle(fd)) {
    if (given !== undefined) throw new ERR_METHOD_NOT_IMPLEMENTED('FileHandle with fs');
    stream.fs = functionsOfHandle(fd);
    stream.fd = fd.fd;
    fd.on('close', () => stream.destroy());
  } else if (fd !== undefined && fd !== null) {
    stream.fd = fileArguments.toDescriptor(fd);
  }
  if (stream.fd === null) stream.path = fileArguments.toPath(path);
  stream.flags = options.flags ?? flags;
  stream.mode = options.mode ?? 0o666;
  stream.start = options.start;
  if (options.start !== undefined) validateInteger(options.start, 'start', 0);
  stream.pos = options.start;
}

function functionsOf(given: Partial<StreamFs>, flags: string): StreamFs {
  validateFunction(given.open, 'options.fs.open');
  if (given.close !== undefined) validateFunction(given.close, 'options.fs.close');
  if (flags === 'r') validateFunction(given.read, 'options.fs.read');
  else if (given.write || !given.writev) validateFunction(given.write, 'options.fs.write');
  if (flags === 'w' && given.writev) validateFunction(given.writev, 'options.fs.writev');
  return given as StreamFs;
}

function streamOptions(options: unknown): StreamOptions {
  if (options === undefined || options === null) return {};
  fileArguments.toOptions(options, {});
  return typeof options === 'string' ? { encoding: options } : options;
}

/** Opens before the first read or write. graceful-fs replaces `open` of a stream by its own. */
function construct(this: FileStream & { open?: () => void }, done: Done): void {
  if (typeof this.fd === 'number') {
    done();
    return;
  }
  if (this.open !== undefined && this.open !== openOldStyle) {
    const { emit } = this;
    this.emit = function (...args) {
      if (args[0] === 'open') {
        this.emit = emit;
        done();
        return Reflect.apply(emit, this, args);
      }
      if (args[0] === 'error') {
        this.emit = emit;
        done(args[1] as Error);
        return true;
      }
      return Reflect.apply(emit, this, args);
    };
    this.open();
    return;
  }
  this.fs.open(this.path, this.flags, this.mode, (error: Error | null, fd: number) => {
    if (error) {
      done(error);
      return;
    }
    this.fd = fd;
    done();
    // After the turn in which the stream learns of it; what is written then comes in order.
    nextTick(() => {
      this.emit('open', fd);
      this.emit('ready');
    }, []);
  });
}

/** Deprecated; streams open themselves. */
function openOldStyle(this: FileStream): void {}

function close(stream: FileStream, error: Error | null | undefined, done: Done): void {
  stream.fs.close?.(stream.fd, (failed: Error | null) => done(error ?? failed ?? null));
  stream.fd = null;
}

/** `ReadStream` and `WriteStream` are functions, because packages call them without `new`. */
export function ReadStream(this: FileStream | undefined, path: unknown, options?: unknown): object {
  const stream = receiverOf(this, ReadStream as unknown as StreamFunction);
  if (stream === undefined) return Reflect.construct(ReadStream, [path, options]) as object;
  const given = streamOptions(options);
  setUp(stream, path, given, 'r');
  stream.bytesRead = 0;
  stream.end = given.end ?? Infinity;
  if (given.end !== undefined && given.end !== Infinity) {
    validateInteger(given.end, 'end', 0);
    if (given.start !== undefined && given.start > given.end) {
      throw new ERR_OUT_OF_RANGE('start', `<= "end" (here: ${given.end})`, given.start);
    }
  }
  initialise(stream, Readable, {
    highWaterMark: given.highWaterMark ?? 65_536,
    autoDestroy: given.autoClose ?? true,
    emitClose: given.emitClose ?? true,
    encoding: given.encoding,
  });
  abortWith(given.signal, stream);
  return stream;
}

type StreamFunction = new (...args: unknown[]) => object;

function receiverOf(
  receiver: FileStream | undefined,
  Constructor: StreamFunction,
): FileStream | undefined {
  return receiver instanceof Constructor ? receiver : undefined;
}

/** What `Readable.call(this, options)` does where `Readable` is a class or a function. */
function initialise(stream: FileStream, Base: unknown, options: object): void {
  Reflect.apply(Base as FsFunction, stream, [options]);
}

function abortWith(signal: object | undefined, stream: FileStream): void {
  if (signal !== undefined) addAbortSignal(signal, stream as never);
}

Object.setPrototypeOf(ReadStream.prototype, Readable.prototype);
Object.setPrototypeOf(ReadStream, Readable);

Object.assign(ReadStream.prototype, {
  open: openOldStyle,
  _construct: construct,
  _read(this: FileStream, size: number): void {
    const left = this.pos === undefined ? size : Math.min(this.end - this.pos + 1, size);
    const wanted = Math.min(left, this.end - this.bytesRead + 1);
    const length = this.pos === undefined ? wanted : left;
    if (length <= 0) {
      this.push(null);
      return;
    }
    const buffer = Buffer.allocUnsafe(length);
    const isReading = pending(this);
    this.fs.read(this.fd, buffer, 0, length, this.pos, (error: Error | null, count: number) => {
      isReading();
      if (error) {
        // A stream that is not to be closed is not destroyed either.
        if (this.autoClose) this.destroy(error);
        else this.emit('error', error);
        return;
      }
      if (this.pos !== undefined) this.pos += count;
      this.bytesRead += count;
      // A short read must not keep the whole buffer alive.
      const bytes = count === length ? buffer : Buffer.from(buffer.subarray(0, count));
      this.push(count > 0 ? bytes : null);
    });
  },
  _destroy: destroy,
  close(this: FileStream, callback?: Done): void {
    if (callback !== undefined) finished(this as never, callback);
    this.destroy();
  },
});

/** Streams that wait for an answer, and what to do when it is there. */
const waiting = new WeakMap<object, (() => void)[]>();

/** A descriptor may only be closed when nothing reads from it or writes to it. */
function pending(stream: FileStream): () => void {
  const then: (() => void)[] = [];
  waiting.set(stream, then);
  return () => {
    waiting.delete(stream);
    for (const next of then) next();
  };
}

function destroy(this: FileStream, error: Error | null, done: Done): void {
  const end = (): void => {
    if (this.fd === null || this.fs.close === undefined) done(error);
    else close(this, error, done);
  };
  const queue = waiting.get(this);
  if (queue === undefined) end();
  else queue.push(end);
}

export function WriteStream(
  this: FileStream | undefined,
  path: unknown,
  options?: unknown,
): object {
  const stream = receiverOf(this, WriteStream as unknown as StreamFunction);
  if (stream === undefined) return Reflect.construct(WriteStream, [path, options]) as object;
  const given = streamOptions(options);
  setUp(stream, path, given, 'w');
  stream.bytesWritten = 0;
  if (stream.fs.writev === undefined) Object.assign(stream, { _writev: null });
  initialise(stream, Writable, {
    highWaterMark: given.highWaterMark ?? 16_384,
    autoDestroy: given.autoClose ?? true,
    emitClose: given.emitClose ?? true,
    decodeStrings: true,
    defaultEncoding: given.encoding ?? 'utf8',
  });
  abortWith(given.signal, stream);
  return stream;
}

Object.setPrototypeOf(WriteStream.prototype, Writable.prototype);
Object.setPrototypeOf(WriteStream, Writable);

function writeOn(stream: FileStream, bytes: Uint8Array, done: Done): void {
  const { fd, pos } = stream;
  const isWriting = pending(stream);
  stream.fs.write(fd, bytes, 0, bytes.byteLength, pos, (error: Error | null, count: number) => {
    isWriting();
    if (error) {
      done(error);
      return;
    }
    stream.bytesWritten += count;
    if (stream.pos !== undefined) stream.pos += count;
    if (count < bytes.byteLength && !stream.destroyed) {
      writeOn(stream, bytes.subarray(count), done);
    } else {
      done();
    }
  });
}

function writeAllOn(stream: FileStream, chunks: readonly Uint8Array[], done: Done): void {
  const size = chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const isWriting = pending(stream);
  stream.fs.writev?.(stream.fd, chunks, stream.pos, (error: Error | null, count: number) => {
    isWriting();
    if (error) {
      done(error);
      return;
    }
    stream.bytesWritten += count;
    if (stream.pos !== undefined) stream.pos += count;
    if (count < size && !stream.destroyed) {
      writeOn(stream, Buffer.concat([...chunks]).subarray(count), done);
    } else {
      done();
    }
  });
}

Object.assign(WriteStream.prototype, {
  open: openOldStyle,
  _construct: construct,
  _write(this: FileStream, bytes: Uint8Array, _encoding: string, done: Done): void {
    writeOn(this, bytes, done);
  },
  _writev(this: FileStream, chunks: readonly { chunk: Uint8Array }[], done: Done): void {
    writeAllOn(
      this,
      chunks.map(({ chunk }) => chunk),
      done,
    );
  },
  _destroy: destroy,
  close(this: FileStream & { writableFinished: boolean }, callback?: Done): void {
    const stream = this as unknown as InstanceType<typeof Writable>;
    if (callback !== undefined) {
      if (stream.closed) {
        nextTick(callback as never, []);
        return;
      }
      stream.on('close', () => callback());
    }
    // Without `autoClose` nothing would close the descriptor after the end.
    if (!this.autoClose) stream.on('finish', () => stream.destroy());
    stream.end();
  },
  destroySoon: Writable.prototype.end,
});

/** Whether a stream ends its descriptor is what the stream itself knows as `autoDestroy`. */
interface StreamStates {
  readonly _readableState?: { autoDestroy: boolean };
  readonly _writableState?: { autoDestroy: boolean };
}

for (const { prototype } of [ReadStream, WriteStream]) {
  Object.defineProperty(prototype, 'autoClose', {
    get(this: StreamStates) {
      const state = this._readableState ?? this._writableState;
      if (state === undefined) throw new ERR_INVALID_THIS('WriteStream');
      return state.autoDestroy;
    },
    set(this: StreamStates, value: boolean) {
      const state = this._readableState ?? this._writableState;
      if (state !== undefined) state.autoDestroy = value;
    },
    configurable: true,
    enumerable: true,
  });
  Object.defineProperty(prototype, 'pending', {
    get(this: FileStream) {
      return this.fd === null;
    },
    configurable: true,
  });
}

export { ReadStream as FileReadStream, WriteStream as FileWriteStream };

const constructors = { ReadStream, WriteStream } as unknown as Record<
  'ReadStream' | 'WriteStream',
  StreamFunction
>;

export function createReadStream(path: unknown, options?: unknown): object {
  return new constructors.ReadStream(path, options);
}

export function createWriteStream(path: unknown, options?: unknown): object {
  return new constructors.WriteStream(path, options);
}
