import { Buffer } from '../../node/buffer.ts';
import {
  ERR_INVALID_ARG_VALUE,
  ERR_OUT_OF_RANGE,
  errorWithCode,
} from '../../node/internal/errors.ts';
import { validateInteger, validateObject } from '../../node/internal/validators.ts';
import {
  bufferOf,
  checkAborted,
  textOf,
  toBytes,
  toDescriptor,
  toFlags,
  toMode,
  toObject,
  toOptions,
  toPath,
  toPosition,
  toView,
  toViews,
  type Bytes,
} from './arguments.ts';
import { ask, askText, send, type Operation } from './operation.ts';
import { writeToStandardStream } from './standard-streams.ts';

/** Bytes that the host takes or gives in one call. */
const transferBytes = 4_194_304;

/** Node reads no larger file into one buffer. */
const largestRead = 2 ** 31 - 1;

export function* open(path: unknown, flags?: unknown, mode?: unknown): Operation<number> {
  const checked = toPath(path);
  const bits = toMode(mode, 'mode', 0o666);
  return Number(yield* askText('open', checked, toFlags(flags), bits));
}

export function* close(fd: unknown): Operation<undefined> {
  yield* ask('close', toDescriptor(fd));
  return undefined;
}

/** Fills a view, as far as there is something; returns how much that was. */
export function* readInto(fd: number, view: Bytes, position: number | null): Operation<number> {
  let done = 0;
  while (done < view.byteLength) {
    const length = Math.min(view.byteLength - done, transferBytes);
    const at = position === null ? null : position + done;
    const bytes = new Uint8Array((yield* ask('read', fd, length, at)) as ArrayBuffer);
    view.set(bytes, done);
    done += bytes.byteLength;
    if (bytes.byteLength < length) break;
  }
  return done;
}

/** Writes as much of a view as there is room for; throws when that is nothing. */
export function* writeSome(fd: number, view: Bytes, position: number | null): Operation<number> {
  if (writeToStandardStream(fd, view)) return view.byteLength;
  let done = 0;
  do {
    const part = view.subarray(done, done + transferBytes);
    const at = position === null ? null : position + done;
    let written: number;
    try {
      written = Number(yield* send(part, 'write', fd, at));
    } catch (error) {
      if (done > 0) return done;
      throw error;
    }
    done += written;
    if (written < part.byteLength) break;
  } while (done < view.byteLength);
  return done;
}

/** Writes all of a view; what does not fit is an error. */
export function* writeAll(fd: number, view: Bytes, position: number | null): Operation<undefined> {
  let done = 0;
  while (done < view.byteLength) {
    const at = position === null ? null : position + done;
    done += yield* writeSome(fd, view.subarray(done), at);
  }
  return undefined;
}

interface Span {
  readonly view: Bytes;
  readonly position: number | null;
}

/** The arguments of `read` after the descriptor: in order, or in an object. */
function readSpan(buffer: unknown, rest: readonly unknown[]): Span & { readonly buffer: unknown } {
  let target = buffer;
  let [offset, length, position] = rest;
  if (buffer === undefined || (!ArrayBuffer.isView(buffer) && typeof buffer === 'object')) {
    const options = toObject(buffer);
    ({ buffer: target = Buffer.alloc(16_384), offset, length, position } = options);
  } else if (rest.length <= 1 || (typeof offset === 'object' && offset !== null)) {
    validateObject(offset ?? {}, 'options');
    ({ offset, length, position } = toObject(offset));
  }
  const view = toView(target);
  const start = offset ?? 0;
  validateInteger(start, 'offset', 0);
  const count = length === undefined || length === null ? view.byteLength - start : length;
  if (typeof count === 'number' && count !== 0 && view.byteLength === 0) {
    throw new ERR_INVALID_ARG_VALUE('buffer', target, 'is empty and cannot be written');
  }
  checkSpan(start, count, view.byteLength);
  return {
    buffer: target,
    view: view.subarray(start, start + count),
    position: toPosition(position),
  };
}

