import { describe, expect, test } from 'vitest';
import {
  albEvent,
  apiGatewayProxyEvent,
  apiGatewayProxyEventV2,
  functionUrlEvent,
  webSocketEvent,
} from '../../../src/testing/index.ts';

const request = {
  method: 'post',
  path: '/users/7?tag=a&tag=b%20c',
  query: { full: '1' },
  headers: { 'X-Many': ['1', '2'], Cookie: 'a=1' },
  cookies: ['b=2'],
  body: { id: 1 },
} as const;

describe('a request to a REST API', () => {
  test('has single and multiple values, and a context', () => {
    const event = apiGatewayProxyEvent({ ...request, resource: '/users/{id}' });
    expect(event).toMatchObject({
      resource: '/users/{id}',
      path: '/users/7',
      httpMethod: 'POST',
      queryStringParameters: { tag: 'b c', full: '1' },
      multiValueQueryStringParameters: { tag: ['a', 'b c'], full: ['1'] },
      pathParameters: { id: '7' },
      stageVariables: null,
      body: '{"id":1}',
      isBase64Encoded: false,
      requestContext: {
        path: '/prod/users/7',
        resourcePath: '/users/{id}',
        stage: 'prod',
        requestTime: '01/Jan/2026:00:00:00 +0000',
        requestTimeEpoch: Date.UTC(2026, 0, 1),
        identity: { sourceIp: '203.0.113.12', userAgent: 'Mozilla/5.0', accessKey: null },
        authorizer: null,
      },
    });
    expect(event.headers).toMatchObject({
      'Content-Type': 'application/json',
      'X-Many': '2',
      Cookie: 'a=1; b=2',
      Host: event.requestContext.domainName,
    });
    expect(event.multiValueHeaders['X-Many']).toEqual(['1', '2']);
  });

  test('has null where there is nothing', () => {
    expect(apiGatewayProxyEvent()).toMatchObject({
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      body: null,
    });
  });

  test('takes the rest of the path for a greedy parameter', () => {
    const event = apiGatewayProxyEvent({ resource: '/{proxy+}', path: '/a/b%20c' });
    expect(event.pathParameters).toEqual({ proxy: 'a/b c' });
  });

  test('cannot have a path that its route does not take', () => {
    expect(() => apiGatewayProxyEvent({ resource: '/users/{id}', path: '/orders/1' })).toThrow(
      '`path` to be one that the route "/users/{id}" takes',
    );
  });
});

describe('a request to an HTTP API', () => {
  test('has joined values, cookies of their own and no empty fields', () => {
    const event = apiGatewayProxyEventV2({ ...request, routeKey: 'POST /users/{id}' });
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'POST /users/{id}',
      rawPath: '/users/7',
      rawQueryString: 'tag=a&tag=b+c&full=1',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { tag: 'a,b c', full: '1' },
      pathParameters: { id: '7' },
      body: '{"id":1}',
      isBase64Encoded: false,
    });
    expect(event.headers).toMatchObject({ 'x-many': '1,2', 'content-type': 'application/json' });
    expect(event.headers).not.toHaveProperty('cookie');
    expect(event.requestContext.http).toEqual({
      method: 'POST',
      path: '/users/7',
      protocol: 'HTTP/1.1',
      sourceIp: '203.0.113.12',
      userAgent: 'Mozilla/5.0',
    });

    expect(Object.keys(apiGatewayProxyEventV2())).toEqual([
      ...['version', 'routeKey', 'rawPath', 'rawQueryString', 'headers', 'requestContext'],
      'isBase64Encoded',
    ]);
  });

  test('has what an authorizer gave', () => {
    const authorizer = { jwt: { claims: { sub: '1' }, scopes: null } };
    expect(apiGatewayProxyEventV2({ authorizer }).requestContext.authorizer).toEqual(authorizer);
  });

  test('carries bytes as base64', () => {
    expect(apiGatewayProxyEventV2({ body: Uint8Array.of(1, 2, 3) })).toMatchObject({
      body: 'AQID',
      isBase64Encoded: true,
      headers: { 'content-type': 'application/octet-stream', 'content-length': '3' },
    });
  });
});

describe('a request to a function URL', () => {
  test('is anonymous, with null where an API has routes', () => {
    const event = functionUrlEvent({ path: '/x' });
    expect(event).toMatchObject({
      routeKey: '$default',
      pathParameters: null,
      stageVariables: null,
      requestContext: { accountId: 'anonymous', stage: '$default' },
    });
    expect(event.requestContext.domainName).toMatch(
      /^[\da-f]{32}\.lambda-url\.us-east-1\.on\.aws$/,
    );
    expect(event.requestContext.authorizer).toBeUndefined();
  });

  test('that was signed tells by whom', () => {
    expect(functionUrlEvent({ authType: 'AWS_IAM' }).requestContext).toMatchObject({
      accountId: '123456789012',
      authorizer: { iam: { accountId: '123456789012', cognitoIdentity: null } },
    });
  });
});

describe('a request to a load balancer', () => {
  test('has single values, encoded as they came', () => {
    const event = albEvent(request);
    expect(event).toMatchObject({
      httpMethod: 'POST',
      path: '/users/7',
      queryStringParameters: { tag: 'b%20c', full: '1' },
      body: '{"id":1}',
    });
    expect(event.requestContext.elb.targetGroupArn).toMatch(
      /^arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup\/my-targets\/[\da-f]{16}$/,
    );
    expect(event).not.toHaveProperty('multiValueHeaders');
  });

  test('has lists instead when the target group says so', () => {
    const event = albEvent({ ...request, multiValue: true });
    expect(event.multiValueHeaders?.['x-many']).toEqual(['1', '2']);
    expect(event.multiValueQueryStringParameters?.['tag']).toEqual(['a', 'b%20c']);
    expect(event).not.toHaveProperty('headers');
    expect(albEvent().body).toBe('');
  });
});

test.each([
  ['CONNECT', '$connect', false],
  ['MESSAGE', '$default', true],
  ['DISCONNECT', '$disconnect', false],
] as const)('webSocketEvent tells of %s on %s', (eventType, routeKey, hasBody) => {
  const event = webSocketEvent({ eventType, body: { action: 'join' } });
  expect(event.requestContext).toMatchObject({ eventType, routeKey, messageDirection: 'IN' });
  expect(event.body).toBe(hasBody ? '{"action":"join"}' : undefined);
  expect('messageId' in event.requestContext).toBe(hasBody);
});

test.each([
  [() => albEvent({ path: 'users' }), '`path` to be a path that begins with "/"'],
  [() => albEvent({ method: 'GET /' }), '`method` to be a method of HTTP'],
  [() => functionUrlEvent({ authType: 'IAM' as 'NONE' }), '`authType` to be one of'],
  [() => apiGatewayProxyEventV2({ header: {} } as object), 'There is no option `header`'],
])('%s is refused', (make, message) => {
  expect(make).toThrow(message);
});
