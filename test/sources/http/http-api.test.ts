import { describe, expect, test } from 'vitest';
import { InvalidOptionError, Lambda, type HttpApiOptions } from '../../../src/index.ts';
import { VirtualClock } from '../../../src/testing/index.ts';
import { answering, deploy, echo } from './fixture.ts';

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html

const at = (path: string, init?: RequestInit): Request =>
  new Request(`http://localhost${path}`, init);

describe('routes of an HTTP API', () => {
  test('go from the whole path over a part of it to $default, each with its method first', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(lambda, `exports.handler = async (event) => event.routeKey;`);
    const paths = ['/pets/dog/1', '/pets/dog/{id}', '/pets/{proxy+}', '/{x}/b', '/b/{proxy+}'];
    const api = lambda.createHttpApi({
      name: 'pets',
      routes: [
        ...paths.map((path) => ({ method: 'GET', path, target: fn })),
        { path: '/pets/dog/{id}', target: 'web' },
        { path: '$default', target: fn.arn },
      ],
    });
    const routeOf = async (path: string, method = 'GET'): Promise<string> =>
      (await api.handle(at(path, { method }))).text();
    expect(await routeOf('/pets/dog/1')).toBe('GET /pets/dog/1');
    expect(await routeOf('/pets/dog/2')).toBe('GET /pets/dog/{id}');
    expect(await routeOf('/pets/dog/1', 'DELETE')).toBe('ANY /pets/dog/{id}');
    expect(await routeOf('/pets/cat/1')).toBe('GET /pets/{proxy+}');
    // All of the path before a part of it, though `b` is text.
    expect(await routeOf('/b/b')).toBe('GET /{x}/b');
    expect(await routeOf('/pets/dog/1/')).toBe('GET /pets/{proxy+}');
    expect(await routeOf('/other')).toBe('$default');
  });

  test('that nobody has are not found', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(lambda, echo);
    const api = lambda.createHttpApi({
      name: 'a',
      routes: [{ method: 'GET', path: '/a', target: fn }],
    });
    for (const request of [at('/b'), at('/a/'), at('/a', { method: 'POST' })]) {
      const response = await api.handle(request);
      expect([response.status, await response.text()]).toEqual([404, '{"message":"Not Found"}']);
    }
  });
});

describe('events of an HTTP API', () => {
  test('have the route, its parameters and the variables of the stage', async () => {
    await using lambda = new Lambda({ clock: new VirtualClock() });
    const fn = await deploy(lambda, echo);
    const api = lambda.createHttpApi({
      name: 'users',
      stage: 'v1',
      stageVariables: { table: 'users' },
      routes: [{ method: 'GET', path: '/users/{id}/{rest+}', target: fn }],
    });
    const expected = {
      version: '2.0',
      routeKey: 'GET /users/{id}/{rest+}',
      rawPath: '/v1/users/7%20a/b/c',
      pathParameters: { id: '7 a', rest: 'b/c' },
      stageVariables: { table: 'users' },
      queryStringParameters: { x: '1,2' },
      requestContext: {
        accountId: '123456789012',
        apiId: api.id,
        domainName: new URL(api.url).host,
        stage: 'v1',
        routeKey: 'GET /users/{id}/{rest+}',
        http: { method: 'GET', path: '/v1/users/7%20a/b/c' },
      },
    };
    const here = await api.handle(at('/users/7%20a/b/c?x=1&x=2'));
    expect(await here.json()).toMatchObject(expected);
    const byHost = await lambda.fetch(`${api.url}users/7%20a/b/c?x=1&x=2`);
    expect(await byHost.json()).toMatchObject(expected);
    const outside = await lambda.fetch(new URL('/users/7/b', api.url));
    expect(outside.status).toBe(404);
  });

  test('come in format 1.0 where a route wants that', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(
      lambda,
      `exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });`,
    );
    const api = lambda.createHttpApi({
      name: 'old',
      routes: [{ path: '/users/{id}', target: fn, payloadFormat: '1.0' }],
    });
    expect(await (await api.handle(at('/users/7?a=1&a=2'))).json()).toMatchObject({
      version: '1.0',
      resource: '/users/{id}',
      path: '/users/7',
      httpMethod: 'GET',
      multiValueQueryStringParameters: { a: ['1', '2'] },
      pathParameters: { id: '7' },
    });
  });
});

