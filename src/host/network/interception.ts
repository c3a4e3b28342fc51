import { createServer, STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { duplexPair, Readable, type Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EgressError, refusal } from '../../network/egress-error.ts';
import type {
  InterceptContext,
  InterceptedAnswer,
  Interceptor,
} from '../../network/interceptor.ts';

/** What answers the requests of one environment, and who asks. */
export interface Interception {
  readonly interceptor: Interceptor;
  readonly functionName: string;
  requestId(): string | undefined;
  /** Epoch milliseconds on the clock of the `Lambda`. */
  now(): number;
  sleep(ms: number, label: string, signal: AbortSignal): Promise<void>;
  waitFor<T>(work: Promise<T>): Promise<T>;
}

/** Where a connection would go. */
export interface RequestTarget {
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
}

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/** Bytes of one request that an interceptor gets. */
const mostBodyBytes = 64 * 1_048_576;
/** The guest's own limits are lower. */
const mostHeaderBytes = 1_048_576;

/**
 * Hands requests of guests to an interceptor: the far end of their connections is an HTTP server in this
 * process that listens nowhere. So all that HTTP has (streamed bodies, `Expect`, aborts) is Node's own, and
 * there is no TLS: who answers needs no certificate.
 */
export class Interceptions {
  readonly #interception: Interception;

  constructor(interception: Interception) {
    this.#interception = interception;
  }

  /** A connection for one request, when the interceptor takes it. */
  forRequest(
    target: RequestTarget,
    request: { readonly method: string; readonly path: string },
  ): AnsweredConnection | undefined {
    const { method, path } = request;
    const url = urlOf(originOf(target), path);
    if (!this.#interception.interceptor.takesRequest({ method, url })) return undefined;
    return new AnsweredConnection(this.#interception, target, false);
  }

  /** A connection for HTTP/2, when the interceptor stands for the host. */
  forSession(target: RequestTarget): AnsweredConnection | undefined {
    if (!this.#interception.interceptor.takesHost(target.host, target.port)) return undefined;
    return new AnsweredConnection(this.#interception, target, true);
  }

  /** @throws EgressError when the interceptor stands for the host */
  refuseBareConnection({ host, port }: { readonly host: string; readonly port: number }): void {
    if (!this.#interception.interceptor.takesHost(host, port)) return;
    throw refusal(
      'connect',
      `${host}:${port}: the option \`intercept\` answers for this host, and it answers requests of HTTP ` +
        'only, not what goes over a bare socket',
    );
  }
}

/** A connection of a guest that ends in this process. */
export class AnsweredConnection {
  /** The guest's end. */
  readonly stream: Duplex;
  /** Why a request on it failed; the guest's end only sees that the connection is gone. */
  failure: unknown;
  readonly #interception: Interception;
  readonly #origin: string;

  constructor(interception: Interception, target: RequestTarget, isHttp2: boolean) {
    this.#interception = interception;
    this.#origin = originOf(target);
    const [near, far] = duplexPair();
    this.stream = near;
    // Either end may go first; what was written before still arrives.
    near.once('close', () => far.destroy());
    far.once('close', () => {
      if (!far.writableFinished) near.destroy();
    });
    far.on('error', () => {});
    const server = isHttp2 ? this.#http2Server() : this.#plainServer();
    server.emit('connection', far);
  }

  #plainServer() {
    const noLimits = { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 };
    const server = createServer({ maxHeaderSize: mostHeaderBytes, ...noLimits });
    server.on('request', (request, response) => {
      void this.#respond(request, response, () => request.socket.destroy());
    });
    server.on('clientError', (error, stream) => {
      this.failure ??= error;
      stream.destroy();
    });
    return server;
  }

  #http2Server() {
    const server = createHttp2Server();
    server.on('request', (request, response) => {
      // One exchange of many: the connection itself is well.
      void this.#respond(request, response, () => response.stream.destroy());
    });
    return server;
  }

  async #respond(request: Request, response: Response, fail: () => void): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    response.on('error', () => {});
    try {
      const body = await readAll(request);
      const asked = {
        method: request.method ?? '',
        url: urlOf(this.#origin, request.url ?? '/'),
        headers: withoutPseudo(request.rawHeaders),
        body,
      };
      const context = this.#contextOf(`${asked.method} ${asked.url}`, gone.signal);
      const answer = await this.#interception.interceptor.answer(asked, context);
      await this.#send(response, answer);
    } catch (error) {
      this.failure ??= error;
      fail();
    }
  }

  #contextOf(request: string, signal: AbortSignal): InterceptContext {
    const interception = this.#interception;
    const { functionName } = interception;
    const label = `${functionName}: the answer to ${request}`;
    return {
      functionName,
      requestId: interception.requestId(),
      signal,
      sleep: (ms) => interception.sleep(ms, label, signal),
      waitFor: (work) => interception.waitFor(work),
    };
  }

  async #send(response: Response, answer: InterceptedAnswer): Promise<void> {
    const { status, statusText, headers, body } = answer;
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      throw new EgressError('ERR_HTTP_INVALID_STATUS_CODE', `Invalid status code: ${status}`, {});
    }
    // The machine's date would contradict the guest's, and the connection is nobody's business.
    response.sendDate = false;
    response.statusCode = status;
    if (!('stream' in response)) {
      response.statusMessage = statusText ?? STATUS_CODES[status] ?? '';
      response.removeHeader('connection');
    }
    for (let index = 0; index + 1 < headers.length; index += 2) {
      response.appendHeader(headers[index] ?? '', headers[index + 1] ?? '');
    }
    if (!response.hasHeader('date')) {
      response.setHeader('date', new Date(this.#interception.now()).toUTCString());
    }
    if (body instanceof Uint8Array) response.end(body);
    else await pipeline(Readable.from(body, { objectMode: false }), response as ServerResponse);
  }
}

function originOf({ protocol, host, port }: RequestTarget): string {
  const isUsual = port === (protocol === 'https:' ? 443 : 80);
  const name = host.includes(':') ? `[${host}]` : host;
  return `${protocol}//${name}${isUsual ? '' : `:${port}`}`;
}

/** A path may be `*`, or a whole URL when the guest takes the host for a proxy. */
function urlOf(origin: string, path: string): string {
  return URL.canParse(path) ? path : `${origin}${path.startsWith('/') ? '' : '/'}${path}`;
}

/** HTTP/2 has the method and the path among the headers. */
function withoutPseudo(headers: readonly string[]): string[] {
  return headers.filter((_, index) => headers[index - (index % 2)]?.startsWith(':') === false);
}

async function readAll(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > mostBodyBytes) {
      throw new EgressError('EMSGSIZE', `An interceptor takes ${mostBodyBytes} bytes at most`, {});
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
