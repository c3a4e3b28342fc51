import { describe, expect, test } from 'vitest';
import { inGuest, inNode, type Case } from './same-as-node.ts';

const cases: readonly Case[] = [
  // Headers
  [
    'Headers from all kinds of things',
    `return [undefined, {}, { a: 1, B: ' x ' }, [['a', 'b'], ['A', 'c']], new Headers({ x: 'y' }), new Map([['k', 'v']]), new Headers([['set-cookie', 'a'], ['Set-Cookie', 'b']])].map((init) => [...new Headers(init)])`,
  ],
  [
    'what Headers refuses',
    `return [null, 5, 'a', [[1]], [['a', 'b', 'c']], { 'a b': 1 }, { a: 'x\\ny' }, { a: '\\u0100' }, { a: Symbol('x') }].map((init) => { const r = caught(() => new Headers(init)); return Array.isArray(r) ? r.slice(0, 2) : 'fine'; })`,
  ],
  [
    'words of what Headers refuses',
    `return [null, [[1]], { 'a b': 1 }, { a: 'x\\0y' }, { a: '\\u0100' }].map((init) => caught(() => new Headers(init)))`,
  ],
  [
    'methods of Headers',
    `
    const h = new Headers({ 'X-B': '1' }), seen = [];
    h.append('x-b', '2'); h.append('Cookie', 'a'); h.append('cookie', 'b'); h.append('Set-Cookie', 'c=1'); h.append('set-cookie', 'd=2'); h.set('A', '\\t v \\n');
    seen.push([...h], h.get('x-B'), h.get('none'), h.get('set-cookie'), h.getSetCookie(), h.has('SET-COOKIE'), h.has('q'));
    h.delete('X-B'); h.delete('set-cookie'); seen.push([...h.keys()], [...h.values()]);
    const all = []; h.forEach(function (v, k, self) { all.push([v, k, self === h, this.t]); }, { t: 1 }); seen.push(all);
    return seen;`,
  ],
  [
    'arguments of Headers',
    `const h = new Headers(); return [() => h.append('a'), () => h.get(), () => h.set('a b', 'c'), () => h.has(''), () => h.delete('\\u0100')].map((f) => caught(f)[0])`,
  ],
  [
    'Headers while they change',
    `const h = new Headers({ a: 1, c: 2 }), seen = []; for (const [k] of h) { seen.push(k); if (k === 'a') h.append('b', 'x'); if (seen.length > 5) break; } return seen`,
  ],
  [
    'the shape of Headers',
    'return [Object.getOwnPropertyNames(Headers.prototype).sort(), Headers.length, Object.prototype.toString.call(new Headers()), Object.prototype.toString.call(new Headers().entries())]',
  ],
  // Response
  [
    'a new Response',
    `const r = new Response(); return [r.status, r.statusText, r.ok, r.type, r.url, r.redirected, r.body, r.bodyUsed, [...r.headers], await r.text()]`,
  ],
  [
    'content types',
    `
    const form = new URLSearchParams('a=b c');
    return [new Response('x'), new Response(form), new Response(new Blob(['x'], { type: 'Text/X' })), new Response(new Blob(['x'])), new Response(new Uint8Array(2)), new Response(5), new Response(null), new Response({}), new Response('x', { headers: { 'content-type': 'a/b' } }), Response.json(1), Response.json(1, { headers: { 'content-type': 'a/b' } })]
      .map((r) => r.headers.get('content-type'));`,
  ],
  [
    'bodies as text',
    `return Promise.all(['', 'aé\\ud800', '\\ufeffx', new Uint8Array([0x61, 0xff]), new Uint8Array([1, 2, 3, 97]).subarray(3), new Uint16Array([0x6161]).buffer, new Blob(['a', new Blob(['b'])]), new URLSearchParams({ a: 'é' }), null, { toString: () => 'o' }, 5].map((b) => new Response(b).text()))`,
  ],
  [
    'json',
    `return [await new Response('{"a":[1]}').json(), await caughtLater(() => new Response('').json()), await caughtLater(() => new Response('{a').json()), await Response.json({ x: undefined, y: 'é' }).text()]`,
  ],
  [
    'arrayBuffer, bytes, blob',
    `
    const b = await new Response('xé', { headers: { 'content-type': 'Text/Plain; charset=x' } }).blob();
    const buffer = await new Response('abc').arrayBuffer(), bytes = await new Response('abc').bytes();
    return [b.size, b.type, await b.text(), buffer instanceof ArrayBuffer, buffer.byteLength, bytes instanceof Uint8Array, [...bytes], (await new Response(null).arrayBuffer()).byteLength];`,
  ],
  [
    'a body is read once',
    `const r = new Response('x'); const first = await r.text(); return [first, r.bodyUsed, await caughtLater(() => r.text()), await caughtLater(() => r.json()), caught(() => r.clone())]`,
  ],
  [
    'a body that is no body stays unused',
    `const r = new Response(null); await r.text(); return [r.bodyUsed, await r.text()]`,
  ],
  [
    'status',
    `return [199, 200, 204, 299, 404, 599, 600, 65736, 'x', -1].map((status) => { const r = caught(() => new Response(null, { status })); return Array.isArray(r) ? r : [r.status, r.ok]; })`,
  ],
  [
    'words of errors',
    `return [() => new Response('', { status: 204 }), () => new Response('', { statusText: '\\n' }), () => new Response('', { statusText: '\\u0100' }), () => Response.redirect('x'), () => Response.redirect('http://x', 200), () => Response.json(() => 1), () => Response.json(), () => Response.json(1n)].map((f) => caught(f))`,
  ],
  [
    'Response.error and redirect',
    `const e = Response.error(), r = Response.redirect('http://Example.com/ü', 301); return [e.type, e.status, e.ok, caught(() => e.headers.set('a', 'b')), r.status, [...r.headers], caught(() => r.headers.set('a', 'b')), r.type]`,
  ],
  [
    'clone',
    `const r = new Response('xyz', { status: 201, statusText: 'S', headers: { a: 'b' } }), c = r.clone(); c.headers.set('a', 'c'); return [await r.text(), await c.text(), c.status, c.statusText, r.headers.get('a'), c.headers.get('a')]`,
  ],
  [
    'clone of a stream',
    `const r = new Response(new ReadableStream({ start(c) { c.enqueue(new Uint8Array([97])); c.enqueue(new Uint8Array([98])); c.close(); } })), c = r.clone(); return [await r.text(), await c.text()]`,
  ],
  [
    'the body as a stream',
    `
    const r = new Response('stream me'), reader = r.body.getReader(), seen = [r.bodyUsed, r.body.locked];
    const { value } = await reader.read(); seen.push(new TextDecoder().decode(value), r.bodyUsed, (await reader.read()).done);
    return [...seen, await caughtLater(() => r.text())];`,
  ],
  [
    'the body is always the same stream',
    `const r = new Response('x'); return [r.body === r.body, r.body instanceof ReadableStream, await r.text(), r.bodyUsed, r.body.locked]`,
  ],
  [
    'a locked body cannot be read',
    `const r = new Response('x'); r.body.getReader(); return [r.bodyUsed, await caughtLater(() => r.text()), caught(() => r.clone())]`,
  ],
  [
    'a cancelled body is used',
    `const r = new Response('x'); await r.body.cancel(); return [r.bodyUsed, await caughtLater(() => r.text())]`,
  ],
  [
    'for await over a body',
    `const parts = []; for await (const part of new Response('abc').body) parts.push(new TextDecoder().decode(part)); return parts.join('')`,
  ],
  [
    'a stream as body',
    `return [await new Response(new ReadableStream({ pull(c) { this.n = (this.n ?? 0) + 1; if (this.n > 3) c.close(); else c.enqueue(new TextEncoder().encode('p' + this.n)); } })).text(), await caughtLater(() => new Response(new ReadableStream({ start(c) { c.enqueue('text'); c.close(); } })).text()).then((r) => r[0]), await caughtLater(() => new Response(new ReadableStream({ start(c) { c.error(new RangeError('mine')); } })).text())]`,
  ],
  [
    'an async iterable as body',
    `return new Response((async function* () { yield new TextEncoder().encode('a'); yield new TextEncoder().encode('b'); })()).text()`,
  ],
  [
    'a disturbed stream is no body',
    `const s = new ReadableStream(); s.getReader(); return caught(() => new Response(s))[0]`,
  ],
  [
    'the shape of Response',
    'return [Object.getOwnPropertyNames(Response.prototype).sort(), Object.getOwnPropertyNames(Response).sort(), Response.length, Object.prototype.toString.call(new Response())]',
  ],
  // Request
  [
    'a new Request',
    `const r = new Request('http://Example.com/a#b'); return [r.method, r.url, [...r.headers], r.body, r.bodyUsed, r.mode, r.credentials, r.cache, r.redirect, r.referrer, r.referrerPolicy, r.integrity, r.keepalive, r.destination, r.duplex, r.signal.aborted, r.isReloadNavigation]`,
  ],
  [
    'a Request with options',
    `const r = new Request(new URL('http://a/?x=y'), { method: 'post', body: 'é', headers: { a: 'b' }, redirect: 'manual', credentials: 'omit', cache: 'no-store', mode: 'same-origin', referrerPolicy: 'origin', integrity: 'sha256-x', keepalive: true }); return [r.method, r.url, [...r.headers], r.redirect, r.credentials, r.cache, r.mode, r.referrerPolicy, r.integrity, r.keepalive, await r.text(), r.bodyUsed]`,
  ],
  [
    'methods',
    `return ['get', 'Head', 'POST', 'put', 'patch', 'PATCH', 'custom', 'a b', '', 'connect', 'TRACE', 'Track', '\\u0100'].map((method) => { const r = caught(() => new Request('http://a', { method })); return Array.isArray(r) ? r.slice(0, 3) : r.method; })`,
  ],
  [
    'words of errors of Request',
    `return [() => new Request('/x'), () => new Request('http://a', { body: 'x' }), () => new Request('http://u:p@a/'), () => new Request('http://a', { mode: 'navigate' }), () => new Request('http://a', { signal: 1 }), () => new Request('http://a', { method: 'POST', body: new ReadableStream() }), () => new Request(), () => new Request('http://a', { window: 'x' })].map((f) => caught(f))`,
  ],
  [
    'enumerations are checked',
    `return ['mode', 'credentials', 'cache', 'redirect', 'referrerPolicy', 'duplex'].map((name) => caught(() => new Request('http://a', { [name]: 'x' }))[0])`,
  ],
  [
    'a Request of a Request',
    `
    const a = new Request('http://a/', { method: 'PUT', body: 'x', headers: { h: '1' } }), b = new Request(a, { headers: { i: '2' } });
    return [b.method, b.url, [...b.headers], a.bodyUsed, await b.text(), await caughtLater(() => a.text()).then((r) => r[0]), caught(() => new Request(a))];`,
  ],
  [
    'a Request of a Request with another body',
    `const a = new Request('http://a/', { method: 'PUT', body: 'x' }), b = new Request(a, { body: 'y' }); return [a.bodyUsed, await b.text(), await a.text()]`,
  ],
  [
    'clone of a Request',
    `const a = new Request('http://a/', { method: 'PUT', body: 'x', headers: { h: '1' } }), b = a.clone(); b.headers.set('h', '2'); return [await a.text(), await b.text(), a.headers.get('h'), b.headers.get('h'), b.method, caught(() => a.clone())]`,
  ],
  [
    'signals',
    `
    const c = new AbortController(), r = new Request('http://a/', { signal: c.signal }), second = new Request(r), clone = r.clone(), seen = [];
    for (const [name, q] of [['r', r], ['second', second], ['clone', clone]]) q.signal.onabort = () => seen.push(name);
    seen.push(r.signal === c.signal, r.signal === r.signal); c.abort('why');
    return [seen.sort(), r.signal.reason, second.signal.aborted, clone.signal.reason, new Request(r, { signal: null }).signal.aborted];`,
  ],
  [
    'a stream with duplex',
    `const r = new Request('http://a/', { method: 'POST', duplex: 'half', body: new ReadableStream({ start(c) { c.enqueue(new TextEncoder().encode('s')); c.close(); } }) }); return [r.headers.get('content-type'), await r.text()]`,
  ],
  [
    'the shape of Request',
    'return [Object.getOwnPropertyNames(Request.prototype).filter((n) => n !== "attribute").sort(), Request.length]',
  ],
  // FormData
  [
    'FormData',
    `
    const f = new FormData(), seen = [];
    f.append('a', 1); f.append('a', 'é'); f.append('b', new Blob(['x'], { type: 't/u' })); f.append('c', new File(['y'], 'n.txt', { lastModified: 5 }), 'other.txt'); f.set('a', 'new');
    for (const [name, value] of f) seen.push([name, typeof value === 'string' ? value : [value.constructor.name, value.name, value.type, value.size, value.lastModified === 5]]);
    seen.push(f.get('none'), f.has('a'), f.getAll('a'), f.get('b') instanceof File);
    f.delete('b'); seen.push([...f.keys()]);
    return seen;`,
  ],
  [
    'arguments of FormData',
    `const f = new FormData(); return [() => f.append('a'), () => f.append('a', 'b', 'c'), () => f.get(), () => new FormData(5), () => f.set('a', {}, 'x')].map((g) => caught(g)[0])`,
  ],
  [
    'a form there and back',
    `
    const f = new FormData(); f.append('te"xt\\n', 'line\\nbreak\\r\\nend'); f.append('file', new File(['a\\r\\n--b'], 'fi"le.bin', { type: 'x/y' })); f.append('empty', ''); f.append('ü', 'ö');
    const r = new Response(f), type = r.headers.get('content-type').replace(/\\d+$/, 'N'), back = await r.formData(), seen = [type];
    for (const [name, value] of back) seen.push([name, typeof value === 'string' ? value : [value.name, value.type, await value.text()]]);
    return seen;`,
  ],
  [
    'the text of a form',
    `const f = new FormData(); f.append('a"b', 'c\\nd'); f.append('f', new Blob(['x'])); const r = new Response(f); return (await r.text()).replaceAll(/undici-\\d+/g, 'N')`,
  ],
  [
    'forms in other writing',
    `
    const parse = (text, type = 'multipart/form-data; boundary=b') => caughtLater(async () => { const seen = []; for (const [n, v] of await new Response(text, { headers: { 'content-type': type } }).formData()) seen.push([n, typeof v === 'string' ? v : [v.name, v.type, await v.text()]]); return seen; });
    const head = 'Content-Disposition: form-data; name="a"';
    return [
      await parse('--b\\r\\n' + head + '\\r\\n\\r\\nx\\r\\n--b--\\r\\n'), await parse('--b\\r\\n' + head + '; filename="f"\\r\\ncontent-type: t/u\\r\\n\\r\\nx\\r\\n--b--'),
      await parse('--b\\r\\n' + head + '\\r\\n\\r\\nx'), await parse('nothing'), await parse('--b--\\r\\n'), await parse('a=b&c=%20+', 'application/x-www-form-urlencoded;charset=utf-8'), await parse('x', 'text/plain'), await parse('--q\\r\\n' + head + '\\r\\n\\r\\nx\\r\\n--q--', 'multipart/form-data; boundary="q"'),
    ];`,
  ],
  // Blob and File
  [
    'Blob',
    `
    const b = new Blob(['aé', new Uint8Array([98]), new Uint16Array([0x6363]).buffer, new Blob(['d']), 5, { toString: () => 'o' }], { type: 'Text/PLAIN' });
    return [b.size, b.type, await b.text(), [...await b.slice(1, 4).bytes()], b.slice(-2).size, b.slice(2, 1).size, b.slice(0, 1, 'X/Y').type, (await b.arrayBuffer()).byteLength, new Blob(['a'], { type: 'é' }).type];`,
  ],
  [
    'what Blob refuses',
    'return [() => new Blob(5), () => new Blob("a"), () => new Blob([], 5), () => new Blob([], { endings: "x" }), () => new Blob(null)].map((f) => caught(f)[0])',
  ],
  ['Blob with endings', 'return new Blob(["a\\r\\nb\\rc\\n"], { endings: "native" }).text()'],
  [
    'Blob as a stream',
    'const parts = []; for await (const part of new Blob(["ab", "cd"]).stream()) parts.push(...part); return parts',
  ],
  [
    'File',
    'const f = new File(["x"], "n\\ud800", { type: "A/b", lastModified: 7 }); return [f.name, f.size, f.type, f.lastModified, f instanceof Blob, Object.prototype.toString.call(f), caught(() => new File([])), typeof new File([], "a").lastModified]',
  ],
  [
    'the shape of Blob and File',
    'return [Object.getOwnPropertyNames(File.prototype).sort(), Blob.length, File.length]',
  ],
];

describe('Headers, Response, Request, FormData and Blob are as in Node', async () => {
  const [guest, node] = [await inGuest(cases), await inNode(cases)];
  test.each(cases.map(([name], index) => [name, index] as const))('%s', (_name, index) => {
    expect(guest[index]).toEqual(node[index]);
  });
});
