import { functionArn, type Home } from '../../core/arn.ts';
import type { Clock } from '../../core/clock.ts';
import {
  FunctionNotFoundError,
  HandlerError,
  PayloadTooLargeError,
  ThrottledError,
} from '../../core/errors.ts';
import type { Ids } from '../../core/ids.ts';
import { RecursiveInvocationError } from '../../core/lineage.ts';
import { limits } from '../../core/limits.ts';
import type { FunctionUrlConfig } from '../function-url-options.ts';
import { corsHeaders, isPreflight, preflightReply } from './cors.ts';
import { urlEvent } from './event-v2.ts';
import type { FunctionCaller, HttpCall } from './function-caller.ts';
import { jsonReply, type HttpReply } from './http-reply.ts';
import { isBinaryV2, readRequest, type ReceivedRequest } from './received-request.ts';
import { MalformedResult } from './result-parts.ts';
import { replyV2 } from './result-v2.ts';
import { bufferedReply, streamedReply } from './streamed-reply.ts';
import { traceOf } from './trace.ts';
import type { AuthoriseUrl, UrlCaller } from './url-access.ts';

export interface FunctionUrlHostOptions {
  readonly home: Home;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly caller: FunctionCaller;
  readonly authorise: AuthoriseUrl;
}

const forbidden =
  'Forbidden. For troubleshooting Function URL authorization issues, see: ' +
  'https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html';

/** Answers requests to function URLs. https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html */
export class FunctionUrlHost {
  readonly #options: FunctionUrlHostOptions;

  constructor(options: FunctionUrlHostOptions) {
    this.#options = options;
  }

  /** Rejects when the `Lambda` is closed or the signal aborts; everything else is an answer. */
  async serve(config: FunctionUrlConfig, request: ReceivedRequest): Promise<HttpReply> {
    const { cors } = config;
    if (cors === undefined) return this.#answer(config, request);
    if (isPreflight(request.method, request.headers)) {
      return preflightReply(cors, request.headers, 200);
    }
    const reply = await this.#answer(config, request);
    // What the handler says of CORS stays: both on one answer is an error on AWS as well.
    return { ...reply, headers: [...reply.headers, ...corsHeaders(cors, request.headers)] };
  }

  async #answer(config: FunctionUrlConfig, request: ReceivedRequest): Promise<HttpReply> {
    const { home, ids, authorise } = this.#options;
    const requestId = ids.uuid();
    const ownHeaders = [['x-amzn-requestid', requestId] as const];
    try {
      const arn = functionArn(home, config.functionName, config.alias);
      const decision = await authorise({ config, functionArn: arn, request });
      if (!decision.isAllowed) return refusal(decision.message);
      checkSize(request.body.byteLength);
      const call = this.#callOf(config, request, requestId, decision.caller);
      const reply =
        config.invokeMode === 'BUFFERED'
          ? await this.#buffered(config, call)
          : await this.#streamed(config, call);
      return { ...reply, headers: [...reply.headers, ...ownHeaders] };
    } catch (error) {
      const reply = errorReply(error);
      return { ...reply, headers: [...reply.headers, ...ownHeaders] };
    }
  }

  #callOf(
    { id }: FunctionUrlConfig,
    request: ReceivedRequest,
    requestId: string,
    caller: UrlCaller | undefined,
  ): HttpCall {
    const { home, clock } = this.#options;
    const atMs = clock.now();
    const { header: trace, traceId } = traceOf(request.headers, requestId, atMs);
    const event = urlEvent(readRequest(request, { trace, isBinary: isBinaryV2 }), {
      accountId: caller?.accountId ?? 'anonymous',
      apiId: id,
      ...(caller !== undefined && { authorizer: { iam: authorizerOf(caller) } }),
      domainName: `${id}.lambda-url.${home.region}.on.aws`,
      routeKey: '$default',
      stage: '$default',
      requestId,
      atMs,
    });
    const { signal } = request;
    return {
      event,
      requestId,
      ...(traceId !== undefined && { traceId }),
      ...(signal !== undefined && { signal }),
    };
  }

  async #buffered({ functionName, alias }: FunctionUrlConfig, call: HttpCall): Promise<HttpReply> {
    const outcome = await this.#options.caller.invoke(functionName, alias, call);
    if (outcome.status === 'error') return failure(outcome.isSystemFault ? 500 : 502);
    const { body, payloadJson } = outcome;
    return body === undefined ? replyV2(payloadJson) : bufferedReply(body.contentType, body.bytes);
  }

  async #streamed({ functionName, alias }: FunctionUrlConfig, call: HttpCall): Promise<HttpReply> {
    return streamedReply(await this.#options.caller.stream(functionName, alias, call));
  }
}

/** The answer to a URL of this region that nobody has. */
export function unknownUrlReply(): HttpReply {
  return jsonReply(403, { Message: null }, [['x-amzn-ErrorType', 'AccessDeniedException']]);
}

function refusal(message: string = forbidden): HttpReply {
  return jsonReply(403, { Message: message }, [['x-amzn-ErrorType', 'AccessDeniedException']]);
}

/** What went wrong before or in the handler, as its caller is told. */
function errorReply(error: unknown): HttpReply {
  // The alias is gone: its URL is there and lets nobody in.
  if (error instanceof FunctionNotFoundError) return refusal();
  if (error instanceof HandlerError || error instanceof MalformedResult) return failure(502);
  if (error instanceof ThrottledError) {
    const { reason } = error;
    return userError(429, 'TooManyRequestsException', {
      Reason: reason,
      message: 'Rate Exceeded.',
    });
  }
  if (error instanceof PayloadTooLargeError) {
    return userError(413, 'RequestEntityTooLargeException', { message: error.message });
  }
  if (error instanceof RecursiveInvocationError) {
    return userError(400, 'RecursiveInvocationException', { Message: error.message });
  }
  throw error;
}

function userError(status: number, type: string, fields: object): HttpReply {
  return jsonReply(status, { ...fields, Type: 'User' }, [['x-amzn-ErrorType', type]]);
}

function failure(status: number): HttpReply {
  const body = Buffer.from('Internal Server Error');
  return { status, headers: [['content-type', 'application/json']], body };
}

function checkSize(bytes: number): void {
  if (bytes > limits.syncRequestBytes) {
    throw new PayloadTooLargeError(bytes, limits.syncRequestBytes);
  }
}

function authorizerOf(caller: UrlCaller): Record<string, string | null> {
  const { accessKey, accountId, callerId, principalOrgId = null, userArn, userId } = caller;
  return { accessKey, accountId, callerId, cognitoIdentity: null, principalOrgId, userArn, userId };
}
