import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ClosedError,
  ConflictError,
  FunctionUrlNotFoundError,
  InvalidOptionError,
  Lambda,
  type FunctionUrlOptions,
} from '../../src/index.ts';
import { FetchMock, VirtualClock } from '../../src/testing/index.ts';
import { roomsOf } from '../../src/lambda-rooms.ts';
import { answering, deploy, echo } from './http/fixture.ts';

// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html

async function withUrl(
  lambda: Lambda,
  source: string,
  options?: FunctionUrlOptions,
): Promise<string> {
  const fn = await deploy(lambda, source);
  const { url } = await fn.createUrl(options);
  return url;
}

describe('a request becomes an event', () => {
  test('of format 2.0, with what only a URL has', async () => {
    await using lambda = new Lambda({ clock: new VirtualClock(), seed: 1 });
    const url = await withUrl(lambda, echo);
    const { host } = new URL(url);
    const response = await lambda.fetch(`${url}pa2%2Fth/1?q=query&many=foo&many=%2Fbar`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'ExTrA-HeadErs': 'With WeiRd CapS',
        'User-Agent': 'test/echo',
        Cookie: 'a=1; b=2',
        'X-Forwarded-For': '198.51.100.7',
      },
      body: '{"foo":"bar"}',
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'application/json',
    ]);
    const event = (await response.json()) as { requestContext: { requestId: string } };
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/pa2%2Fth/1',
      rawQueryString: 'q=query&many=foo&many=%2Fbar',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { q: 'query', many: 'foo,/bar' },
      pathParameters: null,
      stageVariables: null,
      body: '{"foo":"bar"}',
      isBase64Encoded: false,
      requestContext: {
        accountId: 'anonymous',
        apiId: host.split('.')[0],
        domainName: host,
        stage: '$default',
        http: { method: 'POST', path: '/pa2%2Fth/1', userAgent: 'test/echo' },
        time: '01/Jan/2026:00:00:00 +0000',
        timeEpoch: Date.UTC(2026, 0, 1),
      },
      headers: {
        host,
        'content-type': 'application/json',
        'content-length': '13',
        'extra-headers': 'With WeiRd CapS',
        'x-forwarded-for': '198.51.100.7, 127.0.0.1',
        'x-forwarded-port': '443',
        'x-forwarded-proto': 'https',
        'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      },
    });
    expect(event).not.toHaveProperty('headers.cookie');
    expect(event.requestContext.requestId).toBe(response.headers.get('x-amzn-requestid'));
  });

  test.each([
    ['multipart/form-data; boundary=x', 'aGVsbG8=', true],
    ['application/x-www-form-urlencoded', 'aGVsbG8=', true],
    ['application/octet-stream', 'aGVsbG8=', true],
    ['text/plain;charset=UTF-8', 'hello', false],
    ['application/ld+json', 'hello', false],
    ['application/xml', 'hello', false],
  ])('a body of %s arrives as %s', async (type, body, isBase64Encoded) => {
    await using lambda = new Lambda();
    const url = await withUrl(lambda, echo);
    const headers = { 'content-type': type };
    const response = await lambda.fetch(url, { method: 'POST', headers, body: 'hello' });
    expect(await response.json()).toMatchObject({ body, isBase64Encoded });
  });

  test('text that is no UTF-8 arrives in base64', async () => {
    await using lambda = new Lambda();
    const url = await withUrl(lambda, echo);
    const headers = { 'content-type': 'text/plain' };
    const body = new Uint8Array([0xff, 0xfe]);
    const response = await lambda.fetch(url, { method: 'POST', headers, body });
    expect(await response.json()).toMatchObject({ body: '//4=', isBase64Encoded: true });
  });

  test('without a body and a query there are no such fields', async () => {
    await using lambda = new Lambda();
    const response = await lambda.fetch(await withUrl(lambda, echo));
    const event = (await response.json()) as object;
    for (const name of ['body', 'queryStringParameters', 'cookies']) {
      expect(event).not.toHaveProperty(name);
    }
    expect(event).toMatchObject({ rawPath: '/', rawQueryString: '' });
  });
});

