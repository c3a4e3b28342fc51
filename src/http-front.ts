import type { FunctionFollower } from './control-plane.ts';
import type { Home } from './core/arn.ts';
import type { Clock } from './core/clock.ts';
import { FunctionNotFoundError, InvalidOptionError } from './core/errors.ts';
import type { Ids } from './core/ids.ts';
import type { FunctionStore } from './functions/store.ts';
import type { Calls } from './invocable.ts';
import type {
  InterceptContext,
  InterceptedAnswer,
  InterceptedRequest,
  Interceptor,
} from './network/interceptor.ts';
import type { FunctionUrlConfig, FunctionUrlOptions } from './sources/function-url-options.ts';
import { FunctionUrl } from './sources/function-url.ts';
import { FunctionUrls } from './sources/function-urls.ts';
import { addressOf } from './sources/http/addresses.ts';
import type { Api, ApiParts } from './sources/http/api-host.ts';
import {
  resolveHttpApi,
  resolveRestApi,
  type HttpApiOptions,
  type RestApiOptions,
} from './sources/http/api-options.ts';
import type { FunctionCaller, HttpCall } from './sources/http/function-caller.ts';
import { FunctionUrlHost, unknownUrlReply } from './sources/http/function-url-host.ts';
import { HttpApi } from './sources/http/http-api.ts';
import { jsonReply, responseOf, type HttpReply } from './sources/http/http-reply.ts';
import { nodeListener, type HttpServing, type NodeListener } from './sources/http/node-listener.ts';
import type { ReceivedRequest } from './sources/http/received-request.ts';
import { RestApi } from './sources/http/rest-api.ts';
import { authoriseUnverified, type AuthoriseUrl } from './sources/http/url-access.ts';
import { receivedFrom } from './sources/http/web-request.ts';
import type { Storage } from './storage/storage.ts';

export interface HttpFrontOptions {
  readonly home: Home;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly storage: Storage;
  /** What requests run on; asked for with each of them, as it is made later. */
  readonly rooms: () => { readonly store: FunctionStore; readonly calls: Calls };
}

/** Everything of a `Lambda` that is reached over HTTP by a name of its own. */
export class HttpFront implements FunctionFollower, HttpServing, Interceptor {
  readonly urls: FunctionUrls;
  /** Serves function URLs and APIs by the host that a request names; leaves other hosts alone. */
  readonly listener: NodeListener;
  /** Who may use a function URL. */
  authorise: AuthoriseUrl;
  readonly #options: HttpFrontOptions;
  readonly #urlHost: FunctionUrlHost;
  readonly #caller: FunctionCaller;
  readonly #apis = new Map<string, Api>();

