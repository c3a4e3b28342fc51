import { createSecureServer, createServer, constants, type ServerHttp2Stream } from 'node:http2';
import { expect, test } from 'vitest';
import { ca, cert, key } from '../../fixtures/tls.ts';
import { listen, run, useLambda } from './guest-fixture.ts';

useLambda();

function echo(stream: ServerHttp2Stream, headers: Record<string, unknown>): void {
  stream.on('error', () => {});
  stream.respond(
    {
      ':status': 201,
      'x-seen': `${String(headers[':method'])} ${String(headers[':path'])}`,
      'set-cookie': ['a=1', 'b=2'],
    },
    { waitForTrailers: true },
  );
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '7' }));
  stream.pipe(stream);
}

const send = `
  const http2 = require('node:http2');
  const send = (session, headers, body) => new Promise((resolve) => {
    const stream = session.request(headers);
    const seen = { text: '' };
    stream.setEncoding('utf8');
    stream.on('response', (headers) => { Object.assign(seen, { status: headers[':status'], path: headers['x-seen'], cookies: headers['set-cookie'] }); });
    stream.on('trailers', (trailers) => { seen.sum = trailers['x-sum']; });
    stream.on('data', (chunk) => { seen.text += chunk; });
    stream.on('error', ({ code }) => { seen.code = code; });
    stream.on('close', () => resolve(seen));
    if (body !== undefined) stream.end(body);
  });`;

test('streams share a session, with bodies and trailers', async () => {
  const server = createServer();
  server.on('stream', echo);
  const port = await listen(server);
  const source = `${send}
    const session = http2.connect('http://localhost:' + event.port);
    const answers = await Promise.all([
      send(session, { ':path': '/one' }),
      send(session, { ':method': 'POST', ':path': '/two' }, 'body'),
    ]);
    const pinged = await new Promise((done) => session.ping((error, duration) => done(error === null && duration > 0)));
    const closed = new Promise((done) => session.close(done));
    await closed;
    return [...answers, pinged, session.closed, session.destroyed];`;
  const cookies = ['a=1', 'b=2'];
  expect(await run(source, { port })).toEqual([
    { status: 201, path: 'GET /one', text: '', cookies, sum: '7' },
    { status: 201, path: 'POST /two', text: 'body', cookies, sum: '7' },
    true,
    true,
    true,
  ]);
});

test('a session over TLS, also over a connection of the program', async () => {
  const server = createSecureServer({ cert, key });
  server.on('stream', echo);
  const port = await listen(server);
  const source = `${send}
    const authority = 'https://localhost:' + event.port;
    const createConnection = () => require('tls').connect({ host: 'localhost', port: event.port, ca: event.ca, ALPNProtocols: ['h2'] });
    const seen = [];
    for (const options of [{ ca: event.ca }, { createConnection }]) {
      const session = http2.connect(authority, options);
      seen.push((await send(session, { ':path': '/' })).status, session.alpnProtocol, session.encrypted);
      session.destroy();
    }
    return seen;`;
  expect(await run(source, { port, ca })).toEqual([201, 'h2', true, 201, 'h2', true]);
});

test('what cannot be reached is an error of the session', async () => {
  const source = `
    const session = require('http2').connect('http://127.0.0.2:80');
    const stream = session.request({});
    const codes = [];
    session.on('error', ({ code }) => codes.push(code));
    stream.on('error', ({ code }) => codes.push(code));
    await new Promise((done) => session.on('close', done));
    return codes;`;
  expect(await run(source)).toEqual(['EACCES', 'EACCES']);
});

test('a session that is destroyed cancels what has not left, and ends the rest without an error', async () => {
  const server = createServer();
  server.on('stream', echo);
  const port = await listen(server);
  const source = `${send}
    const seen = [];
    const watch = (stream) => new Promise((resolve) => {
      stream.on('error', ({ code }) => seen.push(code));
      stream.on('close', resolve);
    });
    const early = http2.connect('http://localhost:' + event.port);
    const cancelled = watch(early.request({ ':path': '/' }));
    early.destroy();
    await cancelled;
    const session = http2.connect('http://localhost:' + event.port);
    const stream = session.request({ ':path': '/' });
    stream.resume();
    stream.on('end', () => { seen.push('end'); session.destroy(); });
    await watch(stream);
    return seen;`;
  expect(await run(source, { port })).toEqual(['ERR_HTTP2_STREAM_CANCEL', 'end']);
});

test('a stream that the server resets fails alone', async () => {
  const server = createServer();
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    if (headers[':path'] === '/reset') stream.close(constants.NGHTTP2_REFUSED_STREAM);
    else echo(stream, headers);
  });
  const port = await listen(server);
  const source = `${send}
    const session = http2.connect('http://localhost:' + event.port);
    const seen = [(await send(session, { ':path': '/reset' })).code, (await send(session, {})).status];
    session.close();
    return seen;`;
  expect(await run(source, { port })).toEqual(['ERR_HTTP2_STREAM_ERROR', 201]);
});

test.each([
  [`http2.connect('ftp://a.example')`, 'ERR_HTTP2_UNSUPPORTED_PROTOCOL'],
  [
    `http2.connect('http://a.example').request({ connection: 'close' })`,
    'ERR_HTTP2_INVALID_CONNECTION_HEADERS',
  ],
  [`http2.connect('http://a.example').request({ 'a b': 'c' })`, 'ERR_INVALID_HTTP_TOKEN'],
])('%s throws %s', async (call, code) => {
  const source = `const http2 = require('http2'); try { ${call}; } catch (error) { return error.code; }`;
  expect(await run(source)).toBe(code);
});

test('constants are those of Node, and servers cannot listen', async () => {
  const source = `
    const { constants, createServer, getPackedSettings, getUnpackedSettings } = require('http2');
    const { code } = await new Promise((done) => createServer().on('error', done).listen(80));
    return [constants, code, getUnpackedSettings(getPackedSettings({ enablePush: false, maxFrameSize: 20000 }))];`;
  expect(await run(source)).toEqual([
    JSON.parse(JSON.stringify(constants)),
    'EACCES',
    { enablePush: false, maxFrameSize: 20_000 },
  ]);
});
