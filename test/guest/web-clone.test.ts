import { describe, expect, test } from 'vitest';
import { inGuest, inNode, type Case } from './same-as-node.ts';

const cases: readonly Case[] = [
  [
    'plain values',
    `return [1, 'a', true, null, -0, NaN].map((v) => String(structuredClone(v))).concat(String(structuredClone(10n)), String(structuredClone(undefined)))`,
  ],
  [
    'objects and arrays',
    `const a = [1, , { b: [null] }]; a.extra = 'x'; const c = structuredClone(a); return [c, c.length, 1 in c, c.extra, c[2] !== a[2], Array.isArray(c)]`,
  ],
  [
    'cycles and shared objects',
    `const a = { x: {} }; a.self = a; a.y = a.x; const c = structuredClone(a); return [c.self === c, c.x === c.y, c.x !== a.x]`,
  ],
  [
    'boxed values',
    `return [Object(1), Object('ab'), Object(true), Object(5n)].map((v) => { const c = structuredClone(v); return [typeof c, String(c), Object.prototype.toString.call(c)]; })`,
  ],
  [
    'dates and regular expressions',
    `const r = /a(b)/giu; r.lastIndex = 3; const c = structuredClone(r); return [structuredClone(new Date(5)).getTime(), structuredClone(new Date(NaN)).getTime(), String(c), c.lastIndex]`,
  ],
  [
    'maps and sets',
    `const m = new Map([[{ k: 1 }, new Set([1, 'a'])]]); m.set('self', m); const c = structuredClone(m); return [[...c.keys()][0], [...[...c.values()][0]], c.get('self') === c]`,
  ],
  [
    'errors',
    `const e = new RangeError('m', { cause: { a: 1 } }); e.code = 'X'; const c = structuredClone(e); return [c instanceof RangeError, c.name, c.message, c.cause, 'code' in c, c.stack === e.stack, Object.keys(c), Object.prototype.toString.call(c)]`,
  ],
  [
    'errors of classes',
    `class Mine extends TypeError { constructor() { super('m'); this.name = 'Mine'; } } const c = structuredClone(new Mine()); return [c.constructor.name, c.name, c.message, structuredClone(new AggregateError([1], 'x')).name, structuredClone(Object.assign(new Error('q'), { name: 'EvalError' })) instanceof EvalError]`,
  ],
  [
    'class instances become plain',
    `class A { x = 1; #y = 2; get z() { return 3; } } const c = structuredClone(new A()); return [c, c.constructor === Object, structuredClone(Object.create({ inherited: 1 }, { hidden: { value: 1 }, shown: { value: 2, enumerable: true } }))]`,
  ],
  [
    'symbols as keys are left out',
    `return Reflect.ownKeys(structuredClone({ [Symbol('a')]: 1, b: 2 })).length`,
  ],
  [
    'getters are read',
    `let n = 0; const c = structuredClone({ get a() { n += 1; return n; } }); return [c, n]`,
  ],
  [
    'what a getter throws',
    `return caught(() => structuredClone({ get a() { throw new RangeError('mine'); } }))`,
  ],
  [
    'bytes',
    `
    const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer, views = { a: new Uint8Array(buffer, 2, 3), b: new Int16Array(buffer), d: new DataView(buffer, 1, 2), f: new Float64Array(1), buffer };
    const c = structuredClone(views);
    return [[...c.a], c.a.byteOffset, c.a.buffer === c.buffer, c.b.buffer === c.buffer, [...c.b], c.d.byteOffset, c.d.byteLength, c.f instanceof Float64Array, c.buffer !== buffer, c.buffer.byteLength];`,
  ],
  [
    'what cannot be cloned',
    `return [() => 1, Symbol('s'), { f() {} }, new WeakMap(), new WeakSet(), Promise.resolve(), new WeakRef({}), (function* () {})(), [].values(), new Map().entries(), Object(Symbol('a')), globalThis, (function () { return arguments; })(1), new Intl.NumberFormat('en')].map((v) => caught(() => structuredClone(v)))`,
  ],
  [
    'platform objects',
    `return [new URL('http://a'), new URLSearchParams(), new Headers(), new Response(), new Request('http://a'), new FormData(), new ReadableStream(), new MessageChannel().port1].map((v) => caught(() => structuredClone(v)))`,
  ],
  [
    'platform objects that become plain',
    `return [new Event('a'), new EventTarget(), new TextEncoder(), new AbortController().signal].map((v) => caught(() => Object.keys(structuredClone(v)).filter((k) => k !== 'isTrusted')))`,
  ],
  [
    'blobs, files, DOMException',
    `const b = structuredClone(new Blob(['ab'], { type: 't/u' })), f = structuredClone(new File(['c'], 'n', { lastModified: 4 })), d = structuredClone(new DOMException('m', 'AbortError')); return [await b.text(), b.type, f.name, f.lastModified, await f.text(), f instanceof File, look(d), d instanceof DOMException]`,
  ],
  [
    'the transfer of a buffer',
    `const b = new Uint8Array([1, 2]).buffer, view = new Uint8Array(b); const c = structuredClone({ view, b }, { transfer: [b] }); return [b.byteLength, view.length, b.detached, [...c.view], c.view.buffer === c.b]`,
  ],
  [
    'a failure transfers nothing',
    `const b = new ArrayBuffer(2); return [caught(() => structuredClone({ f() {} }, { transfer: [b] }))[0], b.byteLength]`,
  ],
  [
    'what cannot be transferred',
    `const b = new ArrayBuffer(1), gone = new ArrayBuffer(1); gone.transfer(); return [[1], [b, b], [gone], [{}], [new Uint8Array(1)]].map((transfer) => caught(() => structuredClone(1, { transfer }))[0])`,
  ],
  [
    'arguments',
    `return [caught(() => structuredClone())[3], caught(() => structuredClone(1, 2)), structuredClone(1, null), structuredClone(1, {}), caught(() => structuredClone(1, { transfer: 5 })), structuredClone.length]`,
  ],
  [
    'a stream is transferred',
    `const s = new ReadableStream({ start(c) { c.enqueue({ a: 1 }); c.close(); } }), t = structuredClone(s, { transfer: [s] }); const seen = []; for await (const chunk of t) seen.push(chunk); return seen`,
  ],
  // MessageChannel
  [
    'messages arrive later, in order',
    `
    const { port1, port2 } = new MessageChannel(), seen = [];
    port2.onmessage = (event) => seen.push([event.constructor.name, event.data, event.ports.length, event.target === port2]);
    port1.postMessage({ a: new Map([[1, 2]]).size }); port1.postMessage('second'); seen.push('sync');
    await turn(); await turn(); port1.close();
    return seen;`,
  ],
  [
    'messages wait for a listener',
    `
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(1); await turn();
    const data = await new Promise((resolve) => port2.once('message', resolve));
    port1.close(); return data;`,
  ],
  [
    'ports are transferred',
    `
    const a = new MessageChannel(), b = new MessageChannel();
    const got = new Promise((resolve) => { b.port2.onmessage = (e) => { e.data.port.postMessage('through'); resolve(e.ports.length); }; });
    const answer = new Promise((resolve) => { a.port1.onmessage = (e) => resolve(e.data); });
    b.port1.postMessage({ port: a.port2 }, [a.port2]);
    const result = [await got, await answer]; a.port1.close(); b.port1.close(); return result;`,
  ],
  [
    'messages that cannot be cloned',
    `const { port1 } = new MessageChannel(); const result = [caught(() => port1.postMessage(() => 1)), caught(() => port1.postMessage(1, [port1])).slice(0, 3), caught(() => new MessagePort())]; port1.close(); return result`,
  ],
  [
    'close is heard on both ends',
    `const { port1, port2 } = new MessageChannel(), seen = []; port1.on('close', () => seen.push(1)); port2.on('close', () => seen.push(2)); port1.close(); await turn(); await turn(); return seen.sort()`,
  ],
  [
    'BroadcastChannel',
    `
    const [a, b, c] = [new BroadcastChannel('x'), new BroadcastChannel('x'), new BroadcastChannel('y')], seen = [];
    for (const [n, channel] of [['a', a], ['b', b], ['c', c]]) channel.onmessage = (e) => seen.push([n, e.data]);
    a.postMessage({ z: 1 }); await new Promise((resolve) => setTimeout(resolve, 20)); for (const channel of [a, b, c]) channel.close();
    return [seen, a.name, caught(() => a.postMessage(1))];`,
  ],
];

describe('structuredClone and channels are as in Node', async () => {
  const [guest, node] = [await inGuest(cases), await inNode(cases)];
  test.each(cases.map(([name], index) => [name, index] as const))('%s', (_name, index) => {
    expect(guest[index]).toEqual(node[index]);
  });
});
