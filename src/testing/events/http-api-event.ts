import { checkOneOf } from '../../core/options.ts';
import { exampleHex, exampleUuid, originOf, type Origin } from './event-origin.ts';
import {
  isEmpty,
  joinedValues,
  logTime,
  pathParameters,
  requestKeys,
  requestOf,
  type HttpRequest,
  type HttpRequestOptions,
} from './http-request.ts';
import { overridden, type Overrides } from './overrides.ts';

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

export interface ApiGatewayProxyEventV2Options extends HttpRequestOptions {
  /** As in `GET /users/{id}`, which says what path parameters there are. @default '$default' */
  readonly routeKey?: string;
  /** @default '$default' */
  readonly stage?: string;
  /** @default none */
  readonly stageVariables?: Readonly<Record<string, string>>;
  /** What an authorizer gave: `{ jwt: { claims: { sub: '1' }, scopes: null } }`, `{ lambda: ... }`. @default none */
  readonly authorizer?: Readonly<Record<string, unknown>>;
  readonly overrides?: Overrides<ApiGatewayProxyEventV2>;
}

export interface FunctionUrlEventOptions extends HttpRequestOptions {
  /** `AWS_IAM` brings along who signed the request. @default 'NONE' */
  readonly authType?: 'NONE' | 'AWS_IAM';
  readonly overrides?: Overrides<ApiGatewayProxyEventV2>;
}

/**
 * A request to an HTTP API.
 * @example
 * apiGatewayProxyEventV2({ routeKey: 'GET /users/{id}', path: '/users/7', cookies: ['session=1'] })
 */
export function apiGatewayProxyEventV2(
  options: ApiGatewayProxyEventV2Options = {},
): ApiGatewayProxyEventV2 {
  const own = ['routeKey', 'stage', 'stageVariables', 'authorizer', 'overrides'];
  const origin = originOf(options, [...requestKeys, ...own]);
  const { routeKey = '$default', stage = '$default', stageVariables, authorizer } = options;
  const apiId = exampleHex(10, 'http api');
  const domainName = `${apiId}.execute-api.${origin.home.region}.amazonaws.com`;
  const request = requestOf(options, domainName, origin.atMs);
  const parameters = pathParameters('routeKey', routeKey, request.path);
  const event: ApiGatewayProxyEventV2 = {
    ...eventOf(request, origin, {
      accountId: origin.home.accountId,
      apiId,
      ...(authorizer !== undefined && { authorizer: { ...authorizer } }),
      domainName,
      routeKey,
      stage,
    }),
    ...(parameters !== undefined && { pathParameters: parameters }),
    ...(stageVariables !== undefined && { stageVariables: { ...stageVariables } }),
  };
  return overridden(event, options.overrides);
}

/**
 * A request to a function's own URL.
 * @example
 * functionUrlEvent({ method: 'POST', body: { id: 1 } })
 */
export function functionUrlEvent(options: FunctionUrlEventOptions = {}): ApiGatewayProxyEventV2 {
  const origin = originOf(options, [...requestKeys, 'authType', 'overrides']);
  const { authType = 'NONE' } = options;
  checkOneOf('authType', authType, ['NONE', 'AWS_IAM']);
  const { home, atMs } = origin;
  const apiId = exampleHex(32, 'url');
  const domainName = `${apiId}.lambda-url.${home.region}.on.aws`;
  const isSigned = authType === 'AWS_IAM';
  const event = {
    ...eventOf(requestOf(options, domainName, atMs), origin, {
      accountId: isSigned ? home.accountId : 'anonymous',
      apiId,
      ...(isSigned && { authorizer: { iam: signer(origin) } }),
      domainName,
      routeKey: '$default',
      stage: '$default',
    }),
    pathParameters: null,
    stageVariables: null,
  } as unknown as ApiGatewayProxyEventV2;
  return overridden(event, options.overrides);
}

function eventOf(
  request: HttpRequest,
  { atMs }: Origin,
  api: Pick<
    HttpRequestContext,
    'accountId' | 'apiId' | 'authorizer' | 'domainName' | 'routeKey' | 'stage'
  >,
): ApiGatewayProxyEventV2 {
  const { method, path, query, headers, cookies, body, sourceIp, userAgent } = request;
  const { routeKey, stage, ...others } = api;
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: String(
      new URLSearchParams(query.map(([name, value]): [string, string] => [name, value])),
    ),
    ...(cookies.length > 0 && { cookies: [...cookies] }),
    headers: joinedValues(headers),
    ...(!isEmpty(query) && { queryStringParameters: joinedValues(query) }),
    requestContext: {
      ...others,
      domainPrefix: api.apiId,
      http: { method, path, protocol: 'HTTP/1.1', sourceIp, userAgent },
      requestId: exampleUuid('request', method, path),
      routeKey,
      stage,
      time: logTime(atMs),
      timeEpoch: atMs,
    },
    ...(body !== undefined && { body }),
    isBase64Encoded: request.isBase64Encoded,
  };
}

function signer({ home }: Origin): Record<string, string | null> {
  const { partition, accountId } = home;
  return {
    accessKey: 'AKIAIOSFODNN7EXAMPLE',
    accountId,
    callerId: 'AIDACKCEVSQ6C2EXAMPLE',
    cognitoIdentity: null,
    principalOrgId: 'o-a1b2c3d4e5',
    userArn: `arn:${partition}:iam::${accountId}:user/example-user`,
    userId: 'AIDACKCEVSQ6C2EXAMPLE',
  };
}
