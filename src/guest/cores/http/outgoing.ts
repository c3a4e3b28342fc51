import { Stream } from '../net/streams.ts';
import { nextTick } from '../../ticks.ts';
import { Buffer } from '../../node/buffer.ts';
import { ERR_INVALID_ARG_TYPE, errorWithCode } from '../../node/internal/errors.ts';
import { callable } from '../net/callable.ts';
import { addHeader, addOwnLine, newBlock, type HeaderValue } from './header-block.ts';
import {
  checkChunk,
  headersSent,
  invalidChar,
  validateHeaderName,
  validateHeaderValue,
} from './words.ts';

type Done = (error?: Error | null) => void;

/** What stands for a connection: a socket, or an object that a framework made up. */
export interface SocketLike {
  _httpMessage?: unknown;
  _writableState?: { corked?: number };
  readonly writable?: boolean;
  readonly destroyed?: boolean;
  readonly writableLength?: number;
  readonly writableHighWaterMark?: number;
  readonly writableCorked?: number;
  write(data: unknown, encoding?: unknown, done?: unknown): boolean;
  cork?(): void;
  uncork?(): void;
  destroy(error?: Error | null): unknown;
  setTimeout?(delayMs: number, done?: unknown): unknown;
  on?(name: string, listener: (...args: never[]) => void): unknown;
  once?(name: string, listener: (...args: never[]) => void): unknown;
  removeListener?(name: string, listener: (...args: never[]) => void): unknown;
  emit?(name: string, ...args: unknown[]): unknown;
}

interface Waiting {
  readonly data: unknown;
  readonly encoding: string | null | undefined;
  readonly callback: Done | null | undefined;
}

type OutHeaders = Record<string, [name: string, value: HeaderValue]>;

export const outHeaders = Symbol('kOutHeaders');
const errored = Symbol('kErrored');
const needsDrain = Symbol('kNeedDrain');
const highWaterMark = 65_536;

/** https://nodejs.org/api/http.html#class-httpoutgoingmessage */
class OutgoingMessageClass extends Stream {
  declare outputData: Waiting[];
  declare outputSize: number;
  declare writable: boolean;
  declare destroyed: boolean;
  declare _last: boolean;
  declare chunkedEncoding: boolean;
  declare shouldKeepAlive: boolean;
  declare maxRequestsOnConnectionReached: boolean;
  declare _defaultKeepAlive: boolean;
  declare useChunkedEncodingByDefault: boolean;
  declare sendDate: boolean;
  declare _removedConnection: boolean;
  declare _removedContLen: boolean;
  declare _removedTE: boolean;
  declare strictContentLength: boolean;
  declare _contentLength: number | null;
  declare _hasBody: boolean;
  declare _trailer: string;
  declare finished: boolean;
  declare _headerSent: boolean;
  declare _closed: boolean;
  declare socket: SocketLike | null;
  /** Empty counts as not there: frameworks set it so. */
  declare _header: string | null;
  declare _keepAliveTimeout: number;
  declare statusCode?: number;
  declare agent?: unknown;
  /** The header as names and values, for the host. */
  declare headerList: readonly string[];
  declare trailerList: string[];
  declare [outHeaders]: OutHeaders | null;
  declare [errored]: Error | null;
  declare [needsDrain]: boolean;

  constructor(_options?: object) {
    super();
    initializeOutgoing(this);
  }

  setHeader(name: string, value: HeaderValue): this {
    if (this._header) throw headersSent('set');
    validateHeaderName(name);
    validateHeaderValue(name, value);
    this[outHeaders] ??= Object.create(null) as OutHeaders;
    this[outHeaders][name.toLowerCase()] = [name, value];
    return this;
  }

