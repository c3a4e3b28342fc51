import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { Lambda } from '../../src/index.ts';
import type { FunctionOptions, LambdaFunction } from '../../src/index.ts';
import { FetchMock, VirtualClock, type FetchMockOptions } from '../../src/testing/index.ts';
import { tiers } from '../conformance/tiers.ts';
import { listen } from '../host/network-fixture.ts';

async function setUp<Event, Result>(
  source: string,
  options: Partial<FunctionOptions> = {},
  mockOptions: FetchMockOptions = {},
): Promise<{
  web: FetchMock;
  clock: VirtualClock;
  lambda: Lambda;
  fn: LambdaFunction<Event, Result>;
}> {
  const web = new FetchMock(mockOptions);
  const clock = new VirtualClock();
  const lambda = new Lambda({ clock, intercept: web, blanks: 0 });
  const fn = await lambda.createFunction<Event, Result>({
    name: 'fn',
    code: { source },
    timeoutMs: 20_000,
    ...options,
  });
  return { web, clock, lambda, fn };
}

/** Asks one URL by `node:https` and gives what came. */
const asksByHttps = `
  const https = require('node:https');
  exports.handler = ({ url, method = 'GET', body }) => new Promise((resolve, reject) => {
    const request = https.request(url, { method, headers: { 'x-a': '1' } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => { text += chunk; });
      response.on('end', () => resolve({ status: response.statusCode, text, headers: response.headers }));
    });
    request.on('error', (error) => resolve({ code: error.code, message: error.message }));
    request.end(body);
  });`;

const asksByFetch = `
  exports.handler = async ({ url, method, body }) => {
    try {
      const response = await fetch(url, { method, body, headers: { 'x-a': '1' } });
      return { status: response.status, text: await response.text(), headers: Object.fromEntries(response.headers) };
    } catch (error) {
      return { code: error.cause?.code, message: error.cause?.message ?? error.message };
    }
  };`;

interface Answer {
  readonly status?: number;
  readonly text?: string;
  readonly headers?: Record<string, string>;
  readonly code?: string;
  readonly message?: string;
}

