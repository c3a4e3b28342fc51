import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { listen, run, useLambda } from './guest-fixture.ts';

useLambda();

/** How an error looks to a program. */
const prelude = `
  const look = (error) => [error?.constructor?.name, error?.name, error?.message, error?.cause?.message ?? error?.cause?.code];
  const caught = async (run) => { try { return await run(); } catch (error) { return look(error); } };
`;

/** What the guest gets is what Node itself gets of the same server. */
async function expectSame(body: string, port: number): Promise<void> {
  const source = `${prelude} ${body}`;
  // oxlint-disable-next-line typescript/no-implied-eval -- the very text that the guest runs
  const inNode = new Function('event', `return (async () => { ${source} })()`) as (
    event: unknown,
  ) => Promise<unknown>;
  const base = `http://127.0.0.1:${port}`;
  const node = JSON.parse(JSON.stringify(await inNode({ base }))) as unknown;
  expect(await run(source, { base })).toEqual(node);
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
  return text;
}

const large = 'many words, again and again. '.repeat(20_000);

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://x');
  const { pathname: path, searchParams } = url;
  if (path === '/mirror') {
    const { host: _host, ...headers } = request.headers;
    response.setHeader('Set-Cookie', ['a=1', 'b=2']);
    response.setHeader('X-Two', ['1', '2']);
    response.end(JSON.stringify([request.method, url.search, headers, await textOf(request)]));
  } else if (path === '/redirect') {
    response.writeHead(Number(searchParams.get('status') ?? 302), {
      location: searchParams.get('to') ?? '',
    });
    response.end('moved');
  } else if (path === '/status') {
    response.writeHead(Number(searchParams.get('code')), 'Some Text').end();
  } else if (path === '/encoded') {
    const coding = searchParams.get('coding') ?? '';
    const encode = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }[coding];
    response.setHeader('content-encoding', coding);
    response.end(encode?.(large) ?? 'as it is');
  } else if (path === '/broken') {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end('this is no gzip at all');
  } else if (path === '/cut') {
    response.writeHead(200, { 'content-length': '100' }).write('only this');
    setImmediate(() => response.destroy());
  } else if (path === '/slow') {
    response.writeHead(200).write('first');
  } else if (path === '/never') {
    request.resume();
  } else {
    response.end(large);
  }
}

const serve = async (): Promise<number> =>
  listen(
    createServer(
      (request, response) => void answer(request, response).catch(() => response.destroy()),
    ),
  );

