import {
  connect,
  constants,
  getDefaultSettings,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { abortable } from '../../network/abortable.ts';
import type { Service } from '../service.ts';
import { Exchange } from './exchange.ts';
import type { Handle } from './handles.ts';
import type { AnsweredConnection } from './interception.ts';
import { hangUp } from './network-failure.ts';
import { checkSize } from './pulled-stream.ts';
import { Question } from './question.ts';
import { readTarget, secure, takeOver, type NetworkRoom } from './socket-service.ts';
import { tlsFacts } from './tls-facts.ts';

const headerLimits = { count: 4_000, maxLength: 262_144 };

/** Names in ORIGIN frames of one connection. */
const mostOrigins = 1_000;

/** A connection of HTTP/2; its streams are exchanges. */
class SessionHandle implements Handle {
  readonly session: ClientHttp2Session;
  /** When it goes to an interceptor. */
  readonly answered: AnsweredConnection | undefined;
  readonly #ended: Promise<string>;

  constructor(session: ClientHttp2Session, answered: AnsweredConnection | undefined) {
    this.session = session;
    this.answered = answered;
    const { promise, resolve } = Promise.withResolvers<string>();
    let failure: { message: string; code: unknown } | undefined;
    let goaway: { code: number; lastStreamId: number } | undefined;
    session.on('error', ({ message, code }: NodeJS.ErrnoException) => {
      failure = { message, code };
    });
    session.on('goaway', (code, lastStreamId) => {
      goaway = { code, lastStreamId };
    });
    // Node keeps every name that the other side says it answers for.
    let origins = 0;
    session.on('origin', (names) => {
      origins += names.length;
      if (origins > mostOrigins) session.destroy();
    });
    session.once('close', () => resolve(JSON.stringify({ failure, goaway })));
    this.#ended = promise;
  }

  ended(signal: AbortSignal): Promise<string> {
    return abortable(this.#ended, signal);
  }

  destroy(): void {
    this.session.destroy();
  }
}

/** HTTP/2 for `node:http2`: the bodies of its streams go through `http.write`, `http.end`, `http.read`. */
export function http2Service(room: NetworkRoom): Service {
  const { handles } = room;
  return {
    operations: {
      /** `{ id, authority, host, port, isSecure, tls?, over? }` -> addresses and what was agreed on. */
      'h2.connect': async (text, _bytes, signal) => {
        const question = Question.parse(text);
        const id = handles.newId(question);
        const authority = question.string('authority', 2_048);
        const isSecure = question.flag('isSecure');
        const answered = question.has('over')
          ? undefined
          : room.interceptions?.forSession({
              ...readTarget(question),
              protocol: isSecure ? 'https:' : 'http:',
            });
        const socket = answered?.stream ?? (await connectSession(room, question, signal));
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        const session = connect(authority, {
          createConnection: () => socket,
          settings: { enablePush: false },
        });
        const handle = new SessionHandle(session, answered);
        session.once('connect', () => resolve());
        session.once('error', reject);
        session.once('close', () => reject(hangUp()));
        try {
          await abortable(promise, signal);
          handles.add(id, handle);
        } catch (error) {
          handle.destroy();
          socket.destroy();
          throw error;
        }
        session.once('close', () => handles.release(id, handle));
        return JSON.stringify({
          ...(socket instanceof Socket && addressesOf(socket)),
          // There is no TLS to an interceptor, but the guest asked for it.
          alpnProtocol: isSecure ? 'h2' : session.alpnProtocol,
          tls: socket instanceof TLSSocket ? tlsFacts(socket) : undefined,
        });
      },
      /** `{ id, session, headers, end }` and bytes -> the head of the response. */
      'h2.request': async (text, bytes, signal) => {
        const question = Question.parse(text);
        const id = handles.newId(question);
        checkSize(bytes?.byteLength ?? 0);
        const { session, answered } = handles.get(question, SessionHandle, 'session');
        const isBodiless = question.flag('end') && (bytes?.byteLength ?? 0) === 0;
        const stream = session.request(readHeaders(question), { endStream: isBodiless });
        let trailers: readonly string[] = [];
        const exchange = new Exchange(stream, {
          trailers: () => trailers,
          onDone: () => handles.release(id, exchange),
        });
        stream.once('trailers', (fields) => {
          trailers = flat(fields);
        });
        try {
          handles.add(id, exchange);
          const head = headOf(stream, exchange);
          // The response may come before the body has left, so nobody waits for that.
          if (isBodiless) stream.end();
          else if (question.flag('end')) exchange.writer.end(bytes, signal).catch(() => {});
          else if (bytes !== undefined) await exchange.writer.write(bytes, signal);
          const headers = await abortable(head, signal);
          exchange.respond(stream);
          return JSON.stringify({ headers: flat(headers), streamId: stream.id });
        } catch (error) {
          handles.release(id, exchange);
          stream.destroy();
          throw answered?.failure ?? stream.errored ?? error;
        }
      },
      /** `{ id }` -> round trip in milliseconds. */
      'h2.ping': async (text, _bytes, signal) => {
        const { session } = handles.get(Question.parse(text), SessionHandle);
        const { promise, resolve, reject } = Promise.withResolvers<number>();
        session.ping((error, durationMs) => (error ? reject(error) : resolve(durationMs)));
        return String(await abortable(promise, signal));
      },
      /** `{ id }` -> why the session ended, when it has. */
      'h2.ended': (text, _bytes, signal) =>
        handles.get(Question.parse(text), SessionHandle).ended(signal),
    },
    calls: {
      'h2.constants': () => JSON.stringify(constants),
      'h2.defaultSettings': () => JSON.stringify(getDefaultSettings()),
      /** `{ id }`: no more requests; the session ends after those that run. */
      'h2.close': (text) => {
        handles.get(Question.parse(text), SessionHandle).session.close();
        return undefined;
      },
      /** `{ id }` -> the settings of the other side. */
      'h2.remoteSettings': (text) =>
        JSON.stringify(handles.get(Question.parse(text), SessionHandle).session.remoteSettings),
    },
  };
}

async function connectSession(
  room: NetworkRoom,
  question: Question,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = question.has('over')
    ? takeOver(room.handles, question)
    : await room.door.connect(readTarget(question), signal);
  if (!question.flag('isSecure')) return socket;
  const options = { ALPNProtocols: ['h2'], ...room.tls.read(question.inner('tls')) };
  return secure(socket, options, signal);
}

function addressesOf(socket: Socket): Record<string, unknown> {
  const { localAddress, localPort, remoteAddress, remotePort, remoteFamily } = socket;
  return { localAddress, localPort, remoteAddress, remotePort, remoteFamily };
}

function headOf(
  stream: ClientHttp2Stream,
  exchange: Exchange,
): Promise<IncomingHttpHeaders & IncomingHttpStatusHeader> {
  const { promise, resolve, reject } = Promise.withResolvers<
    IncomingHttpHeaders & IncomingHttpStatusHeader
  >();
  stream.once('response', resolve);
  stream.on('headers', (headers) => {
    exchange.addInterim(() =>
      JSON.stringify({ status: headers[':status'], headers: flat(headers) }),
    );
  });
  stream.once('error', reject);
  stream.once('close', () => reject(hangUp()));
  promise.catch(() => {});
  return promise;
}

/** Names and values in turn; a name may come again. */
function readHeaders(question: Question): OutgoingHttpHeaders {
  const list = question.strings('headers', headerLimits);
  const headers = Object.create(null) as Record<string, string | string[]>;
  for (let index = 0; index + 1 < list.length; index += 2) {
    const name = list[index] ?? '';
    const value = list[index + 1] ?? '';
    const known = headers[name];
    if (known === undefined) headers[name] = value;
    else headers[name] = [...(Array.isArray(known) ? known : [known]), value];
  }
  return headers;
}

/** `:status` is a number there, whatever Node's types say. */
function flat(headers: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).flatMap((one) => [name, String(one)]),
  );
}
