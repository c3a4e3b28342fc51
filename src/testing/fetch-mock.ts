import { InvalidOptionError } from '../core/errors.ts';
import { checkInteger, checkKnownKeys } from '../core/options.ts';
import { EgressError, refusal } from '../network/egress-error.ts';
import type {
  InterceptContext,
  InterceptedAnswer,
  InterceptedRequest,
  Interceptor,
} from '../network/interceptor.ts';
import { parseAllowRule } from '../network/network-options.ts';
import { answerFrom, checkReply, type MockReply } from './mock-reply.ts';
import { MockedCall } from './mocked-call.ts';
import { UrlPattern, type UrlMatcher } from './url-pattern.ts';

export interface FetchMockOptions {
  /**
   * Hosts whose requests go to the network when no route takes them: `'localhost:4566'`, `'db.internal'`, or
   * `'*'` for all. The function's option `network` decides then, as always.
   * @default []
   */
  readonly passThrough?: readonly string[];
}

export interface RouteOptions {
  /** After so many requests the route is used up and an earlier one counts again. @default no limit */
  readonly times?: number;
}

interface Route {
  /** `*` for any. */
  readonly method: string;
  readonly url: UrlPattern;
  readonly reply: MockReply;
  left: number;
}

/**
 * Answers what functions ask for over HTTP: `fetch`, `node:http`, `node:https`, `node:http2` and packages
 * built on them, AWS's SDK among them. Nothing leaves the process, no certificate is needed, and what no
 * route takes is refused with a message that names it. The last route that fits wins.
 * @example
 * const web = new FetchMock();
 * await using lambda = new Lambda({ intercept: web });
 * web.get('https://api.example.com/users/:id', ({ params }) => ({ json: { id: params['id'] } }));
 * web.post('https://api.example.com/orders', { status: 503 }, { times: 1 });
 */
export class FetchMock implements Interceptor {
  readonly #routes: Route[] = [];
  readonly #passThrough: readonly string[];
  readonly #calls: MockedCall[] = [];
  readonly #errors: Error[] = [];

  constructor(options: FetchMockOptions = {}) {
    checkKnownKeys('options', options, ['passThrough']);
    const { passThrough = [] } = options;
    if (!Array.isArray(passThrough)) {
      throw new InvalidOptionError('passThrough', 'an array of hosts', passThrough);
    }
    for (const host of passThrough) {
      if (host !== '*') parseAllowRule(host, 'passThrough');
    }
    this.#passThrough = passThrough.map((host) => host.toLowerCase());
  }

  /** Every request so far, also those that were refused, in the order in which they came. */
  get calls(): readonly MockedCall[] {
    return this.#calls;
  }

  /** What the mock had to refuse because no route takes it, and what functions in replies threw. */
  get errors(): readonly Error[] {
    return this.#errors;
  }

