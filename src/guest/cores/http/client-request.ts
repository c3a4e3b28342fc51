import { Stream } from '../net/streams.ts';
import { nextTick } from '../../ticks.ts';
import { Buffer } from '../../node/buffer.ts';
import { errorWithCode } from '../../node/internal/errors.ts';
import { Socket, takeHandle } from '../../node/net.ts';
import { Exchange, type ResponseHead } from '../../web/internal/exchange.ts';
import { hidden } from '../net/hidden.ts';
import { callable } from '../net/callable.ts';
import { familyOf } from '../net/connect-options.ts';
import { tlsQuestion } from '../tls/options.ts';
import type { Agent, ConnectionOptions } from './agent.ts';
import { ClientResponse } from './client-response.ts';
import {
  OutgoingMessage,
  headerPairs,
  initializeOutgoing,
  outHeaders,
  type SocketLike,
} from './outgoing.ts';
import { agentOf, begin, followSignal, setHeaders } from './request-begin.ts';
import {
  checkPath,
  readHost,
  readMethod,
  readRequestArguments,
  type RequestOptions,
} from './request-options.ts';

type Done = (error?: Error | null) => void;

/** Bytes of a body that wait here before `write` says that it is enough. */
const mostWaiting = 65_536;

/** What a request is behind its face. */
interface Inside {
  options: RequestOptions;
  host: string;
  port: number;
  /** The agent lets it begin. */
  mayStart: boolean;
  /** The program has said something that should leave. */
  wantsToLeave: boolean;
  isScheduled: boolean;
  exchange: Exchange | undefined;
  /** A connection of the program's own, instead of the host's pool. */
  over: Socket | undefined;
  isSending: boolean;
  hasEnded: boolean;
  isBodySent: boolean;
  waiting: { chunk: Uint8Array; done: Done | undefined }[];
  waitingBytes: number;
  onEnd: (() => void) | undefined;
}

const inside = hidden<Inside>();

/** https://nodejs.org/api/http.html#class-httpclientrequest over an exchange of the host. */
class ClientRequestClass extends OutgoingMessage {
  declare agent: Agent | undefined;
  declare method: string;
  declare path: string;
  declare host: string;
  declare protocol: string;
  declare res: ClientResponse | null;
  declare aborted: boolean;
  declare timeout: number | undefined;
  declare timeoutCb: (() => void) | null;
  declare upgradeOrConnect: boolean;
  declare reusedSocket: boolean;
  declare maxHeadersCount: number | null;
  declare maxHeaderSize: number | undefined;
  declare parser: null;
  declare _ended: boolean;

  constructor(...args: unknown[]) {
    super();
    initialize(this, args);
  }

  override _implicitHeader(): void {
    if (this._header) {
      throw errorWithCode(
        'ERR_HTTP_HEADERS_SENT',
        'Cannot render headers after they are sent to the client',
      );
    }
    this._storeHeader(`${this.method} ${this.path} HTTP/1.1\r\n`, this[outHeaders]);
  }

  override _flushHead(): void {
    this.schedule();
  }

  override _writeBody(
    chunk: string | Uint8Array,
    encoding: string | undefined,
    done: Done | undefined,
    size: number,
  ): boolean {
    const self = inside.of(this);
    self.waiting.push({
      chunk: typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk,
      done,
    });
    self.waitingBytes += size;
    this.outputSize = self.waitingBytes;
    this.schedule();
    return self.waitingBytes < mostWaiting;
  }

  override _endBody(_hasChunk: boolean, done: () => void): void {
    inside.of(this).hasEnded = true;
    inside.of(this).onEnd = done;
    this.schedule();
  }

  /** What the program says within one tick leaves together. */
  private schedule(): void {
    const self = inside.of(this);
    self.wantsToLeave = true;
    this._headerSent = true;
    if (self.isScheduled) return;
    self.isScheduled = true;
    nextTick(() => {
      self.isScheduled = false;
      this.pump();
    }, []);
  }

  /** @internal Called by the agent. */
  start(options: ConnectionOptions): void {
    const self = inside.of(this);
    // An agent's own options, certificates above all, are for each of its connections.
    self.options = { ...self.options, ...options } as RequestOptions;
    self.mayStart = true;
    this.showSocket(new Socket());
    this.pump();
  }

