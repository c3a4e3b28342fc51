import { askHost, startHost, type HostOperation } from '../../host.ts';
import { ERR_INVALID_ARG_TYPE, errorWithCode } from '../../node/internal/errors.ts';
import { Socket, takeHandle } from '../../node/net.ts';
import { nextTick } from '../../ticks.ts';
import { clearTimeout, setTimeout } from '../../timers.ts';
import { hostData, hostText } from '../../web/internal/host-text.ts';
import { nextHandle, releaseHandle } from '../../web/internal/host-handles.ts';
import { EventEmitter } from '../net/streams.ts';
import { tlsQuestion, type TlsOptions } from '../tls/options.ts';
import { ClientHttp2Stream, type StreamOwner } from './client-stream.ts';
import { listOf, type Http2Headers } from './headers.ts';

export interface SessionOptions extends TlsOptions {
  readonly createConnection?: (authority: object, options: object) => unknown;
  readonly socket?: unknown;
  readonly settings?: object;
  readonly protocol?: string;
  readonly port?: number;
  readonly host?: string;
}

interface UrlLike {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
  readonly host: string;
  readonly origin: string;
}

type Listener = (...args: never[]) => void;

const withoutBody = new Set(['GET', 'HEAD', 'DELETE']);

/** https://nodejs.org/api/http2.html#class-clienthttp2session over a session of the host. */
export class ClientHttp2Session extends EventEmitter implements StreamOwner {
  readonly type: number = 1;
  handle: number | undefined = undefined;
  connecting: boolean = true;
  closed: boolean = false;
  destroyed: boolean = false;
  encrypted: boolean;
  alpnProtocol: string | undefined = undefined;
  socket: Socket;
  readonly originSet: string[];
  readonly #authority: UrlLike;
  readonly #options: SessionOptions;
  readonly #streams = new Set<object>();
  readonly #operations = new Set<HostOperation>();
  #isRef = true;
  #timeoutMs = 0;
  #timer: unknown;

  constructor(authority: UrlLike, options: SessionOptions) {
    super();
    this.#authority = authority;
    this.#options = options;
    this.encrypted = authority.protocol === 'https:';
    this.originSet = [authority.origin];
    this.socket = new Socket();
    this.socket.connecting = true;
    nextTick(() => this.#connect(), []);
  }

  #connect(): void {
    if (this.destroyed) return;
    const { createConnection, socket: given } = this.#options;
    let own: unknown;
    try {
      own = given ?? createConnection?.(this.#authority, this.#options);
    } catch (error) {
      this.destroy(error as Error);
      return;
    }
    if (own === undefined || own === null) this.#open(undefined);
    else if (own instanceof Socket) this.#connectOver(own);
    else
      this.destroy(
        errorWithCode(
          'ERR_INVALID_ARG_VALUE',
          'HTTP/2 needs a socket of node:net or node:tls here',
          TypeError,
        ),
      );
  }

  #connectOver(socket: Socket): void {
    this.socket = socket;
    socket.on('error', (error: Error) => this.destroy(error));
    const open = (): void => {
      const over = takeHandle(socket);
      if (over === undefined) this.destroy(errorWithCode('ECONNRESET', 'socket hang up'));
      else this.#open(over);
    };
    if (socket.connecting) socket.once('connect', open);
    else open();
  }

