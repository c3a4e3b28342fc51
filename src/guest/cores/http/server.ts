import { Server as NetServer } from '../../node/net.ts';
import { errorWithCode } from '../../node/internal/errors.ts';
import { callable } from '../net/callable.ts';
import {
  OutgoingMessage,
  initializeOutgoing,
  outHeaders,
  headerPairs,
  type SocketLike,
} from './outgoing.ts';
import { STATUS_CODES, hasInvalidChar, headersSent, invalidChar } from './words.ts';
import type { HeaderValue } from './header-block.ts';
import { Stream } from '../net/streams.ts';

/** What a response needs to know of the request that it answers. */
interface Answered {
  readonly method?: string;
  readonly httpVersionMajor?: number;
  readonly httpVersionMinor?: number;
  readonly headers?: { readonly te?: string };
}

/** https://nodejs.org/api/http.html#class-httpserverresponse, for frameworks that bring their own socket. */
class ServerResponseClass extends OutgoingMessage {
  declare req: Answered;
  declare statusCode: number;
  declare statusMessage: string | undefined;
  declare _sent100: boolean;
  declare _expect_continue: boolean;
  declare onSocketClose: () => void;

  constructor(request: Answered, options?: object) {
    super(options);
    initialize(this, request);
  }

  assignSocket(socket: SocketLike): void {
    if (socket._httpMessage !== undefined && socket._httpMessage !== null) {
      throw errorWithCode(
        'ERR_HTTP_SOCKET_ASSIGNED',
        'ServerResponse has an already assigned socket',
      );
    }
    socket._httpMessage = this;
    socket.on?.('close', this.onSocketClose);
    this.socket = socket;
    this.emit('socket', socket);
    this._flush();
  }

  detachSocket(socket: SocketLike): void {
    socket.removeListener?.('close', this.onSocketClose);
    socket._httpMessage = null;
    this.socket = null;
  }

  override _implicitHeader(): void {
    this.writeHead(this.statusCode);
  }

  writeHead(status: number, reason?: unknown, given?: unknown): this {
    if (this._header) throw headersSent('write');
    const code = Math.trunc(Number(status));
    if (!(code >= 100 && code <= 999)) {
      throw errorWithCode(
        'ERR_HTTP_INVALID_STATUS_CODE',
        `Invalid status code: ${String(status)}`,
        RangeError,
      );
    }
    if (typeof reason === 'string') this.statusMessage = reason;
    else this.statusMessage ||= STATUS_CODES[code] ?? 'unknown';
    const extra = typeof reason === 'string' ? given : (given ?? reason);
    this.statusCode = code;
    if (hasInvalidChar(this.statusMessage ?? '')) throw invalidChar('statusMessage');
    const headers = this[outHeaders] === null ? extra : this.withHeaders(extra);
    if (code === 204 || code === 304 || code < 200) this._hasBody = false;
    if (this._expect_continue && !this._sent100) this.shouldKeepAlive = false;
    this._storeHeader(`HTTP/1.1 ${code} ${this.statusMessage}\r\n`, headers);
    return this;
  }

  /** Headers of `writeHead` replace those that were set before; a list may name one several times. */
  private withHeaders(extra: unknown): unknown {
    if (!Array.isArray(extra)) {
      for (const [name, value] of headerPairs(extra)) if (name !== '') this.setHeader(name, value);
      return this[outHeaders];
    }
    const pairs = headerPairs(extra);
    for (const [name] of pairs) this.removeHeader(name);
    for (const [name, value] of pairs) this.appendHeader(name, value as string);
    return this[outHeaders];
  }

  writeHeader(status: number, reason?: unknown, given?: unknown): this {
    return this.writeHead(status, reason, given);
  }

  writeContinue(done?: () => void): void {
    this._writeRaw('HTTP/1.1 100 Continue\r\n\r\n', 'latin1', done);
    this._sent100 = true;
  }

  writeProcessing(done?: () => void): void {
    this._writeRaw('HTTP/1.1 102 Processing\r\n\r\n', 'latin1', done);
  }

  writeEarlyHints(hints: Record<string, HeaderValue>, done?: () => void): void {
    const lines = Object.entries(hints).map(
      ([name, value]) => `${name}: ${[value].flat().join(', ')}\r\n`,
    );
    this._writeRaw(`HTTP/1.1 103 Early Hints\r\n${lines.join('')}\r\n`, 'latin1', done);
  }
}

function initialize(self: ServerResponseClass, request: Answered): void {
  self.statusCode = 200;
  self.statusMessage = undefined;
  self.sendDate = true;
  self._sent100 = false;
  self._expect_continue = false;
  self.req = request;
  self.onSocketClose = () => {
    self.destroyed = true;
    self._closed = true;
    self.emit('close');
  };
  if (request.method === 'HEAD') self._hasBody = false;
  const { httpVersionMajor: major = 1, httpVersionMinor: minor = 1 } = request;
  if (major < 1 || minor < 1) {
    self.useChunkedEncodingByDefault = /(?:^|\W)chunked(?:$|\W)/i.test(request.headers?.te ?? '');
    self.shouldKeepAlive = false;
  }
}

export type ServerResponse = ServerResponseClass;
export const ServerResponse: typeof ServerResponseClass = callable(
  ServerResponseClass,
  (self, [request]) => {
    Reflect.apply(Stream, self, []);
    initializeOutgoing(self);
    initialize(self, request);
  },
);

type Listener = (...args: never[]) => void;

/** Frameworks make one and give it their handler; requests are injected, never received. */
class HttpServerClass extends NetServer {
  declare timeout: number;
  declare keepAliveTimeout: number;
  declare headersTimeout: number;
  declare requestTimeout: number;
  declare maxHeadersCount: number | null;
  declare maxRequestsPerSocket: number;
  declare connectionsCheckingInterval: number;

  constructor(...args: unknown[]) {
    super();
    initializeServer(this, args);
  }

  setTimeout(delayMs: number, done?: Listener): this {
    this.timeout = delayMs;
    if (done !== undefined) this.on('timeout', done);
    return this;
  }

  closeAllConnections(): void {}
  closeIdleConnections(): void {}
}

/** `(listener)`, `(options, listener)`. */
function initializeServer(self: HttpServerClass, args: readonly unknown[]): void {
  const options = (typeof args[0] === 'object' && args[0] !== null ? args[0] : {}) as Record<
    string,
    number | undefined
  >;
  self.timeout = 0;
  self.keepAliveTimeout = options['keepAliveTimeout'] ?? 5_000;
  self.headersTimeout = options['headersTimeout'] ?? 60_000;
  self.requestTimeout = options['requestTimeout'] ?? 300_000;
  self.connectionsCheckingInterval = options['connectionsCheckingInterval'] ?? 30_000;
  self.maxHeadersCount = null;
  self.maxRequestsPerSocket = 0;
  const listener = args.find((arg) => typeof arg === 'function');
  if (listener !== undefined) self.on('request', listener as Listener);
}

export type Server = HttpServerClass;
export const Server: typeof HttpServerClass = callable(HttpServerClass, (self, args) => {
  Reflect.apply(NetServer, self, []);
  initializeServer(self, args);
});
