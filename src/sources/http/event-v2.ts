import { joinedValues, logTime, type HttpRequest } from './http-request.ts';

/**
 * Payload format 2.0, of HTTP APIs and of function URLs. A URL has `null` for `pathParameters` and
 * `stageVariables`, whatever published types say.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export interface ApiGatewayProxyEventV2 {
  readonly version: '2.0';
  readonly routeKey: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly cookies?: string[];
  /** Names in lower case; several values with commas between them. */
  readonly headers: Record<string, string>;
  readonly queryStringParameters?: Record<string, string>;
  readonly requestContext: HttpRequestContext;
  readonly body?: string;
  readonly pathParameters?: Record<string, string>;
  readonly isBase64Encoded: boolean;
  readonly stageVariables?: Record<string, string>;
}

export interface HttpRequestContext {
  readonly accountId: string;
  readonly apiId: string;
  /** Only when there is an authorizer. */
  readonly authorizer?: Record<string, unknown>;
  readonly domainName: string;
  readonly domainPrefix: string;
  readonly http: {
    readonly method: string;
    readonly path: string;
    readonly protocol: string;
    readonly sourceIp: string;
    readonly userAgent: string;
  };
  readonly requestId: string;
  readonly routeKey: string;
  readonly stage: string;
  readonly time: string;
  readonly timeEpoch: number;
}

/** What took the request, and how. */
export interface EventV2Origin {
  readonly accountId: string;
  readonly apiId: string;
  readonly authorizer?: Record<string, unknown>;
  readonly domainName: string;
  /** As in `GET /users/{id}`, or `$default`. */
  readonly routeKey: string;
  readonly stage: string;
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/** What an API adds to the event of a request. */
export interface RouteFacts {
  readonly pathParameters: Record<string, string> | undefined;
  readonly stageVariables: Record<string, string> | undefined;
}

/** The event of a request to an HTTP API. */
export function httpApiEvent(
  request: HttpRequest,
  origin: EventV2Origin,
  { pathParameters, stageVariables }: RouteFacts,
): ApiGatewayProxyEventV2 {
  return {
    ...eventV2(request, origin),
    ...(pathParameters !== undefined && { pathParameters }),
    ...(stageVariables !== undefined && { stageVariables }),
  };
}

/** The event of a request to a function's own URL. */
export function urlEvent(request: HttpRequest, origin: EventV2Origin): ApiGatewayProxyEventV2 {
  const event = { ...eventV2(request, origin), pathParameters: null, stageVariables: null };
  // Published types do not know of the `null`s that AWS sends.
  return event as unknown as ApiGatewayProxyEventV2;
}

function eventV2(request: HttpRequest, origin: EventV2Origin): ApiGatewayProxyEventV2 {
  const { method, path, rawQuery, query, cookies, body, sourceIp, userAgent } = request;
  const { routeKey, stage, requestId, atMs, ...api } = origin;
  const headers = request.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: rawQuery,
    ...(cookies.length > 0 && { cookies: [...cookies] }),
    headers: joinedValues(headers),
    ...(query.length > 0 && { queryStringParameters: joinedValues(query) }),
    requestContext: {
      ...api,
      domainPrefix: api.apiId,
      http: { method, path, protocol: 'HTTP/1.1', sourceIp, userAgent },
      requestId,
      routeKey,
      stage,
      time: logTime(atMs),
      timeEpoch: atMs,
    },
    ...(body !== undefined && { body }),
    isBase64Encoded: request.isBase64Encoded,
  };
}
