import { Api, behindStage, type ApiParts } from './api-host.ts';
import type { ResolvedApi, ResolvedRoute } from './api-options.ts';
import { corsHeaders, isPreflight, preflightReply } from './cors.ts';
import { restApiEvent } from './event-v1.ts';
import { httpApiEvent } from './event-v2.ts';
import type { HttpCall } from './function-caller.ts';
import { jsonReply, type HttpReply } from './http-reply.ts';
import { integrate, type IntegrationResult } from './integration.ts';
import { isBinaryV2, readRequest, type ReceivedRequest } from './received-request.ts';
import { mostBodyBytes } from './request-body.ts';
import { MalformedResult } from './result-parts.ts';
import { replyV1 } from './result-v1.ts';
import { replyV2 } from './result-v2.ts';
import { isGreedy, RouteTable, type FoundRoute } from './route-table.ts';
import { bufferedReply } from './streamed-reply.ts';
import { traceOf } from './trace.ts';

/** Of results that name none. */
const usualType = 'text/plain; charset=utf-8';

/** An HTTP API. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html */
export class HttpApi extends Api {
  readonly #api: ResolvedApi;
  readonly #exact = new RouteTable<ResolvedRoute>();
  readonly #greedy = new RouteTable<ResolvedRoute>();
  readonly #default: ResolvedRoute | undefined;

  constructor(api: ResolvedApi, parts: ApiParts) {
    super(api, parts);
    this.#api = api;
    this.#default = api.routes.find(({ path }) => path === '$default');
    for (const route of api.routes) {
      if (route === this.#default) continue;
      const table = isGreedy(route.path) ? this.#greedy : this.#exact;
      table.add(route.method === 'ANY' ? '' : route.method, route.path, route);
    }
  }

  async serveHost(request: ReceivedRequest): Promise<HttpReply> {
    const { stage } = this.#api;
    const { pathname } = request.url;
    const path = stage === '$default' ? pathname : behindStage(pathname, stage);
    return path === undefined ? notFound() : this.serve(request, path);
  }

  protected async serve(request: ReceivedRequest, path: string): Promise<HttpReply> {
    const { cors } = this.#api;
    if (cors === undefined) return this.#answer(request, path);
    if (isPreflight(request.method, request.headers)) {
      return preflightReply(cors, request.headers, 204);
    }
    const { headers, ...reply } = await this.#answer(request, path);
    const kept = headers.filter(([name]) => !name.toLowerCase().startsWith('access-control-'));
    return { ...reply, headers: [...kept, ...corsHeaders(cors, request.headers)] };
  }

  async #answer(request: ReceivedRequest, path: string): Promise<HttpReply> {
    const found = this.#find(request.method.toUpperCase(), path);
    if (found === undefined) return notFound();
    if (request.body.byteLength > mostBodyBytes) return tooLarge();
    const requestId = this.parts.ids.uuid();
    const call = this.#callOf(request, path, found, requestId);
    const result = await integrate(found.data, call, this.parts);
    const reply = replyOf(result, found.data);
    return { ...reply, headers: [...reply.headers, ['apigw-requestid', requestId]] };
  }

  /** All of the path comes before a part of it, and any of both before `$default`. */
  #find(method: string, path: string): FoundRoute<ResolvedRoute> | undefined {
    // `/users/` is not `/users` here.
    const isExact = path === '/' || !path.endsWith('/');
    const found = isExact ? this.#exact.find(method, path) : undefined;
    const routed = found ?? this.#greedy.find(method, path);
    if (routed !== undefined || this.#default === undefined) return routed;
    return { data: this.#default, parameters: undefined };
  }

  #callOf(
    received: ReceivedRequest,
    path: string,
    { data: route, parameters: pathParameters }: FoundRoute<ResolvedRoute>,
    requestId: string,
  ): HttpCall {
    const { stage, stageVariables } = this.#api;
    const atMs = this.parts.clock.now();
    const { header: trace, traceId } = traceOf(received.headers, requestId, atMs);
    const request = readRequest(received, { trace, isBinary: isBinaryV2 });
    const origin = {
      accountId: this.parts.home.accountId,
      apiId: this.id,
      domainName: this.domainName,
      stage,
      requestId,
      atMs,
    };
    const routeKey = route.path === '$default' ? '$default' : `${route.method} ${route.path}`;
    // The stage is part of the path that handlers see.
    const rawPath = stage === '$default' ? path : `/${stage}${path}`;
    const event =
      route.payloadFormat === '2.0'
        ? httpApiEvent(
            { ...request, path: rawPath },
            { ...origin, routeKey },
            { pathParameters, stageVariables },
          )
        : {
            version: '1.0',
            ...restApiEvent(
              { ...request, path: rawPath },
              {
                ...origin,
                resourceId: routeKey,
                resource: route.path,
                pathParameters,
                stageVariables,
                authorizer: undefined,
                extendedRequestId: requestId,
              },
            ),
          };
    const { signal } = received;
    return {
      event,
      requestId: this.parts.ids.uuid(),
      ...(traceId !== undefined && { traceId }),
      ...(signal !== undefined && { signal }),
    };
  }
}

function replyOf(result: IntegrationResult, { payloadFormat }: ResolvedRoute): HttpReply {
  switch (result.kind) {
    case 'ok':
      break;
    case 'failed':
      return failure();
    case 'too-large':
      return tooLarge();
    default:
      return jsonReply(503, { message: 'Service Unavailable' });
  }
  const { body, payloadJson } = result.outcome;
  try {
    if (body !== undefined) return bufferedReply(body.contentType, body.bytes);
    return payloadFormat === '2.0'
      ? replyV2(payloadJson, usualType)
      : replyV1(payloadJson, { media: ['*/*'], accept: undefined });
  } catch (error) {
    if (error instanceof MalformedResult) return failure();
    throw error;
  }
}

function failure(): HttpReply {
  return jsonReply(500, { message: 'Internal Server Error' });
}

function notFound(): HttpReply {
  return jsonReply(404, { message: 'Not Found' });
}

function tooLarge(): HttpReply {
  return jsonReply(413, { message: 'Request Entity Too Large' });
}
