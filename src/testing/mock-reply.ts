import { constants } from 'node:os';
import { InvalidOptionError } from '../core/errors.ts';
import { checkInteger, checkKnownKeys, checkString } from '../core/options.ts';
import { EgressError } from '../network/egress-error.ts';
import type { InterceptContext, InterceptedAnswer } from '../network/interceptor.ts';
import type { MockedCall } from './mocked-call.ts';

/** What a mocked request is answered with. */
export interface MockAnswer {
  /** @default 200 */
  readonly status?: number;
  /** A list stands for a header that comes several times. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** The body as JSON; brings `content-type: application/json` along. */
  readonly json?: unknown;
  /** The body as it is. */
  readonly body?: string | Uint8Array;
  /** Milliseconds on the clock of the `Lambda` until the answer comes. @default 0 */
  readonly delayMs?: number;
  /**
   * Instead of an answer: the network fails with that code, as with `ECONNREFUSED`, `ECONNRESET`,
   * `ENOTFOUND` or `ETIMEDOUT`.
   */
  readonly error?: string;
}

/** What helps a function to answer. */
export interface MockTools {
  /** Waits on the clock of the `Lambda`. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Aborts when the function gave the request up. */
  readonly signal: AbortSignal;
}

/** An answer, a `Response`, or a function that makes one for each request. */
export type MockReply =
  | MockAnswer
  | Response
  | ((
      call: MockedCall,
      tools: MockTools,
    ) => MockAnswer | Response | Promise<MockAnswer | Response>);

const answerKeys = Object.keys({
  status: true,
  headers: true,
  json: true,
  body: true,
  delayMs: true,
  error: true,
} satisfies Record<keyof MockAnswer, true>);

/** @throws InvalidOptionError for a reply that cannot be one */
export function checkReply(reply: unknown): asserts reply is MockReply {
  if (typeof reply === 'function' || reply instanceof Response) return;
  checkKnownKeys('reply', reply, answerKeys);
  const { status, headers, json, body, delayMs, error } = reply as MockAnswer;
  if (status !== undefined) checkInteger('reply.status', status, { min: 200, max: 599 });
  if (delayMs !== undefined) {
    checkInteger('reply.delayMs', delayMs, { min: 0, max: Number.MAX_SAFE_INTEGER });
  }
  if (headers !== undefined && (typeof headers !== 'object' || headers === null)) {
    throw new InvalidOptionError('reply.headers', 'an object of names and values', headers);
  }
  if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)) {
    throw new InvalidOptionError(
      'reply.body',
      'a string or bytes',
      body,
      'For data there is `json`',
    );
  }
  if (json !== undefined && body !== undefined) {
    throw new InvalidOptionError('reply.json', 'absent beside `body`', json);
  }
  if (error !== undefined) {
    checkString('reply.error', error, {
      maxLength: 64,
      pattern: /^[A-Z][A-Z0-9_]*$/,
      says: 'a code such as "ECONNREFUSED"',
    });
  }
}

/** @throws EgressError for a network that fails on purpose; whatever the reply throws */
export async function answerFrom(
  reply: MockReply,
  call: MockedCall,
  context: InterceptContext,
): Promise<InterceptedAnswer> {
  const { signal } = context;
  const tools: MockTools = { sleep: (ms) => context.sleep(ms), signal };
  const made: unknown = typeof reply === 'function' ? await reply(call, tools) : reply;
  if (made instanceof Response) return answerFromResponse(made);
  checkReply(made);
  const answer = made as MockAnswer;
  if (answer.delayMs !== undefined && answer.delayMs > 0) await context.sleep(answer.delayMs);
  if (answer.error !== undefined) throw networkError(answer.error, new URL(call.url));
  return answerFromParts(answer);
}

function answerFromParts({
  status = 200,
  headers = {},
  json,
  body,
}: MockAnswer): InterceptedAnswer {
  const list = Object.entries(headers).flatMap(([name, values]) =>
    (typeof values === 'string' ? [values] : values).flatMap((value) => [name, value]),
  );
  const isTyped = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  const type = json === undefined ? 'text/plain;charset=UTF-8' : 'application/json';
  if (!isTyped && (json !== undefined || typeof body === 'string')) list.push('content-type', type);
  const whole = json === undefined ? (body ?? '') : JSON.stringify(json);
  return { status, headers: list, body: typeof whole === 'string' ? Buffer.from(whole) : whole };
}

/** A copy, so that a `Response` can stand in a route that answers many requests. */
function answerFromResponse(response: Response): InterceptedAnswer {
  const { status, statusText, headers, body } = response.clone();
  const list = [...headers].flatMap(([name, value]) => [name, value]);
  return {
    status,
    ...(statusText !== '' && { statusText }),
    headers: list,
    body: body ?? new Uint8Array(),
  };
}

/** With the message and the fields that Node's own error has. */
function networkError(code: string, { hostname, port, protocol }: URL): EgressError {
  const where = `${hostname}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`;
  if (code === 'ECONNRESET') return new EgressError(code, 'socket hang up', {});
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const syscall = 'getaddrinfo';
    // libuv's numbers for them
    const errno = code === 'ENOTFOUND' ? -3008 : -3001;
    return new EgressError(code, `${syscall} ${code} ${hostname}`, { errno, syscall, hostname });
  }
  const known: unknown = Reflect.get(constants.errno, code);
  return new EgressError(code, `connect ${code} ${where}`, {
    ...(typeof known === 'number' && { errno: -known }),
    syscall: 'connect',
    address: hostname,
    port: Number(where.slice(where.lastIndexOf(':') + 1)),
  });
}