  setHeaders(headers: { forEach?: unknown } & Iterable<[string, HeaderValue]>): this {
    if (this._header) throw headersSent('set');
    const isList = typeof headers === 'object' && headers !== null && !Array.isArray(headers);
    if (!isList || typeof headers.forEach !== 'function') {
      throw new ERR_INVALID_ARG_TYPE('headers', ['Headers', 'Map'], headers);
    }
    const cookies: string[] = [];
    for (const [name, value] of headers) {
      if (name !== 'set-cookie') this.setHeader(name, value);
      else cookies.push(...(Array.isArray(value) ? (value as string[]) : [String(value)]));
    }
    if (cookies.length > 0) this.setHeader('set-cookie', cookies);
    return this;
  }

  appendHeader(name: string, value: string | readonly string[]): this {
    if (this._header) throw headersSent('append');
    validateHeaderName(name);
    validateHeaderValue(name, value);
    const known = this[outHeaders]?.[name.toLowerCase()];
    if (known === undefined) return this.setHeader(name, value);
    known[1] = [known[1], value].flat().map(String);
    return this;
  }

  getHeader(name: string): HeaderValue | undefined {
    checkName(name);
    return this[outHeaders]?.[name.toLowerCase()]?.[1];
  }

  getHeaderNames(): string[] {
    return Object.keys(this[outHeaders] ?? {});
  }

  getRawHeaderNames(): string[] {
    return Object.values(this[outHeaders] ?? {}).map(([name]) => name);
  }

  getHeaders(): Record<string, HeaderValue> {
    const headers = Object.create(null) as Record<string, HeaderValue>;
    for (const [name, [, value]] of Object.entries(this[outHeaders] ?? {})) headers[name] = value;
    return headers;
  }

  hasHeader(name: string): boolean {
    checkName(name);
    return this[outHeaders]?.[name.toLowerCase()] !== undefined;
  }

  removeHeader(name: string): void {
    checkName(name);
    if (this._header) throw headersSent('remove');
    const key = name.toLowerCase();
    if (key === 'connection') this._removedConnection = true;
    else if (key === 'content-length') this._removedContLen = true;
    else if (key === 'transfer-encoding') this._removedTE = true;
    else if (key === 'date') this.sendDate = false;
    if (this[outHeaders] !== null) delete this[outHeaders][key];
  }

  /** Writes the header down; what it does not say about framing is decided here. */
  _storeHeader(firstLine: string, headers: unknown): void {
    const block = newBlock(firstLine);
    if (headers !== null && headers !== undefined && headers === this[outHeaders]) {
      for (const [name, value] of Object.values(this[outHeaders])) {
        addHeader(block, this, name, value, true);
      }
    } else {
      for (const [name, value] of headerPairs(headers)) addHeader(block, this, name, value, false);
    }
    if (this.sendDate && !block.hasDate) addOwnLine(block, 'Date', new Date().toUTCString());
    const isEmptyStatus = this.statusCode === 204 || this.statusCode === 304;
    if (this.chunkedEncoding && isEmptyStatus) {
      this.chunkedEncoding = false;
      this.shouldKeepAlive = false;
    }
    this.decideConnection(block);
    this.decideLength(block);
    if (!this.chunkedEncoding && block.hasTrailer) {
      throw errorWithCode(
        'ERR_HTTP_TRAILER_INVALID',
        'Trailers are invalid with this transfer encoding',
      );
    }
    this._header = `${block.text}\r\n`;
    this.headerList = block.list;
    this._headerSent = false;
    // Whoever expects "100 Continue" waits for it before the body.
    if (block.hasExpect) this._flushHead();
  }

  private decideConnection(block: ReturnType<typeof newBlock>): void {
    if (this._removedConnection) {
      this._last = !this.shouldKeepAlive;
      return;
    }
    if (block.hasConnection) return;
    const keepsAlive =
      this.shouldKeepAlive &&
      (block.hasLength || this.useChunkedEncodingByDefault || Boolean(this.agent));
    if (!keepsAlive || this.maxRequestsOnConnectionReached) {
      this._last = true;
      addOwnLine(block, 'Connection', 'close');
      return;
    }
    addOwnLine(block, 'Connection', 'keep-alive');
    if (this._keepAliveTimeout === 0 || !this._defaultKeepAlive) return;
    addOwnLine(block, 'Keep-Alive', `timeout=${Math.floor(this._keepAliveTimeout / 1000)}`);
  }