  /** Requests to those URLs, with one method or with any. */
  callsTo(url: UrlMatcher, method = '*'): MockedCall[] {
    const pattern = new UrlPattern(url);
    return this.#calls.filter(
      (call) =>
        (method === '*' || call.method === method.toUpperCase()) &&
        pattern.match(new URL(call.url)) !== undefined,
    );
  }

  /** Answers requests with that method, `*` for any. @throws {InvalidOptionError} */
  on(method: string, url: UrlMatcher, reply: MockReply, options: RouteOptions = {}): this {
    if (typeof method !== 'string' || !/^(?:\*|[A-Za-z-]+)$/.test(method)) {
      throw new InvalidOptionError('method', 'a method of HTTP, or "*"', method);
    }
    checkKnownKeys('options', options, ['times']);
    const { times = Infinity } = options;
    if (times !== Infinity) checkInteger('times', times, { min: 1, max: Number.MAX_SAFE_INTEGER });
    checkReply(reply);
    const route = { method: method.toUpperCase(), url: new UrlPattern(url), reply, left: times };
    this.#routes.push(route);
    return this;
  }

  get(url: UrlMatcher, reply: MockReply, options?: RouteOptions): this {
    return this.on('GET', url, reply, options);
  }

  post(url: UrlMatcher, reply: MockReply, options?: RouteOptions): this {
    return this.on('POST', url, reply, options);
  }

  put(url: UrlMatcher, reply: MockReply, options?: RouteOptions): this {
    return this.on('PUT', url, reply, options);
  }

  patch(url: UrlMatcher, reply: MockReply, options?: RouteOptions): this {
    return this.on('PATCH', url, reply, options);
  }

  delete(url: UrlMatcher, reply: MockReply, options?: RouteOptions): this {
    return this.on('DELETE', url, reply, options);
  }

  /** Any method. */
  all(url: UrlMatcher, reply: MockReply, options?: RouteOptions): this {
    return this.on('*', url, reply, options);
  }

  /** Forgets routes, calls and errors. */
  reset(): void {
    this.#routes.length = 0;
    this.#calls.length = 0;
    this.#errors.length = 0;
  }

  /** For the option `intercept` of a `Lambda`. */
  takesRequest({ method, url }: { readonly method: string; readonly url: string }): boolean {
    const to = new URL(url);
    return this.#routeFor(method, to) !== undefined || !this.#passes(to.hostname, portOf(to));
  }

  /** For the option `intercept` of a `Lambda`. */
  takesHost(host: string, port: number): boolean {
    const isRouted = this.#routes.some(({ url, left }) => left > 0 && url.mayMatchHost(host));
    return isRouted || !this.#passes(host, port);
  }

  /** For the option `intercept` of a `Lambda`. */
  async answer(request: InterceptedRequest, context: InterceptContext): Promise<InterceptedAnswer> {
    const url = new URL(request.url);
    const found = this.#routeFor(request.method, url);
    const call = new MockedCall(request, context, found?.params ?? {});
    this.#calls.push(call);
    if (found === undefined) throw this.#noted(this.#refusal(call, url));
    found.route.left -= 1;
    try {
      return await answerFrom(found.route.reply, call, context);
    } catch (error) {
      if (error instanceof EgressError || context.signal.aborted) throw error;
      throw this.#noted(mistake(call, error));
    }
  }

  #noted(error: Error): Error {
    this.#errors.push(error);
    return error;
  }

  #routeFor(
    method: string,
    url: URL,
  ): { route: Route; params: Readonly<Record<string, string>> } | undefined {
    for (let index = this.#routes.length - 1; index >= 0; index -= 1) {
      const route = this.#routes[index];
      if (route === undefined || route.left <= 0) continue;
      if (route.method !== '*' && route.method !== method.toUpperCase()) continue;
      const params = route.url.match(url);
      if (params !== undefined) return { route, params };
    }
    return undefined;
  }

  #passes(host: string, port: number): boolean {
    const name = host.toLowerCase();
    return ['*', name, `${name}:${port}`, `${name}:*`].some((known) =>
      this.#passThrough.includes(known),
    );
  }

  #refusal(call: MockedCall, url: URL): EgressError {
    const routes = this.#routes.map(({ method, url: { text }, left }) =>
      left > 0 ? `${method} ${text}` : `${method} ${text} (used up)`,
    );
    const known = routes.length === 0 ? 'it has no routes' : `its routes are ${routes.join(', ')}`;
    return refusal(
      'request',
      `${call.method} ${call.url}: no route of the FetchMock takes it, ${known}. Add one, or open the host ` +
        `with { passThrough: [${JSON.stringify(url.host)}] }`,
    );
  }
}

/** The guest fails with it, and the test finds it. */
function mistake({ method, url }: MockedCall, cause: unknown): EgressError {
  const problem = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  const error = new EgressError('ERR_MOCK', `The reply to ${method} ${url} failed: ${problem}`, {});
  error.cause = cause;
  return error;
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}
