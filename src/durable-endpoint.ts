import type { DurableEngine } from './durable/engine.ts';
import { CheckpointError } from './durable/durable-errors.ts';
import { epochSeconds, operationToWire, updateFromWire } from './durable/wire.ts';
import type { InterceptedAnswer, InterceptedRequest, Interceptor } from './network/interceptor.ts';

const pathPattern = /^\/2025-12-01\/durable-executions\/([^/]+)\/(checkpoint|state)$/;

/**
 * Answers what the SDK in a durable function asks of Lambda, so that handlers run without a network and without
 * more than this package: the checkpoints of executions, and their state.
 */
export class DurableEndpoint implements Interceptor {
  readonly #engine: DurableEngine;
  readonly #host: string;

  constructor(engine: DurableEngine, host: string) {
    this.#engine = engine;
    this.#host = host;
  }

  takesRequest({ url }: { readonly url: string }): boolean {
    if (!url.includes(this.#host)) return false;
    const { hostname, pathname } = new URL(url);
    return hostname === this.#host && pathPattern.test(pathname);
  }

  /** Everything else that this host has is none of its business. */
  takesHost(): boolean {
    return false;
  }

  async answer(request: InterceptedRequest): Promise<InterceptedAnswer> {
    try {
      return json(200, await this.#perform(request));
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      const { awsCode, awsMessage, awsStatus } = error;
      return json(awsStatus, { Type: 'User', message: awsMessage }, awsCode);
    }
  }

  async #perform({ url, body }: InterceptedRequest): Promise<object> {
    const { pathname, searchParams } = new URL(url);
    const [, encodedArn = '', operation] = pathPattern.exec(pathname) ?? [];
    const executionArn = decodeURIComponent(encodedArn);
    return operation === 'state'
      ? this.#state(executionArn, searchParams)
      : this.#checkpoint(executionArn, Buffer.from(body).toString());
  }

  async #checkpoint(executionArn: string, body: string): Promise<object> {
    const { CheckpointToken, ClientToken, Updates } = contentOf(body);
    const updates: readonly unknown[] = Array.isArray(Updates) ? Updates : [];
    const answer = await this.#engine.checkpoints.checkpoint({
      executionArn,
      token: String(CheckpointToken),
      updates: updates.map(updateFromWire),
      clientToken: typeof ClientToken === 'string' ? ClientToken : undefined,
    });
    return {
      CheckpointToken: answer.token,
      NewExecutionState: {
        Operations: answer.operations.map((one) => operationToWire(one, epochSeconds)),
      },
    };
  }

  #state(executionArn: string, query: URLSearchParams): object {
    const page = this.#engine.checkpoints.state({
      executionArn,
      token: query.get('CheckpointToken') ?? '',
      from: Number(query.get('Marker') ?? 0),
      maxItems: Number(query.get('MaxItems') ?? 0),
    });
    return {
      Operations: page.operations.map((one) => operationToWire(one, epochSeconds)),
      ...(page.next !== undefined && { NextMarker: String(page.next) }),
    };
  }
}

function contentOf(body: string): Readonly<Record<string, unknown>> {
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch {
    throw new CheckpointError('Could not parse request body into json');
  }
  return typeof content === 'object' && content !== null ? { ...content } : {};
}

function json(status: number, content: object, errorType?: string): InterceptedAnswer {
  const headers = ['content-type', 'application/json'];
  if (errorType !== undefined) headers.push('x-amzn-errortype', errorType);
  return { status, headers, body: Buffer.from(JSON.stringify(content)) };
}