  private decideLength(block: ReturnType<typeof newBlock>): void {
    if (block.hasLength || block.hasEncoding) return;
    if (!this._hasBody) {
      this.chunkedEncoding = false;
    } else if (!this.useChunkedEncodingByDefault) {
      this._last = true;
    } else if (!block.hasTrailer && !this._removedContLen && this._contentLength !== null) {
      addOwnLine(block, 'Content-Length', String(this._contentLength));
    } else if (this._removedTE) {
      this._last = true;
    } else {
      addOwnLine(block, 'Transfer-Encoding', 'chunked');
      this.chunkedEncoding = true;
    }
  }

  _implicitHeader(): void {
    throw errorWithCode(
      'ERR_METHOD_NOT_IMPLEMENTED',
      'The _implicitHeader() method is not implemented',
    );
  }

  write(chunk: unknown, encodingOrDone?: unknown, done?: unknown): boolean {
    const callback = (typeof encodingOrDone === 'function' ? encodingOrDone : done) as
      | Done
      | undefined;
    const encoding = typeof encodingOrDone === 'string' ? encodingOrDone : undefined;
    return this.writeChunk(chunk, encoding, callback, false);
  }

  private writeChunk(
    chunk: unknown,
    encoding: string | undefined,
    done: Done | undefined,
    isLast: boolean,
  ): boolean {
    checkChunk(chunk);
    if (this.finished || this.destroyed) {
      this.refuseWrite(done);
      return false;
    }
    const size = typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.byteLength;
    if (!this._header) {
      if (isLast) this._contentLength = size;
      this._implicitHeader();
    }
    if (!this._hasBody) {
      if (done !== undefined) nextTick(() => done(), []);
      return true;
    }
    const isTaken = this._writeBody(chunk, encoding, done, size);
    if (!isTaken) this[needsDrain] = true;
    return isTaken;
  }

  private refuseWrite(done: Done | undefined): void {
    const error = this.finished
      ? errorWithCode('ERR_STREAM_WRITE_AFTER_END', 'write after end')
      : errorWithCode('ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed');
    nextTick(() => {
      done?.(error);
      if (!this.destroyed) this.emit('error', error);
    }, []);
  }

  /** @internal Sends a part of the body; chunked when the header said so. */
  _writeBody(
    chunk: string | Uint8Array,
    encoding: string | undefined,
    done: Done | undefined,
    size: number,
  ): boolean {
    if (!this.chunkedEncoding || size === 0) return this._send(chunk, encoding, done);
    this._send(`${size.toString(16)}\r\n`, 'latin1', null);
    this._send(chunk, encoding, null);
    return this._send('\r\n', 'latin1', done);
  }

  /** @internal Sends what ends the body. */
  _endBody(hasChunk: boolean, done: () => void): void {
    if (this._hasBody && this.chunkedEncoding) {
      this._send(`0\r\n${this._trailer}\r\n`, 'latin1', done);
    } else if (!this._headerSent || this.writableLength > 0 || hasChunk) {
      this._send('', 'latin1', done);
    } else {
      nextTick(done, []);
    }
  }

  end(chunkOrDone?: unknown, encodingOrDone?: unknown, done?: unknown): this {
    const callback = [chunkOrDone, encodingOrDone, done].find(
      (arg) => typeof arg === 'function',
    ) as Done | undefined;
    const hasChunk = Boolean(chunkOrDone) && typeof chunkOrDone !== 'function';
    const encoding = typeof encodingOrDone === 'string' ? encodingOrDone : undefined;
    if (this.finished) return this.endAgain(hasChunk, callback);
    this.socket?.cork?.();
    if (hasChunk) {
      this.writeChunk(chunkOrDone, encoding, undefined, true);
    } else if (!this._header) {
      this._contentLength = 0;
      this._implicitHeader();
    }
    if (callback !== undefined) this.once('finish', callback);
    this._endBody(hasChunk, () => this.emit('finish'));
    const { socket } = this;
    if (socket?._writableState !== undefined) socket._writableState.corked = 1;
    socket?.uncork?.();
    this.finished = true;
    if (this.outputData.length === 0 && socket !== null && socket._httpMessage === this) {
      this._finish();
    }
    return this;
  }