  /** @internal Called by an agent that makes its own connections. */
  onSocket(socket: unknown, error?: Error | null): void {
    nextTick(() => this.useSocket(socket, error), []);
  }

  private useSocket(socket: unknown, error: Error | null | undefined): void {
    if (error !== null && error !== undefined) {
      this.destroy(error);
    } else if (this.destroyed) {
      if (socket instanceof Socket) socket.destroy();
    } else if (socket instanceof Socket) {
      inside.of(this).over = socket;
      this.showSocket(socket);
      const start = (): void => {
        inside.of(this).mayStart = true;
        this.pump();
      };
      // A connection with TLS is connected when its handshake is over.
      if (socket.connecting) socket.once('connect', start);
      else start();
    } else {
      this.destroy(
        errorWithCode(
          'ERR_INVALID_ARG_VALUE',
          'A connection for HTTP must be a socket of node:net or node:tls here',
          TypeError,
        ),
      );
    }
  }

  private showSocket(socket: Socket): void {
    const isOwn = inside.of(this).over !== undefined;
    const shown = socket as unknown as SocketLike & Socket & { encrypted?: boolean };
    if (!isOwn) {
      socket.connecting = true;
      if (this.protocol === 'https:') shown.encrypted = true;
    }
    shown._httpMessage = this;
    this.socket = shown;
    socket.on('error', (error: Error) => this.destroy(error));
    socket.on('timeout', () => this.emit('timeout'));
    socket.once('close', () => this.socketClosed());
    if (this.timeout !== undefined && this.timeout > 0) socket.setTimeout(this.timeout);
    nextTick(() => {
      if (!this.destroyed) this.emit('socket', socket);
    }, []);
  }

  /** Somebody destroyed the socket of a request that still needs it. */
  private socketClosed(): void {
    if (inside.of(this).over !== undefined && inside.of(this).exchange !== undefined) return;
    if (!this._closed) this.destroy(this.res === null ? hangUp() : null);
  }

  private pump(): void {
    const self = inside.of(this);
    if (!self.mayStart || !self.wantsToLeave || this.destroyed) return;
    if (!this._header) return;
    if (self.exchange === undefined) this.open(self);
    else this.sendMore(self, self.exchange);
  }

  private open(self: Inside): void {
    const { options } = self;
    const isWhole = self.hasEnded;
    const exchange = new Exchange();
    const over = self.over && takeHandle(self.over);
    if (self.over !== undefined && over === undefined) {
      this.destroy(hangUp());
      return;
    }
    self.exchange = exchange;
    const head = {
      protocol: this.protocol === 'https:' ? ('https:' as const) : ('http:' as const),
      host: self.host,
      port: self.port,
      family: familyOf(options.family),
      method: this.method,
      path: this.path,
      headers: this.headerList,
      maxHeaderSize: this.maxHeaderSize,
      over,
      tls: this.protocol === 'https:' && over === undefined ? tlsQuestion(options) : undefined,
    };
    const body = isWhole ? this.takeWaiting(self) : undefined;
    exchange.open(head, body, isWhole, (error, response) => {
      if (error !== undefined || response === undefined) this.failed(error);
      else this.respond(exchange, response);
    });
    if (this.listenerCount('socket') > 0 && over === undefined) this.watchConnecting(exchange);
    if (this.hasHeader('expect') || this.listensToInterim()) this.watchInterim(exchange);
    if (isWhole) nextTick(() => this.bodySent(), []);
    else this.sendMore(self, exchange);
  }

  private listensToInterim(): boolean {
    return this.listenerCount('information') > 0 || this.listenerCount('continue') > 0;
  }

  private takeWaiting(self: Inside): Uint8Array | undefined {
    const waiting = self.waiting.splice(0);
    self.waitingBytes = 0;
    this.outputSize = 0;
    nextTick(() => tell(waiting), []);
    if (waiting.length <= 1) return waiting[0]?.chunk;
    return Buffer.concat(waiting.map(({ chunk }) => chunk));
  }

