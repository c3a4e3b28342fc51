import { Duplex, addAbortSignal } from './streams.ts';
import { startHost, type HostOperation } from '../../host.ts';
import { nextTick } from '../../ticks.ts';
import { Buffer } from '../../node/buffer.ts';
import { errorWithCode } from '../../node/internal/errors.ts';
import { validateFunction, validateNumber } from '../../node/internal/validators.ts';
import { clearTimeout, setTimeout } from '../../timers.ts';
import {
  mostBytesAtOnce,
  nextHandle,
  ownBuffer,
  releaseHandle,
} from '../../web/internal/host-handles.ts';
import { hostData, hostText } from '../../web/internal/host-text.ts';
import { callable } from './callable.ts';
import { hidden } from './hidden.ts';
import {
  checkConnectOptions,
  familyOf,
  readConnectArguments,
  type ConnectOptions,
} from './connect-options.ts';
import { isIP } from './ip.ts';

/** Addresses of both ends, as the host tells them. */
export interface SocketFacts {
  readonly localAddress?: string;
  readonly localPort?: number;
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  readonly remoteFamily?: string;
}

/** What a socket is behind its face: the host's handle and what waits for it. */
interface Inside {
  /** The host's number, from the start of connecting until the socket is closed or taken over. */
  handle: number | undefined;
  isConnected: boolean;
  /** Somebody else, TLS or HTTP, has the handle; no bytes arrive here any more. */
  isTaken: boolean;
  isRef: boolean;
  wantsBytes: boolean;
  /** The program resolves names itself. */
  looksUp: boolean;
  operations: Set<HostOperation>;
  isReading: boolean;
  options: { noDelay?: boolean; keepAlive?: boolean; delayMs?: number };
  timer: unknown;
  bytesRead: number;
  bytesWritten: number;
}

export interface SocketOptions {
  readonly allowHalfOpen?: boolean;
  readonly signal?: unknown;
  readonly highWaterMark?: number;
  readonly fd?: unknown;
}

const inside = hidden<Inside>();

/** https://nodejs.org/api/net.html#class-netsocket over a socket of the host. */
class SocketClass extends Duplex {
  declare connecting: boolean;
  declare timeout: number;
  declare localAddress: string | undefined;
  declare localPort: number | undefined;
  declare localFamily: string | undefined;
  declare remoteAddress: string | undefined;
  declare remotePort: number | undefined;
  declare remoteFamily: string | undefined;
  declare server: null;
  declare _host: string | null;

  constructor(options?: SocketOptions | number) {
    super(streamOptions(options));
    initialize(this, options);
  }

  connect(...args: unknown[]): this {
    // `net.connect` of older programs passes the arguments as a list.
    const given = args.length === 1 && Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
    const { options, done } = readConnectArguments(given);
    const port = checkConnectOptions(options);
    if (done !== undefined) this.once('connect', done);
    if (this.connecting || inside.of(this).isConnected) return this;
    this.connecting = true;
    this.applyOptions(options);
    const refusal = refusalOf(options);
    if (refusal !== undefined) nextTick(() => this.destroy(refusal), []);
    else this.find(options, port);
    return this;
  }

  /** @internal */
  applyOptions(options: ConnectOptions): void {
    if (options.timeout !== undefined) this.setTimeout(options.timeout);
    if (options.noDelay !== undefined) this.setNoDelay(options.noDelay);
    if (options.keepAlive === true) this.setKeepAlive(true, options.keepAliveInitialDelay);
  }

  /** The program may resolve the name itself; the host checks the address either way. */
  private find(options: ConnectOptions, port: number): void {
    const { host = 'localhost', lookup } = options;
    const family = familyOf(options.family);
    this._host = host;
    if (lookup === undefined || isIP(host) !== 0) {
      this.dial(host, port, family);
      return;
    }
    inside.of(this).looksUp = true;
    lookup(host, { family, hints: 0, all: false }, (error, found) => {
      if (this.destroyed) return;
      const address = Array.isArray(found) ? found[0]?.address : found;
      const version = isIP(address);
      this.emit('lookup', error, address, version === 0 ? undefined : version, host);
      if (error !== null && error !== undefined) this.destroy(error);
      else if (address === undefined) this.destroy(notFound(host));
      else this.dial(address, port, 0);
    });
  }

  /** @internal */
  protected dial(host: string, port: number, family: 0 | 4 | 6): void {
    const id = nextHandle();
    this.setHandle(id);
    askFor(this, 'net.connect', { id, host, port, family }, undefined, (error, answer) => {
      if (error !== undefined) {
        this.setHandle(undefined);
        this.destroy(error);
      } else {
        this.connected(hostData(answer) as SocketFacts);
      }
    });
  }

