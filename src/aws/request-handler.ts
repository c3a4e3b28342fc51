import { setImmediate as turn } from 'node:timers/promises';
import type { Lambda } from '../lambda.ts';
import { doorOf, type Door } from './door.ts';
import type { DoorRequest } from './operation.ts';

/** The parts of an AWS SDK's request that matter here; `HttpRequest` of the SDK's version 3 is one. */
export interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** As the SDK's `HttpResponse`. */
export interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | ReadableStream<Uint8Array>;
}

/** What the option `requestHandler` of AWS SDK v3 clients takes. */
export interface SdkRequestHandler {
  readonly metadata: { readonly handlerProtocol: string };
  handle(
    request: SdkRequest,
    options?: { readonly abortSignal?: unknown },
  ): Promise<{ response: SdkResponse }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
  destroy(): void;
}

/**
 * Carries requests of AWS SDK v3 clients to a `Lambda` of this process, without a socket.
 * @example new LambdaClient({ region: 'us-east-1', credentials, requestHandler: requestHandler(lambda) })
 */
export function requestHandler(lambda: Lambda): SdkRequestHandler {
  const door = doorOf(lambda);
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: (request, options) => handle(door, request, signalOf(options?.abortSignal)),
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    destroy: () => {},
  };
}

/** Old clients bring a signal of their own kind, which ends nothing here but their own wait. */
function signalOf(value: unknown): AbortSignal | undefined {
  return value instanceof AbortSignal ? value : undefined;
}

/** Requests of one turn of the event loop; behind them the loop goes on first. */
const mostInOneTurn = 100;
let inThisTurn = 0;

/**
 * Without a socket nothing makes the event loop turn: whoever asks in a loop until something is ready would wait
 * for ever for what can only happen in another turn.
 */
async function letOthersRun(): Promise<void> {
  inThisTurn += 1;
  if (inThisTurn === 1) {
    setImmediate(() => {
      inThisTurn = 0;
    });
  }
  if (inThisTurn > mostInOneTurn) await turn();
}

async function handle(
  door: Door,
  request: SdkRequest,
  signal: AbortSignal | undefined,
): Promise<{ response: SdkResponse }> {
  signal?.throwIfAborted();
  await letOthersRun();
  const doorRequest = await toDoorRequest(request, signal);
  const { status, headers, body } = await door.handle(doorRequest);
  signal?.throwIfAborted();
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return { response: { statusCode: status, headers: { ...headers }, body: bytes } };
}

async function toDoorRequest(
  { method, path, query = {}, headers, body }: SdkRequest,
  signal: AbortSignal | undefined,
): Promise<DoorRequest> {
  const lowerCase: Record<string, string> = {};
  for (const name in headers) lowerCase[name.toLowerCase()] = headers[name] ?? '';
  const parameters: Record<string, string | readonly string[]> = {};
  for (const name in query) parameters[name] = query[name] ?? '';
  return {
    method,
    path,
    query: parameters,
    headers: lowerCase,
    body: await bytesOf(body),
    ...(signal !== undefined && { signal }),
  };
}

const nothing = new Uint8Array();

async function bytesOf(body: unknown): Promise<Uint8Array> {
  if (body === undefined || body === null) return nothing;
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (ArrayBuffer.isView(body)) {
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  }
  if (typeof body === 'object' && Symbol.asyncIterator in body) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body as AsyncIterable<Uint8Array | string>) {
      chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    }
    return Buffer.concat(chunks);
  }
  throw new TypeError('Expected the body of a request to be a text, bytes or a stream of them');
}
