import { askHost } from '../host.ts';
import { nextTick } from '../ticks.ts';
import { hidden } from '../cores/net/hidden.ts';
import { callable } from '../cores/net/callable.ts';
import type { ConnectOptions } from '../cores/net/connect-options.ts';
import { readCertificates } from '../cores/tls/certificate.ts';
import {
  SecureContext,
  rejectsUnauthorized,
  tlsQuestion,
  type TlsOptions,
} from '../cores/tls/options.ts';
import { checkServerIdentity } from '../cores/tls/server-identity.ts';
import { hostData, hostText } from '../web/internal/host-text.ts';
import { nextHandle } from '../web/internal/host-handles.ts';
import { errorWithCode } from './internal/errors.ts';
import { Server as NetServer, Socket, askFor, takeHandle } from './net.ts';

interface SecureOptions extends TlsOptions, ConnectOptions {
  host?: string;
  socket?: unknown;
  isServer?: boolean;
}

interface SecureFacts {
  readonly authorized: boolean;
  readonly authorizationError: string | null;
  readonly alpnProtocol: string | false;
  readonly protocol: string | null;
  readonly cipher: object;
  readonly sessionReused: boolean;
  readonly servername: string | false;
  readonly localAddress?: string;
}

/** What a socket is behind its face. */
interface Inside {
  facts: SecureFacts | undefined;
  /** The host's number, after the handshake. */
  handle: number | undefined;
  options: SecureOptions;
}

const inside = hidden<Inside>();

/** https://nodejs.org/api/tls.html#class-tlstlssocket: the handshake is the host's. */
class TLSSocketClass extends Socket {
  declare encrypted: true;
  declare authorized: boolean;
  declare authorizationError: unknown;
  declare alpnProtocol: string | false | null;
  declare servername: string | false | null;
  declare secureConnecting: boolean;
  declare ssl: object | null;

  constructor(socket?: unknown, options: SecureOptions = {}) {
    super({ ...(options.signal !== undefined && { signal: options.signal }) });
    initialize(this, socket, options);
  }

  /** A connection of its own; Node's `connect` of a TLSSocket does the handshake too. */
  override connect(...args: unknown[]): this {
    const [first] = args;
    if (typeof first === 'object' && first !== null && !Array.isArray(first)) {
      const self = inside.of(this);
      self.options = { ...self.options, ...first };
    }
    return super.connect(...args);
  }

  /** @internal TCP and TLS at once. */
  protected override dial(host: string, port: number, family: 0 | 4 | 6): void {
    this.handshake({ host, port, family });
  }

  /** @internal */
  handshake(question: object): void {
    const id = nextHandle();
    let tls: object;
    try {
      tls = tlsQuestion(inside.of(this).options);
    } catch (error) {
      nextTick(() => this.destroy(error as Error), []);
      return;
    }
    this.setHandle(id);
    askFor(this, 'tls.connect', { ...question, id, tls }, undefined, (error, answer) => {
      if (error === undefined) this.agreed(id, hostData(answer) as SecureFacts);
      else this.failed(error);
    });
  }

  private agreed(id: number, agreed: SecureFacts): void {
    const self = inside.of(this);
    self.facts = agreed;
    self.handle = id;
    this.authorized = agreed.authorized;
    this.authorizationError = agreed.authorizationError;
    this.alpnProtocol = agreed.alpnProtocol;
    this.servername = agreed.servername;
    this.secureConnecting = false;
    const doubt = this.doubtOf(inside.of(this).options);
    if (doubt === undefined) this.connected(agreed);
    else this.destroy(doubt);
  }

  /** The program's own check of who the other side is. */
  private doubtOf(options: SecureOptions): Error | undefined {
    const { checkServerIdentity: check, servername, host } = options;
    if (check === undefined || !this.authorized) return undefined;
    const doubt = check(servername ?? host ?? 'localhost', this.getPeerCertificate(true));
    if (doubt === undefined || rejectsUnauthorized(options)) return doubt;
    this.authorized = false;
    this.authorizationError = (doubt as { code?: unknown }).code ?? doubt.message;
    return undefined;
  }

  private failed(error: Error & { code?: string }): void {
    this.setHandle(undefined);
    this.authorizationError = error.code ?? error.message;
    this.destroy(error);
  }

  /** @internal */
  override announce(): void {
    super.announce();
    this.emit('secure');
    this.emit('secureConnect');
  }

  getPeerCertificate(isDetailed?: boolean): object {
    const { handle } = inside.of(this);
    if (handle === undefined || this.destroyed) return {};
    const answer = askHost('tls.peer', hostText({ id: handle }));
    const chain = hostData(answer) as Record<string, unknown>[];
    return readCertificates(chain, isDetailed === true);
  }

  getCertificate(): object {
    return {};
  }

  getProtocol(): string | null {
    return inside.of(this).facts?.protocol ?? null;
  }

  getCipher(): object {
    return inside.of(this).facts?.cipher ?? {};
  }

  isSessionReused(): boolean {
    return inside.of(this).facts?.sessionReused ?? false;
  }

  getSession(): undefined {
    return undefined;
  }

  setSession(): void {}

  getTLSTicket(): undefined {
    return undefined;
  }

