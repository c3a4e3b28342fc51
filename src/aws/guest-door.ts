import { functionArn } from '../core/arn.ts';
import type {
  InterceptContext,
  InterceptedAnswer,
  InterceptedRequest,
  Interceptor,
} from '../network/interceptor.ts';
import type { Door } from './door.ts';

/**
 * Leads what a guest's own AWS SDK asks of Lambda to the door of its `Lambda`, so that functions call functions
 * without a network. Their lineage comes along in `X-Amzn-Trace-Id`, as the SDK sends it.
 */
export class GuestDoor implements Interceptor {
  readonly #door: Door;
  readonly #host: string;

  constructor(door: Door, region: string, suffix: string) {
    this.#door = door;
    this.#host = `lambda.${region}.${suffix}`;
  }

  takesRequest({ url }: { readonly url: string }): boolean {
    return new URL(url).hostname === this.#host;
  }

  takesHost(host: string): boolean {
    return host === this.#host;
  }

  async answer(request: InterceptedRequest, context: InterceptContext): Promise<InterceptedAnswer> {
    const { pathname, searchParams } = new URL(request.url);
    const query = Object.fromEntries(
      [...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)] as const),
    );
    const answered = this.#door.handle({
      method: request.method,
      path: pathname,
      query: Object.fromEntries(
        Object.entries(query).map(([name, values]) => [
          name,
          values.length === 1 ? (values[0] ?? '') : values,
        ]),
      ),
      headers: pairs(request.headers),
      body: request.body,
      sourceFunctionArn: functionArn(this.#door.rooms.options.home, context.functionName),
      signal: context.signal,
    });
    // The function that is called holds the clock where it must; whoever waits for it does not.
    const { status, headers, body } = await context.waitFor(answered);
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    return { status, headers: Object.entries(headers).flat(), body: bytes };
  }
}

function pairs(flat: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index < flat.length; index += 2) {
    headers[(flat[index] ?? '').toLowerCase()] = flat[index + 1] ?? '';
  }
  return headers;
}
