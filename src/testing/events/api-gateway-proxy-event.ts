import { exampleBase64, exampleHex, exampleUuid, originOf } from './event-origin.ts';
import {
  isEmpty,
  logTime,
  multiValues,
  pathParameters,
  requestKeys,
  requestOf,
  singleValues,
  type HttpRequest,
  type HttpRequestOptions,
} from './http-request.ts';
import { overridden, type Overrides } from './overrides.ts';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
export interface ApiGatewayProxyEvent {
  readonly resource: string;
  readonly path: string;
  readonly httpMethod: string;
  readonly headers: Record<string, string>;
  readonly multiValueHeaders: Record<string, string[]>;
  readonly queryStringParameters: Record<string, string> | null;
  readonly multiValueQueryStringParameters: Record<string, string[]> | null;
  readonly pathParameters: Record<string, string> | null;
  readonly stageVariables: Record<string, string> | null;
  readonly requestContext: ApiGatewayRequestContext;
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
}

export interface ApiGatewayRequestContext {
  readonly resourceId: string;
  /** What an authorizer gave. */
  readonly authorizer: Record<string, unknown> | null;
  readonly resourcePath: string;
  readonly httpMethod: string;
  readonly extendedRequestId: string;
  readonly requestTime: string;
  readonly path: string;
  readonly accountId: string;
  readonly protocol: string;
  readonly stage: string;
  readonly domainPrefix: string;
  readonly requestTimeEpoch: number;
  readonly requestId: string;
  readonly identity: ApiGatewayIdentity;
  readonly domainName: string;
  readonly apiId: string;
}

export interface ApiGatewayIdentity {
  readonly cognitoIdentityPoolId: string | null;
  readonly accountId: string | null;
  readonly cognitoIdentityId: string | null;
  readonly caller: string | null;
  readonly sourceIp: string;
  readonly principalOrgId: string | null;
  readonly accessKey: string | null;
  readonly cognitoAuthenticationType: string | null;
  readonly cognitoAuthenticationProvider: string | null;
  readonly userArn: string | null;
  readonly userAgent: string | null;
  readonly user: string | null;
  readonly apiKey: string | null;
  readonly apiKeyId: string | null;
  readonly clientCert: null;
}

export interface ApiGatewayProxyEventOptions extends HttpRequestOptions {
  /** Route with `{name}` or `{proxy+}`, which say what path parameters there are. @default the path itself */
  readonly resource?: string;
  /** @default 'prod' */
  readonly stage?: string;
  /** @default none */
  readonly stageVariables?: Readonly<Record<string, string>>;
  /** What an authorizer gave: `{ claims: { sub: '1' } }`. @default none */
  readonly authorizer?: Readonly<Record<string, unknown>>;
  readonly overrides?: Overrides<ApiGatewayProxyEvent>;
}

/**
 * A request to a REST API with a proxy integration; HTTP APIs with payload format 1.0 send nearly the same.
 * @example
 * apiGatewayProxyEvent({ method: 'POST', resource: '/users/{id}', path: '/users/7?full=1', body: { a: 1 } })
 */
export function apiGatewayProxyEvent(
  options: ApiGatewayProxyEventOptions = {},
): ApiGatewayProxyEvent {
  const own = ['resource', 'stage', 'stageVariables', 'authorizer', 'overrides'];
  const { home, atMs } = originOf(options, [...requestKeys, ...own]);
  const apiId = exampleHex(10, 'api');
  const domainName = `${apiId}.execute-api.${home.region}.amazonaws.com`;
  const request = requestOf(options, domainName, atMs);
  const { stage = 'prod', stageVariables, authorizer, overrides } = options;
  const { resource = request.path } = options;
  const headers = [...request.headers, ...cookieHeader(request)].map(
    ([name, value]) => [canonical(name), value] as const,
  );
  const hasQuery = !isEmpty(request.query);
  const event: ApiGatewayProxyEvent = {
    resource,
    path: request.path,
    httpMethod: request.method,
    headers: singleValues(headers),
    multiValueHeaders: multiValues(headers),
    queryStringParameters: hasQuery ? singleValues(request.query) : null,
    multiValueQueryStringParameters: hasQuery ? multiValues(request.query) : null,
    pathParameters: pathParameters('resource', resource, request.path) ?? null,
    stageVariables: stageVariables === undefined ? null : { ...stageVariables },
    requestContext: {
      resourceId: exampleHex(6, 'resource', resource),
      authorizer: authorizer === undefined ? null : { ...authorizer },
      resourcePath: resource,
      httpMethod: request.method,
      extendedRequestId: exampleBase64(11, 'extended', request.path),
      requestTime: logTime(atMs),
      path: `/${stage}${request.path}`,
      accountId: home.accountId,
      protocol: 'HTTP/1.1',
      stage,
      domainPrefix: apiId,
      requestTimeEpoch: atMs,
      requestId: exampleUuid('request', request.method, request.path),
      identity: identityOf(request),
      domainName,
      apiId,
    },
    body: request.body ?? null,
    isBase64Encoded: request.isBase64Encoded,
  };
  return overridden(event, overrides);
}

function identityOf({ sourceIp, userAgent }: HttpRequest): ApiGatewayIdentity {
  return {
    cognitoIdentityPoolId: null,
    accountId: null,
    cognitoIdentityId: null,
    caller: null,
    sourceIp,
    principalOrgId: null,
    accessKey: null,
    cognitoAuthenticationType: null,
    cognitoAuthenticationProvider: null,
    userArn: null,
    userAgent,
    user: null,
    apiKey: null,
    apiKeyId: null,
    clientCert: null,
  };
}

function cookieHeader({ cookies }: HttpRequest): (readonly [string, string])[] {
  return cookies.length === 0 ? [] : [['cookie', cookies.join('; ')]];
}

/** REST APIs hand headers on as they came, which with browsers is `Content-Type`. */
function canonical(name: string): string {
  return name.replaceAll(
    /(^|-)([a-z])/g,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
}
