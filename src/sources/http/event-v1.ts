import {
  logTime,
  multiValues,
  singleValues,
  type HttpRequest,
  type Pairs,
} from './http-request.ts';

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

/** What took the request, and how. */
export interface EventV1Origin {
  readonly accountId: string;
  readonly apiId: string;
  readonly domainName: string;
  readonly stage: string;
  /** Of the resource. */
  readonly resourceId: string;
  /** Route with `{name}` or `{proxy+}`. */
  readonly resource: string;
  readonly pathParameters: Record<string, string> | undefined;
  readonly stageVariables: Record<string, string> | undefined;
  readonly authorizer: Record<string, unknown> | undefined;
  readonly requestId: string;
  readonly extendedRequestId: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/** The event of a request to a REST API with a proxy integration. */
export function restApiEvent(request: HttpRequest, origin: EventV1Origin): ApiGatewayProxyEvent {
  const { method, path, query, cookies } = request;
  const { resource, stage, pathParameters, stageVariables, authorizer } = origin;
  const cookie: Pairs = cookies.length === 0 ? [] : [['cookie', cookies.join('; ')]];
  const headers = [...request.headers, ...cookie].map(
    ([name, value]) => [usualCase.get(name) ?? name, value] as const,
  );
  const hasQuery = query.length > 0;
  return {
    resource,
    path,
    httpMethod: method,
    headers: singleValues(headers),
    multiValueHeaders: multiValues(headers),
    queryStringParameters: hasQuery ? singleValues(query) : null,
    multiValueQueryStringParameters: hasQuery ? multiValues(query) : null,
    pathParameters: pathParameters ?? null,
    stageVariables: stageVariables ?? null,
    requestContext: {
      resourceId: origin.resourceId,
      authorizer: authorizer ?? null,
      resourcePath: resource,
      httpMethod: method,
      extendedRequestId: origin.extendedRequestId,
      requestTime: logTime(origin.atMs),
      path: `/${stage}${path}`,
      accountId: origin.accountId,
      protocol: 'HTTP/1.1',
      stage,
      domainPrefix: origin.apiId,
      requestTimeEpoch: origin.atMs,
      requestId: origin.requestId,
      identity: identityOf(request),
      domainName: origin.domainName,
      apiId: origin.apiId,
    },
    body: request.body ?? null,
    isBase64Encoded: request.isBase64Encoded,
  };
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

/**
 * REST APIs hand on the names of headers as a client wrote them, which for these is with capitals nearly always.
 * The web's `Headers` knows small letters only.
 */
const usualCase: ReadonlyMap<string, string> = new Map(
  [
    'Accept',
    'Accept-Encoding',
    'Accept-Language',
    'Authorization',
    'Cache-Control',
    'Content-Encoding',
    'Content-Length',
    'Content-Type',
    'Cookie',
    'Host',
    'If-Match',
    'If-Modified-Since',
    'If-None-Match',
    'Origin',
    'Range',
    'Referer',
    'User-Agent',
    'X-Amzn-Trace-Id',
    'X-Forwarded-For',
    'X-Forwarded-Port',
    'X-Forwarded-Proto',
  ].map((name) => [name.toLowerCase(), name]),
);
