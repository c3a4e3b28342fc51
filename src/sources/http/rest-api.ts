import { createHash } from 'node:crypto';
import { Api, behindStage, type ApiParts } from './api-host.ts';
import type { ResolvedApi, ResolvedRoute } from './api-options.ts';
import { isPreflight, preflightReply } from './cors.ts';
import { restApiEvent } from './event-v1.ts';
import type { HttpCall } from './function-caller.ts';
import { jsonReply, type HttpReply } from './http-reply.ts';
import { lastValue, type Pairs } from './http-request.ts';
import { integrate, type IntegrationResult } from './integration.ts';
import { isBinaryV1, readRequest, type ReceivedRequest } from './received-request.ts';
import { mostBodyBytes } from './request-body.ts';
import { MalformedResult } from './result-parts.ts';
import { replyV1 } from './result-v1.ts';
import { RouteTable, type FoundRoute } from './route-table.ts';
import { traceOf } from './trace.ts';

/** Methods by name; a path is a resource, and its methods are looked for when it is found. */
type Resource = ReadonlyMap<string, ResolvedRoute>;

/** A REST API. https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
export class RestApi extends Api {
  readonly #api: ResolvedApi;
  readonly #resources = new RouteTable<Resource>();

  constructor(api: ResolvedApi, parts: ApiParts) {
    super(api, parts);
    this.#api = api;
    const byPath = Map.groupBy(api.routes, ({ path }) => path);
    for (const [path, routes] of byPath) {
      this.#resources.add('', path, new Map(routes.map((route) => [route.method, route])));
    }
  }

  async serveHost(request: ReceivedRequest): Promise<HttpReply> {
    const path = behindStage(request.url.pathname, this.#api.stage);
    return path === undefined
      ? failure(403, 'Forbidden', 'ForbiddenException')
      : this.serve(request, path);
  }

  protected async serve(request: ReceivedRequest, path: string): Promise<HttpReply> {
    const { cors } = this.#api;
    const method = request.method.toUpperCase();
    const found = this.#resources.find('', path);
    const route = found?.data.get(method) ?? found?.data.get('ANY');
    const hasOwn = found?.data.has(method) === true;
    if (
      cors !== undefined &&
      found !== undefined &&
      !hasOwn &&
      isPreflight(method, request.headers)
    ) {
      return preflightReply(cors, request.headers, 200);
    }
    const requestId = this.parts.ids.uuid();
    const reply =
      found === undefined || route === undefined
        ? failure(403, 'Missing Authentication Token', 'MissingAuthenticationTokenException')
        : await this.#answer(request, path, { ...found, data: route }, requestId);
    return { ...reply, headers: [...reply.headers, ['x-amzn-requestid', requestId]] };
  }

  async #answer(
    request: ReceivedRequest,
    path: string,
    found: FoundRoute<ResolvedRoute>,
    requestId: string,
  ): Promise<HttpReply> {
    if (request.body.byteLength > mostBodyBytes) {
      return failure(413, `HTTP content length exceeded ${mostBodyBytes} bytes.`);
    }
    const call = this.#callOf(request, path, found, requestId);
    const result = await integrate(found.data, call, this.parts);
    return this.#replyOf(result, request.headers);
  }

  #callOf(
    received: ReceivedRequest,
    path: string,
    { data: route, parameters: pathParameters }: FoundRoute<ResolvedRoute>,
    requestId: string,
  ): HttpCall {
    const { stage, stageVariables, binaryMediaTypes } = this.#api;
    const { home, clock, ids } = this.parts;
    const atMs = clock.now();
    const { header: trace, traceId } = traceOf(received.headers, requestId, atMs);
    const request = readRequest(received, { trace, isBinary: isBinaryV1(binaryMediaTypes) });
    const event = restApiEvent(
      { ...request, path },
      {
        accountId: home.accountId,
        apiId: this.id,
        domainName: this.domainName,
        stage,
        resourceId: createHash('sha256').update(route.path).digest('hex').slice(0, 6),
        resource: route.path,
        pathParameters,
        stageVariables,
        authorizer: undefined,
        requestId,
        extendedRequestId: Buffer.from(ids.hex32(), 'hex').toString('base64').slice(0, 16),
        atMs,
      },
    );
    const { signal } = received;
    return {
      event,
      requestId: ids.uuid(),
      ...(traceId !== undefined && { traceId }),
      ...(signal !== undefined && { signal }),
    };
  }

  #replyOf(result: IntegrationResult, headers: Pairs): HttpReply {
    switch (result.kind) {
      case 'ok':
        return this.#malformedAsFailure(result.outcome.payloadJson, headers);
      case 'timeout':
        return failure(504, 'Endpoint request timed out');
      case 'throttled':
        return failure(500, 'Internal server error', 'InternalServerErrorException');
      case 'too-large':
        return failure(413, 'Request Too Long', 'RequestTooLargeException');
      default:
        return badGateway();
    }
  }

  #malformedAsFailure(payloadJson: string, headers: Pairs): HttpReply {
    const media = this.#api.binaryMediaTypes;
    try {
      return replyV1(payloadJson, { media, accept: lastValue(headers, 'accept') });
    } catch (error) {
      if (error instanceof MalformedResult) return badGateway();
      throw error;
    }
  }
}

function badGateway(): HttpReply {
  return failure(502, 'Internal server error', 'InternalServerErrorException');
}

function failure(status: number, message: string, type?: string): HttpReply {
  return jsonReply(status, { message }, type === undefined ? [] : [['x-amzn-ErrorType', type]]);
}
