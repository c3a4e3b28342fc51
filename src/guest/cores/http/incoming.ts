import { Readable } from '../net/streams.ts';
import { nextTick } from '../../ticks.ts';
import { hidden } from '../net/hidden.ts';
import { callable } from '../net/callable.ts';
import type { SocketLike } from './outgoing.ts';

export type IncomingHeaders = Record<string, string | string[] | undefined>;

const headers = Symbol('kHeaders');
const distinct = Symbol('kHeadersDistinct');
const trailers = Symbol('kTrailers');

/** Where the body of a client's response comes from. */
export interface BodySource {
  pull(): void;
  abandon(error: Error | null): void;
}

const source = hidden<{ body: BodySource | undefined }>();

/** https://nodejs.org/api/http.html#class-httpincomingmessage */
class IncomingMessageClass extends Readable {
  declare socket: SocketLike | undefined;
  declare client: SocketLike | undefined;
  declare httpVersionMajor: number | null;
  declare httpVersionMinor: number | null;
  declare httpVersion: string | null;
  declare complete: boolean;
  declare rawHeaders: readonly string[];
  declare rawTrailers: readonly string[];
  declare joinDuplicateHeaders: boolean;
  declare aborted: boolean;
  declare upgrade: boolean | null;
  declare url: string;
  declare method: string | null;
  declare statusCode: number | null;
  declare statusMessage: string | null;
  declare req?: unknown;
  declare _dumped: boolean;
  declare _consumed: boolean;
  declare [headers]: IncomingHeaders | null;
  declare [distinct]: Record<string, string[]> | null;
  declare [trailers]: IncomingHeaders | null;

  constructor(socket?: SocketLike) {
    super(streamOptions(socket));
    initialize(this, socket);
  }

  get connection(): SocketLike | undefined {
    return this.socket;
  }

  set connection(socket: SocketLike | undefined) {
    this.socket = socket;
  }

  get headers(): IncomingHeaders {
    this[headers] ??= combine(this.rawHeaders, this.joinDuplicateHeaders);
    return this[headers];
  }

  set headers(value: IncomingHeaders) {
    this[headers] = value;
  }

  get headersDistinct(): Record<string, string[]> {
    this[distinct] ??= separate(this.rawHeaders);
    return this[distinct];
  }

  set headersDistinct(value: Record<string, string[]>) {
    this[distinct] = value;
  }

  get trailers(): IncomingHeaders {
    this[trailers] ??= combine(this.rawTrailers, this.joinDuplicateHeaders);
    return this[trailers];
  }

  set trailers(value: IncomingHeaders) {
    this[trailers] = value;
  }

  get trailersDistinct(): Record<string, string[]> {
    return separate(this.rawTrailers);
  }

  setTimeout(delayMs: number, done?: () => void): this {
    if (done !== undefined) this.on('timeout', done);
    this.socket?.setTimeout?.(delayMs);
    return this;
  }

  /** @internal */
  comesFrom(body: BodySource): void {
    source.of(this).body = body;
  }

  override _read(): void {
    this._consumed = true;
    source.of(this).body?.pull();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.readableEnded || !this.complete) {
      this.aborted = true;
      this.emit('aborted');
    }
    if (this.aborted) {
      const { body } = source.of(this);
      if (body !== undefined) body.abandon(error);
      else if (this.socket?.destroyed === false) this.socket.destroy(error);
    }
    // As in Node, an error that nobody listens to is not thrown.
    nextTick(() => done(this.listenerCount('error') === 0 ? null : error), []);
  }

  _addHeaderLines(list: readonly string[], count: number): void {
    const lines = list.slice(0, count);
    if (this.complete) this.rawTrailers = lines;
    else this.rawHeaders = lines;
  }

  _addHeaderLine(name: string, value: string, into: IncomingHeaders): void {
    addLine(into, name, value, this.joinDuplicateHeaders);
  }

  /** Reads the rest for nobody, so that the connection is free again. */
  _dump(): void {
    if (this._dumped) return;
    this._dumped = true;
    this.resume();
  }
}

/** Of these a message has one: more are ignored. */
const singles = new Set(
  (
    'age authorization content-length content-type etag expires from host if-modified-since ' +
    'if-unmodified-since last-modified location max-forwards proxy-authorization referer retry-after ' +
    'server user-agent'
  ).split(' '),
);

function addLine(into: IncomingHeaders, given: string, value: string, joins: boolean): void {
  const name = given.toLowerCase();
  const known = into[name];
  if (name === 'set-cookie') {
    if (Array.isArray(known)) known.push(value);
    else into[name] = [value];
  } else if (known === undefined) {
    into[name] = value;
  } else if (name === 'cookie') {
    into[name] = `${String(known)}; ${value}`;
  } else if (joins || !singles.has(name)) {
    into[name] = `${String(known)}, ${value}`;
  }
}

function combine(list: readonly string[], joins = false): IncomingHeaders {
  const combined: IncomingHeaders = {};
  for (let index = 0; index + 1 < list.length; index += 2) {
    addLine(combined, list[index] ?? '', list[index + 1] ?? '', joins);
  }
  return combined;
}

function separate(list: readonly string[]): Record<string, string[]> {
  const separated = Object.create(null) as Record<string, string[]>;
  for (let index = 0; index + 1 < list.length; index += 2) {
    const name = (list[index] ?? '').toLowerCase();
    (separated[name] ??= []).push(list[index + 1] ?? '');
  }
  return separated;
}

function streamOptions(socket: SocketLike | undefined) {
  const { readableHighWaterMark } = (socket ?? {}) as { readableHighWaterMark?: number };
  return { autoDestroy: true, highWaterMark: readableHighWaterMark ?? 65_536 };
}

function initialize(self: IncomingMessageClass, socket: SocketLike | undefined): void {
  self.socket = socket;
  self.client = socket;
  self.httpVersionMajor = null;
  self.httpVersionMinor = null;
  self.httpVersion = null;
  self.complete = false;
  self.rawHeaders = [];
  self.rawTrailers = [];
  self.joinDuplicateHeaders = false;
  self.aborted = false;
  self.upgrade = null;
  self.url = '';
  self.method = null;
  self.statusCode = null;
  self.statusMessage = null;
  self._dumped = false;
  self._consumed = false;
  self[headers] = null;
  self[distinct] = null;
  self[trailers] = null;
  source.put(self, { body: undefined });
}

export type IncomingMessage = IncomingMessageClass;
export const IncomingMessage: typeof IncomingMessageClass = callable(
  IncomingMessageClass,
  (self, [socket]) => {
    Reflect.apply(Readable, self, [streamOptions(socket)]);
    initialize(self, socket);
  },
);