describe('fetch does what it does in Node', () => {
  test.each([
    [
      'a response and its fields',
      `const r = await fetch(event.base + '/mirror?x=y#z', { headers: { 'X-A': 'b' } }); return [r.status, r.statusText, r.ok, r.type, r.redirected, r.url.replace(event.base, ''), r.headers.getSetCookie(), r.headers.get('x-two'), await r.json(), r.bodyUsed]`,
    ],
    [
      'bodies of all kinds',
      `const seen = []; for (const body of ['text é', new Uint8Array([97, 98]), new URLSearchParams({ a: 'b c' }), new Blob(['blob'], { type: 'x/y' }), null]) { const [method, , headers, text] = await (await fetch(event.base + '/mirror', { method: 'POST', body })).json(); seen.push([method, headers['content-type'], headers['content-length'], headers['transfer-encoding'], text]); } return seen`,
    ],
    [
      'a streamed body',
      `const body = new ReadableStream({ async start(c) { for (const t of ['one ', 'two ', 'three']) { c.enqueue(new TextEncoder().encode(t)); await null; } c.close(); } }); const [, , headers, text] = await (await fetch(event.base + '/mirror', { method: 'POST', body, duplex: 'half' })).json(); return [headers['transfer-encoding'], headers['content-length'], text]`,
    ],
    [
      'a Request',
      `const q = new Request(event.base + '/mirror', { method: 'PUT', body: 'x', headers: { a: '1' } }); const [method, , headers, text] = await (await fetch(q, { headers: { b: '2' } })).json(); return [method, headers.a, headers.b, text, q.bodyUsed]`,
    ],
    [
      'a large response in pieces',
      `let n = 0; for await (const c of (await fetch(event.base + '/large')).body) n += c.length; return n`,
    ],
    [
      'redirects',
      `const seen = []; for (const status of [301, 302, 303, 307, 308]) for (const method of ['GET', 'POST']) { const r = await fetch(event.base + '/redirect?status=' + status + '&to=/mirror', { method, body: method === 'POST' ? 'b' : undefined, headers: { authorization: 'me' } }); const [m, , headers, text] = await r.json(); seen.push([status, method, m, r.redirected, r.url.endsWith('/mirror'), headers['content-type'], headers.authorization, text]); } return seen`,
    ],
    [
      'redirects that are not followed',
      `const r = await fetch(event.base + '/redirect?to=/mirror', { redirect: 'manual' }); return [r.status, r.headers.get('location'), r.type, await r.text(), await caught(() => fetch(event.base + '/redirect?to=/mirror', { redirect: 'error' }))]`,
    ],
    [
      'endless redirects',
      `return (await caught(() => fetch(event.base + '/redirect?to=' + encodeURIComponent('/redirect?to=%2Fredirect%3Fto%3Dftp%3A%2F%2Fx')))).slice(0, 3)`,
    ],
    [
      'responses without a body',
      `const seen = []; for (const [method, code] of [['GET', 204], ['GET', 304], ['HEAD', 200], ['GET', 404], ['GET', 500]]) { const r = await fetch(event.base + '/status?code=' + code, { method }); seen.push([r.status, r.statusText, r.ok, r.body === null, await r.text()]); } return seen`,
    ],
    [
      'encoded responses',
      `const seen = []; for (const coding of ['gzip', 'deflate', 'br', 'unknown']) { const r = await fetch(event.base + '/encoded?coding=' + coding); const text = await r.text(); seen.push([coding, r.headers.get('content-encoding'), text.length, text.slice(0, 20)]); } return seen`,
    ],
    [
      'a response that is cut off',
      `const r = await fetch(event.base + '/cut'); return (await caught(() => r.text())).slice(0, 3)`,
    ],
    [
      'a broken encoding',
      `const r = await fetch(event.base + '/broken'); return (await caught(() => r.text())).slice(0, 3)`,
    ],
    [
      'an abort before, while waiting, and while reading',
      `
      const seen = [await caught(() => fetch(event.base + '/mirror', { signal: AbortSignal.abort() }))];
      const c = new AbortController(); setTimeout(() => c.abort(new RangeError('mine')), 20);
      seen.push((await caught(() => fetch(event.base + '/never', { signal: c.signal }))).slice(0, 3));
      const d = new AbortController(), r = await fetch(event.base + '/slow', { signal: d.signal }); setTimeout(() => d.abort(), 20);
      seen.push((await caught(() => r.text())).slice(0, 3));
      seen.push((await caught(() => fetch(event.base + '/never', { signal: AbortSignal.timeout(20) }))).slice(0, 3));
      return seen;`,
    ],
    [
      'cancelled bodies',
      `const r = await fetch(event.base + '/slow'); const reader = r.body.getReader(); const { value } = await reader.read(); await reader.cancel(); return new TextDecoder().decode(value)`,
    ],
    [
      'other schemes',
      `const seen = []; for (const url of ['data:text/plain;charset=utf-8,h%C3%A9', 'data:;base64,YWJj', 'data:,x y']) { const r = await fetch(url); seen.push([r.status, r.headers.get('content-type'), await r.text(), r.url]); } for (const url of ['data:nothing', 'about:blank', 'ftp://x/', 'http://127.0.0.1:1/']) seen.push((await caught(() => fetch(url))).slice(0, 3)); seen.push(await caught(() => fetch('/relative')), await caught(() => fetch())); return seen`,
    ],
    [
      'blob URLs',
      `const url = URL.createObjectURL(new Blob(['in a blob'], { type: 'x/y' })); const r = await fetch(url); const seen = [r.status, r.headers.get('content-type'), await r.text()]; URL.revokeObjectURL(url); return [...seen, (await caught(() => fetch(url))).slice(0, 3)]`,
    ],
    [
      'clones of a response',
      `const r = await fetch(event.base + '/large'), c = r.clone(); const [a, b] = await Promise.all([r.text(), c.text()]); return [a.length, a === b]`,
    ],
    [
      'integrity',
      `const seen = []; for (const integrity of ['sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=', 'sha256-AAAA', 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0= sha512-AAAA', 'md5-x']) seen.push((await caught(async () => (await fetch('data:,abc', { integrity })).text()))); return seen.map((s) => Array.isArray(s) ? s.slice(0, 3) : s)`,
    ],
    [
      'the global',
      `return [fetch.name, fetch.length, Object.getOwnPropertyDescriptor(globalThis, 'fetch').enumerable]`,
    ],
  ])('%s', async (_name, body) => {
    await expectSame(body, await serve());
  });

  test('nothing but what the function may reach', async () => {
    const source = `${prelude} return (await caught(() => fetch('http://169.254.169.254/latest/meta-data')));`;
    expect(await run(source)).toEqual([
      'TypeError',
      'TypeError',
      'fetch failed',
      expect.stringContaining('EACCES'),
    ]);
  });
});