describe('answers of an HTTP API', () => {
  const ask = (result: unknown): Request => {
    const headers = { 'content-type': 'application/json' };
    return at('/', { method: 'POST', headers, body: JSON.stringify(result) });
  };

  test('follow from the result', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(lambda, answering);
    const api = lambda.createHttpApi({ name: 'a', routes: [{ path: '$default', target: fn }] });
    const answers: [result: unknown, status: number, type: string, body: string][] = [
      [{ hello: 'world' }, 200, 'application/json', '{"hello":"world"}'],
      ['text', 200, 'application/json', 'text'],
      [{ statusCode: 201, body: 'b' }, 201, 'text/plain; charset=utf-8', 'b'],
      [{ statusCode: 'x' }, 500, 'application/json', '{"message":"Internal Server Error"}'],
      [
        { statusCode: 200, body: 7 },
        500,
        'application/json',
        '{"message":"Internal Server Error"}',
      ],
    ];
    for (const [result, status, type, body] of answers) {
      const response = await api.handle(ask(result));
      const found = [response.status, response.headers.get('content-type'), await response.text()];
      expect(found).toEqual([status, type, body]);
    }
  });

  test('say when a function fails, is throttled, is not there or gets too much', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(lambda, `exports.handler = async () => { throw new Error('no'); };`);
    await deploy(lambda, echo, { name: 'busy', reservedConcurrency: 0 });
    const api = lambda.createHttpApi({
      name: 'a',
      routes: [
        { path: '/fails', target: fn },
        { path: '/busy', target: 'busy' },
        { path: '/missing', target: 'missing' },
      ],
    });
    const messageOf = async (path: string, body?: string) => {
      const response = await api.handle(
        at(path, body === undefined ? {} : { method: 'POST', body }),
      );
      return [response.status, ((await response.json()) as { message: string }).message];
    };
    expect(await messageOf('/fails')).toEqual([500, 'Internal Server Error']);
    expect(await messageOf('/busy')).toEqual([503, 'Service Unavailable']);
    expect(await messageOf('/missing')).toEqual([500, 'Internal Server Error']);
    expect(await messageOf('/fails', 'x'.repeat(6_300_000))).toEqual([
      413,
      'Request Entity Too Large',
    ]);
    expect(await messageOf('/fails', 'x'.repeat(10_485_761))).toEqual([
      413,
      'Request Entity Too Large',
    ]);
  });

  test('come after 30 s at the latest, while the function runs on', async () => {
    const clock = new VirtualClock();
    await using lambda = new Lambda({ clock });
    const fn = await deploy(
      lambda,
      `exports.handler = async () => {
        await new Promise((resolve) => setTimeout(resolve, 40000));
        console.log('done');
      };`,
      { timeoutMs: 60_000 },
    );
    const api = lambda.createHttpApi({ name: 'a', routes: [{ path: '$default', target: fn }] });
    const startedAt = clock.now();
    const response = await clock.runUntil(api.handle(at('/')));
    expect([response.status, await response.text()]).toEqual([
      503,
      '{"message":"Service Unavailable"}',
    ]);
    expect(clock.now() - startedAt).toBe(30_000);
    await clock.advance(10_000);
    expect(lambda.readLogs().some(({ message }) => message.includes('done'))).toBe(true);
  });

  test('bring the CORS of the API and not that of the function', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(lambda, answering);
    const api = lambda.createHttpApi({
      name: 'a',
      routes: [{ method: 'POST', path: '/', target: fn }],
      cors: { allowOrigins: ['https://a.example'], allowMethods: ['POST'] },
    });
    const origin = 'https://a.example';
    const preflight = { origin, 'access-control-request-method': 'POST' };
    const asked = await api.handle(at('/', { method: 'OPTIONS', headers: preflight }));
    expect([asked.status, asked.headers.get('access-control-allow-methods')]).toEqual([
      204,
      'POST',
    ]);
    const request = ask({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' } });
    request.headers.set('origin', origin);
    const { headers } = await api.handle(request);
    expect(headers.get('access-control-allow-origin')).toBe(origin);
  });
});

test("an API that is deleted is nobody's", async () => {
  await using lambda = new Lambda();
  const api = lambda.createHttpApi({ name: 'a', routes: [] });
  expect((await lambda.fetch(api.url)).status).toBe(404);
  api.delete();
  const response = await lambda.fetch(api.url);
  expect([response.status, await response.text()]).toEqual([403, '{"message":"Forbidden"}']);
});

test('a function calls an API without a socket', async () => {
  await using lambda = new Lambda();
  const fn = await deploy(lambda, `exports.handler = async () => 'hello';`);
  const api = lambda.createHttpApi({ name: 'a', routes: [{ path: '/hi', target: fn }] });
  const caller = await deploy(
    lambda,
    `exports.handler = async (url) => (await fetch(url + 'hi')).text();`,
    { name: 'caller' },
  );
  expect(await caller.call(api.url)).toBe('hello');
});

test.each<[string, object]>([
  ['a name', { name: '' }],
  ['routes', { routes: {} }],
  ['a method', { routes: [{ method: 'FETCH', path: '/', target: 'a' }] }],
  ['a method of $default', { routes: [{ method: 'GET', path: '$default', target: 'a' }] }],
  ['a path', { routes: [{ path: 'a', target: 'a' }] }],
  ['a target', { routes: [{ path: '/', target: 'a b' }] }],
  ['a target that is none', { routes: [{ path: '/', target: null }] }],
  ['a time', { routes: [{ path: '/', target: 'a', timeoutMs: 30_001 }] }],
  [
    'two routes that are one',
    {
      routes: [
        { path: '/', target: 'a' },
        { path: '/', target: 'b' },
      ],
    },
  ],
  ['a stage', { stage: 'a/b' }],
  ['something unknown', { colour: 'red' }],
])('%s that is bad is refused', async (_, options) => {
  await using lambda = new Lambda();
  const whole = { name: 'a', routes: [], ...options } as HttpApiOptions;
  expect(() => lambda.createHttpApi(whole)).toThrow(InvalidOptionError);
});