  #open(over: number | undefined): void {
    const { hostname, port, protocol, origin } = this.#authority;
    const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
    const id = nextHandle();
    let tls: object | undefined;
    try {
      tls =
        this.encrypted && over === undefined
          ? tlsQuestion({ ...this.#options, host, ALPNProtocols: ['h2'] })
          : undefined;
    } catch (error) {
      this.destroy(error as Error);
      return;
    }
    const question = {
      id,
      authority: origin,
      host,
      port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
      isSecure: tls !== undefined,
      tls,
      over,
    };
    this.handle = id;
    this.#ask('h2.connect', question, (error, answer) => {
      if (error === undefined) this.#connected(answer ?? '{}');
      else this.destroy(error);
    });
  }

  #connected(answer: string): void {
    if (this.destroyed) return;
    const { alpnProtocol, tls, ...addresses } = hostData(answer) as Record<string, unknown>;
    this.connecting = false;
    this.alpnProtocol = (alpnProtocol as string | undefined) ?? 'h2c';
    this.socket.connecting = false;
    Object.assign(this.socket, addresses, tls);
    this.#ask('h2.ended', { id: this.handle }, (_error, ended) => this.#ended(ended ?? '{}'));
    this.emit('connect', this, this.socket);
    this.emit('remoteSettings', this.remoteSettings);
  }

  #ended(answer: string): void {
    const { failure, goaway } = hostData(answer) as {
      failure?: { message: string; code: string };
      goaway?: { code: number; lastStreamId: number };
    };
    if (goaway !== undefined) this.emit('goaway', goaway.code, goaway.lastStreamId, undefined);
    this.handle = undefined;
    this.destroy(failure === undefined ? undefined : errorWithCode(failure.code, failure.message));
  }

  #ask(
    name: string,
    question: object,
    done: (error: Error | undefined, answer?: string) => void,
  ): void {
    const operation = startHost(name, hostText(question), undefined, (error, answer) => {
      this.#operations.delete(operation);
      this.touch();
      done(error, typeof answer === 'string' ? answer : undefined);
    });
    this.#operations.add(operation);
    if (!this.#isRef) operation.ref(false);
  }

  request(
    headers: Http2Headers = {},
    options: { endStream?: boolean; signal?: unknown } = {},
  ): ClientHttp2Stream {
    if (this.destroyed)
      throw errorWithCode('ERR_HTTP2_INVALID_SESSION', 'The session has been destroyed');
    if (this.closed) {
      throw errorWithCode(
        'ERR_HTTP2_GOAWAY_SESSION',
        'New streams cannot be created after receiving a GOAWAY',
      );
    }
    if (typeof headers !== 'object') throw new ERR_INVALID_ARG_TYPE('headers', 'Object', headers);
    const method = String(headers[':method'] ?? 'GET');
    const all: Http2Headers = {
      ':method': method,
      ':path': '/',
      ':scheme': this.#authority.protocol.slice(0, -1),
      ...headers,
    };
    if (all[':authority'] === undefined && all['host'] === undefined)
      all[':authority'] = this.#authority.host;
    const stream = new ClientHttp2Stream(this, {
      sent: all,
      list: listOf(all),
      ends: options.endStream ?? withoutBody.has(method),
    });
    this.#streams.add(stream);
    followSignal(stream, options.signal);
    return stream;
  }

  whenConnected(action: () => void): void {
    if (this.connecting) this.once('connect', action);
    else action();
  }

  streamEnded(stream: object): void {
    this.#streams.delete(stream);
    if (this.closed && this.#streams.size === 0) nextTick(() => this.destroy(), []);
  }

  ping(payloadOrDone?: unknown, done?: unknown): boolean {
    const callback = (typeof payloadOrDone === 'function' ? payloadOrDone : done) as
      | ((error: Error | null, durationMs: number, payload: unknown) => void)
      | undefined;
    if (this.destroyed || this.connecting) return false;
    this.#ask('h2.ping', { id: this.handle }, (error, answer) => {
      callback?.(error ?? null, Number(answer), payloadOrDone);
    });
    return true;
  }

  close(done?: Listener): void {
    if (done !== undefined) this.once('close', done);
    if (this.closed || this.destroyed) return;
    this.closed = true;
    if (this.#streams.size === 0) this.destroy();
  }

  destroy(error?: Error | number | null, _code?: number): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.closed = true;
    this.connecting = false;
    clearTimeout(this.#timer);
    for (const operation of this.#operations) operation.cancel();
    this.#operations.clear();
    const reason = error instanceof Error ? error : undefined;
    // As in Node, what has not left yet fails, and what is under way ends without a word.
    for (const stream of this.#streams as Set<ClientHttp2Stream>) {
      stream.destroy(stream.headersSent ? reason : (reason ?? cancelled()));
    }
    if (this.handle !== undefined) releaseHandle(this.handle);
    this.handle = undefined;
    this.socket.destroy();
    nextTick(() => {
      if (reason !== undefined) this.emit('error', reason);
      this.emit('close');
    }, []);
  }

  goaway(): void {
    this.closed = true;
  }

  setTimeout(delayMs: number, done?: Listener): this {
    if (done !== undefined) this.once('timeout', done);
    this.#timeoutMs = delayMs;
    clearTimeout(this.#timer);
    this.touch();
    return this;
  }

  touch(): void {
    if (this.#timeoutMs === 0 || this.destroyed) return;
    clearTimeout(this.#timer);
    const timer = setTimeout(() => this.emit('timeout'), this.#timeoutMs) as { unref(): void };
    timer.unref();
    this.#timer = timer;
  }

  settings(
    _settings?: object,
    done?: (error: null, settings: object, durationMs: number) => void,
  ): void {
    nextTick(() => done?.(null, this.localSettings, 0), []);
  }

  setLocalWindowSize(): void {}

  ref(): void {
    this.#setRef(true);
  }

  unref(): void {
    this.#setRef(false);
  }

  #setRef(isRef: boolean): void {
    this.#isRef = isRef;
    for (const operation of this.#operations) operation.ref(isRef);
  }

  get localSettings(): object {
    return hostData(askHost('h2.defaultSettings')) as object;
  }

  get remoteSettings(): object {
    if (this.handle === undefined || this.connecting) return {};
    return hostData(askHost('h2.remoteSettings', hostText({ id: this.handle }))) as object;
  }

  get pendingSettingsAck(): boolean {
    return this.connecting;
  }

  get state(): object {
    return {};
  }
}

function cancelled(): Error {
  return errorWithCode('ERR_HTTP2_STREAM_CANCEL', 'The pending stream has been canceled');
}

function followSignal(stream: ClientHttp2Stream, signal: unknown): void {
  if (typeof signal !== 'object' || signal === null) return;
  const source = signal as {
    readonly aborted: boolean;
    readonly reason: unknown;
    addEventListener(name: string, listener: () => void, options: object): void;
    removeEventListener(name: string, listener: () => void): void;
  };
  const onAbort = (): void => {
    const error = errorWithCode('ABORT_ERR', 'The operation was aborted');
    stream.destroy(Object.assign(error, { name: 'AbortError', cause: source.reason }));
  };
  if (source.aborted) {
    nextTick(onAbort, []);
    return;
  }
  source.addEventListener('abort', onAbort, { once: true });
  stream.once('close', () => source.removeEventListener('abort', onAbort));
}
