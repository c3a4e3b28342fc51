import type { InterceptContext, InterceptedRequest } from '../network/interceptor.ts';

/** A request that a function made, as it arrived. */
export class MockedCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  /** What `:name` stands for in the URL of the route. */
  readonly params: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Who asked. */
  readonly functionName: string;
  /** The invocation; `undefined` during init. */
  readonly requestId: string | undefined;

  constructor(
    request: InterceptedRequest,
    context: Pick<InterceptContext, 'functionName' | 'requestId'>,
    params: Readonly<Record<string, string>>,
  ) {
    this.method = request.method;
    this.url = request.url;
    this.headers = new Headers();
    for (let index = 0; index + 1 < request.headers.length; index += 2) {
      this.headers.append(request.headers[index] ?? '', request.headers[index + 1] ?? '');
    }
    this.params = params;
    this.body = request.body;
    this.functionName = context.functionName;
    this.requestId = context.requestId;
  }

  get query(): URLSearchParams {
    return new URL(this.url).searchParams;
  }

  /** The body as UTF-8. */
  text(): string {
    return new TextDecoder().decode(this.body);
  }

  /** The body as JSON. @throws SyntaxError */
  json(): unknown {
    return JSON.parse(this.text());
  }
}