  /** @internal The host's socket is there. */
  connected(facts: SocketFacts): void {
    if (this.destroyed) return;
    const self = inside.of(this);
    self.isConnected = true;
    this.connecting = false;
    Object.assign(this, facts);
    this.localFamily = facts.localAddress?.includes(':') === true ? 'IPv6' : 'IPv4';
    this.touch();
    if (Object.keys(self.options).length > 0) this.configure();
    this.announce();
    if (self.wantsBytes || this.readableFlowing !== false) this.read(0);
    if (self.wantsBytes) this._read();
  }

  /** @internal */
  announce(): void {
    const { _host: host, remoteAddress } = this;
    if (host !== null && isIP(host) === 0 && !inside.of(this).looksUp) {
      this.emit('lookup', null, remoteAddress, isIP(remoteAddress), host);
    }
    this.emit('connect');
    this.emit('ready');
  }

  /** @internal */
  setHandle(handle: number | undefined): void {
    inside.of(this).handle = handle;
  }

  /** @internal Uses a socket that the host has connected already. */
  adopt(handle: number, facts: SocketFacts): void {
    inside.of(this).handle = handle;
    this.connected(facts);
  }

  override _read(): void {
    const self = inside.of(this);
    if (self.isTaken || self.isReading) return;
    self.wantsBytes = true;
    if (!self.isConnected || self.handle === undefined) return;
    self.wantsBytes = false;
    self.isReading = true;
    askFor(this, 'net.read', { id: self.handle }, undefined, (error, answer) => {
      self.isReading = false;
      this.touch();
      if (error !== undefined) {
        this.destroy(error);
      } else if (answer instanceof ArrayBuffer) {
        self.bytesRead += answer.byteLength;
        this.push(Buffer.from(answer));
      } else {
        this.push(null);
        this.read(0);
      }
    });
  }

  override _write(
    chunk: Uint8Array,
    _encoding: string,
    done: (error?: Error | null) => void,
  ): void {
    const { handle, isConnected, isTaken } = inside.of(this);
    if (this.connecting) {
      this.whenConnected(() => this._write(chunk, '', done), done);
    } else if (!isConnected || handle === undefined || isTaken) {
      done(errorWithCode('ERR_SOCKET_CLOSED', 'Socket is closed'));
    } else {
      this.send(handle, chunk, 0, done);
    }
  }

  override _writev(chunks: { chunk: Uint8Array }[], done: (error?: Error | null) => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), '', done);
  }

  private send(
    handle: number,
    bytes: Uint8Array,
    from: number,
    done: (error?: Error | null) => void,
  ): void {
    const to = Math.min(from + mostBytesAtOnce, bytes.byteLength);
    askFor(this, 'net.write', { id: handle }, ownBuffer(bytes, from, to), (error) => {
      this.touch();
      inside.of(this).bytesWritten += error === undefined ? to - from : 0;
      if (error !== undefined || to >= bytes.byteLength) done(error);
      else this.send(handle, bytes, to, done);
    });
  }

  override _final(done: (error?: Error | null) => void): void {
    const { handle, isConnected } = inside.of(this);
    if (this.connecting) {
      this.whenConnected(() => this._final(done), done);
    } else if (!isConnected || handle === undefined) {
      done();
    } else {
      // The other side may be gone already; whoever reads is told.
      askFor(this, 'net.shutdown', { id: handle }, undefined, () => done());
    }
  }

  private whenConnected(go: () => void, done: (error?: Error | null) => void): void {
    const onClose = (): void => {
      done(
        errorWithCode(
          'ERR_SOCKET_CLOSED_BEFORE_CONNECTION',
          'Socket closed before the connection was established',
        ),
      );
    };
    this.once('close', onClose);
    this.once('connect', () => {
      this.off('close', onClose);
      go();
    });
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const self = inside.of(this);
    this.connecting = false;
    clearTimeout(self.timer);
    for (const operation of self.operations) operation.cancel();
    self.operations.clear();
    if (self.handle !== undefined) releaseHandle(self.handle);
    self.handle = undefined;
    done(error);
    // After the error event, which the stream puts into the queue first.
    nextTick(() => nextTick(() => this.emit('close', error !== null), []), []);
  }

  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  resetAndDestroy(): this {
    return this.destroy();
  }

  setTimeout(delayMs: number, done?: (...args: never[]) => void): this {
    validateNumber(delayMs, 'msecs', 0);
    if (done !== undefined) validateFunction(done, 'callback');
    this.timeout = delayMs;
    if (delayMs === 0) {
      clearTimeout(inside.of(this).timer);
      if (done !== undefined) this.off('timeout', done);
    } else {
      this.touch();
      if (done !== undefined) this.once('timeout', done);
    }
    return this;
  }

  /** @internal Something happened: the time of idleness begins anew. */
  touch(): void {
    const self = inside.of(this);
    if (this.timeout === 0) return;
    clearTimeout(self.timer);
    const timer = setTimeout(() => this.emit('timeout'), this.timeout) as { unref(): void };
    timer.unref();
    self.timer = timer;
  }

  setNoDelay(isOn = true): this {
    inside.of(this).options.noDelay = Boolean(isOn);
    this.configure();
    return this;
  }

  setKeepAlive(isOn = false, delayMs = 0): this {
    Object.assign(inside.of(this).options, {
      keepAlive: Boolean(isOn),
      delayMs: Math.trunc(delayMs) || 0,
    });
    this.configure();
    return this;
  }

  private configure(): void {
    const { handle, isConnected, options } = inside.of(this);
    if (handle === undefined || !isConnected) return;
    startHost('net.configure', hostText({ id: handle, ...options }), undefined, () => {}).ref(
      false,
    );
  }

  ref(): this {
    return this.setRef(true);
  }

  unref(): this {
    return this.setRef(false);
  }

  private setRef(isRef: boolean): this {
    inside.of(this).isRef = isRef;
    for (const operation of inside.of(this).operations) operation.ref(isRef);
    return this;
  }

  address(): object {
    if (this.localAddress === undefined) return {};
    return { address: this.localAddress, family: this.localFamily, port: this.localPort };
  }

  get bytesRead(): number {
    return inside.of(this).bytesRead;
  }

  get bytesWritten(): number {
    return inside.of(this).bytesWritten + this.writableLength;
  }

  get bufferSize(): number {
    return this.writableLength;
  }

  get pending(): boolean {
    return !inside.of(this).isConnected || this.connecting;
  }

  get readyState(): string {
    if (this.connecting) return 'opening';
    if (this.readable && this.writable) return 'open';
    if (this.readable) return 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
  }
}

