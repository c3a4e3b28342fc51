import { expect, test } from 'vitest';
import { FetchMock, type InterceptContext } from '../../src/testing/index.ts';

const context: InterceptContext = {
  functionName: 'fn',
  requestId: '1',
  signal: new AbortController().signal,
  sleep: () => Promise.resolve(),
  waitFor: (work) => work,
};

const ask = (web: FetchMock, method: string, url: string) =>
  web.answer({ method, url, headers: [], body: new Uint8Array() }, context);

test('calls can be looked up by URL and method', async () => {
  const web = new FetchMock().all('https://a.example/*', {});
  await ask(web, 'GET', 'https://a.example/x');
  await ask(web, 'POST', 'https://a.example/x');
  await ask(web, 'POST', 'https://a.example/y');

  expect(web.callsTo('https://a.example/x')).toHaveLength(2);
  expect(web.callsTo('https://a.example/*', 'post')).toHaveLength(2);
  expect(web.callsTo('https://b.example/*')).toEqual([]);
});

test('reset forgets routes, calls and errors', async () => {
  const web = new FetchMock().get('https://a.example/', {});
  await ask(web, 'GET', 'https://a.example/');
  await expect(ask(web, 'GET', 'https://a.example/x')).rejects.toThrow('no route');
  web.reset();

  expect([web.calls, web.errors]).toEqual([[], []]);
  await expect(ask(web, 'GET', 'https://a.example/')).rejects.toThrow('it has no routes');
});

test('a header with several values comes as often, and a type of one’s own stays', async () => {
  const web = new FetchMock().get('https://a.example/', {
    headers: { 'set-cookie': ['a=1', 'b=2'], 'Content-Type': 'text/csv' },
    body: 'x',
  });
  const { headers } = await ask(web, 'GET', 'https://a.example/');
  expect(headers).toEqual(['set-cookie', 'a=1', 'set-cookie', 'b=2', 'Content-Type', 'text/csv']);
});

test('a Response answers as often as it is asked for', async () => {
  const web = new FetchMock().get('https://a.example/', new Response('again'));
  for (let time = 0; time < 2; time += 1) {
    const { body } = await ask(web, 'GET', 'https://a.example/');
    expect(await new Response(body as ReadableStream).text()).toBe('again');
  }
});

test.each([
  [{ status: 99 }, '`reply.status` to be an integer from 200 to 599'],
  [{ stauts: 200 }, 'There is no option `stauts`'],
  [{ body: {} }, 'For data there is `json`'],
  [{ body: 'x', json: 1 }, '`reply.json` to be absent beside `body`'],
  [{ error: 'no luck' }, '`reply.error` to be a code'],
  [{ delayMs: -1 }, '`reply.delayMs` to be an integer'],
  ['text', '`reply` to be an object'],
] as [never, string][])('the reply %j is refused at once', (reply, rule) => {
  expect(() => new FetchMock().get('https://a.example/', reply)).toThrow(rule);
});

test('what a function replies is checked when it does', async () => {
  const web = new FetchMock().get('https://a.example/', () => ({ status: 1_000 }));
  await expect(ask(web, 'GET', 'https://a.example/')).rejects.toThrow(
    'The reply to GET https://a.example/ failed: InvalidOptionError: Expected `reply.status`',
  );
  expect(web.errors).toHaveLength(1);
});

test.each([
  [{ passThrough: 'a' }, '`passThrough` to be an array of hosts'],
  [{ passThrough: ['http://a'] }, '`passThrough`'],
  [{ unmatched: 'error' }, 'There is no option `unmatched`'],
] as [never, string][])('the options %j are refused', (options, rule) => {
  expect(() => new FetchMock(options)).toThrow(rule);
});

test.each([
  [{}, 'https://a.example/x', true],
  [{ passThrough: ['*'] }, 'https://a.example/x', false],
  [{ passThrough: ['a.example'] }, 'https://a.example:8443/x', false],
  [{ passThrough: ['a.example:8443'] }, 'https://a.example:8443/x', false],
  [{ passThrough: ['a.example:8443'] }, 'https://a.example/x', true],
  [{ passThrough: ['*'] }, 'https://a.example/routed', true],
] as const)('with %j, whether it takes %s: %s', (options, url, takes) => {
  const web = new FetchMock(options).get('https://a.example/routed', {});
  expect(web.takesRequest({ method: 'GET', url })).toBe(takes);
});
