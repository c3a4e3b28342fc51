import { startHost, type HostOperation } from '../host.ts';
import { startFacts } from '../process.ts';
import { nextTick } from '../ticks.ts';
import { exactCopy } from '../web/internal/bytes.ts';
import { Buffer } from './buffer.ts';
import { EventEmitter } from './events.ts';
import { DatagramErrors } from './internal/dgram-errors.ts';
import { messageBytes, readSend, type Sending } from './internal/dgram-send.ts';
import { refusal } from './internal/refusals.ts';
import { networkError } from './internal/system-error.ts';
import { validateFunction } from './internal/validators.ts';

/** A datagram that has not left yet. */
interface Underway {
  bytes: number;
  operation?: HostOperation;
}

interface Address {
  readonly address: string;
  readonly family: 'IPv4' | 'IPv6';
  readonly port: number;
}

/** The address of the environment's own X-Ray daemon, whatever the program made of `process.env`. */
function daemonAddress(): Address | undefined {
  const text = startFacts()?.environment['AWS_XRAY_DAEMON_ADDRESS'] ?? '';
  const [, , host = '', port = ''] = /^(?:.*\b(udp):)?(\S+?):(\d+)(?:\s|$)/.exec(text) ?? [];
  if (host === '') return undefined;
  const isIPv6 = host.startsWith('[');
  return {
    address: isIPv6 ? host.slice(1, -1) : host,
    family: isIPv6 ? 'IPv6' : 'IPv4',
    port: Number(port),
  };
}

const daemon = daemonAddress();
const firstPort = 32_768;
let sockets = 0;

/** Why the network of a function refuses, behind Node's own words for it. */
function refused(call: string, address: string, port: number, why: string): Error {
  const error = networkError('EACCES', call, address, port);
  error.message += ` (${why})`;
  return error;
}

/**
 * A client for datagrams. The X-Ray daemon, which on AWS is a part of every environment, takes them; nothing
 * else does, and nobody sends any here.
 * https://nodejs.org/docs/latest-v24.x/api/dgram.html
 */
class Socket extends EventEmitter {
  readonly type: 'udp4' | 'udp6';
  #isOpen = true;
  #isRef = true;
  #port: number | undefined;
  #remote: Address | undefined;
  readonly #underway = new Set<Underway>();