function checkSpan(offset: number, length: unknown, size: number): asserts length is number {
  if (offset > size) throw new ERR_OUT_OF_RANGE('offset', `<= ${size}`, offset);
  validateInteger(length, 'length');
  if (length < 0) throw new ERR_OUT_OF_RANGE('length', '>= 0', length);
  if (length > size - offset) {
    throw new ERR_OUT_OF_RANGE('length', `<= ${size - offset}`, length);
  }
}

/** What `read` tells its callback, and its promise. */
export interface ReadResult {
  readonly bytesRead: number;
  readonly buffer: unknown;
}

export function* read(fd: unknown, buffer?: unknown, ...rest: unknown[]): Operation<ReadResult> {
  const descriptor = toDescriptor(fd);
  const { view, position, buffer: target } = readSpan(buffer, rest);
  return { bytesRead: yield* readInto(descriptor, view, position), buffer: target };
}

/** The synchronous function wants its buffer first. */
export function* readNow(fd: unknown, buffer: unknown, ...rest: unknown[]): Operation<ReadResult> {
  const descriptor = toDescriptor(fd);
  toView(buffer);
  return yield* read(descriptor, buffer, ...rest);
}

export interface WriteResult {
  readonly bytesWritten: number;
  readonly buffer: unknown;
}

export function* write(fd: unknown, data: unknown, ...rest: unknown[]): Operation<WriteResult> {
  const descriptor = toDescriptor(fd);
  const { view, position } = writeSpan(data, rest);
  return { bytesWritten: yield* writeSome(descriptor, view, position), buffer: data };
}

/** `(text, position, encoding)`, `(buffer, offset, length, position)` or `(buffer, options)`. */
function writeSpan(data: unknown, rest: readonly unknown[]): Span {
  if (typeof data === 'string') {
    const [position, encoding] = rest;
    const at = typeof position === 'number' || typeof position === 'bigint' ? position : null;
    return {
      view: toBytes(data, typeof encoding === 'string' ? encoding : 'utf8'),
      position: toPosition(at),
    };
  }
  const view = toBytes(data, undefined, 'buffer');
  let [offset, length, position] = rest;
  if (typeof offset === 'object' && offset !== null) {
    ({ offset, length, position } = toObject(offset));
  }
  const start = offset ?? 0;
  validateInteger(start, 'offset', 0);
  const count = length ?? view.byteLength - start;
  checkSpan(start, count, view.byteLength);
  // Node takes anything else for the current position.
  const at = typeof position === 'number' || typeof position === 'bigint' ? position : null;
  return { view: view.subarray(start, start + count), position: toPosition(at) };
}

export function* readv(fd: unknown, buffers: unknown, position?: unknown): Operation<ReadResult> {
  const descriptor = toDescriptor(fd);
  const views = toViews(buffers);
  const start = typeof position === 'number' ? toPosition(position) : null;
  let bytesRead = 0;
  for (const view of views) {
    const at = start === null ? null : start + bytesRead;
    const count = yield* readInto(descriptor, view, at);
    bytesRead += count;
    if (count < view.byteLength) break;
  }
  return { bytesRead, buffer: buffers };
}

export function* writev(fd: unknown, buffers: unknown, position?: unknown): Operation<WriteResult> {
  const descriptor = toDescriptor(fd);
  const views = toViews(buffers);
  const start = typeof position === 'number' ? toPosition(position) : null;
  let bytesWritten = 0;
  for (const view of views) {
    if (view.byteLength === 0) continue;
    const at = start === null ? null : start + bytesWritten;
    const count = yield* writeSome(descriptor, view, at);
    bytesWritten += count;
    if (count < view.byteLength) break;
  }
  return { bytesWritten, buffer: buffers };
}

/** A whole file, from a path or from where a descriptor stands. */
export function* readFile(path: unknown, options?: unknown): Operation<unknown> {
  const { encoding, flag, signal } = toOptions(options, { flag: 'r' });
  checkAborted(signal);
  const bytes =
    typeof path === 'number'
      ? yield* readRest(toDescriptor(path), signal)
      : yield* readPath(toPath(path), toFlags(flag), signal);
  checkAborted(signal);
  const buffer = bufferOf(bytes);
  const isText = encoding !== undefined && encoding !== null && encoding !== 'buffer';
  return isText ? textOf(buffer, encoding) : buffer;
}

