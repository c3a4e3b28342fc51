import { bytesOf } from '../../web/internal/bytes.ts';
import { Buffer } from '../buffer.ts';
import { DatagramErrors } from './dgram-errors.ts';
import { ERR_BUFFER_OUT_OF_BOUNDS, ERR_INVALID_ARG_TYPE, ERR_SOCKET_BAD_PORT } from './errors.ts';
import { validateString } from './validators.ts';

/** What `socket.send()` was asked for. */
export interface Sending {
  readonly list: readonly Uint8Array<ArrayBuffer>[];
  /** Of no meaning on a connected socket. */
  readonly port: number;
  readonly address: string | undefined;
  readonly done: ((error: Error | null, bytes?: number) => void) | undefined;
}

const messageTypes = ['Buffer', 'TypedArray', 'DataView', 'string'];

/** `(message[, offset, length][, port][, address][, callback])`, read as Node reads it. */
export function readSend(args: readonly unknown[], isConnected: boolean): Sending {
  let [message, offset, length, port, address, done] = args;
  if (isConnected) {
    if (typeof length === 'number') {
      message = slice(message, offset, length);
      if (typeof port === 'function') [done, port] = [port, undefined];
    } else {
      done = offset;
    }
    if (port || address) throw new DatagramErrors.IsConnected();
  } else if (address || (port && typeof port !== 'function')) {
    message = slice(message, offset, length);
  } else {
    [done, port, address] = [port, offset, length];
  }
  const list = listOf(message);
  const number = isConnected ? 0 : portNumber(port);
  if (typeof address === 'function') [done, address] = [address, undefined];
  else if (address !== undefined && address !== null) validateString(address, 'address');
  return {
    list,
    port: number,
    address: (address as string | null | undefined) ?? undefined,
    done: typeof done === 'function' ? (done as NonNullable<Sending['done']>) : undefined,
  };
}

function slice(message: unknown, offset: unknown, length: unknown): Uint8Array<ArrayBuffer> {
  if (typeof message !== 'string' && !ArrayBuffer.isView(message)) {
    throw new ERR_INVALID_ARG_TYPE('buffer', messageTypes, message);
  }
  const bytes = typeof message === 'string' ? bytesOfText(message) : bytesOf(message);
  const [start, size] = [Number(offset) >>> 0, Number(length) >>> 0];
  if (start > bytes.byteLength) throw new ERR_BUFFER_OUT_OF_BOUNDS('offset');
  if (start + size > bytes.byteLength) throw new ERR_BUFFER_OUT_OF_BOUNDS('length');
  return bytes.subarray(start, start + size);
}

function listOf(message: unknown): readonly Uint8Array<ArrayBuffer>[] {
  const messages: readonly unknown[] = Array.isArray(message) ? message : [message];
  return messages.map((one) => {
    if (typeof one === 'string') return bytesOfText(one);
    if (ArrayBuffer.isView(one)) return bytesOf(one);
    const name = Array.isArray(message) ? 'buffer list arguments' : 'buffer';
    throw new ERR_INVALID_ARG_TYPE(name, messageTypes, message);
  });
}

function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  return Buffer.from(text, 'utf8');
}

/** One datagram of several messages. */
export function messageBytes(list: Sending['list']): Uint8Array<ArrayBuffer> {
  const [first] = list;
  if (list.length === 1 && first !== undefined) return first;
  return Buffer.concat(list);
}

function portNumber(port: unknown): number {
  const isNumber = typeof port === 'number' || (typeof port === 'string' && port.trim() !== '');
  const number = Number(port);
  if (isNumber && number === number >>> 0 && number > 0 && number <= 65_535) return number;
  throw new ERR_SOCKET_BAD_PORT('Port', port, false);
}
