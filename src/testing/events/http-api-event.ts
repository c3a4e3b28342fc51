import { checkOneOf } from '../../core/options.ts';
import {
  httpApiEvent,
  urlEvent,
  type ApiGatewayProxyEventV2,
} from '../../sources/http/event-v2.ts';
import type { HttpRequest } from '../../sources/http/http-request.ts';
import { exampleHex, exampleUuid, originOf, type Origin } from './event-origin.ts';
import { pathParameters, requestKeys, requestOf, type HttpRequestOptions } from './http-request.ts';
import { overridden, type Overrides } from './overrides.ts';

export type { ApiGatewayProxyEventV2 } from '../../sources/http/event-v2.ts';

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
  const event = httpApiEvent(
    request,
    {
      accountId: origin.home.accountId,
      apiId,
      ...(authorizer !== undefined && { authorizer: { ...authorizer } }),
      domainName,
      routeKey,
      stage,
      ...whenOf(request, origin),
    },
    {
      pathParameters: pathParameters('routeKey', routeKey, request.path),
      stageVariables: stageVariables && { ...stageVariables },
    },
  );
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
  const request = requestOf(options, domainName, atMs);
  const event = urlEvent(request, {
    accountId: isSigned ? home.accountId : 'anonymous',
    apiId,
    ...(isSigned && { authorizer: { iam: signer(origin) } }),
    domainName,
    routeKey: '$default',
    stage: '$default',
    ...whenOf(request, origin),
  });
  return overridden(event, options.overrides);
}

function whenOf(
  { method, path }: HttpRequest,
  { atMs }: Origin,
): { readonly requestId: string; readonly atMs: number } {
  return { requestId: exampleUuid('request', method, path), atMs };
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