  constructor(type: unknown, listener?: unknown) {
    super();
    const isOptions = typeof type === 'object' && type !== null;
    const name = isOptions ? (type as { type?: unknown }).type : type;
    if (name !== 'udp4' && name !== 'udp6') throw new DatagramErrors.BadType();
    this.type = name;
    if (typeof listener === 'function') this.on('message', listener as () => void);
    const { signal } = (isOptions ? type : {}) as { signal?: AbortSignalLike };
    if (signal === undefined) return;
    const close = (): void => {
      if (this.#isOpen) this.close();
    };
    if (signal.aborted) nextTick(close, []);
    else signal.addEventListener('abort', close, { once: true });
  }

  /** `send(message[, offset, length][, port][, address][, callback])`. */
  send(...args: unknown[]): void {
    const sending = readSend(args, this.#remote !== undefined);
    this.#checkOpen();
    this.#take();
    const { port, address } = this.#remote ?? this.#destination(sending);
    const underway: Underway = { bytes: 0 };
    this.#underway.add(underway);
    nextTick(() => this.#deliver(underway, sending, address, port), []);
  }

  #destination({ port, address }: Sending): { port: number; address: string } {
    return { port, address: address || (this.type === 'udp4' ? '127.0.0.1' : '::1') };
  }

  #deliver(underway: Underway, { list, done }: Sending, address: string, port: number): void {
    if (!this.#isDaemon(address, port)) {
      const why = 'datagrams of a function reach the X-Ray daemon of its environment, nothing else';
      this.#left(underway);
      this.#fail(refused('send', address, port, why), done);
      return;
    }
    const bytes = messageBytes(list);
    underway.bytes = bytes.byteLength;
    underway.operation = startHost('trace.send', '', exactCopy(bytes), (error) => {
      this.#left(underway);
      if (error === undefined) done?.(null, bytes.byteLength);
      else this.#fail(networkError('EMSGSIZE', 'send', address, port), done);
    });
    if (!this.#isRef) underway.operation.ref(false);
  }

  #left(underway: Underway): void {
    this.#underway.delete(underway);
    if (!this.#isOpen) this.#closeWhenSent();
  }

  #isDaemon(address: string, port: number): boolean {
    const family = this.type === 'udp4' ? 'IPv4' : 'IPv6';
    return port === daemon?.port && address === daemon.address && family === daemon.family;
  }

  #fail(error: Error, done: Sending['done']): void {
    if (done !== undefined) done(error);
    else if (this.#isOpen) this.emit('error', error);
  }

  /** A socket that sends has a port of its own. */
  #take(): void {
    if (this.#port !== undefined) return;
    this.#port = firstPort + (sockets % 28_000);
    sockets += 1;
    nextTick(() => {
      if (this.#isOpen) this.emit('listening');
    }, []);
  }

  bind(...args: unknown[]): this {
    this.#checkOpen();
    if (this.#port !== undefined) throw new DatagramErrors.AlreadyBound();
    const [first, second] = args;
    const options = (typeof first === 'object' && first !== null ? first : {}) as {
      port?: unknown;
      address?: unknown;
    };
    const address = options.address ?? (typeof second === 'string' ? second : undefined);
    const where = String(address ?? (this.type === 'udp4' ? '0.0.0.0' : '::'));
    const port = Number(options.port ?? (typeof first === 'function' ? 0 : first)) || 0;
    nextTick(() => {
      this.emit('error', refused('bind', where, port, 'a function is sent no datagrams'));
    }, []);
    return this;
  }

  connect(port: unknown, address?: unknown, callback?: unknown): void {
    const to = readSend(
      [Buffer.alloc(0), port, typeof address === 'function' ? undefined : address],
      false,
    );
    const given = typeof address === 'function' ? address : callback;
    if (given !== undefined) validateFunction(given, 'callback');
    this.#checkOpen();
    if (this.#remote !== undefined) throw new DatagramErrors.IsConnected();
    this.#take();
    const wanted = this.#destination(to);
    if (daemon !== undefined && this.#isDaemon(wanted.address, wanted.port)) this.#remote = daemon;
    nextTick(() => {
      if (!this.#isOpen) return;
      if (this.#remote === undefined) {
        const why =
          'datagrams of a function reach the X-Ray daemon of its environment, nothing else';
        const error = refused('connect', wanted.address, wanted.port, why);
        this.#fail(error, given);
        return;
      }
      if (given !== undefined) this.once('connect', given);
      this.emit('connect');
    }, []);
  }

  disconnect(): void {
    if (this.#remote === undefined) throw new DatagramErrors.NotConnected();
    this.#remote = undefined;
  }

  remoteAddress(): Address {
    this.#checkOpen();
    if (this.#remote === undefined) throw new DatagramErrors.NotConnected();
    return { ...this.#remote };
  }

  address(): Address {
    this.#checkOpen();
    if (this.#port === undefined) throw networkError('EBADF', 'getsockname');
    return this.type === 'udp4'
      ? { address: '0.0.0.0', family: 'IPv4', port: this.#port }
      : { address: '::', family: 'IPv6', port: this.#port };
  }

  /** What was sent leaves; nothing more can be. */
  close(done?: unknown): this {
    if (typeof done === 'function') this.on('close', done as () => void);
    this.#checkOpen();
    this.#isOpen = false;
    this.#closeWhenSent();
    return this;
  }

  #closeWhenSent(): void {
    if (this.#underway.size === 0) nextTick(() => this.emit('close'), []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOpen) await new Promise<void>((closed) => this.close(() => closed()));
  }

  /** An open socket keeps no environment busy, since nobody sends to it; what is on its way does. */
  ref(): this {
    return this.#setRef(true);
  }

  unref(): this {
    return this.#setRef(false);
  }

  #setRef(isRef: boolean): this {
    this.#isRef = isRef;
    for (const { operation } of this.#underway) operation?.ref(isRef);
    return this;
  }

  getSendQueueCount(): number {
    return this.#underway.size;
  }

  getSendQueueSize(): number {
    let size = 0;
    for (const { bytes } of this.#underway) size += bytes;
    return size;
  }

  #checkOpen(): void {
    if (!this.#isOpen) throw new DatagramErrors.NotRunning();
  }
}

interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(name: string, listener: () => void, options: { once: boolean }): void;
}

const why = 'a function has no socket of the system';
const unavailable =
  'addMembership addSourceSpecificMembership dropMembership dropSourceSpecificMembership ' +
  'getRecvBufferSize getSendBufferSize setBroadcast setMulticastInterface setMulticastLoopback ' +
  'setMulticastTTL setRecvBufferSize setSendBufferSize setTTL';
for (const name of unavailable.split(' ')) {
  const value = refusal('dgram.Socket', name, why);
  Object.defineProperty(Socket.prototype, name, { value, writable: true, configurable: true });
}

export const builtin = {
  Socket,
  _createSocketHandle: refusal('dgram', '_createSocketHandle', why),
  createSocket: (type: unknown, listener?: unknown): Socket => new Socket(type, listener),
};