/**
 * Asks the host something that belongs to a socket. The event loop stays alive meanwhile, unless the socket
 * is unref'd. No method: programs must not reach it.
 */
export function askFor(
  socket: SocketClass,
  name: string,
  question: object,
  bytes: ArrayBuffer | undefined,
  done: (error: Error | undefined, answer: unknown) => void,
): void {
  const self = inside.of(socket);
  const operation = startHost(name, hostText(question), bytes, (error, answer) => {
    self.operations.delete(operation);
    done(error, answer);
  });
  self.operations.add(operation);
  if (!self.isRef) operation.ref(false);
}

/** Gives the host's socket to TLS or HTTP on top of it; nothing when there is none. */
export function takeHandle(socket: SocketClass): number | undefined {
  const self = inside.of(socket);
  const { handle } = self;
  if (handle === undefined || !self.isConnected || socket.destroyed) return undefined;
  for (const operation of self.operations) operation.cancel();
  self.operations.clear();
  self.isReading = false;
  self.handle = undefined;
  self.isTaken = true;
  return handle;
}

function streamOptions(options: SocketOptions | number | undefined) {
  if (typeof options === 'number' || options?.fd !== undefined) {
    throw errorWithCode('EACCES', 'A socket from a file descriptor is not available here');
  }
  const { allowHalfOpen = false, highWaterMark = mostBytesAtOnce } = options ?? {};
  return {
    allowHalfOpen: Boolean(allowHalfOpen),
    autoDestroy: true,
    emitClose: false,
    decodeStrings: true,
    highWaterMark,
  };
}

function initialize(self: SocketClass, options: SocketOptions | number | undefined): void {
  inside.put(self, {
    handle: undefined,
    isConnected: false,
    isTaken: false,
    isRef: true,
    wantsBytes: false,
    looksUp: false,
    operations: new Set(),
    isReading: false,
    options: {},
    timer: undefined,
    bytesRead: 0,
    bytesWritten: 0,
  });
  self.connecting = false;
  self.timeout = 0;
  self.server = null;
  self._host = null;
  const signal = typeof options === 'object' ? options.signal : undefined;
  if (signal !== undefined) addAbortSignal(signal, self);
}

/** What no environment can do, as the error that the connection ends with. */
function refusalOf({ path, localAddress, localPort }: ConnectOptions): Error | undefined {
  if (path !== undefined) {
    return connectError('EACCES', -13, `${path}: there are no local sockets here`, {
      address: path,
    });
  }
  // Clients pass on `null`, an empty text and 0 for an address that nobody chose.
  if (!localAddress && !localPort) return undefined;
  const address = `${localAddress || '0.0.0.0'}:${localPort || 0}`;
  return connectError('EADDRNOTAVAIL', -99, `${address}: the local address cannot be chosen here`, {
    address: localAddress || '0.0.0.0',
  });
}

function connectError(code: string, errno: number, text: string, fields: object): Error {
  const error = new Error(`connect ${code} ${text}`);
  return Object.assign(error, { errno, code, syscall: 'connect', ...fields });
}

function notFound(hostname: string): Error {
  const error = new Error(`getaddrinfo ENOTFOUND ${hostname}`);
  return Object.assign(error, {
    errno: -3008,
    code: 'ENOTFOUND',
    syscall: 'getaddrinfo',
    hostname,
  });
}

export type Socket = SocketClass;
export const Socket: typeof SocketClass = callable(SocketClass, (self, [options]) => {
  Reflect.apply(Duplex, self, [streamOptions(options)]);
  initialize(self, options);
});
