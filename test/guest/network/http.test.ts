import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, createServer as createTcpServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ca, cert, key } from '../../fixtures/tls.ts';
import { listen, run, useLambda } from './guest-fixture.ts';

useLambda();

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Answers with what it got. */
const mirror = (request: IncomingMessage, response: ServerResponse): void => {
  // A request that its client gives up has no body.
  const whole = text(request).catch(() => '');
  void whole.then((body) => {
    response.setHeader('Set-Cookie', ['a=1', 'b=2']);
    response.end(JSON.stringify([request.method, request.url, request.rawHeaders, body]));
  });
};

/** Sends a request and tells all about the response. */
const send = `
  const http = require('node:http');
  const https = require('node:https');
  const send = (module, ...args) => (body) => new Promise((resolve) => {
    const request = module.request(...args);
    request.on('error', (error) => resolve({ code: error.code, message: error.message }));
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => { text += chunk; });
      response.on('error', (error) => resolve({ code: error.code }));
      response.on('end', () => resolve({
        status: response.statusCode, headers: response.headers, text, trailers: response.trailers, reused: request.reusedSocket,
      }));
    });
    request.end(body);
  });
  const json = ({ text }) => JSON.parse(text);`;

describe('requests', () => {
  test('go out with the headers that Node would send', async () => {
    const port = await listen(createServer(mirror));
    const source = `${send}
      const options = { host: 'localhost', port: event.port, path: '/a?b=c', headers: { 'X-A': 1, 'X-B': ['2', '3'] } };
      return [
        json(await send(http, options)()),
        json(await send(http, { ...options, method: 'post' })('body')),
        json(await send(http, { ...options, method: 'PUT', agent: false, auth: 'me:secret' })('body')),
        json(await send(http, 'http://localhost:' + event.port + '/url')()),
        json(await send(http, { ...options, headers: ['Host', 'x', 'a', '1', 'A', '2'] })()),
      ];`;
    const host = ['Host', `localhost:${port}`];
    const keep = ['Connection', 'keep-alive'];
    expect(await run(source, { port })).toEqual([
      ['GET', '/a?b=c', ['X-A', '1', 'X-B', '2', 'X-B', '3', ...host, ...keep], ''],
      [
        'POST',
        '/a?b=c',
        ['X-A', '1', 'X-B', '2', 'X-B', '3', ...host, ...keep, 'Content-Length', '4'],
        'body',
      ],
      [
        'PUT',
        '/a?b=c',
        [
          'X-A',
          '1',
          'X-B',
          '2',
          'X-B',
          '3',
          ...host,
          'Authorization',
          'Basic bWU6c2VjcmV0',
          'Connection',
          'close',
          'Content-Length',
          '4',
        ],
        'body',
      ],
      ['GET', '/url', [...host, ...keep], ''],
      ['GET', '/a?b=c', ['Host', 'x', 'a', '1', 'A', '2', ...keep], ''],
    ]);
  });

  test('get responses with combined headers, trailers and reused connections', async () => {
    const port = await listen(
      createServer((_request, response) => {
        response.writeHead(207, [
          ['X-Many', '1'],
          ['X-Many', '2'],
          ['Set-Cookie', 'a=1'],
          ['Set-Cookie', 'b=2'],
          ['Trailer', 'X-Sum'],
        ]);
        response.write('body');
        response.addTrailers({ 'X-Sum': '7' });
        response.end();
      }),
    );
    const source = `${send}
      const options = { host: 'localhost', port: event.port };
      return [await send(http, options)(), (await send(http, options)()).reused];`;
    expect(await run(source, { port })).toMatchObject([
      {
        status: 207,
        headers: { 'x-many': '1, 2', 'set-cookie': ['a=1', 'b=2'] },
        text: 'body',
        trailers: { 'x-sum': '7' },
        reused: false,
      },
      true,
    ]);
  });

  test('over TLS check the other side as the options say', async () => {
    const port = await listen(createSecureServer({ cert, key }, mirror));
    const source = `${send}
      const options = { host: 'localhost', port: event.port };
      const agent = new https.Agent({ ca: event.ca, keepAlive: true });
      const checkServerIdentity = (host, { subject }) => { seen.push(host, subject.CN); };
      const seen = [];
      return [
        (await send(https, options)()).code,
        (await send(https, { ...options, ca: event.ca })()).status,
        (await send(https, { ...options, agent })()).status,
        (await send(https, { ...options, rejectUnauthorized: false })()).status,
        (await send(https, { ...options, ca: event.ca, checkServerIdentity })()).status,
        seen,
      ];`;
    expect(await run(source, { port, ca })).toEqual([
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      200,
      200,
      200,
      200,
      ['localhost', 'localhost'],
    ]);
  });

  test('stream bodies in both directions at one time', async () => {
    const port = await listen(createServer((request, response) => request.pipe(response)));
    const source = `
      const http = require('http');
      const request = http.request({ host: 'localhost', port: event.port, method: 'POST' });
      request.write('one ');
      const response = await new Promise((done) => request.on('response', done));
      const chunks = response[Symbol.asyncIterator]();
      const seen = [String((await chunks.next()).value)];
      request.write('two ');
      seen.push(String((await chunks.next()).value));
      request.end('three');
      seen.push(String((await chunks.next()).value));
      return [...seen, (await chunks.next()).done];`;
    expect(await run(source, { port })).toEqual(['one ', 'two ', 'three', true]);
  });

  test('hear that a little was written before the response, as in Node', async () => {
    const port = await listen(
      createServer((request, response) => void request.once('data', () => response.end('early'))),
    );
    const source = `
      const request = require('http').request({ host: 'localhost', port: event.port, method: 'POST' });
      const events = [];
      request.on('finish', () => events.push('finish'));
      const ended = new Promise((done) => request.on('response', (response) => {
        events.push('response');
        response.resume().on('end', done);
      }));
      request.write('some', () => {
        events.push('written');
        setImmediate(() => request.end());
      });
      await ended;
      return events;`;
    expect(await run(source, { port })).toEqual(['written', 'finish', 'response']);
  });

  test('with large bodies wait for drain', async () => {
    const port = await listen(createServer((request, response) => request.pipe(response)));
    const source = `
      const { pipeline } = require('stream/promises');
      const { Readable, Writable } = require('stream');
      const request = require('http').request({ host: 'localhost', port: event.port, method: 'POST' });
      let length = 0;
      const received = new Promise((done) => request.on('response', done)).then((response) =>
        pipeline(response, new Writable({ write(chunk, encoding, next) { length += chunk.length; next(); } })));
      await pipeline(Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(50_000))), request);
      await received;
      return length;`;
    expect(await run(source, { port })).toBe(5_000_000);
  });

  test('hear about interim responses', async () => {
    const server = createServer();
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      response.writeContinue();
      mirror(request, response);
    });
    const port = await listen(server);
    const source = `
      const request = require('http').request({ host: 'localhost', port: event.port, method: 'PUT', headers: { Expect: '100-continue' } });
      await new Promise((done) => request.on('continue', done));
      const answered = new Promise((done) => request.on('response', done));
      request.end('body');
      return (await answered).statusCode;`;
    expect(await run(source, { port })).toBe(200);
  });

  test('may wait for their turn in an agent', async () => {
    let running = 0;
    let most = 0;
    const waiting: (() => void)[] = [];
    const port = await listen(
      createServer((_request, response) => {
        running += 1;
        most = Math.max(most, running);
        waiting.push(() => {
          running -= 1;
          response.end('ok');
        });
        setImmediate(() => waiting.shift()?.());
      }),
    );
    const source = `${send}
      const agent = new http.Agent({ maxSockets: 2 });
      const all = Array.from({ length: 6 }, () => send(http, { host: 'localhost', port: event.port, agent })());
      const queued = Object.values(agent.requests)[0].length;
      return [queued, (await Promise.all(all)).map(({ text }) => text), Object.keys(agent.sockets).length];`;
    expect(await run(source, { port })).toEqual([4, ['ok', 'ok', 'ok', 'ok', 'ok', 'ok'], 0]);
    expect(most).toBeLessThanOrEqual(2);
  });

  test('use the connection that the program makes', async () => {
    const port = await listen(createServer(mirror));
    const source = `${send}
      const net = require('net');
      class Mine extends http.Agent {
        createConnection(options, done) { return net.connect(options.port, 'localhost'); }
      }
      const createConnection = (options, done) => { done(null, net.connect(options.port, 'localhost')); };
      const options = { host: 'elsewhere.example', port: event.port };
      return [
        json(await send(http, { ...options, agent: new Mine() })())[2][1],
        json(await send(http, { ...options, createConnection })())[2][1],
      ];`;
    const host = `elsewhere.example:${port}`;
    expect(await run(source, { port })).toEqual([host, host]);
  });

  test('resolve names as the program says', async () => {
    const port = await listen(createServer(mirror));
    const source = `${send}
      const lookup = (host, options, done) => done(null, host === 'a.example' ? '127.0.0.1' : '10.0.0.1', 4);
      return [
        (await send(http, { host: 'a.example', port: event.port, lookup })()).status,
        (await send(http, { host: 'b.example', port: event.port, lookup })()).code,
      ];`;
    expect(await run(source, { port })).toEqual([200, 'EACCES']);
  });

  test('show a socket that is connected before the response', async () => {
    const { promise: arrived, resolve } = Promise.withResolvers<ServerResponse>();
    const port = await listen(createServer((_request, response) => resolve(response)));
    const source = `
      const request = require('http').get({ host: 'localhost', port: event.port });
      const socket = await new Promise((done) => request.on('socket', done));
      const before = socket.connecting;
      await new Promise((done) => socket.once('connect', done));
      request.on('error', () => {}).destroy();
      return [before, socket.connecting, socket.remotePort === event.port];`;
    expect(await run(source, { port })).toEqual([true, false, true]);
    await arrived;
  });

  test('go through a proxy that the program asks for a tunnel', async () => {
    const port = await listen(createSecureServer({ cert, key }, mirror));
    const proxy = createServer();
    proxy.on('connect', (_request: IncomingMessage, socket) => {
      const onward = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => {});
    });
    const proxyPort = await listen(proxy);
    const source = `${send}
      const tls = require('tls');
      class Tunnel extends https.Agent {
        createConnection(options, done) {
          const request = http.request({ host: 'localhost', port: event.proxyPort, method: 'CONNECT', path: options.host + ':443' });
          request.on('connect', (response, socket) =>
            done(null, tls.connect({ socket, servername: 'localhost', ca: event.ca })));
          request.on('error', done).end();
        }
      }
      const agent = new Tunnel();
      return json(await send(https, { host: 'inside.example', agent, path: '/x' })()).slice(0, 3);`;
    expect(await run(source, { proxyPort, ca })).toEqual([
      'GET',
      '/x',
      ['Host', 'inside.example', 'Connection', 'close'],
    ]);
  });

  test('switch protocols', async () => {
    const server = createServer();
    server.on('upgrade', (_request: IncomingMessage, socket) => {
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n',
      );
      socket.pipe(socket);
    });
    const port = await listen(server);
    const source = `
      const request = require('http').get({ host: 'localhost', port: event.port, headers: { Connection: 'Upgrade', Upgrade: 'echo' } });
      const socket = await new Promise((done) => request.on('upgrade', (response, socket) => done(socket)));
      socket.write('hi');
      const answer = await new Promise((done) => socket.once('data', done));
      socket.destroy();
      return String(answer);`;
    expect(await run(source, { port })).toBe('hi');
  });
});