  constructor(options: HttpFrontOptions) {
    const { home, clock, ids, storage } = options;
    this.#options = options;
    this.authorise = authoriseUnverified(home);
    this.listener = nodeListener(this);
    this.#caller = this.#createCaller();
    this.urls = new FunctionUrls({
      home,
      clock,
      ids,
      ...(storage.isDurable && { state: storage.state }),
      checkTarget: (functionName, alias) => this.#checkTarget(functionName, alias),
      hasFunction: (functionName) => options.rooms().store.find(functionName) !== undefined,
    });
    this.#urlHost = new FunctionUrlHost({
      home,
      clock,
      ids,
      caller: this.#caller,
      authorise: (question) => this.authorise(question),
    });
  }

  async createUrl(
    functionName: string,
    alias: string | undefined,
    options: FunctionUrlOptions | undefined,
  ): Promise<FunctionUrl> {
    return this.#handleOf(await this.urls.create(functionName, alias, options));
  }

  urlOf(functionName: string, alias: string | undefined): FunctionUrl | undefined {
    const config = this.urls.find(functionName, alias);
    return config && this.#handleOf(config);
  }

  createHttpApi(options: HttpApiOptions): HttpApi {
    const api = new HttpApi(resolveHttpApi(options, this.#options.home), this.#apiParts());
    this.#apis.set(api.id, api);
    return api;
  }

  createRestApi(options: RestApiOptions): RestApi {
    const api = new RestApi(resolveRestApi(options, this.#options.home), this.#apiParts());
    this.#apis.set(api.id, api);
    return api;
  }

  takes(url: URL): boolean {
    return addressOf(url.hostname, this.#options.home.region) !== undefined;
  }

  async serve(request: ReceivedRequest): Promise<HttpReply | undefined> {
    const address = addressOf(request.url.hostname, this.#options.home.region);
    if (address === undefined) return undefined;
    if (address.kind === 'api') {
      return this.#apis.get(address.id)?.serveHost(request) ?? unknownApiReply();
    }
    const config = this.urls.byId(address.id);
    return config === undefined ? unknownUrlReply() : this.#urlHost.serve(config, request);
  }

  async fetch(input: Request | string | URL, init: RequestInit | undefined): Promise<Response> {
    const request = new Request(input, init);
    const reply = await this.serve(await receivedFrom(request));
    if (reply !== undefined) return responseOf(reply, request.method);
    throw new InvalidOptionError(
      'input',
      `a function URL or an API of ${this.#options.home.region}`,
      request.url,
      'Nothing leaves the process here: use the global `fetch` for the rest of the web',
    );
  }

  takesRequest(request: { readonly url: string }): boolean {
    return this.#isHere(new URL(request.url).hostname);
  }

  takesHost(host: string): boolean {
    return this.#isHere(host);
  }

  /** Requests of guests: what is here answers without a socket. */
  async answer(asked: InterceptedRequest, context: InterceptContext): Promise<InterceptedAnswer> {
    const reply = await context.waitFor(
      this.serve({
        method: asked.method,
        url: new URL(asked.url),
        headers: pairsOf(asked.headers),
        body: asked.body,
        sourceIp: '127.0.0.1',
        signal: context.signal,
      }),
    );
    if (reply === undefined) throw new TypeError(`Nobody answers ${asked.url}`);
    const { status, headers, body } = reply;
    return {
      status,
      headers: headers.flat(),
      body: body instanceof Uint8Array ? body : unhurried(body, context),
    };
  }

  deleted(functionName: string): void {
    // Should it fail, the documents are strays, which the next restart removes.
    this.urls.functionDeleted(functionName).catch((error: unknown) => {
      process.emitWarning(error instanceof Error ? error : String(error));
    });
  }

  /** Takes up what the storage kept for functions that are there. */
  restore(): Promise<void> {
    return this.urls.restore();
  }

  /** Refuses further changes; resolves when those on their way are kept. */
  close(): Promise<void> {
    return this.urls.close();
  }

  /** Only what exists: a URL that somebody has on AWS itself is the network's matter. */
  #isHere(hostname: string): boolean {
    const address = addressOf(hostname, this.#options.home.region);
    if (address === undefined) return false;
    const { kind, id } = address;
    return kind === 'api' ? this.#apis.has(id) : this.urls.byId(id) !== undefined;
  }

  #apiParts(): ApiParts {
    const { home, clock, ids } = this.#options;
    return { home, clock, ids, caller: this.#caller, onDeleted: (id) => this.#apis.delete(id) };
  }

  #handleOf(config: FunctionUrlConfig): FunctionUrl {
    return new FunctionUrl(this.urls, config, this.#options.home.region);
  }

  #checkTarget(functionName: string, alias: string | undefined): void {
    const { store } = this.#options.rooms();
    const record = store.find(functionName);
    if (record === undefined || !store.has(functionName, alias)) {
      throw new FunctionNotFoundError(functionName, 'Function does not exist');
    }
    if (record.latest.config.perTenant) {
      throw new InvalidOptionError(
        'function',
        'one without `perTenant`',
        functionName,
        'A request to a URL names no tenant',
      );
    }
  }

  #createCaller(): FunctionCaller {
    const targetOf = (functionName: string, qualifier: string | undefined) =>
      this.#options.rooms().store.router.target(functionName, qualifier).pick();
    return {
      invoke: async (functionName, qualifier, call) => {
        const { calls } = this.#options.rooms();
        return calls.invoke(targetOf(functionName, qualifier), call.event, optionsOf(call));
      },
      stream: async (functionName, qualifier, call) => {
        const { calls } = this.#options.rooms();
        return calls.stream(targetOf(functionName, qualifier), call.event, optionsOf(call));
      },
    };
  }
}

function unknownApiReply(): HttpReply {
  return jsonReply(403, { message: 'Forbidden' }, [['x-amzn-ErrorType', 'ForbiddenException']]);
}

function optionsOf({ requestId, traceId, signal }: HttpCall) {
  return {
    requestId,
    ...(traceId !== undefined && { traceId }),
    ...(signal !== undefined && { signal }),
  };
}

/** Names and values in turn, in pairs. */
function pairsOf(flat: readonly string[]): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    pairs.push([flat[index] ?? '', flat[index + 1] ?? '']);
  }
  return pairs;
}

/** Virtual time goes on between the pieces of a body: its function holds the clock where it must. */
async function* unhurried(
  body: ReadableStream<Uint8Array>,
  context: InterceptContext,
): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await context.waitFor(reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    // A stream that has failed already has nothing to be told.
    reader.cancel().catch(() => {});
  }
}
