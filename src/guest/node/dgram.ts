import { nextTick } from '../ticks.ts';
import { Buffer } from './buffer.ts';
import { EventEmitter } from './events.ts';
import { ERR_INVALID_ARG_TYPE, errorWithCode } from './internal/errors.ts';
import { notPermitted, refusal } from './internal/refusals.ts';

const why = 'the network of a function is TCP';

/**
 * Where AWS's tracing daemon takes segments. Nobody reads them here; as with every datagram, the sender is
 * not told. Everything else is refused.
 */
const daemon = { address: '169.254.100.1', port: 2000 };

type Sent = (error: Error | null, bytes?: number) => void;

/** A socket that can be made and closed, because packages do so while they load. */
class Socket extends EventEmitter {
  readonly type: string;
  #isClosed = false;

  constructor(type: unknown, listener?: unknown) {
    super();
    const name =
      typeof type === 'object' && type !== null ? (type as { type?: unknown }).type : type;
    if (name !== 'udp4' && name !== 'udp6') {
      throw errorWithCode(
        'ERR_SOCKET_BAD_TYPE',
        'Bad socket type specified. Valid types are: udp4, udp6',
        TypeError,
      );
    }
    this.type = name;
    if (typeof listener === 'function') this.on('message', listener as () => void);
  }

  /** `send(message[, offset, length][, port][, address][, callback])`. */
  send(message: unknown, ...rest: unknown[]): void {
    this.#check();
    const done = typeof rest.at(-1) === 'function' ? (rest.pop() as Sent) : undefined;
    const whole = bytesOf(message);
    const hasRange = rest.length > 2 || (rest.length === 2 && typeof rest[1] === 'number');
    const bytes = hasRange ? Number(rest[1]) : whole;
    const [port, address] = hasRange ? rest.slice(2) : rest;
    nextTick(() => {
      if (Number(port) === daemon.port && address === daemon.address) done?.(null, bytes);
      else this.#fail(notPermitted('dgram.Socket.send()', why), done);
    }, []);
  }

  close(done?: unknown): this {
    this.#check();
    this.#isClosed = true;
    if (typeof done === 'function') this.once('close', done as () => void);
    nextTick(() => this.emit('close'), []);
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  #check(): void {
    if (this.#isClosed) throw errorWithCode('ERR_SOCKET_DGRAM_NOT_RUNNING', 'Not running');
  }

  #fail(error: Error, done: Sent | undefined): void {
    if (done === undefined) this.emit('error', error);
    else done(error);
  }
}

const refused =
  'addMembership addSourceSpecificMembership address bind connect disconnect dropMembership ' +
  'dropSourceSpecificMembership getRecvBufferSize getSendBufferSize getSendQueueCount getSendQueueSize ' +
  'remoteAddress setBroadcast setMulticastInterface setMulticastLoopback setMulticastTTL ' +
  'setRecvBufferSize setSendBufferSize setTTL';
for (const name of refused.split(' ')) {
  const value = refusal('dgram.Socket', name, why);
  Object.defineProperty(Socket.prototype, name, { value, writable: true, configurable: true });
}

function bytesOf(message: unknown): number {
  if (typeof message === 'string') return Buffer.byteLength(message);
  if (ArrayBuffer.isView(message)) return message.byteLength;
  if (Array.isArray(message)) return message.reduce((sum: number, part) => sum + bytesOf(part), 0);
  throw new ERR_INVALID_ARG_TYPE(
    'buffer',
    ['string', 'Buffer', 'TypedArray', 'DataView', 'Array'],
    message,
  );
}

export const builtin = {
  Socket,
  _createSocketHandle: refusal('dgram', '_createSocketHandle', why),
  createSocket: (type: unknown, listener?: unknown): Socket => new Socket(type, listener),
};
