import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ca, cert, key } from '../fixtures/tls.ts';
import { guestOf, listen } from './network-fixture.ts';

const get = (port: number, more: object = {}) => ({
  id: 1,
  protocol: 'http:',
  host: '127.0.0.1',
  port,
  method: 'GET',
  path: '/',
  headers: ['Host', `127.0.0.1:${port}`],
  end: true,
  ...more,
});

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

test('an exchange has a head, a body and trailers, all as they were sent', async () => {
  const port = await listen(
    createServer((request, response) => {
      response.writeHead(201, 'Made', [
        ['X-Seen', request.rawHeaders.join('|')],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
        ['Trailer', 'X-Sum'],
      ]);
      response.write(`${request.method} ${request.url}`);
      response.addTrailers({ 'X-Sum': '7' });
      response.end();
    }),
  );
  const guest = guestOf();
  const headers = ['Host', 'example.com', 'X-b', '2', 'x-A', '1', 'X-b', '3'];
  const head = await guest.json('http.open', get(port, { path: '/a?b=%20', headers }));

  expect(head).toMatchObject({ status: 201, statusText: 'Made', httpVersion: '1.1' });
  expect(head['headers']).toEqual(
    expect.arrayContaining([
      'X-Seen',
      'Host|example.com|X-b|2|x-A|1|X-b|3|Connection|keep-alive',
      'Set-Cookie',
      'a=1',
      'b=2',
    ]),
  );
  expect(await guest.drain('http.read', 1)).toEqual({
    body: 'GET /a?b=%20',
    end: '["X-Sum","7"]',
  });
  await expect(guest.ask('http.read', { id: 1 })).rejects.toMatchObject({ code: 'EBADF' });
});

test('a small body goes along with the head', async () => {
  const port = await listen(
    createServer((request, response) => void text(request).then((body) => response.end(body))),
  );
  const guest = guestOf();
  const headers = ['Host', 'x', 'Content-Length', '5'];
  await guest.ask('http.open', get(port, { method: 'POST', headers }), 'hello');
  expect(await guest.drain('http.read', 1)).toMatchObject({ body: 'hello' });
});

test('a body streams up while the response streams down', async () => {
  const port = await listen(createServer((request, response) => request.pipe(response)));
  const guest = guestOf();
  const question = get(port, {
    method: 'POST',
    end: false,
    headers: ['Host', 'x', 'Transfer-Encoding', 'chunked'],
  });
  const opened = guest.json('http.open', question);
  await guest.ask('http.write', { id: 1 }, 'one ');
  expect(await opened).toMatchObject({ status: 200 });
  const first = (await guest.ask('http.read', { id: 1 })) as Uint8Array;
  await guest.ask('http.write', { id: 1 }, 'two ');
  const second = (await guest.ask('http.read', { id: 1 })) as Uint8Array;
  await guest.ask('http.end', { id: 1 }, 'three');

  expect(Buffer.concat([first, second]).toString()).toBe('one two ');
  expect(await guest.drain('http.read', 1)).toMatchObject({ body: 'three' });
});

test('connections are used again, also with TLS', async () => {
  const handler = (_request: IncomingMessage, response: ServerResponse): void => {
    response.end('ok');
  };
  const plainPort = await listen(createServer(handler));
  const securePort = await listen(createSecureServer({ cert, key }, handler));
  const guest = guestOf();
  const reused: unknown[] = [];
  for (const question of [
    get(plainPort),
    get(plainPort, { id: 2 }),
    get(securePort, { id: 3, protocol: 'https:', host: 'localhost', tls: { ca: [ca] } }),
    get(securePort, { id: 4, protocol: 'https:', host: 'localhost', tls: { ca: [ca] } }),
    get(securePort, { id: 5, protocol: 'https:', host: 'localhost', tls: { acceptsAnyone: true } }),
  ]) {
    const head = await guest.json('http.open', question);
    reused.push(head['reusedSocket']);
    await guest.drain('http.read', question.id);
  }
  expect(reused).toEqual([false, true, false, true, false]);
  expect(guest.network.stats()).toMatchObject({ connections: 3 });
});

test('a small body that nobody reads does not keep the connection', async () => {
  const port = await listen(createServer((_request, response) => response.end('ok')));
  const guest = guestOf();
  await guest.ask('http.open', get(port));
  await guest.ask('http.read', { id: 1 });
  await new Promise(setImmediate);
  // The end of the first body is still to be asked for.
  expect(await guest.json('http.open', get(port, { id: 2 }))).toMatchObject({ reusedSocket: true });
  expect(await guest.drain('http.read', 2)).toMatchObject({ body: 'ok' });
});

test('an interim response comes before the head', async () => {
  const server = createServer();
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    response.writeContinue();
    void text(request).then((body) => response.end(body));
  });
  const port = await listen(server);
  const guest = guestOf();
  const headers = ['Host', 'x', 'Expect', '100-continue', 'Content-Length', '4'];
  const opened = guest.json('http.open', get(port, { method: 'PUT', end: false, headers }));
  expect(await guest.json('http.interim', { id: 1 })).toMatchObject({ status: 100 });
  await guest.ask('http.end', { id: 1 }, 'body');
  expect(await opened).toMatchObject({ status: 200 });
  expect(await guest.ask('http.interim', { id: 1 })).toBeUndefined();
  expect(await guest.drain('http.read', 1)).toMatchObject({ body: 'body' });
});

