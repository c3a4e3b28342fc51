import { createSecureServer, createServer, type ServerHttp2Stream } from 'node:http2';
import { expect, test } from 'vitest';
import { ca, cert, key } from '../fixtures/tls.ts';
import { guestOf, listen } from './network-fixture.ts';

function echo(stream: ServerHttp2Stream, headers: Record<string, unknown>): void {
  stream.respond({ ':status': 200, 'x-path': String(headers[':path']) }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '7' }));
  stream.on('error', () => {});
  stream.pipe(stream);
}

const post = (path: string): string[] => [':method', 'POST', ':path', path, 'x-a', '1'];

test('two streams share one connection, with bodies and trailers', async () => {
  const server = createServer();
  server.on('stream', echo);
  const port = await listen(server);
  const guest = guestOf();
  const authority = `http://127.0.0.1:${port}`;
  const host = { host: '127.0.0.1', port, authority, isSecure: false };
  await guest.ask('h2.connect', { id: 1, ...host });
  const first = await guest.json(
    'h2.request',
    { id: 2, session: 1, headers: post('/one'), end: true },
    'body',
  );
  const opened = guest.json('h2.request', { id: 3, session: 1, headers: post('/two'), end: false });
  await guest.ask('http.write', { id: 3 }, 'up ');
  await opened;
  await guest.ask('http.end', { id: 3 }, 'down');

  expect(first['headers']).toEqual(expect.arrayContaining([':status', '200', 'x-path', '/one']));
  expect(await guest.drain('http.read', 2)).toEqual({ body: 'body', end: '["x-sum","7"]' });
  expect(await guest.drain('http.read', 3)).toEqual({ body: 'up down', end: '["x-sum","7"]' });
  expect(Number(await guest.ask('h2.ping', { id: 1 }))).toBeGreaterThan(0);
  expect(guest.network.stats().connections).toBe(1);
});

test('TLS agrees on h2, and closing a session is told', async () => {
  const server = createSecureServer({ cert, key });
  server.on('stream', echo);
  const port = await listen(server);
  const guest = guestOf();
  const host = { host: 'localhost', port, authority: `https://localhost:${port}`, isSecure: true };
  const tls = { ca: [ca], servername: 'localhost' };
  expect(await guest.json('h2.connect', { id: 1, ...host, tls })).toMatchObject({
    alpnProtocol: 'h2',
    tls: { authorized: true },
  });
  const ended = guest.json('h2.ended', { id: 1 });
  guest.call('h2.close', { id: 1 });
  expect(await ended).toEqual({});
});

test('a stream that the other side resets fails', async () => {
  const server = createServer();
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.close(2);
  });
  const port = await listen(server);
  const guest = guestOf();
  const authority = `http://127.0.0.1:${port}`;
  await guest.ask('h2.connect', { id: 1, host: '127.0.0.1', port, authority, isSecure: false });
  await expect(
    guest.ask('h2.request', { id: 2, session: 1, headers: post('/'), end: true }),
  ).rejects.toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' });
});
