import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvalidOptionError } from '../core/errors.ts';
import { checkInteger, checkKnownKeys, checkString } from '../core/options.ts';
import type { Lambda } from '../lambda.ts';
import { Connections } from './connections.ts';
import { doorOf, type Door } from './door.ts';
import { toApiError } from './errors.ts';
import type { DoorRequest, DoorResponse } from './operation.ts';

/** AWS's limit of a request line with its headers. */
const headerBytes = 1_048_576;

/** The largest body that an operation takes, as AWS. */
const bodyBytes = 70_167_211;

/** Longer than clients keep idle connections, so that it is always they who close. */
const keepAliveMs = 65_000;

export interface ServeOptions {
  /** 0 takes a free one. @default 3001 */
  readonly port?: number;
  /** @default '127.0.0.1', which only this machine reaches */
  readonly host?: string;
  /**
   * Sees every request first; what it takes, AWS's API does not get. APIs and function URLs of the `Lambda` are
   * such listeners. Gives whether it took the request.
   */
  readonly before?: (
    request: IncomingMessage,
    response: ServerResponse,
  ) => Promise<boolean> | boolean;
}

/** AWS's API of a `Lambda` at a port of this machine. */
export interface ApiServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:3001`; what `--endpoint-url` and `AWS_ENDPOINT_URL_LAMBDA` take. */
  readonly url: string;
  readonly port: number;
  /** Stops listening, lets requests that run end, then resolves. */
  close(): Promise<void>;
}

/**
 * Serves AWS's API over HTTP, for the AWS CLI, SAM, Terraform and SDKs of every language. Anyone who reaches the
 * port may deploy code and run it, unless the `Lambda` has the option `access`: keep it on loopback.
 * @example const server = await serve(lambda, { port: 3001 });
 */
export async function serve(lambda: Lambda, options: ServeOptions = {}): Promise<ApiServer> {
  checkKnownKeys('options', options, ['port', 'host', 'before']);
  const { port = 3001, host = '127.0.0.1', before } = options;
  checkInteger('port', port, { min: 0, max: 65_535 });
  checkString('host', host, {
    maxLength: 255,
    pattern: /^[!-~]+$/,
    says: 'a host name or address',
  });
  if (before !== undefined && typeof before !== 'function') {
    throw new InvalidOptionError('before', 'a function', before);
  }
  const door = doorOf(lambda);
  const server = createServer({ maxHeaderSize: headerBytes }, (request, response) => {
    void answer(door, before, request, response);
  });
  const connections = new Connections(server, door.rooms.options.clock);
  server.keepAliveTimeout = keepAliveMs;
  await listen(server, port, host);
  const bound = (server.address() as AddressInfo).port;
  const shown = host.includes(':') ? `[${host}]` : host;
  const close = (): Promise<void> => connections.close();
  return { url: `http://${shown}:${bound}`, port: bound, close, [Symbol.asyncDispose]: close };
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (error: NodeJS.ErrnoException) => reject(refused(error, port, host)));
  server.listen(port, host, resolve);
  await promise;
  server.removeAllListeners('error');
  // A connection that could not be accepted (no file descriptors are left) is no reason to end the process.
  server.on('error', (error) => process.emitWarning(error));
}

function refused(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === 'EADDRINUSE') {
    return new InvalidOptionError(
      'port',
      'a port that is free',
      port,
      'Another program listens there; 0 takes a free one.',
    );
  }
  if (error.code === 'EACCES') {
    return new InvalidOptionError('port', 'a port that this user may open', port);
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new InvalidOptionError('host', 'an address of this machine', host);
  }
  return error;
}

async function answer(
  door: Door,
  before: ServeOptions['before'],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    if (before !== undefined && (await before(request, response))) return;
    const body = await readBody(request, response);
    if (body === undefined) return;
    await write(response, await door.handle(toDoorRequest(request, body)));
  } catch (error) {
    // A connection that broke half-way takes no answer any more.
    if (response.headersSent || request.destroyed) response.destroy();
    else await write(response, faultResponse(error));
  }
}

function faultResponse(error: unknown): DoorResponse {
  return {
    status: 500,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'ServiceException' },
    body: JSON.stringify(toApiError(error).toBody()),
  };
}

const nothing = new Uint8Array();

/**
 * Undefined when the body was too large and that was said. By events and not by `for await`, whose iterator costs as
 * much as a small request.
 */
async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Uint8Array | undefined> {
  const { headers } = request;
  if (headers['content-length'] === '0') return nothing;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    return nothing;
  }
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | undefined>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= bodyBytes) {
      chunks.push(chunk);
      return;
    }
    request.removeAllListeners('data').pause();
    refuseBody(response);
    resolve(undefined);
  });
  request.once('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
  request.once('error', reject);
  return promise;
}

function refuseBody(response: ServerResponse): void {
  response.writeHead(413, {
    'content-type': 'application/json',
    'x-amzn-errortype': 'RequestEntityTooLargeException',
    connection: 'close',
  });
  response.end(
    JSON.stringify({ Type: 'User', message: `Request must be smaller than ${bodyBytes} bytes` }),
  );
}

function toDoorRequest(request: IncomingMessage, body: Uint8Array): DoorRequest {
  const { method = 'GET', url = '/' } = request;
  const mark = url.indexOf('?');
  return {
    method,
    protocol: 'http',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? none : parseQuery(url.slice(mark + 1)),
    headers: plainHeaders(request),
    body,
  };
}

const none: Readonly<Record<string, never>> = Object.freeze({});

function parseQuery(text: string): Record<string, string | readonly string[]> {
  const parameters = new URLSearchParams(text);
  const entries = [...new Set(parameters.keys())].map((name) => {
    const values = parameters.getAll(name);
    return [name, values.length === 1 ? values[0] : values];
  });
  return Object.fromEntries(entries) as Record<string, string | readonly string[]>;
}

function plainHeaders({ headers }: IncomingMessage): Record<string, string> {
  // Only `set-cookie` is a list, and no request has it.
  return headers as Record<string, string>;
}

async function write(response: ServerResponse, answered: DoorResponse): Promise<void> {
  const { status, headers, body } = answered;
  if (!(body instanceof ReadableStream)) {
    const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
    // Without a body there is none to describe: 204 has neither.
    response.writeHead(status, status === 204 ? headers : { ...headers, 'content-length': bytes });
    response.end(body);
    return;
  }
  const reader = body.getReader();
  // A client that went away is no news to the function: on AWS it runs to its end as well.
  const stopReading = (): void => void reader.cancel().catch(() => undefined);
  // It may have gone before there was anything to send.
  if (response.destroyed) return stopReading();
  response.once('close', stopReading);
  response.writeHead(status, headers);
  response.flushHeaders();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    if (!response.write(value)) await drained(response);
    if (response.destroyed) return;
  }
  response.end();
}

/** Resolves when there is room again, or when nobody reads any more. */
async function drained(response: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once('drain', resolve);
  response.once('close', resolve);
  await promise;
  response.off('drain', resolve);
  response.off('close', resolve);
}