  private sendMore(self: Inside, exchange: Exchange): void {
    if (self.isSending || self.isBodySent) return;
    if (self.waiting.length === 0) {
      if (!self.hasEnded) return;
      self.isSending = true;
      exchange.end(undefined, () => {});
      nextTick(() => this.bodySent(), []);
      return;
    }
    const waiting = self.waiting.splice(0);
    const bytes = Buffer.concat(waiting.map(({ chunk }) => chunk)) as unknown as Uint8Array;
    // A kernel takes a little at once, so programs are used to hearing so before any response.
    const isLittle = bytes.byteLength < mostWaiting;
    if (isLittle) nextTick(() => tell(waiting), []);
    self.isSending = true;
    exchange.write(bytes, (error) => {
      self.isSending = false;
      self.waitingBytes -= bytes.byteLength;
      this.outputSize = self.waitingBytes;
      this.touch();
      if (!isLittle) tell(waiting, error);
      // Why it failed comes with the head, or the response is there already and says it.
      if (error !== undefined || this.destroyed) return;
      if (self.waiting.length === 0) this.emitDrain();
      this.sendMore(self, exchange);
    });
  }

  private bodySent(): void {
    const self = inside.of(this);
    self.isBodySent = true;
    this.touch();
    this._finish();
    self.onEnd?.();
    this.closeWhenOver();
  }

  private touch(): void {
    const { socket } = this;
    if (socket instanceof Socket) socket.touch();
  }

  /** Those who look at the socket want to know when it is connected. */
  private watchConnecting(exchange: Exchange): void {
    exchange.connected((facts) => {
      if (!this.destroyed) this.showConnected(facts);
    });
  }

  private showConnected(facts: object): void {
    const socket = this.socket as unknown as Socket;
    if (!socket.connecting) return;
    socket.connecting = false;
    Object.assign(socket, facts);
    socket.emit('connect');
    socket.emit('ready');
    if (this.protocol === 'https:') socket.emit('secureConnect');
  }

  private watchInterim(exchange: Exchange): void {
    exchange.interim((error, interim) => {
      if (error !== undefined || interim === undefined || this.destroyed) return;
      const { status, statusText, headers } = interim;
      if (status === 100) this.emit('continue');
      this.emit('information', {
        statusCode: status,
        statusMessage: statusText,
        httpVersion: '1.1',
        httpVersionMajor: 1,
        httpVersionMinor: 1,
        headers: Object.fromEntries(
          headerPairs(headers).map(([name, value]) => [name.toLowerCase(), value]),
        ),
        rawHeaders: headers,
      });
      this.watchInterim(exchange);
    });
  }

  private failed(error: Error | undefined): void {
    inside.of(this).exchange = undefined;
    this.destroy(error ?? hangUp());
  }

  private respond(exchange: Exchange, head: ResponseHead): void {
    if (this.destroyed) {
      exchange.destroy();
      return;
    }
    this.reusedSocket = head.reusedSocket;
    const { localAddress, localPort, remoteAddress, remotePort, remoteFamily, tls } = head;
    this.showConnected({
      localAddress,
      localPort,
      remoteAddress,
      remotePort,
      remoteFamily,
      ...tls,
    });
    this.touch();
    const response = new ClientResponse(this, exchange, head);
    this.res = response;
    if (head.isUpgrade) {
      this.switchProtocol(exchange, head, response);
      return;
    }
    response.whenOver(() => this.closeWhenOver());
    if (!this.emit('response', response)) response._dump();
  }

  private switchProtocol(exchange: Exchange, head: ResponseHead, response: ClientResponse): void {
    const event = this.method === 'CONNECT' ? 'connect' : 'upgrade';
    this.upgradeOrConnect = true;
    const socket = new Socket();
    socket.adopt(exchange.id, head);
    this._closed = true;
    if (!this.emit(event, response, socket, Buffer.alloc(0))) socket.destroy();
    this.destroyed = true;
    this.emit('close');
  }

  /** Both directions have ended. */
  private closeWhenOver(): void {
    const { isBodySent } = inside.of(this);
    if (this._closed || !isBodySent || this.res?.isOver !== true) return;
    this.destroyed = true;
    this.close();
  }