describe('failures', () => {
  const outcome = `
    const outcome = (request) => new Promise((resolve) => {
      const events = [];
      for (const name of ['abort', 'timeout', 'response']) request.on(name, () => events.push(name));
      request.on('error', (error) => events.push(error.name === 'AbortError' ? 'AbortError' : error.code + ' ' + error.message));
      request.on('close', () => resolve(events));
    });`;

  test.each([
    [`request.destroy()`, ['ECONNRESET socket hang up']],
    [`request.abort()`, ['abort', 'ECONNRESET socket hang up']],
    [`request.destroy(Object.assign(new Error('mine'), { code: 'MINE' }))`, ['MINE mine']],
    [`controller.abort()`, ['AbortError']],
    [`request.setTimeout(5, () => request.destroy())`, ['timeout', 'ECONNRESET socket hang up']],
  ])('%s', async (action, events) => {
    const port = await listen(createServer(() => {}));
    const source = `${outcome}
      const controller = new AbortController();
      const request = require('http').get({ host: 'localhost', port: event.port, signal: controller.signal });
      const ended = outcome(request);
      ${action};
      return ended;`;
    expect(await run(source, { port })).toEqual(events);
  });

  test.each([
    [
      `{ host: '127.0.0.2', port: event.port }`,
      /^EACCES connect EACCES 127\.0\.0\.2:\d+: it is a loopback/,
    ],
    [`{ host: 'localhost', port: 1 }`, /^ECONNREFUSED connect ECONNREFUSED 127\.0\.0\.1:1|::1:1/],
    [`{ socketPath: '/var/run/docker.sock' }`, /^EACCES connect EACCES \/var\/run\/docker\.sock/],
    [`{ host: 'localhost', port: event.port, localAddress: '10.0.0.1' }`, /^EADDRNOTAVAIL/],
    [`{ host: 'localhost', port: event.port }`, /^HPE_INVALID_CONSTANT Parse Error/],
  ])('a request to %s', async (options, message) => {
    const port = await listen(createTcpServer((socket) => socket.end('no HTTP\r\n')));
    const source = `${outcome} return outcome(require('http').get(${options}));`;
    const events = (await run(source, { port })) as string[];
    expect(events).toHaveLength(1);
    expect(events[0]).toMatch(message);
  });

  test('a response that breaks off is aborted', async () => {
    const port = await listen(
      createServer((_request, response) => {
        response.writeHead(200, { 'Content-Length': '10' });
        response.write('half', () => response.destroy());
      }),
    );
    const source = `
      const request = require('http').get({ host: 'localhost', port: event.port });
      const response = await new Promise((done) => request.on('response', done));
      const events = [];
      response.on('aborted', () => events.push('aborted')).on('error', ({ code }) => events.push(code));
      response.on('data', (chunk) => events.push(String(chunk)));
      await new Promise((done) => response.on('close', done));
      return [...events, response.complete];`;
    expect(await run(source, { port })).toEqual(['half', 'aborted', 'ECONNRESET', false]);
  });

  test.each([
    [`http.request({ path: '/a b' })`, 'ERR_UNESCAPED_CHARACTERS'],
    [`http.request({ method: 'A B' })`, 'ERR_INVALID_HTTP_TOKEN'],
    [`http.request('https://example.com')`, 'ERR_INVALID_PROTOCOL'],
    [`http.request({ agent: {} })`, 'ERR_INVALID_ARG_TYPE'],
    [`http.request({ host: 5 })`, 'ERR_INVALID_ARG_TYPE'],
    [`http.request({ headers: { 'a b': 'c' } })`, 'ERR_INVALID_HTTP_TOKEN'],
    [`http.request({ headers: { a: 'b\\nc' } })`, 'ERR_INVALID_CHAR'],
    [`http.request({ headers: { a: undefined } })`, 'ERR_HTTP_INVALID_HEADER_VALUE'],
    [`new http.OutgoingMessage().write('x')`, 'ERR_METHOD_NOT_IMPLEMENTED'],
    [`new http.ServerResponse({}).writeHead(99)`, 'ERR_HTTP_INVALID_STATUS_CODE'],
    [`http.validateHeaderName('')`, 'ERR_INVALID_HTTP_TOKEN'],
    [`http.validateHeaderValue('a', undefined)`, 'ERR_HTTP_INVALID_HEADER_VALUE'],
  ])('%s throws %s', async (call, code) => {
    const source = `const http = require('http'); try { ${call}; } catch (error) { return error.code; }`;
    expect(await run(source)).toBe(code);
  });
});