type MaybeSignal = Parameters<typeof checkAborted>[0];

function* readPath(
  path: string,
  flags: number,
  signal: MaybeSignal,
): Operation<ArrayBuffer | Uint8Array> {
  const answer = yield* ask('readfile', path, flags);
  if (typeof answer !== 'string') return answer ?? new ArrayBuffer(0);
  const [descriptor = -1, size = 0] = JSON.parse(answer) as number[];
  try {
    if (size > largestRead) {
      throw errorWithCode(
        'ERR_FS_FILE_TOO_LARGE',
        `File size (${size}) is greater than 2 GiB`,
        RangeError,
      );
    }
    return yield* readRest(descriptor, signal);
  } finally {
    yield* close(descriptor);
  }
}

export function* readRest(fd: number, signal: MaybeSignal): Operation<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    checkAborted(signal);
    const bytes = (yield* ask('read', fd, transferBytes, null)) as ArrayBuffer;
    if (bytes.byteLength === 0) break;
    parts.push(new Uint8Array(bytes));
  }
  return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
}

export function* writeFile(
  path: unknown,
  data: unknown,
  options?: unknown,
  fallbackFlag: string = 'w',
): Operation<undefined> {
  const { encoding, flag, mode, signal } = toOptions(options, {
    encoding: 'utf8',
    mode: 0o666,
    flag: fallbackFlag,
  });
  const bytes = toBytes(data, encoding);
  checkAborted(signal);
  if (typeof path === 'number') return yield* writeAll(toDescriptor(path), bytes, null);

  const target = [toPath(path), toFlags(flag), toMode(mode)] as const;
  if (bytes.byteLength <= transferBytes) {
    yield* send(bytes, 'writefile', ...target);
    checkAborted(signal);
    return undefined;
  }
  const descriptor = Number(yield* askText('open', ...target));
  try {
    for (let at = 0; at < bytes.byteLength; at += transferBytes) {
      checkAborted(signal);
      yield* writeAll(descriptor, bytes.subarray(at, at + transferBytes), null);
    }
  } finally {
    yield* close(descriptor);
  }
  return undefined;
}

export function appendFile(path: unknown, data: unknown, options?: unknown): Operation<undefined> {
  return writeFile(path, data, options, 'a');
}

export function* ftruncate(fd: unknown, length: unknown = 0): Operation<undefined> {
  const descriptor = toDescriptor(fd);
  validateInteger(length, 'len');
  yield* ask('ftruncate', descriptor, Math.max(0, length));
  return undefined;
}

export function* truncate(path: unknown, length: unknown = 0): Operation<undefined> {
  if (typeof path === 'number') return yield* ftruncate(path, length);
  validateInteger(length, 'len');
  const descriptor = yield* open(path, 'r+');
  try {
    return yield* ftruncate(descriptor, length);
  } finally {
    yield* close(descriptor);
  }
}

export function* fsync(fd: unknown): Operation<undefined> {
  yield* ask('fsync', toDescriptor(fd));
  return undefined;
}

export function* fdatasync(fd: unknown): Operation<undefined> {
  yield* ask('fdatasync', toDescriptor(fd));
  return undefined;
}

export function* copyFile(from: unknown, to: unknown, mode: unknown = 0): Operation<undefined> {
  const [source, target] = [toPath(from, 'src'), toPath(to, 'dest')];
  const bits = mode ?? 0;
  validateInteger(bits, 'mode', 0, 7);
  const opened = yield* ask('copyfile', source, target, bits);
  if (typeof opened !== 'string') return undefined;
  const [reading, writing] = JSON.parse(opened) as [number, number];
  try {
    let copied: string;
    do copied = yield* askText('copyOn', source, target, reading, writing, transferBytes);
    while (copied !== '0');
  } catch (error) {
    // libuv leaves no half of a copy behind.
    yield* ask('unlink', target);
    throw error;
  } finally {
    yield* close(reading);
    yield* close(writing);
  }
  return undefined;
}