describe('a result becomes an answer', () => {
  const answers: [name: string, result: unknown, status: number, body: string][] = [
    ['an object without a status', { hello: 'world' }, 200, '{"hello":"world"}'],
    ['an object with a body but no status', { body: 'x' }, 200, '{"body":"x"}'],
    ['a string, without quotes', 'hello', 200, 'hello'],
    ['a list', ['hello', 3, true], 200, '["hello",3,true]'],
    ['a number', 3.1, 200, '3.1'],
    ['a boolean', true, 200, 'true'],
    ['null', null, 200, 'null'],
    ['a status and a body', { statusCode: 418, body: 'tea' }, 418, 'tea'],
    ['a status in digits', { statusCode: '418', body: 'tea' }, 418, 'tea'],
    ['a status alone', { statusCode: 204 }, 204, ''],
    ['base64', { statusCode: 200, body: 'aGk=', isBase64Encoded: true }, 200, 'hi'],
    ['null in place of headers', { statusCode: 200, headers: null, body: 'x' }, 200, 'x'],
    ['a status that is none', { statusCode: 'x' }, 502, 'Internal Server Error'],
    ['a status beyond HTTP', { statusCode: 99 }, 502, 'Internal Server Error'],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }, 502, 'Internal Server Error'],
    [
      'a header that is none',
      { statusCode: 200, headers: { 'a b': 'c' } },
      502,
      'Internal Server Error',
    ],
    [
      'a header with a line break',
      { statusCode: 200, headers: { a: 'b\nc' } },
      502,
      'Internal Server Error',
    ],
    ['cookies that are no list', { statusCode: 200, cookies: 'a=1' }, 502, 'Internal Server Error'],
  ];
  test('by its shape', async () => {
    await using lambda = new Lambda();
    const url = await withUrl(lambda, answering);
    for (const [name, result, status, body] of answers) {
      const headers = { 'content-type': 'application/json' };
      const request = { method: 'POST', headers, body: JSON.stringify(result) };
      const response = await lambda.fetch(url, request);
      expect([response.status, await response.text()], name).toEqual([status, body]);
    }
  });

  test('headers are text, cookies are lines of their own', async () => {
    await using lambda = new Lambda();
    const url = await withUrl(
      lambda,
      `exports.handler = async () => ({
        statusCode: 201,
        headers: { 'Content-Type': 'text/html', 'X-Number': 7, 'X-Yes': true, 'Content-Length': '1' },
        cookies: ['a=1; Path=/', 'b=2'],
        body: '<p>',
      });`,
    );
    const { headers } = await lambda.fetch(url);
    expect(headers.get('content-type')).toBe('text/html');
    expect([headers.get('x-number'), headers.get('x-yes')]).toEqual(['7', 'true']);
    expect(headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2']);
    expect(headers.has('content-length')).toBe(false);
  });

  test('a handler that fails is a bad gateway', async () => {
    await using lambda = new Lambda();
    const url = await withUrl(lambda, `exports.handler = async () => { throw new Error('no'); };`);
    const response = await lambda.fetch(url);
    expect([response.status, await response.text()]).toEqual([502, 'Internal Server Error']);
  });

  test('a throttled one says so', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(lambda, echo, { reservedConcurrency: 0 });
    const response = await lambda.fetch((await fn.createUrl()).url);
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([
      429,
      'TooManyRequestsException',
    ]);
    expect(await response.json()).toEqual({
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      message: 'Rate Exceeded.',
      Type: 'User',
    });
  });

  test('more than 6 MB are too many', async () => {
    await using lambda = new Lambda();
    const url = await withUrl(lambda, echo);
    const body = 'x'.repeat(6_291_457);
    expect((await lambda.fetch(url, { method: 'POST', body })).status).toBe(413);
    // The event is larger than the body it carries.
    const almost = await lambda.fetch(url, { method: 'POST', body: body.slice(200) });
    expect(almost.status).toBe(413);
  });

  test('HEAD has no body', async () => {
    await using lambda = new Lambda();
    const response = await lambda.fetch(await withUrl(lambda, echo), { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});

describe('streams', () => {
  const streaming = (body: string): string =>
    `exports.handler = awslambda.streamifyResponse(async (event, raw) => { ${body} });`;

  test('begin with status, headers and cookies, and arrive while the handler writes', async () => {
    const clock = new VirtualClock();
    await using lambda = new Lambda({ clock });
    const url = await withUrl(
      lambda,
      streaming(`
        const stream = awslambda.HttpResponseStream.from(raw, {
          statusCode: 201, headers: { 'content-type': 'text/html', 'x-a': 'b' }, cookies: ['a=1', 'b=2'],
        });
        stream.write('<p>');
        await new Promise((resolve) => setTimeout(resolve, 1000));
        stream.end('</p>');`),
      { invokeMode: 'RESPONSE_STREAM' },
    );
    const response = await clock.runUntil(lambda.fetch(url));
    expect([response.status, response.headers.get('content-type')]).toEqual([201, 'text/html']);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    const reader = response.body!.getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('<p>');
    await clock.advance(1_000);
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('</p>');
    expect((await reader.read()).done).toBe(true);
  });

  test('without a prelude are 200 with their content type', async () => {
    await using lambda = new Lambda();
    const url = await withUrl(
      lambda,
      streaming(`raw.setContentType('text/csv'); raw.end('a,b');`),
      { invokeMode: 'RESPONSE_STREAM' },
    );
    const response = await lambda.fetch(url);
    expect([response.headers.get('content-type'), await response.text()]).toEqual([
      'text/csv',
      'a,b',
    ]);
  });

  test('that fail before the first byte are a bad gateway, later ones break off', async () => {
    await using lambda = new Lambda();
    const url = await withUrl(
      lambda,
      streaming(`
        if (event.rawPath === '/late') {
          raw.write('half');
          await new Promise((resolve) => setImmediate(resolve));
        }
        throw new Error('no');`),
      { invokeMode: 'RESPONSE_STREAM' },
    );
    const early = await lambda.fetch(url);
    expect([early.status, await early.text()]).toEqual([502, 'Internal Server Error']);
    const late = await lambda.fetch(`${url}late`);
    expect(late.status).toBe(200);
    await expect(late.text()).rejects.toThrow('no');
  });

  test('are put together where the URL is buffered', async () => {
    await using lambda = new Lambda();
    const url = await withUrl(
      lambda,
      streaming(`
        const stream = awslambda.HttpResponseStream.from(raw, { statusCode: 202, headers: { 'x-a': 'b' } });
        stream.write('one '); stream.end('two');`),
    );
    const response = await lambda.fetch(url);
    expect([response.status, response.headers.get('x-a'), await response.text()]).toEqual([
      202,
      'b',
      'one two',
    ]);
  });

  test('of a handler that does not stream are its payload', async () => {
    await using lambda = new Lambda();
    const url = await withUrl(lambda, `exports.handler = async () => ({ statusCode: 201 });`, {
      invokeMode: 'RESPONSE_STREAM',
    });
    const response = await lambda.fetch(url);
    expect([response.status, await response.text()]).toEqual([200, '{"statusCode":201}']);
  });
});

describe('CORS', () => {
  const cors = {
    allowOrigins: ['https://shop.example.com', 'http://*'],
    allowMethods: ['GET', 'PUT'],
    allowHeaders: ['x-a', 'x-b'],
    exposeHeaders: ['x-c'],
    allowCredentials: true,
    maxAgeMs: 60_000,
  };
  const preflight = (origin: string): RequestInit => ({
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'PUT' },
  });
  const corsOf = ({ headers }: Response): Record<string, string> =>
    Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));

  test('questions beforehand are answered by the URL itself', async () => {
    await using lambda = new Lambda();
    const url = await withUrl(lambda, `exports.handler = async () => { throw new Error(); };`, {
      cors,
    });
    const allowed = await lambda.fetch(url, preflight('https://shop.example.com'));
    expect([allowed.status, corsOf(allowed)]).toEqual([
      200,
      {
        'access-control-allow-origin': 'https://shop.example.com',
        'access-control-allow-methods': 'GET,PUT',
        'access-control-allow-headers': 'x-a,x-b',
        'access-control-allow-credentials': 'true',
        'access-control-max-age': '60',
      },
    ]);
    const refused = await lambda.fetch(url, preflight('https://evil.example.com'));
    expect([refused.status, corsOf(refused)]).toEqual([200, {}]);
  });

  test('answers name the origin, errors as well', async () => {
    await using lambda = new Lambda();
    const url = await withUrl(lambda, `exports.handler = async () => { throw new Error(); };`, {
      cors,
    });
    const headers = { origin: 'http://localhost:3000' };
    const response = await lambda.fetch(url, { headers });
    expect([response.status, corsOf(response)]).toEqual([
      502,
      {
        'access-control-allow-origin': 'http://localhost:3000',
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'x-c',
      },
    ]);
    expect(corsOf(await lambda.fetch(url))).toEqual({});
  });

  test("without a configuration everything is the function's matter", async () => {
    await using lambda = new Lambda();
    const url = await withUrl(
      lambda,
      `exports.handler = async (event) => event.requestContext.http.method;`,
    );
    expect(await (await lambda.fetch(url, preflight('http://a'))).text()).toBe('OPTIONS');
  });

  test('a star is a star', async () => {
    await using lambda = new Lambda();
    const url = await withUrl(lambda, echo, { cors: { allowOrigins: ['*'] } });
    const response = await lambda.fetch(url, { headers: { origin: 'null' } });
    expect(corsOf(response)).toEqual({ 'access-control-allow-origin': '*' });
  });
});