const isOtherNode = process.env['CONTROL_NODE'] !== undefined;

describe('what frameworks build on', () => {
  // Node 26 joins head and body in another way; the guest is as Node 24.
  test.skipIf(isOtherNode)('a response without a connection writes what Node writes', async () => {
    const script = `
      const written = [];
      const socket = { _writableState: {}, writable: true, write: (data, encoding, done) => { written.push(String(data)); if (typeof done === 'function') done(); return true; },
        on() {}, removeListener() {}, destroy() {}, cork() {}, uncork() {} };
      const response = new http.ServerResponse({ method: 'GET', httpVersionMajor: 1, httpVersionMinor: 1 });
      response.assignSocket(socket);
      response.sendDate = false;
      response.statusCode = 201;
      response.setHeader('X-A', ['1', '2']);
      response.write('hello ');
      response.end('world');
      return [response.headersSent, response.finished, response.writableEnded, response._header, written.join('')];`;
    // oxlint-disable-next-line typescript/no-implied-eval -- the same script in Node itself
    const inNode = new Function('http', script)(await import('node:http')) as unknown;
    expect(await run(`const http = require('http'); ${script}`)).toEqual(inNode);
  });

  test('requests and responses that are made by hand, as serverless-http does', async () => {
    const source = `
      const http = require('http');
      class Request extends http.IncomingMessage {
        constructor(body) {
          super({ encrypted: true, readable: false, remoteAddress: '1.2.3.4', address: () => ({ port: 443 }), end() {}, destroy() {} });
          Object.assign(this, { complete: true, method: 'POST', url: '/', headers: { a: 'b' }, body });
          this._read = () => { this.push(body); this.push(null); };
        }
      }
      const server = http.createServer(async (request, response) => {
        let text = '';
        for await (const chunk of request) text += chunk;
        response.end(text.toUpperCase() + request.headers.a + request.socket.remoteAddress);
      });
      const chunks = [];
      const response = new http.ServerResponse({ method: 'POST' });
      response.useChunkedEncodingByDefault = false;
      response._header = '';
      response.assignSocket({ _writableState: {}, writable: true, on() {}, removeListener() {}, destroy() {}, cork() {}, uncork() {},
        write: (data, encoding, done) => { chunks.push(String(data)); (done ?? encoding)?.(); return true; } });
      const finished = new Promise((done) => response.once('finish', done));
      server.emit('request', new Request('body'), response);
      await finished;
      return chunks.join('').split('\\r\\n\\r\\n')[1];`;
    expect(await run(source)).toBe('BODYb1.2.3.4');
  });

  test('responses that derive without class, as light-my-request does', async () => {
    const source = `
      const http = require('http');
      const { inherits } = require('util');
      const { Writable } = require('stream');
      function Response(request) {
        http.ServerResponse.call(this, request);
        this.setHeader('foo', 'bar');
        this.removeHeader('foo');
        this.assignSocket(new Writable({ write(chunk, encoding, next) { setImmediate(next); } }));
      }
      inherits(Response, http.ServerResponse);
      const response = new Response({ method: 'GET', httpVersionMajor: 1, httpVersionMinor: 1 });
      response.setHeader('content-type', 'text/plain');
      const finished = new Promise((done) => response.on('finish', done));
      response.writeHead(404, { b: '2' });
      response.end('x');
      await finished;
      return [response.statusCode, response.getHeaders(), response instanceof http.ServerResponse];`;
    expect(await run(source)).toEqual([404, { 'content-type': 'text/plain', b: '2' }, true]);
  });

  test('a server takes settings and listeners, and never listens', async () => {
    const source = `
      const http = require('http');
      const server = http.createServer({ keepAliveTimeout: 1 }, () => {});
      const error = await new Promise((done) => server.on('error', done).listen(3000, '0.0.0.0'));
      return [server.keepAliveTimeout, server.listenerCount('request'), error.code, server instanceof require('net').Server];`;
    expect(await run(source)).toEqual([1, 1, 'EACCES', true]);
  });

  test('lists are the ones of Node', async () => {
    const { METHODS, STATUS_CODES, maxHeaderSize } = await import('node:http');
    const source = `const { METHODS, STATUS_CODES, maxHeaderSize } = require('http'); return { METHODS, STATUS_CODES, maxHeaderSize };`;
    expect(await run(source)).toEqual({
      METHODS: [...METHODS],
      STATUS_CODES: { ...STATUS_CODES },
      maxHeaderSize,
    });
  });
});
