import { describe, expect, test } from 'vitest';
import { Lambda, type RestApi, type RestApiOptions } from '../../../src/index.ts';
import { VirtualClock } from '../../../src/testing/index.ts';
import { answering, deploy } from './fixture.ts';

// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html

const at = (path: string, init?: RequestInit): Request =>
  new Request(`http://localhost${path}`, init);
const showing = `exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });`;
const failed = [502, '{"message":"Internal server error"}'] as const;

async function withApi(
  lambda: Lambda,
  source: string,
  options: Partial<RestApiOptions> = {},
): Promise<RestApi> {
  const target = await deploy(lambda, source);
  return lambda.createRestApi({ name: 'api', routes: [{ path: '/{proxy+}', target }], ...options });
}

describe('results of a REST API', () => {
  // As recorded, where AWS's documents are silent.
  const answers: [name: string, result: unknown, status: number, body: string][] = [
    ['a status alone', { statusCode: 200 }, 200, ''],
    ['headers alone', { headers: { 'test-header': 'value' } }, 200, ''],
    ['a status in digits', { statusCode: '201' }, 201, ''],
    ['a body', { statusCode: 200, body: 'text' }, 200, 'text'],
    ['null in place of headers', { statusCode: 200, headers: null }, 200, ''],
    [
      'base64 without binary types',
      { statusCode: 200, body: 'aGk=', isBase64Encoded: true },
      200,
      'aGk=',
    ],
    ['a strange key', { statusCode: 200, wrongValue: 'value' }, ...failed],
    ['nothing', {}, ...failed],
    ['lists that are none', { statusCode: 200, multiValueHeaders: { a: 'b' } }, ...failed],
    ['a status that is none', { statusCode: 'test' }, ...failed],
    ['a text', 'justAString', ...failed],
    ['null', null, ...failed],
    ['a list', [1], ...failed],
    ['an object as body', { statusCode: 200, body: { a: 1 } }, ...failed],
  ];
  test('become answers by strict rules', async () => {
    await using lambda = new Lambda();
    const api = await withApi(lambda, answering);
    for (const [name, result, status, body] of answers) {
      const response = await api.handle(at('/a', { method: 'POST', body: JSON.stringify(result) }));
      expect([response.status, await response.text()], name).toEqual([status, body]);
      expect(response.headers.get('content-type')).toBe('application/json');
    }
  });

  test('give text to headers and join those of both kinds, lists first', async () => {
    await using lambda = new Lambda();
    const api = await withApi(lambda, answering);
    const result = {
      statusCode: 200,
      headers: { 'header-bool': true, 'test-multi': 'value-solo' },
      multiValueHeaders: { 'tesT-Multi': ['value-multi'], 'Set-Cookie': ['a=1', 'b=2'] },
    };
    const { headers } = await api.handle(
      at('/a', { method: 'POST', body: JSON.stringify(result) }),
    );
    expect(headers.get('header-bool')).toBe('true');
    expect(headers.get('test-multi')).toBe('value-multi, value-solo');
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  test('in base64 become bytes for who accepts them', async () => {
    await using lambda = new Lambda();
    const api = await withApi(
      lambda,
      `exports.handler = async () => ({
      statusCode: 200, headers: { 'content-type': 'image/png' }, body: 'aGk=', isBase64Encoded: true,
    });`,
      { binaryMediaTypes: ['image/*'] },
    );
    const bodyFor = async (accept: string): Promise<string> =>
      (await api.handle(at('/a', { headers: { accept } }))).text();
    expect(await bodyFor('image/png,text/html')).toBe('hi');
    expect(await bodyFor('text/html,image/png')).toBe('aGk=');
    expect(await bodyFor('*/*')).toBe('hi');
  });
});

describe('events of a REST API', () => {
  test('have everything twice, null where nothing is, and the stage in the context alone', async () => {
    await using lambda = new Lambda({ clock: new VirtualClock() });
    const target = await deploy(lambda, showing);
    const api = lambda.createRestApi({
      name: 'users',
      stage: 'test',
      stageVariables: { a: 'b' },
      routes: [{ method: 'POST', path: '/{pathVariable}', target }],
    });
    const response = await lambda.fetch(`${api.url}foobar?testVar=1&testVar=bar`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-own': 'a', 'user-agent': 'test' },
      body: '{"message":"hello world"}',
    });
    expect(await response.json()).toMatchObject({
      resource: '/{pathVariable}',
      path: '/foobar',
      httpMethod: 'POST',
      headers: { 'Content-Type': 'application/json', 'x-own': 'a', Host: new URL(api.url).host },
      multiValueHeaders: { 'Content-Type': ['application/json'], 'x-own': ['a'] },
      queryStringParameters: { testVar: 'bar' },
      multiValueQueryStringParameters: { testVar: ['1', 'bar'] },
      pathParameters: { pathVariable: 'foobar' },
      stageVariables: { a: 'b' },
      body: '{"message":"hello world"}',
      isBase64Encoded: false,
      requestContext: {
        apiId: api.id,
        path: '/test/foobar',
        resourcePath: '/{pathVariable}',
        stage: 'test',
        identity: { sourceIp: '127.0.0.1', userAgent: 'test', accessKey: null },
        requestTimeEpoch: Date.UTC(2026, 0, 1),
      },
    });
  });

  test('have bodies of binary types in base64', async () => {
    await using lambda = new Lambda();
    const api = await withApi(lambda, showing, { binaryMediaTypes: ['image/png'] });
    const eventFor = async (type: string) => {
      const headers = { 'content-type': type };
      return (await api.handle(at('/a', { method: 'POST', headers, body: 'hi' }))).json();
    };
    expect(await eventFor('image/png')).toMatchObject({ body: 'aGk=', isBase64Encoded: true });
    expect(await eventFor('image/gif')).toMatchObject({ body: 'hi', isBase64Encoded: false });
  });

  test('say null for a body and a query that are not there', async () => {
    await using lambda = new Lambda();
    const api = await withApi(lambda, showing);
    expect(await (await api.handle(at('/a'))).json()).toMatchObject({
      body: null,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      stageVariables: null,
      pathParameters: { proxy: 'a' },
    });
  });
});

describe('answers of a REST API', () => {
  test('a resource is found before its method', async () => {
    await using lambda = new Lambda();
    const target = await deploy(lambda, showing);
    const api = lambda.createRestApi({
      name: 'a',
      routes: [
        { method: 'POST', path: '/users/me', target },
        { method: 'GET', path: '/users/{id}', target },
      ],
    });
    const refused = await api.handle(at('/users/me'));
    expect([refused.status, await refused.text()]).toEqual([
      403,
      '{"message":"Missing Authentication Token"}',
    ]);
    expect(refused.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
    expect((await api.handle(at('/users/you'))).status).toBe(200);
    expect((await lambda.fetch(new URL('/other/users/you', api.url))).status).toBe(403);
  });

  test('a failing function is a bad gateway, a throttled one an error of the server', async () => {
    await using lambda = new Lambda();
    const target = await deploy(lambda, `exports.handler = async () => { throw new Error(); };`);
    await deploy(lambda, showing, { name: 'busy', reservedConcurrency: 0 });
    const routes = [
      { path: '/fails', target },
      { path: '/busy', target: 'busy' },
    ];
    const api = lambda.createRestApi({ name: 'a', routes });
    const fails = await api.handle(at('/fails'));
    expect([fails.status, await fails.text()]).toEqual(failed);
    expect((await api.handle(at('/busy'))).status).toBe(500);
  });

  test('29 s are enough', async () => {
    const clock = new VirtualClock();
    await using lambda = new Lambda({ clock });
    const target = await deploy(
      lambda,
      `exports.handler = () => new Promise((resolve) => setTimeout(resolve, 29500));`,
      { timeoutMs: 60_000 },
    );
    const api = lambda.createRestApi({ name: 'a', routes: [{ path: '/a', target }] });
    const response = await clock.runUntil(api.handle(at('/a')));
    expect([response.status, await response.text()]).toEqual([
      504,
      '{"message":"Endpoint request timed out"}',
    ]);
    await clock.advance(1_000);
  });

  test('questions of browsers are answered where the API says how', async () => {
    await using lambda = new Lambda();
    const cors = { allowOrigins: ['*'], allowMethods: ['GET'] };
    const api = await withApi(lambda, showing, { cors });
    const headers = { origin: 'https://a.example', 'access-control-request-method': 'GET' };
    const response = await api.handle(at('/a', { method: 'OPTIONS', headers }));
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([
      200,
      '*',
    ]);
  });
});
