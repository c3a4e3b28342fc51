import { restApiEvent, type ApiGatewayProxyEvent } from '../../sources/http/event-v1.ts';
import { exampleBase64, exampleHex, exampleUuid, originOf } from './event-origin.ts';
import { pathParameters, requestKeys, requestOf, type HttpRequestOptions } from './http-request.ts';
import { overridden, type Overrides } from './overrides.ts';

export type { ApiGatewayProxyEvent } from '../../sources/http/event-v1.ts';

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
  const headers = request.headers.map(([name, value]) => [canonical(name), value] as const);
  const event = restApiEvent(
    { ...request, headers },
    {
      accountId: home.accountId,
      apiId,
      domainName,
      stage,
      resourceId: exampleHex(6, 'resource', resource),
      resource,
      pathParameters: pathParameters('resource', resource, request.path),
      stageVariables: stageVariables && { ...stageVariables },
      authorizer: authorizer && { ...authorizer },
      requestId: exampleUuid('request', request.method, request.path),
      extendedRequestId: exampleBase64(11, 'extended', request.path),
      atMs,
    },
  );
  return overridden(event, overrides);
}

/** REST APIs hand headers on as they came, which with browsers is `Content-Type`. */
function canonical(name: string): string {
  return name.replaceAll(
    /(^|-)([a-z])/g,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
}