describe('who may', () => {
  test('AWS_IAM wants a signature and tells whose it is', async () => {
    await using lambda = new Lambda();
    const url = await withUrl(lambda, echo, { authType: 'AWS_IAM' });
    const unsigned = await lambda.fetch(url);
    expect([unsigned.status, await unsigned.json()]).toEqual([403, { Message: 'Forbidden' }]);
    const authorization =
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/lambda/aws4_request, ' +
      'SignedHeaders=host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6';
    const signed = await lambda.fetch(url, { headers: { authorization } });
    expect(await signed.json()).toMatchObject({
      requestContext: {
        accountId: '123456789012',
        authorizer: {
          iam: { accessKey: 'AKIDEXAMPLE', userArn: 'arn:aws:iam::123456789012:root' },
        },
      },
    });
  });

  test('another judge can take the place of the usual one', async () => {
    await using lambda = new Lambda();
    const url = await withUrl(lambda, echo);
    roomsOf(lambda).http.authorise = ({ functionArn }) => ({
      isAllowed: functionArn.endsWith(':other'),
    });
    const response = await lambda.fetch(url);
    expect([response.status, await response.json()]).toEqual([
      403,
      {
        Message:
          'Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html',
      },
    ]);
  });
});

describe('a URL and its function', () => {
  test('there is one for the function and one for each alias', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(
      lambda,
      `exports.handler = async (event, context) => context.invokedFunctionArn;`,
    );
    const live = await fn.createAlias('live', { version: (await fn.publishVersion()).version });
    const ofFunction = await fn.createUrl();
    const ofAlias = await live.createUrl({ invokeMode: 'RESPONSE_STREAM' });
    expect(await (await lambda.fetch(ofFunction.url)).text()).toBe(fn.arn);
    expect(await (await lambda.fetch(ofAlias.url)).json()).toBe(live.arn);
    expect([fn.getUrl()?.id, live.getUrl()?.id]).toEqual([ofFunction.id, ofAlias.id]);
    await expect(fn.createUrl()).rejects.toThrow(ConflictError);
  });

  test('changes hold from the next request on, and what is left out stays', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(lambda, echo);
    const url = await fn.createUrl({ cors: { allowOrigins: ['*'] } });
    await url.update({ authType: 'AWS_IAM' });
    expect(url.config).toMatchObject({ authType: 'AWS_IAM', cors: { allowOrigins: ['*'] } });
    expect((await lambda.fetch(url.url)).status).toBe(403);
    await url.update({ authType: 'NONE', cors: null });
    expect(url.config.cors).toBeUndefined();
    expect((await lambda.fetch(url.url)).status).toBe(200);
  });

  test('nobody has an unknown URL', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(lambda, echo);
    const url = await fn.createUrl();
    await url.delete();
    const response = await lambda.fetch(url.url);
    expect([response.status, await response.text()]).toEqual([403, '{"Message":null}']);
    expect(response.headers.get('x-amzn-errortype')).toBe('AccessDeniedException');
    expect(() => url.config).toThrow(FunctionUrlNotFoundError);
    await expect(url.delete()).rejects.toThrow(FunctionUrlNotFoundError);
  });

  test('the URL goes with the function', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(lambda, echo);
    const { url } = await fn.createUrl();
    await fn.delete();
    expect(await (await lambda.fetch(url)).text()).toBe('{"Message":null}');
    expect((await deploy(lambda, echo)).getUrl()).toBeUndefined();
  });

  test('the URL of an alias stays when the alias goes, and lets nobody in', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(lambda, echo);
    const live = await fn.createAlias('live', { version: '$LATEST' });
    const { url } = await live.createUrl();
    await live.delete();
    const response = await lambda.fetch(url);
    expect([response.status, await response.text()]).toEqual([
      403,
      expect.stringContaining('Forbidden. For troubleshooting Function URL'),
    ]);
    await fn.createAlias('live', { version: '$LATEST' });
    expect((await lambda.fetch(url)).status).toBe(200);
  });

  test('a function with tenants has none', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(lambda, echo, { perTenant: true });
    await expect(fn.createUrl()).rejects.toThrow('A request to a URL names no tenant');
  });

  test('bad options are refused', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(lambda, echo);
    const bad: object[] = [
      { authType: 'SOME' },
      { invokeMode: 'FAST' },
      { cors: { allowOrigins: 'all' } },
      { cors: { allowMethods: ['GET', 'PUT', 'POST', 'PATCH', 'HEAD', 'DELETE', '*'] } },
      { cors: { maxAgeMs: 86_401_000 } },
      { cors: { maxAgeMs: 1 } },
      { cor: {} },
    ];
    for (const options of bad) {
      await expect(fn.createUrl(options as FunctionUrlOptions)).rejects.toThrow(InvalidOptionError);
    }
    expect(fn.getUrl()).toBeUndefined();
  });

  test('other hosts are not reached, and a closed Lambda answers nothing', async () => {
    const lambda = new Lambda();
    const url = await withUrl(lambda, echo);
    await expect(lambda.fetch('https://example.com/')).rejects.toThrow(InvalidOptionError);
    await expect(lambda.fetch(url.replace('us-east-1', 'eu-west-1'))).rejects.toThrow(
      InvalidOptionError,
    );
    await lambda.close();
    await expect(lambda.fetch(url)).rejects.toThrow(ClosedError);
  });

  test('aborting ends the wait', async () => {
    const clock = new VirtualClock();
    await using lambda = new Lambda({ clock });
    const url = await withUrl(
      lambda,
      `exports.handler = () => new Promise((done) => setTimeout(done, 5000));`,
    );
    const gone = new AbortController();
    const waiting = lambda.fetch(url, { signal: gone.signal });
    gone.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    await clock.advance(5_000);
  });

  test('a file keeps it', async ({ onTestFinished }) => {
    const folder = await mkdtemp(join(tmpdir(), 'isolambda-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'lambda.db');
    const before = await Lambda.open({ storage: { file } });
    const fn = await deploy(before, echo);
    const live = await fn.createAlias('live', { version: '$LATEST' });
    const url = await fn.createUrl({ cors: { allowOrigins: ['*'] }, authType: 'AWS_IAM' });
    const ofAlias = await live.createUrl({ invokeMode: 'RESPONSE_STREAM' });
    const gone = await deploy(before, echo, { name: 'gone' });
    await gone.createUrl();
    await gone.delete();
    const configs = [url.config, ofAlias.config];
    await before.close();

    await using after = await Lambda.open({ storage: { file } });
    const again = after.getFunction('web');
    expect([again?.getUrl()?.config, again?.getAlias('live').getUrl()?.config]).toEqual(configs);
    expect((await after.fetch(ofAlias.url)).status).toBe(200);
    expect((await deploy(after, echo, { name: 'gone' })).getUrl()).toBeUndefined();
  });
});

