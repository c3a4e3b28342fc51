import type { Socket } from 'node:net';
import {
  connect as connectTls,
  getCiphers,
  rootCertificates,
  TLSSocket,
  type ConnectionOptions,
} from 'node:tls';
import { abortable } from '../../network/abortable.ts';
import type { EgressDoor, EgressTarget } from '../../network/egress-door.ts';
import { ServiceError, type Service } from '../service.ts';
import type { Handles } from './handles.ts';
import type { Interceptions } from './interception.ts';
import { hangUp } from './network-failure.ts';
import { Question } from './question.ts';
import { SocketHandle } from './socket-handle.ts';
import { peerCertificates, tlsFacts } from './tls-facts.ts';
import type { TlsOptions } from './tls-options.ts';

/** What the services of the network share within one environment. */
export interface NetworkRoom {
  readonly door: EgressDoor;
  readonly handles: Handles;
  readonly tls: TlsOptions;
  /** Where an embedder answers requests in place of the network. */
  readonly interceptions: Interceptions | undefined;
}

/** TCP and TLS for `node:net` and `node:tls`: handles, pulled and pushed in small pieces. */
export function socketService(room: NetworkRoom): Service {
  const { handles, tls } = room;
  const keep = (id: number, socket: Socket): SocketHandle => {
    const handle = new SocketHandle(socket);
    try {
      handles.add(id, handle);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return handle;
  };

  const connectBare = (
    question: Question,
    signal: AbortSignal,
    options: Pick<EgressTarget, 'allowHalfOpen'> = {},
  ): Promise<Socket> => {
    const target = readTarget(question);
    room.interceptions?.refuseBareConnection(target);
    return room.door.connect({ ...target, ...options }, signal);
  };

  return {
    operations: {
      /** `{ id, host, port, family? }` -> addresses of both ends. */
      'net.connect': async (text, _bytes, signal) => {
        const question = Question.parse(text);
        const id = handles.newId(question);
        const socket = await connectBare(question, signal, { allowHalfOpen: true });
        return JSON.stringify(keep(id, socket).facts());
      },
      /** `{ id }` -> bytes, or nothing at the end. */
      'net.read': (text, _bytes, signal) =>
        handles.get(Question.parse(text), SocketHandle).reader.read(signal),
      /** `{ id }` and bytes; answered when the kernel has them. */
      'net.write': async (text, bytes, signal) => {
        await handles.get(Question.parse(text), SocketHandle).writer.write(bytes, signal);
        return undefined;
      },
      /** `{ id }`: ends the direction to the other side. */
      'net.shutdown': async (text, bytes, signal) => {
        await handles.get(Question.parse(text), SocketHandle).writer.end(bytes, signal);
        return undefined;
      },
      /** `{ id, noDelay?, keepAlive?, delayMs? }` */
      'net.configure': async (text) => {
        const question = Question.parse(text);
        const { socket } = handles.get(question, SocketHandle);
        if (question.has('noDelay')) socket.setNoDelay(question.flag('noDelay'));
        if (question.has('keepAlive')) {
          const delayMs = question.integer('delayMs', { min: 0, max: 2 ** 31 - 1 });
          socket.setKeepAlive(question.flag('keepAlive'), delayMs);
        }
        return undefined;
      },
      /** `{ id }`: `net.destroy` for those who do not wait. */
      'net.release': async (text) => {
        handles.destroy(Question.parse(text));
        return undefined;
      },
      /** `{ id, over, tls }` or `{ id, host, port, tls }` -> addresses and what was agreed on. */
      'tls.connect': async (text, _bytes, signal) => {
        const question = Question.parse(text);
        const id = handles.newId(question);
        const options = tls.read(question.inner('tls'));
        const socket = question.has('over')
          ? takeOver(handles, question)
          : await connectBare(question, signal);
        const secured = await secure(socket, options, signal);
        const facts = { ...keep(id, secured).facts(), ...tlsFacts(secured) };
        return JSON.stringify(facts);
      },
    },
    calls: {
      /** `{ id }`: for handles of every kind; nothing happens when there is none. */
      'net.destroy': (text) => {
        handles.destroy(Question.parse(text));
        return undefined;
      },
      /** The roots that this Node trusts, as PEM. */
      'tls.rootCertificates': () => JSON.stringify(rootCertificates),
      'tls.ciphers': () => JSON.stringify(getCiphers()),
      /** `{ id }` -> the certificates of the other side. */
      'tls.peer': (text) => {
        const { socket } = handles.get(Question.parse(text), SocketHandle);
        return JSON.stringify(socket instanceof TLSSocket ? peerCertificates(socket) : []);
      },
    },
  };
}

export function readTarget(question: Question): EgressTarget {
  return {
    host: question.string('host', 255),
    port: question.integer('port', { min: 0, max: 65_535 }),
    family: question.has('family') ? readFamily(question) : 0,
  };
}

export function readFamily(question: Question): 0 | 4 | 6 {
  const family = question.integer('family', { min: 0, max: 6 });
  if (family === 0 || family === 4 || family === 6) return family;
  throw new ServiceError('ERR_INVALID_ARG_VALUE', '"family" must be 0, 4 or 6');
}

/** The socket behind a handle; the handle is gone from then on. */
export function takeOver(handles: Handles, question: Question): Socket {
  const handle = handles.get(question, SocketHandle, 'over');
  handles.release(question.integer('over', { min: 1, max: 2 ** 31 - 1 }), handle);
  return handle.detach();
}

/** TLS on a connected socket. @throws Node's error when the other side is not who it should be */
export async function secure(
  socket: Socket,
  options: ConnectionOptions,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const secured = connectTls({ ...options, socket }, resolve);
  secured.on('error', reject);
  secured.once('close', () => {
    reject(
      hangUp('Client network socket disconnected before secure TLS connection was established'),
    );
  });
  try {
    await abortable(promise, signal);
    return secured;
  } catch (error) {
    secured.destroy();
    socket.destroy();
    throw error;
  }
}
