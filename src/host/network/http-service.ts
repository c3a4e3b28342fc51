import { request as requestPlain, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestSecure, type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { abortable } from '../../network/abortable.ts';
import type { Service } from '../service.ts';
import { Exchange } from './exchange.ts';
import { HttpAgents } from './http-agents.ts';
import type { AnsweredConnection } from './interception.ts';
import { hangUp } from './network-failure.ts';
import { checkSize } from './pulled-stream.ts';
import { Question } from './question.ts';
import { SocketHandle } from './socket-handle.ts';
import { readFamily, readTarget, takeOver, type NetworkRoom } from './socket-service.ts';
import { tlsFacts } from './tls-facts.ts';

const headerLimits = { count: 4_000, maxLength: 262_144 };
const protocols = ['http:', 'https:'] as const;
const headerBytes = { min: 1_024, max: 262_144 };

/**
 * HTTP/1.1 for `fetch`, `node:http` and `node:https`: one exchange is one handle. No redirects, no
 * decompression: both are the guest's.
 */
export function httpService(room: NetworkRoom): Service {
  const { handles } = room;
  let made: HttpAgents | undefined;

  const open = async (
    question: Question,
    body: Uint8Array | undefined,
    signal: AbortSignal,
  ): Promise<string> => {
    const id = handles.newId(question);
    checkSize(body?.byteLength ?? 0);
    const answered = interceptedBy(room, question);
    const request =
      answered === undefined
        ? startRequest(room, (made ??= new HttpAgents(room.door)), question)
        : requestPlain({
            ...requestOptions(question),
            protocol: 'http:',
            createConnection: () => answered.stream,
          });
    let response: IncomingMessage | undefined;
    const exchange = new Exchange(request, {
      trailers: () => response?.rawTrailers ?? [],
      onDone: () => handles.release(id, exchange),
    });
    try {
      handles.add(id, exchange);
      tellConnection(request, exchange);
      const head = headOf(request, exchange);
      await sendBody(request, exchange, question, body, signal);
      const { message, upgraded } = await abortable(head, signal);
      if (upgraded !== undefined) {
        handles.release(id, exchange);
        handles.add(id, new SocketHandle(upgraded));
      } else {
        response = message;
        exchange.respond(message, lengthOf(message));
      }
      return headJson(message, request, upgraded !== undefined);
    } catch (error) {
      handles.release(id, exchange);
      exchange.destroy();
      throw answered?.failure ?? request.errored ?? error;
    }
  };

  return {
    operations: {
      /**
       * `{ id, protocol, host, port, method, path, headers, end, tls?, over?, ... }` and the beginning of
       * the body, or all of it -> the head of the response.
       */
      'http.open': (text, bytes, signal) => open(Question.parse(text), bytes, signal),
      /** `{ id }` -> the next response of 1xx, or nothing when there will be none. */
      'http.interim': (text, _bytes, signal) =>
        handles.get(Question.parse(text), Exchange).nextInterim(signal),
      /** `{ id }` -> addresses of both ends when the connection is there, or nothing. */
      'http.connected': (text, _bytes, signal) =>
        handles.get(Question.parse(text), Exchange).connected(signal),
      /** `{ id }` and bytes of the body; answered when the stream passed them on. */
      'http.write': async (text, bytes, signal) => {
        await handles.get(Question.parse(text), Exchange).writer.write(bytes, signal);
        return undefined;
      },
      /** `{ id }` and the last bytes of the body. */
      'http.end': async (text, bytes, signal) => {
        await handles.get(Question.parse(text), Exchange).writer.end(bytes, signal);
        return undefined;
      },
      /** `{ id }` -> bytes; at the end the trailers as JSON. */
      'http.read': (text, _bytes, signal) =>
        handles.get(Question.parse(text), Exchange).read(signal),
    },
    close: () => made?.close(),
  };
}

/** The connection to an embedder who answers the request himself. */
function interceptedBy(room: NetworkRoom, question: Question): AnsweredConnection | undefined {
  if (room.interceptions === undefined || question.has('over')) return undefined;
  return room.interceptions.forRequest(
    { ...readTarget(question), protocol: question.oneOf('protocol', protocols) },
    { method: question.string('method', 64), path: question.string('path', 65_536) },
  );
}

/** What a request has, whatever connection it goes over. */
function requestOptions(question: Question): RequestOptions {
  return {
    host: question.string('host', 255),
    port: question.integer('port', { min: 0, max: 65_535 }),
    family: question.has('family') ? readFamily(question) : 0,
    method: question.string('method', 64),
    path: question.string('path', 65_536),
    // Raw, so that the order and the spelling are the guest's; Node checks each name and value.
    headers: question.strings('headers', headerLimits),
    maxHeaderSize: question.has('maxHeaderSize')
      ? question.integer('maxHeaderSize', headerBytes)
      : 16_384,
  };
}

function startRequest(room: NetworkRoom, agents: HttpAgents, question: Question): ClientRequest {
  const protocol = question.oneOf('protocol', protocols);
  const common: RequestOptions = { ...requestOptions(question), protocol };
  if (question.has('over')) {
    const socket = takeOver(room.handles, question);
    return requestPlain({ ...common, protocol: 'http:', createConnection: () => socket });
  }
  if (protocol === 'http:') return requestPlain({ ...common, agent: agents.plain });
  const tls = question.inner('tls');
  return requestSecure({
    ...common,
    ...room.tls.read(tls),
    ...{ contextKey: room.tls.contextKey(tls) },
    agent: agents.secure,
  });
}

function tellConnection(request: ClientRequest, exchange: Exchange): void {
  request.once('socket', (socket) => {
    const tell = (): void => exchange.connect(JSON.stringify(socketFacts(socket)));
    const { secureConnecting } = socket as { secureConnecting?: boolean };
    if (socket.connecting) socket.once('connect', tell);
    else if (secureConnecting === true) socket.once('secureConnect', tell);
    else tell();
  });
}

function socketFacts(socket: Socket): Record<string, unknown> {
  const { localAddress, localPort, remoteAddress, remotePort, remoteFamily } = socket;
  return { localAddress, localPort, remoteAddress, remotePort, remoteFamily };
}

/** Resolves with the head of the response; rejects when the request fails first. */
function headOf(
  request: ClientRequest,
  exchange: Exchange,
): Promise<{ message: IncomingMessage; upgraded: Socket | undefined }> {
  const { promise, resolve, reject } = Promise.withResolvers<{
    message: IncomingMessage;
    upgraded: Socket | undefined;
  }>();
  const onUpgrade = (message: IncomingMessage, stream: Duplex, head: Buffer): void => {
    if (!(stream instanceof Socket)) {
      reject(hangUp());
      return;
    }
    if (head.length > 0) stream.unshift(head);
    resolve({ message, upgraded: stream });
  };
  request.once('response', (message) => {
    // Reading begins when the guest asks, not before.
    message.pause();
    resolve({ message, upgraded: undefined });
  });
  request.once('upgrade', onUpgrade);
  request.once('connect', onUpgrade);
  request.on('information', (information) => {
    const { statusCode, statusMessage, rawHeaders } = information;
    exchange.addInterim(() =>
      JSON.stringify({ status: statusCode, statusText: statusMessage, headers: rawHeaders }),
    );
  });
  request.once('error', reject);
  request.once('close', () => reject(hangUp()));
  // It may fail while the body is still being sent; whoever waits for the head is told then.
  promise.catch(() => {});
  return promise;
}

async function sendBody(
  request: ClientRequest,
  exchange: Exchange,
  question: Question,
  body: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (question.flag('end')) {
    // The response may come before the body has left, so nobody waits for that.
    exchange.writer.end(body, signal).catch(() => {});
    return;
  }
  request.flushHeaders();
  if (body !== undefined && body.byteLength > 0) await exchange.writer.write(body, signal);
}

/** The length that the head promises; a message without a body has none. */
function lengthOf({ headers, statusCode }: IncomingMessage): number | undefined {
  if (statusCode === 204 || statusCode === 304) return 0;
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

function headJson(message: IncomingMessage, request: ClientRequest, isUpgrade: boolean): string {
  const { socket } = message;
  return JSON.stringify({
    status: message.statusCode,
    statusText: message.statusMessage,
    headers: message.rawHeaders,
    httpVersion: message.httpVersion,
    reusedSocket: request.reusedSocket,
    isUpgrade,
    ...socketFacts(socket),
    tls: socket instanceof TLSSocket ? tlsFacts(socket) : undefined,
  });
}
