import type {
  InterceptContext,
  InterceptedAnswer,
  InterceptedRequest,
  Interceptor,
} from './interceptor.ts';

/** Several interceptors in a row: the first that takes a request answers it. */
export class InterceptorChain implements Interceptor {
  readonly #links: Interceptor[] = [];

  /** Adds one behind the others; the returned function takes it away again. */
  add(interceptor: Interceptor): () => void {
    this.#links.push(interceptor);
    return () => {
      const index = this.#links.indexOf(interceptor);
      if (index >= 0) this.#links.splice(index, 1);
    };
  }

  takesRequest(request: { readonly method: string; readonly url: string }): boolean {
    return this.#taker(request) !== undefined;
  }

  takesHost(host: string, port: number): boolean {
    return this.#links.some((link) => link.takesHost(host, port));
  }

  async answer(request: InterceptedRequest, context: InterceptContext): Promise<InterceptedAnswer> {
    const taker = this.#taker(request) ?? this.#links.find((link) => standsFor(link, request.url));
    if (taker === undefined) throw new TypeError(`Nobody answers ${request.method} ${request.url}`);
    return taker.answer(request, context);
  }

  #taker(request: { readonly method: string; readonly url: string }): Interceptor | undefined {
    return this.#links.find((link) => link.takesRequest(request));
  }
}

/** A connection of HTTP/2 is taken for its host, before a request is known. */
function standsFor(link: Interceptor, url: string): boolean {
  const { hostname, port, protocol } = new URL(url);
  const usual = protocol === 'https:' ? 443 : 80;
  return link.takesHost(hostname, port === '' ? usual : Number(port));
}
