import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ClosedError } from '../../core/errors.ts';
import { dropBody, isBodyless, jsonReply, noBytes, type HttpReply } from './http-reply.ts';
import type { ReceivedRequest } from './received-request.ts';
import { mostBodyBytes } from './request-body.ts';

/** Answers what it is there for; `undefined` for everything else, decided before the body is read. */
export interface HttpServing {
  takes(url: URL): boolean;
  serve(request: ReceivedRequest): Promise<HttpReply | undefined>;
}

/** A listener of `node:http`; resolves with whether the request was its own. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/**
 * Serves requests of `node:http`. A slow reader slows the handler down; a client that goes away ends the wait, not
 * the function.
 */
export function nodeListener(serving: HttpServing): NodeListener {
  return async (request, response) => {
    const url = urlOf(request);
    if (url === undefined || !serving.takes(url)) return false;
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    try {
      const received = await receivedFrom(request, url, gone.signal);
      const reply = (await serving.serve(received)) ?? jsonReply(404, { message: 'Not Found' });
      await write(reply, request, response);
    } catch (error) {
      // Nobody is left to be told; what went wrong in a handler is in its log.
      if (gone.signal.aborted || response.headersSent) response.destroy();
      else if (error instanceof ClosedError) await write(closedReply(), request, response);
      else {
        // Nobody awaits a listener: what nobody foresaw must not end the process.
        process.emitWarning(error instanceof Error ? error : String(error));
        await write(jsonReply(500, { message: 'Internal Server Error' }), request, response);
      }
    }
    return true;
  };
}

function urlOf(request: IncomingMessage): URL | undefined {
  const { url = '/', headers, socket } = request;
  const protocol = 'encrypted' in socket ? 'https' : 'http';
  const path = url.startsWith('/') ? url : '/';
  const host = headers.host ?? 'localhost';
  // Nothing but a host, so that it cannot move the path.
  if (/[/?#@\\]/.test(host)) return undefined;
  return URL.parse(`${protocol}://${host}${path}`) ?? undefined;
}

async function receivedFrom(
  request: IncomingMessage,
  url: URL,
  signal: AbortSignal,
): Promise<ReceivedRequest> {
  const headers: (readonly [string, string])[] = [];
  const { rawHeaders } = request;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    headers.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  const address = request.socket.remoteAddress ?? '127.0.0.1';
  return {
    method: request.method ?? 'GET',
    url,
    headers,
    body: await bodyOf(request),
    sourceIp: address.replace(/^::ffff:/, ''),
    signal,
  };
}

/** As `readBody`; the rest of a body that is too large stays unread, so that the client can still be told. */
function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const { headers } = request;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    return Promise.resolve(noBytes);
  }
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size <= mostBodyBytes) return;
    request.pause();
    resolve(Buffer.concat(chunks, mostBodyBytes + 1));
  });
  request.once('end', () =>
    resolve(chunks.length === 1 ? (chunks[0] ?? noBytes) : Buffer.concat(chunks)),
  );
  request.once('error', reject);
  return promise;
}

async function write(
  reply: HttpReply,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, headers, body } = reply;
  const isBare = request.method === 'HEAD' || isBodyless(status);
  const head = headers.flat();
  // What is left of the body would be taken for the next request.
  if (!request.complete) head.push('connection', 'close');
  if (body instanceof Uint8Array) {
    if (!isBodyless(status)) head.push('content-length', String(body.byteLength));
    response.writeHead(status, head);
    response.end(isBare ? undefined : body);
    return;
  }
  response.writeHead(status, head);
  if (isBare) {
    dropBody(body);
    response.end();
    return;
  }
  response.flushHeaders();
  await pipeline(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), response);
}

function closedReply(): HttpReply {
  return jsonReply(503, { message: 'Service Unavailable' });
}
