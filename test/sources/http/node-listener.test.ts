import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { Lambda, type NodeListener } from '../../../src/index.ts';
import { deploy, echo } from './fixture.ts';

/** A server that answers 418 to what the listener leaves alone. */
async function serving(
  listener: NodeListener,
): Promise<{ readonly port: number } & AsyncDisposable> {
  const server = createServer((request, response) => {
    void listener(request, response).then((isTaken) => {
      if (!isTaken) response.writeHead(418).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function ask(
  port: number,
  host: string,
  options: { method?: string; path?: string; headers?: object; body?: Uint8Array | string } = {},
): Promise<IncomingMessage> {
  const { method = 'GET', path = '/', headers = {}, body } = options;
  const request = httpRequest({
    port,
    host: '127.0.0.1',
    method,
    path,
    headers: { host, ...headers },
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

test.each([
  ['localhost with a port', (id: string) => `${id}.lambda-url.us-east-1.localhost:3000`],
  ['the host of AWS', (id: string) => `${id}.lambda-url.us-east-1.on.aws`],
])('a function URL is served under %s', async (_, hostOf) => {
  await using lambda = new Lambda();
  const { id } = await (await deploy(lambda, echo)).createUrl();
  await using server = await serving(lambda.listener);
  const response = await ask(server.port, hostOf(id), {
    method: 'POST',
    path: '/a%2Fb?c=d',
    headers: { 'content-type': 'text/plain', 'X-Own': ['1', '2'] },
    body: 'hello',
  });
  expect(response.statusCode).toBe(200);
  const bytes = await buffer(response);
  expect(response.headers['content-length']).toBe(String(bytes.byteLength));
  expect(JSON.parse(bytes.toString())).toMatchObject({
    rawPath: '/a%2Fb',
    rawQueryString: 'c=d',
    body: 'hello',
    headers: { host: hostOf(id), 'x-own': '1,2', 'x-forwarded-proto': 'http' },
    requestContext: { http: { method: 'POST', sourceIp: '127.0.0.1' } },
  });
});

test("other hosts are left alone, and unknown URLs are nobody's", async () => {
  await using lambda = new Lambda();
  await using server = await serving(lambda.listener);
  for (const host of ['localhost', 'a.lambda-url.eu-west-1.on.aws', 'bad host']) {
    expect((await ask(server.port, host)).statusCode, host).toBe(418);
  }
  const unknown = await ask(server.port, `${'a'.repeat(32)}.lambda-url.us-east-1.localhost`);
  expect([unknown.statusCode, (await buffer(unknown)).toString()]).toEqual([
    403,
    '{"Message":null}',
  ]);
});

test('cookies are lines of their own, and HEAD tells the length of what it does not send', async () => {
  await using lambda = new Lambda();
  const fn = await deploy(
    lambda,
    `exports.handler = async () => ({ statusCode: 201, cookies: ['a=1', 'b=2'], body: 'hello' });`,
  );
  const { id } = await fn.createUrl();
  await using server = await serving(lambda.listener);
  const host = `${id}.lambda-url.us-east-1.localhost`;
  const response = await ask(server.port, host, { method: 'HEAD' });
  expect(response.headers['set-cookie']).toEqual(['a=1', 'b=2']);
  expect(response.headers['content-length']).toBe('5');
  expect((await buffer(response)).byteLength).toBe(0);
});

test('a body that is too large is refused before it is over', async () => {
  await using lambda = new Lambda();
  const { id } = await (await deploy(lambda, echo)).createUrl();
  await using server = await serving(lambda.listener);
  const host = `${id}.lambda-url.us-east-1.localhost`;
  const request = httpRequest({
    port: server.port,
    host: '127.0.0.1',
    method: 'POST',
    headers: { host },
  });
  request.on('error', () => {});
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  // Never ended: who waited for all of it would wait for ever.
  request.write(Buffer.alloc(11_000_000));
  const [response] = await answered;
  expect([response.statusCode, response.headers.connection]).toEqual([413, 'close']);
  request.destroy();
});

describe('a stream', () => {
  const chunks = `const { once } = require('node:events');
    exports.handler = awslambda.streamifyResponse(async (event, stream) => {
      const chunk = Buffer.alloc(65536);
      for (let index = 0; index < 400; index += 1) {
        console.log('chunk');
        if (!stream.write(chunk)) await once(stream, 'drain');
      }
      stream.end();
    });`;

  test('waits for its reader', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(lambda, chunks);
    const { id } = await fn.createUrl({ invokeMode: 'RESPONSE_STREAM' });
    await using server = await serving(lambda.listener);
    let written = 0;
    lambda.on('log.written', () => (written += 1));
    const response = await ask(server.port, `${id}.lambda-url.us-east-1.localhost`);
    // Whatever the handler could do without a reader, it has done when nothing more happens.
    for (let before = -1; before !== written;) {
      before = written;
      for (let turn = 0; turn < 500; turn += 1) await new Promise((done) => setImmediate(done));
    }
    expect(written).toBeLessThan(400);
    expect((await buffer(response)).byteLength).toBe(400 * 65_536);
    expect(written).toBe(400);
  });

  test('that fails half-way breaks off', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(
      lambda,
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream.write('half');
        await new Promise((resolve) => setImmediate(resolve));
        throw new Error('no');
      });`,
    );
    const { id } = await fn.createUrl({ invokeMode: 'RESPONSE_STREAM' });
    await using server = await serving(lambda.listener);
    const response = await ask(server.port, `${id}.lambda-url.us-east-1.localhost`);
    await expect(buffer(response)).rejects.toThrow('aborted');
  });

  test('whose client went away lets the function run to its end', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(lambda, chunks);
    const { id } = await fn.createUrl({ invokeMode: 'RESPONSE_STREAM' });
    await using server = await serving(lambda.listener);
    const finished = new Promise((resolve) => lambda.on('invocation.finished', resolve));
    const response = await ask(server.port, `${id}.lambda-url.us-east-1.localhost`);
    response.destroy();
    expect(await finished).toMatchObject({ error: undefined });
  });
});

test('an API listens by itself', async () => {
  await using lambda = new Lambda();
  const fn = await deploy(
    lambda,
    `exports.handler = async ({ pathParameters }) => pathParameters.name;`,
  );
  const api = lambda.createHttpApi({ name: 'a', routes: [{ path: '/hello/{name}', target: fn }] });
  await using server = await serving(api.listener);
  const response = await ask(server.port, 'localhost:3000', { path: '/hello/ada' });
  expect((await buffer(response)).toString()).toBe('ada');
});

test('a closed Lambda is not available', async () => {
  const lambda = new Lambda();
  const { id } = await (await deploy(lambda, echo)).createUrl();
  await using server = await serving(lambda.listener);
  await lambda.close();
  const response = await ask(server.port, `${id}.lambda-url.us-east-1.localhost`);
  expect(response.statusCode).toBe(503);
  response.resume();
});

test('an API says what it answers, and with which function', async () => {
  await using lambda = new Lambda();
  const orders = await deploy(lambda, echo);
  await orders.publishVersion();
  const { routes } = lambda.createHttpApi({
    name: 'shop',
    routes: [
      { method: 'get', path: '/orders/{id}', target: orders },
      { path: '$default', target: `${orders.name}:1` },
    ],
  });
  const { name: functionName } = orders;
  expect(routes).toEqual([
    { method: 'GET', path: '/orders/{id}', functionName, qualifier: undefined },
    { method: 'ANY', path: '$default', functionName, qualifier: '1' },
  ]);
});

describe('a hostile handler does not bring the server down', () => {
  test.each(['BUFFERED', 'RESPONSE_STREAM'] as const)(
    'with a content type that HTTP cannot carry, %s',
    async (invokeMode) => {
      await using lambda = new Lambda();
      const source = `
        exports.handler = awslambda.streamifyResponse(async (event, stream) => {
          stream.setContentType('text/plain\\r\\nset-cookie: a=b');
          stream.end('body');
        });
      `;
      const { id } = await (await deploy(lambda, source)).createUrl({ invokeMode });
      await using server = await serving(lambda.listener);
      const response = await ask(server.port, `${id}.lambda-url.us-east-1.on.aws`);
      expect(response.statusCode).toBe(502);
      expect(response.headers['set-cookie']).toBeUndefined();
    },
  );

  test('with headers about the framing of the body', async () => {
    await using lambda = new Lambda();
    const headers = `{ trailer: 'x', 'Transfer-Encoding': 'chunked', 'content-length': '1' }`;
    const source = `exports.handler = async () => ({ statusCode: 200, headers: ${headers}, body: 'whole' })`;
    const { id } = await (await deploy(lambda, source)).createUrl();
    await using server = await serving(lambda.listener);
    const response = await ask(server.port, `${id}.lambda-url.us-east-1.on.aws`);
    expect(response.statusCode).toBe(200);
    expect((await buffer(response)).toString()).toBe('whole');
  });
});

test('a host that is more than a host is nobody here', async () => {
  await using lambda = new Lambda();
  const { id } = await (await deploy(lambda, echo)).createUrl();
  await using server = await serving(lambda.listener);
  const host = `${id}.lambda-url.us-east-1.on.aws`;
  for (const hostile of [`${host}/other?`, `user@${host}`, `${host}#`, `${host}\\`]) {
    expect((await ask(server.port, hostile, { path: '/asked' })).statusCode).toBe(418);
  }
});