  getEphemeralKeyInfo(): object {
    return {};
  }

  getFinished(): undefined {
    return undefined;
  }

  getPeerFinished(): undefined {
    return undefined;
  }

  getSharedSigalgs(): string[] {
    return [];
  }

  getX509Certificate(): undefined {
    return undefined;
  }

  getPeerX509Certificate(): undefined {
    return undefined;
  }

  setServername(name: string): void {
    inside.of(this).options.servername = name;
  }

  setMaxSendFragment(): boolean {
    return true;
  }

  disableRenegotiation(): void {}

  enableTrace(): void {}

  renegotiate(_options: object, done?: (error: Error) => void): false {
    const error = errorWithCode(
      'ERR_TLS_RENEGOTIATION_DISABLED',
      'TLS session renegotiation disabled',
    );
    if (done !== undefined) nextTick(() => done(error), []);
    return false;
  }

  exportKeyingMaterial(): never {
    throw errorWithCode('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', 'Keying material stays on the host');
  }
}

function initialize(self: TLSSocketClass, socket: unknown, options: SecureOptions): void {
  self.encrypted = true;
  self.authorized = false;
  self.authorizationError = null;
  self.alpnProtocol = null;
  self.servername = null;
  self.secureConnecting = true;
  self.ssl = {};
  inside.put(self, { facts: undefined, handle: undefined, options });
  if (options.isServer === true) {
    throw errorWithCode('EACCES', 'A function cannot be the server of a TLS connection');
  }
  if (socket !== undefined && socket !== null) startOver(self, socket);
}

/** TLS over a connection that is there or on its way. */
function startOver(self: TLSSocketClass, socket: unknown): void {
  if (!(socket instanceof Socket)) {
    throw errorWithCode(
      'ERR_INVALID_ARG_VALUE',
      'TLS here needs a socket of node:net below it, not another kind of stream',
      TypeError,
    );
  }
  self.connecting = true;
  socket.on('error', (error: Error) => self.destroy(error));
  socket.once('close', () => self.destroy());
  self.once('close', () => socket.destroy());
  const begin = (): void => {
    const over = takeHandle(socket);
    const gone = 'Client network socket disconnected before secure TLS connection was established';
    if (over === undefined) self.destroy(errorWithCode('ECONNRESET', gone));
    else self.handshake({ over });
  };
  if (socket.connecting) socket.once('connect', begin);
  else nextTick(begin, []);
}

export type TLSSocket = TLSSocketClass;
export const TLSSocket: typeof TLSSocketClass = callable(
  TLSSocketClass,
  (self, [socket, options]) => {
    Reflect.apply(Socket, self, []);
    initialize(self, socket, options ?? {});
  },
);

/** `(options, done?)`, `(port, host?, options?, done?)` */
function connect(...args: unknown[]): TLSSocket {
  const done = args.find((arg) => typeof arg === 'function') as
    | ((...a: never[]) => void)
    | undefined;
  const given = args.find((arg): arg is SecureOptions => typeof arg === 'object' && arg !== null);
  const [port, host] = args;
  const options: SecureOptions = {
    ...(typeof port !== 'object' && { port: port as number }),
    ...(typeof host === 'string' && { host }),
    ...given,
  };
  const socket = new TLSSocket(options.socket, options);
  if (done !== undefined) socket.once('secureConnect', done);
  if (options.timeout !== undefined) socket.setTimeout(options.timeout);
  if (options.socket === undefined || options.socket === null) {
    socket.connect({ ...options, host: options.host ?? 'localhost' });
  }
  return socket;
}

class TLSServer extends NetServer {
  setTicketKeys(): void {}
  addContext(): void {}
  setSecureContext(): void {}
}
const Server = callable(TLSServer, (self, args) => Reflect.apply(NetServer, self, args));

let roots: readonly string[] | undefined;
const rootCertificates = (): readonly string[] =>
  (roots ??= Object.freeze(hostData(askHost('tls.rootCertificates')) as string[]));
const ciphers = (): string[] => hostData(askHost('tls.ciphers')) as string[];

export const builtin = {
  CLIENT_RENEG_LIMIT: 3,
  CLIENT_RENEG_WINDOW: 600,
  DEFAULT_CIPHERS:
    'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:' +
    'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:' +
    'ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA256:' +
    'DHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-SHA256:' +
    'DHE-RSA-AES256-SHA256:HIGH:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5:!PSK:!SRP:!CAMELLIA',
  DEFAULT_ECDH_CURVE: 'auto',
  DEFAULT_MAX_VERSION: 'TLSv1.3',
  DEFAULT_MIN_VERSION: 'TLSv1.2',
  SecureContext,
  Server,
  TLSSocket,
  checkServerIdentity,
  connect,
  convertALPNProtocols: (names: string[], out: { ALPNProtocols?: unknown }) => {
    out.ALPNProtocols = names;
  },
  createSecureContext: (options?: TlsOptions) => new SecureContext(options),
  createServer: (...args: unknown[]) => new Server(...args),
  getCACertificates: (kind = 'default') => (kind === 'extra' ? [] : [...rootCertificates()]),
  getCiphers: ciphers,
  get rootCertificates(): readonly string[] {
    return rootCertificates();
  },
};