  private endAgain(hasChunk: boolean, done: Done | undefined): this {
    if (hasChunk) {
      this.refuseWrite(done);
    } else if (done !== undefined && !this.writableFinished) {
      this.on('finish', done);
    } else {
      done?.(
        errorWithCode('ERR_STREAM_ALREADY_FINISHED', 'Cannot call end after a stream was finished'),
      );
    }
    return this;
  }

  _finish(): void {
    this.emit('prefinish');
  }

  /** @internal The header alone. */
  _flushHead(): void {
    this._send('', undefined, null);
  }

  flushHeaders(): void {
    if (!this._header) this._implicitHeader();
    this._flushHead();
  }

  /** With the header in front, when it has not been sent. */
  _send(data: string | Uint8Array, encoding?: string | null, done?: Done | null): boolean {
    if (this._headerSent || this._header === null) return this._writeRaw(data, encoding, done);
    this._headerSent = true;
    const isText = encoding === 'utf8' || encoding === 'latin1' || encoding == null;
    if (typeof data === 'string' && isText) {
      return this._writeRaw(this._header + data, encoding, done);
    }
    this._writeRaw(this._header, 'latin1', null);
    return this._writeRaw(data, encoding, done);
  }

  _writeRaw(data: string | Uint8Array, encoding?: string | null, done?: Done | null): boolean {
    const { socket } = this;
    if (socket?.destroyed === true) return false;
    if (socket !== null && socket._httpMessage === this && socket.writable === true) {
      if (this.outputData.length > 0) this._flushOutput(socket);
      return socket.write(data, encoding, done);
    }
    this.outputData.push({ data, encoding, callback: done });
    this.outputSize += data.length;
    return this.outputSize < highWaterMark;
  }

  _flush(): void {
    const { socket } = this;
    if (socket === null || socket.writable !== true) return;
    const isTaken = this._flushOutput(socket);
    if (this.finished) this._finish();
    else if (isTaken === true && this[needsDrain]) this.emitDrain();
  }

  _flushOutput(socket: SocketLike): boolean | undefined {
    let isTaken: boolean | undefined;
    socket.cork?.();
    for (const { data, encoding, callback } of this.outputData.splice(0)) {
      isTaken = socket.write(data, encoding, callback);
    }
    socket.uncork?.();
    this.outputSize = 0;
    return isTaken;
  }

  /** @internal */
  emitDrain(): void {
    if (!this[needsDrain]) return;
    this[needsDrain] = false;
    this.emit('drain');
  }

  addTrailers(headers: unknown): void {
    this._trailer = '';
    this.trailerList = [];
    for (const [name, value] of headerPairs(headers)) {
      validateHeaderName(name, 'Trailer name');
      if (/[^\t\x20-\x7e\x80-\xff]/.test(String(value))) throw invalidChar('trailer content', name);
      for (const one of [value].flat()) {
        this._trailer += `${name}: ${String(one)}\r\n`;
        this.trailerList.push(name, String(one));
      }
    }
  }

  override pipe<T>(_destination: T): T {
    // A message can only be written; Node reports it the same way.
    this.emit('error', errorWithCode('ERR_STREAM_CANNOT_PIPE', 'Cannot pipe, not readable'));
    return _destination;
  }

  setTimeout(delayMs: number, done?: () => void): this {
    if (done !== undefined) this.on('timeout', done);
    if (this.socket !== null) this.socket.setTimeout?.(delayMs);
    else this.once('socket', (socket: SocketLike) => void socket.setTimeout?.(delayMs));
    return this;
  }