describe.each(tiers)('in the tier %s', (isolation) => {
  describe.each([
    ['fetch', asksByFetch],
    ['node:https', asksByHttps],
  ])('what %s asks', (_name, source) => {
    test('is answered without a connection, a name or a certificate, and recorded', async () => {
      const { web, lambda, fn } = await setUp<object, Answer>(source, { isolation });
      web.post('https://api.example.com/users/:id', ({ params }) => ({
        status: 201,
        headers: { 'x-seen': 'yes' },
        json: { id: params['id'] },
      }));

      const answer = await fn.call(
        { url: 'https://api.example.com/users/7?full=1', method: 'POST', body: '{"a":1}' },
        { requestId: '5e7b1b7e-0000-4000-8000-000000000000' },
      );
      expect(answer).toMatchObject({
        status: 201,
        text: '{"id":"7"}',
        headers: {
          'content-type': 'application/json',
          'x-seen': 'yes',
          date: 'Thu, 01 Jan 2026 00:00:00 GMT',
        },
      });
      const [call] = web.calls;
      expect(call).toMatchObject({
        method: 'POST',
        url: 'https://api.example.com/users/7?full=1',
        params: { id: '7' },
        functionName: 'fn',
        requestId: '5e7b1b7e-0000-4000-8000-000000000000',
      });
      expect(call?.headers.get('x-a')).toBe('1');
      expect(call?.query.get('full')).toBe('1');
      expect(call?.json()).toEqual({ a: 1 });
      expect(web.errors).toEqual([]);
      await lambda.close();
    });

    test('is refused with its URL when no route takes it', async () => {
      const { web, lambda, fn } = await setUp<object, Answer>(source, { isolation });
      web.get('https://api.example.com/users', { json: [] });

      const answer = await fn.call({ url: 'https://api.example.com/orders?id=1' });
      expect(answer).toEqual({
        code: 'EACCES',
        message:
          'request EACCES GET https://api.example.com/orders?id=1: no route of the FetchMock takes it, its ' +
          'routes are GET https://api.example.com/users. Add one, or open the host with { passThrough: ' +
          '["api.example.com"] }',
      });
      expect(web.errors).toHaveLength(1);
      expect(web.calls).toHaveLength(1);
      await lambda.close();
    });

    test('fails as a network fails when the reply says so', async () => {
      const { web, lambda, fn } = await setUp<object, Answer>(source, { isolation });
      web.get('https://a.example/refused', { error: 'ECONNREFUSED' });
      web.get('https://a.example/unknown', { error: 'ENOTFOUND' });
      web.get('https://a.example/reset', { error: 'ECONNRESET' });

      expect(await fn.call({ url: 'https://a.example/refused' })).toEqual({
        code: 'ECONNREFUSED',
        message: 'connect ECONNREFUSED a.example:443',
      });
      expect(await fn.call({ url: 'https://a.example/unknown' })).toEqual({
        code: 'ENOTFOUND',
        message: 'getaddrinfo ENOTFOUND a.example',
      });
      expect(await fn.call({ url: 'https://a.example/reset' })).toMatchObject({
        code: 'ECONNRESET',
      });
      expect(web.errors).toEqual([]);
      await lambda.close();
    });

    test('fails with the mistake of a reply, which the test finds as well', async () => {
      const { web, lambda, fn } = await setUp<object, Answer>(source, { isolation });
      web.get('https://a.example/', () => {
        throw new TypeError('no such user');
      });
      const message = 'The reply to GET https://a.example/ failed: TypeError: no such user';

      expect(await fn.call({ url: 'https://a.example/' })).toEqual({ code: 'ERR_MOCK', message });
      expect(web.errors.map((error) => error.message)).toEqual([message]);
      await lambda.close();
    });

    test('gets the reply of the last route that fits, until that is used up', async () => {
      const { web, lambda, fn } = await setUp<object, Answer>(source, { isolation });
      web.get('https://a.example/*', { body: 'usual' });
      web.get('https://a.example/x', new Response('once', { status: 503 }), { times: 1 });

      expect(await fn.call({ url: 'https://a.example/x' })).toMatchObject({
        status: 503,
        text: 'once',
      });
      expect(await fn.call({ url: 'https://a.example/x' })).toMatchObject({
        status: 200,
        text: 'usual',
      });
      await lambda.close();
    });

    test('waits in virtual time for a reply that takes its time', async () => {
      const { web, clock, lambda, fn } = await setUp<object, Answer>(source, { isolation });
      web.get('https://a.example/slow', { body: 'slow', delayMs: 10_000 });
      web.get('https://a.example/slower', async (_call, { sleep }) => {
        await sleep(30_000);
        return { body: 'slower' };
      });

      const slow = fn.call({ url: 'https://a.example/slow' });
      await clock.advance(9_999);
      expect(clock.pending()[0]?.label).toBe('fn: the answer to GET https://a.example/slow');
      await clock.advance(1);
      expect(await slow).toMatchObject({ text: 'slow' });
      expect(await clock.runUntil(fn.call({ url: 'https://a.example/slower' }))).toMatchObject({
        text: 'slower',
      });
      await lambda.close();
    });
  });

  test('AbortSignal.timeout beats a reply that takes longer, and nothing is left waiting', async () => {
    const { web, clock, lambda, fn } = await setUp<object, string>(
      `exports.handler = () => fetch('https://a.example/', { signal: AbortSignal.timeout(5000) })
        .then(() => 'answer', (error) => error.name);`,
      { isolation },
    );
    web.get('https://a.example/', { delayMs: 60_000 });
    const call = fn.call();
    await clock.advance(5_000);

    expect(await call).toBe('TimeoutError');
    expect(clock.pending().map(({ label }) => label)).toEqual(['eviction of idle environments']);
    expect(clock.held()).toEqual([]);
    await lambda.close();
  });

  test('bodies of any length go both ways', async () => {
    const { web, lambda, fn } = await setUp<object, number[]>(
      `const { Readable } = require('node:stream');
      exports.handler = async () => {
        const body = new ReadableStream({ start(c) { for (let i = 0; i < 40; i++) c.enqueue(new Uint8Array(50000).fill(i)); c.close(); } });
        const response = await fetch('https://a.example/', { method: 'PUT', body, duplex: 'half' });
        const bytes = new Uint8Array(await response.arrayBuffer());
        return [response.headers.getSetCookie().length, bytes.length, bytes[0], bytes.at(-1)];
      };`,
      { isolation },
    );
    web.put('https://a.example/', ({ body }) => {
      const chunks = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(body.slice(0, 1_000_000));
          controller.enqueue(body.slice(1_000_000));
          controller.close();
        },
      });
      return new Response(chunks, {
        headers: [
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
        ],
      });
    });

    expect(await fn.call()).toEqual([2, 2_000_000, 0, 39]);
    await lambda.close();
  });

  test('node:http2 is answered too, as AWS’s SDK for Kinesis needs it', async () => {
    const { web, lambda, fn } = await setUp<object, unknown>(
      `const http2 = require('node:http2');
      const ask = (session, path) => new Promise((resolve) => {
        const stream = session.request({ ':method': 'POST', ':path': path, 'x-a': '1' });
        let status, text = '';
        stream.on('response', (headers) => { status = headers[':status']; });
        stream.setEncoding('utf8').on('data', (chunk) => { text += chunk; });
        stream.on('end', () => resolve([status, text]));
        stream.on('error', (error) => resolve([error.code, error.message.slice(0, 60)]));
        stream.end('{"a":1}');
      });
      exports.handler = async () => {
        const session = http2.connect('https://kinesis.us-east-1.amazonaws.com');
        const answers = [await ask(session, '/'), await ask(session, '/unknown'), await ask(session, '/')];
        session.close();
        return answers;
      };`,
      { isolation },
    );
    web.post('https://kinesis.us-east-1.amazonaws.com/', (call) => ({ json: call.json() }));

    expect(await fn.call()).toEqual([
      [200, '{"a":1}'],
      ['EACCES', 'request EACCES POST https://kinesis.us-east-1.amazonaws.com/'],
      [200, '{"a":1}'],
    ]);
    expect(web.calls[0]?.headers.get('x-a')).toBe('1');
    expect([...(web.calls[0]?.headers.keys() ?? [])].some((name) => name.startsWith(':'))).toBe(
      false,
    );
    await lambda.close();
  });

  test('bare sockets to hosts of the mock are refused and told why', async () => {
    const { web, lambda, fn } = await setUp<object, string[]>(
      `const wait = (socket) => new Promise((resolve) => {
        socket.on('error', (error) => resolve(error.message));
        socket.on('connect', () => resolve('connected'));
      });
      exports.handler = () => Promise.all([
        wait(require('node:tls').connect(443, 'a.example')),
        wait(require('node:net').connect(5432, 'db.example')),
      ]);`,
      { isolation },
    );
    web.get('https://a.example/', {});

    const refused = (host: string): unknown =>
      expect.stringMatching(
        `^connect EACCES ${host}: the option \`intercept\` answers for this host`,
      );
    expect(await fn.call()).toEqual([refused('a.example:443'), refused('db.example:5432')]);
    await lambda.close();
  });

  test('a host that is passed through is asked over the network, by its rules', async () => {
    const port = await listen(createServer((_request, response) => response.end('real')));
    const host = `127.0.0.1:${port}`;
    const { web, lambda, fn } = await setUp<object, Answer>(
      asksByFetch,
      { isolation, network: { allow: [host] } },
      { passThrough: [host] },
    );
    web.get(`http://${host}/mocked`, { body: 'mocked' });

    expect(await fn.call({ url: `http://${host}/` })).toMatchObject({ text: 'real' });
    expect(await fn.call({ url: `http://${host}/mocked` })).toMatchObject({ text: 'mocked' });
    expect(web.calls).toHaveLength(1);
    await lambda.close();
  });

  test('a function without a network reaches no mock', async () => {
    const { web, lambda, fn } = await setUp<object, Answer>(asksByFetch, {
      isolation,
      network: 'none',
    });
    web.get('https://a.example/', { body: 'mocked' });

    expect(await fn.call({ url: 'https://a.example/' })).toMatchObject({ code: 'EACCES' });
    expect(web.calls).toEqual([]);
    await lambda.close();
  });
});

test('an interceptor of one’s own decides what it takes', async () => {
  await using lambda = new Lambda({
    blanks: 0,
    intercept: {
      takesRequest: ({ url }) => url.startsWith('http://own.example'),
      takesHost: () => false,
      answer: async ({ url }) => ({ status: 200, headers: [], body: Buffer.from(url) }),
    },
  });
  const fn = await lambda.createFunction<object, Answer>({
    name: 'fn',
    code: { source: asksByFetch },
  });
  expect(await fn.call({ url: 'http://own.example:8080/a' })).toMatchObject({
    text: 'http://own.example:8080/a',
  });
  expect(await fn.call({ url: 'http://127.0.0.1:8081/' })).toMatchObject({ code: 'EACCES' });
});

test.each([[{}], [{ takesRequest: () => true }], ['web'], [null]])(
  'the option `intercept` refuses %j',
  (intercept) => {
    expect(() => new Lambda({ intercept: intercept as never })).toThrow(
      'Expected `intercept` to be an object with `takesRequest()`, `takesHost()` and `answer()`',
    );
  },
);