describe('a function calls the URL of another', () => {
  const calling = `exports.handler = async ({ url }) => {
    const response = await fetch(url, { method: 'POST', body: 'ping' });
    return [response.status, response.headers.get('x-a'), await response.text()];
  };`;
  const ponging = `exports.handler = async ({ body }) => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return { statusCode: 201, headers: { 'x-a': 'b' }, body: body + ' pong' };
  };`;

  test.each(['inline', 'thread'] as const)(
    'in the tier %s, without a socket',
    async (isolation) => {
      const clock = new VirtualClock();
      await using lambda = new Lambda({ clock });
      const url = await withUrl(lambda, ponging);
      const caller = await deploy(lambda, calling, { name: 'caller', isolation });
      expect(await clock.runUntil(caller.call({ url }))).toEqual([201, 'b', 'ping pong']);
    },
  );

  test('though a mock answers for the rest of the web', async () => {
    const web = new FetchMock();
    web.all('https://example.com/', { status: 200, headers: { 'x-a': 'mock' } });
    const clock = new VirtualClock();
    await using lambda = new Lambda({ clock, intercept: web });
    const url = await withUrl(lambda, ponging);
    const caller = await deploy(lambda, calling, { name: 'caller' });
    expect(await clock.runUntil(caller.call({ url }))).toEqual([201, 'b', 'ping pong']);
    expect(await caller.call({ url: 'https://example.com/' })).toEqual([200, 'mock', '']);
    expect(web.calls).toHaveLength(1);
  });

  test('but not when it has no network', async () => {
    await using lambda = new Lambda();
    const url = await withUrl(lambda, ponging);
    const caller = await deploy(lambda, calling, { name: 'caller', network: 'none' });
    await expect(caller.call({ url })).rejects.toThrow('fetch failed');
  });
});