  private close(): void {
    this._closed = true;
    const { socket } = this;
    if (socket instanceof Socket) {
      socket.setTimeout(0);
      if (inside.of(this).over !== undefined) socket.destroy();
    }
    this.emit('close');
  }

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    nextTick(() => this.emit('abort'), []);
    this.destroy();
  }

  override destroy(error?: Error | null): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    inside.of(this).exchange?.destroy();
    const { res, socket } = this;
    if (res !== null && !res.complete) res.destroy(error ?? aborted());
    const reason = error ?? (res === null ? hangUp() : null);
    nextTick(() => {
      if (reason !== null) this.emit('error', reason);
      this._closed = true;
      if (socket instanceof Socket) socket.destroy();
      this.emit('close');
    }, []);
    return this;
  }

  override setTimeout(delayMs: number, done?: () => void): this {
    this.timeout = delayMs;
    if (done !== undefined) this.once('timeout', done);
    const { socket } = this;
    if (socket instanceof Socket) socket.setTimeout(delayMs);
    return this;
  }

  setNoDelay(isOn?: boolean): void {
    this.whenSocket((socket) => void socket.setNoDelay(isOn));
  }

  setSocketKeepAlive(isOn?: boolean, delayMs?: number): void {
    this.whenSocket((socket) => void socket.setKeepAlive(isOn, delayMs));
  }

  clearTimeout(done?: () => void): void {
    this.setTimeout(0, done);
  }

  private whenSocket(action: (socket: Socket) => void): void {
    if (this.socket instanceof Socket) action(this.socket);
    else this.once('socket', action);
  }
}

function initialize(self: ClientRequestClass, args: readonly unknown[]): void {
  const { options, done } = readRequestArguments(args);
  const agent = agentOf(options);
  const protocol = options.protocol ?? (options._defaultAgent as Agent).protocol;
  const expected = agent?.protocol ?? (options._defaultAgent as Agent).protocol;
  checkPath(options.path);
  if (protocol !== expected) {
    throw errorWithCode(
      'ERR_INVALID_PROTOCOL',
      `Protocol "${protocol}" not supported. Expected "${expected}"`,
      TypeError,
    );
  }
  const defaultPort =
    options.defaultPort ?? agent?.defaultPort ?? (protocol === 'https:' ? 443 : 80);
  const port = Number(
    options.port === undefined || options.port === '' ? defaultPort : options.port,
  );
  const host =
    readHost(options.hostname, 'hostname') ?? readHost(options.host, 'host') ?? 'localhost';
  const method = readMethod(options.method);
  options.host = host;
  options.port = port;

  inside.put(self, {
    options,
    host,
    port,
    mayStart: false,
    wantsToLeave: false,
    isScheduled: false,
    exchange: undefined,
    over: undefined,
    isSending: false,
    hasEnded: false,
    isBodySent: false,
    waiting: [],
    waitingBytes: 0,
    onEnd: undefined,
  });
  self.agent = agent;
  self.method = method;
  self.path = options.path ?? '/';
  self.host = host;
  self.protocol = protocol;
  self.res = null;
  self.aborted = false;
  self.timeout = options.timeout;
  self.timeoutCb = null;
  self.upgradeOrConnect = false;
  self.reusedSocket = false;
  self.maxHeadersCount = null;
  self.maxHeaderSize = options.maxHeaderSize;
  self.parser = null;
  self._ended = false;
  self.useChunkedEncodingByDefault = ![
    'GET',
    'HEAD',
    'DELETE',
    'OPTIONS',
    'TRACE',
    'CONNECT',
  ].includes(method);
  const keeps = agent !== undefined && (agent.keepAlive || Number.isFinite(agent.maxSockets));
  self.shouldKeepAlive = keeps;
  self._last = !keeps;
  if (done !== undefined) self.once('response', done);
  setHeaders(self, options, { host, port, defaultPort });
  followSignal(self, options.signal);
  begin(self, options, inside.of(self));
}

function tell(waiting: readonly { readonly done: Done | undefined }[], error?: Error): void {
  for (const { done } of waiting) done?.(error);
}

function hangUp(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

function aborted(): Error {
  return Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
}

export type ClientRequest = ClientRequestClass;
export const ClientRequest: typeof ClientRequestClass = callable(
  ClientRequestClass,
  (self, args) => {
    Reflect.apply(Stream, self, []);
    initializeOutgoing(self);
    initialize(self, args);
  },
);