  cork(): void {
    this.socket?.cork?.();
  }

  uncork(): void {
    this.socket?.uncork?.();
  }

  destroy(error?: Error | null): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this[errored] = error ?? null;
    if (this.socket !== null) this.socket.destroy(error);
    else this.once('socket', (socket: SocketLike) => void socket.destroy(error));
    return this;
  }

  get headersSent(): boolean {
    return Boolean(this._header);
  }

  get connection(): SocketLike | null {
    return this.socket;
  }

  set connection(socket: SocketLike | null) {
    this.socket = socket;
  }

  get errored(): Error | null {
    return this[errored];
  }

  get closed(): boolean {
    return this._closed;
  }

  get writableFinished(): boolean {
    const isSent = this.socket === null || (this.socket.writableLength ?? 0) === 0;
    return this.finished && this.outputSize === 0 && isSent;
  }

  get writableEnded(): boolean {
    return this.finished;
  }

  get writableLength(): number {
    return this.outputSize + (this.socket?.writableLength ?? 0);
  }

  get writableHighWaterMark(): number {
    return this.socket?.writableHighWaterMark ?? highWaterMark;
  }

  get writableCorked(): number {
    return this.socket?.writableCorked ?? 0;
  }

  get writableObjectMode(): boolean {
    return false;
  }

  get writableNeedDrain(): boolean {
    return !this.destroyed && !this.finished && this[needsDrain];
  }

  get _headers(): Record<string, HeaderValue> {
    return this.getHeaders();
  }

  get _headerNames(): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this[outHeaders] ?? {}).map(([key, [name]]) => [key, name]),
    );
  }
}

function checkName(name: unknown): asserts name is string {
  if (typeof name !== 'string') throw new ERR_INVALID_ARG_TYPE('name', 'string', name);
}

/** Headers as an object, as pairs, or as names and values in turn. */
export function headerPairs(headers: unknown): [name: string, value: HeaderValue][] {
  if (headers === undefined || headers === null) return [];
  if (!Array.isArray(headers)) return Object.entries(headers as Record<string, HeaderValue>);
  const list = headers as unknown[];
  if (Array.isArray(list[0])) return list as [string, HeaderValue][];
  if (list.length % 2 !== 0) {
    throw errorWithCode(
      'ERR_INVALID_ARG_VALUE',
      "The argument 'headers' is invalid: a list has names and values in turn",
      TypeError,
    );
  }
  const pairs: [string, HeaderValue][] = [];
  for (let index = 0; index < list.length; index += 2) {
    pairs.push([list[index] as string, list[index + 1] as HeaderValue]);
  }
  return pairs;
}

/** The state of a message that has said nothing yet. */
export function initializeOutgoing(self: OutgoingMessageClass): void {
  self.outputData = [];
  self.outputSize = 0;
  self.writable = true;
  self.destroyed = false;
  self._last = false;
  self.chunkedEncoding = false;
  self.shouldKeepAlive = true;
  self.maxRequestsOnConnectionReached = false;
  self._defaultKeepAlive = true;
  self.useChunkedEncodingByDefault = true;
  self.sendDate = false;
  self._removedConnection = false;
  self._removedContLen = false;
  self._removedTE = false;
  self.strictContentLength = false;
  self._contentLength = null;
  self._hasBody = true;
  self._trailer = '';
  self.finished = false;
  self._headerSent = false;
  self._closed = false;
  self.socket = null;
  self._header = null;
  self._keepAliveTimeout = 0;
  self.headerList = [];
  self.trailerList = [];
  self[outHeaders] = null;
  self[errored] = null;
  self[needsDrain] = false;
}

export type OutgoingMessage = OutgoingMessageClass;
export const OutgoingMessage: typeof OutgoingMessageClass = callable(
  OutgoingMessageClass,
  (self) => {
    Reflect.apply(Stream, self, []);
    initializeOutgoing(self);
  },
);