test('a cancelled request ends for the server too', async () => {
  const server = createServer();
  const port = await listen(server);
  const guest = guestOf();
  const arrived = once(server, 'request') as Promise<[IncomingMessage]>;
  const opened = guest.start('http.open', get(port));
  const [request] = await arrived;
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  request.on('error', () => {}).on('close', resolve);
  opened.cancel();
  await closed;
  await expect(guest.ask('http.read', { id: 1 })).rejects.toMatchObject({ code: 'EBADF' });
});

test('a response that breaks off is an error, not an end', async () => {
  const port = await listen(
    createServer((_request, response) => {
      response.writeHead(200, { 'Content-Length': '10' });
      response.write('half', () => response.destroy());
    }),
  );
  const guest = guestOf();
  await guest.ask('http.open', get(port));
  await expect(guest.drain('http.read', 1)).rejects.toMatchObject({
    code: 'ECONNRESET',
    message: 'aborted',
  });
});

test('an upgrade leaves a socket under the same number', async () => {
  const server = createServer();
  server.on('upgrade', (_request: IncomingMessage, socket) => {
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nhi ',
    );
    socket.pipe(socket);
  });
  const port = await listen(server);
  const guest = guestOf();
  const headers = ['Host', 'x', 'Connection', 'Upgrade', 'Upgrade', 'echo'];
  expect(await guest.json('http.open', get(port, { headers }))).toMatchObject({
    status: 101,
    isUpgrade: true,
  });
  await guest.ask('net.shutdown', { id: 1 }, 'there');
  expect(await guest.drain('net.read', 1)).toMatchObject({ body: 'hi there' });
});

test('an exchange can use a socket that the guest connected', async () => {
  const port = await listen(createServer((_request, response) => response.end('ok')));
  const guest = guestOf();
  await guest.ask('net.connect', { id: 1, host: '127.0.0.1', port });
  await guest.ask('http.open', get(port, { id: 2, over: 1 }));
  expect(await guest.drain('http.read', 2)).toMatchObject({ body: 'ok' });
  expect(guest.network.stats()).toMatchObject({ connections: 1 });
});

describe('refused', () => {
  test.each([
    [{ protocol: 'ftp:' }, 'ERR_INVALID_ARG_VALUE'],
    [{ method: 'GE T' }, 'ERR_INVALID_HTTP_TOKEN'],
    [{ path: '/a b' }, 'ERR_UNESCAPED_CHARACTERS'],
    [{ headers: ['a'] }, 'ERR_INVALID_ARG_VALUE'],
    [{ headers: ['a b', 'c'] }, 'ERR_INVALID_HTTP_TOKEN'],
    [{ headers: ['a', 'b\r\nc: d'] }, 'ERR_INVALID_CHAR'],
    [{ headers: [1, 2] }, 'ERR_INVALID_ARG_VALUE'],
    [{ headers: 'a' }, 'ERR_INVALID_ARG_VALUE'],
    [{ headers: Array.from({ length: 5_000 }, () => 'a') }, 'ERR_INVALID_ARG_VALUE'],
    [{ host: '169.254.169.254', port: 80 }, 'EACCES'],
    [{ host: 'nowhere.invalid', port: 80 }, 'ENOTFOUND'],
    [{ maxHeaderSize: 10 ** 9 }, 'ERR_INVALID_ARG_VALUE'],
  ])('%.60j', async (more, code) => {
    const port = await listen(createServer((_request, response) => response.end()));
    const names = {
      lookup: async () => [],
      resolve: async () => [],
      reverse: async () => [],
    };
    await expect(
      guestOf(undefined, { names }).ask('http.open', get(port, more)),
    ).rejects.toMatchObject({
      code,
    });
  });

  test('a body that is longer than one message may be', async () => {
    const port = await listen(createServer((_request, response) => response.end()));
    const body = Buffer.alloc(65_537);
    await expect(guestOf().ask('http.open', get(port), body)).rejects.toMatchObject({
      code: 'EMSGSIZE',
    });
  });

  test('a response that is no HTTP', async () => {
    const port = await listen(createTcpServer((socket) => socket.end('hello\r\n')));
    await expect(guestOf().ask('http.open', get(port))).rejects.toMatchObject({
      code: 'HPE_INVALID_CONSTANT',
    });
  });

  test('a head that is too long', async () => {
    const port = await listen(
      createServer((_request, response) =>
        response.writeHead(200, { long: 'x'.repeat(20_000) }).end(),
      ),
    );
    await expect(guestOf().ask('http.open', get(port))).rejects.toMatchObject({
      code: 'HPE_HEADER_OVERFLOW',
    });
    const guest = guestOf();
    await guest.ask('http.open', get(port, { maxHeaderSize: 32_768 }));
    expect(await guest.drain('http.read', 1)).toMatchObject({ body: '' });
  });
});

test('a server that never answers meets the deadline of the host', async () => {
  const port = await listen(createServer(() => {}));
  const guest = guestOf(undefined, { operationTimeoutMs: 20 });
  await expect(guest.ask('http.open', get(port))).rejects.toMatchObject({
    code: 'ETIMEDOUT',
    message: 'http.open took longer than 20 ms',
  });
  expect(guest.network.stats()).toMatchObject({ operations: 1, failures: 1 });
});
