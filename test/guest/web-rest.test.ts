import { describe, expect, test } from 'vitest';
import { inGuest, inNode, type Case } from './same-as-node.ts';

const cases: readonly Case[] = [
  // base64
  [
    'btoa',
    `return ['', 'a', 'ab', 'abc', '\\xff\\0', null, undefined, 5].map((v) => btoa(v)).concat(caught(() => btoa('\\u0100')), caught(() => btoa()))`,
  ],
  [
    'atob',
    `return ['', 'YQ==', 'YQ', ' Y W\\nI= ', 'YWJj', 'YQ=', 'Y', '=', '*', 'YQ===', 'YR==', null, 'ab\\u0100'].map((v) => caught(() => atob(v)))`,
  ],
  [
    'base64 of much',
    `const text = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i)).repeat(100); return atob(btoa(text)) === text && btoa(text).length`,
  ],
  // text streams
  [
    'TextEncoderStream',
    `const s = new TextEncoderStream(), w = s.writable.getWriter(); for (const t of ['a', '\\ud83d', '\\ude00', 5, '\\ud800']) void w.write(t); void w.close(); const all = []; for await (const c of s.readable) all.push(...c); return [all, s.encoding]`,
  ],
  [
    'TextDecoderStream',
    `const s = new TextDecoderStream(), w = s.writable.getWriter(); for (const b of [[0xef, 0xbb], [0xbf, 0x61, 0xf0, 0x9f], [0x98, 0x80], [0xe2]]) void w.write(new Uint8Array(b)); void w.close(); let all = ''; for await (const c of s.readable) all += c; return [all, s.encoding, s.fatal, s.ignoreBOM]`,
  ],
  [
    'TextDecoderStream, fatal',
    `const s = new TextDecoderStream('utf-8', { fatal: true }), w = s.writable.getWriter(); w.write(new Uint8Array([0xff])).catch(() => {}); return caughtLater(async () => { for await (const c of s.readable); }).then((r) => r[0])`,
  ],
  // streams
  [
    'ReadableStream',
    `const s = new ReadableStream({ start(c) { c.enqueue(1); c.enqueue(2); c.close(); } }), seen = []; for await (const v of s) seen.push(v); return [seen, s.locked]`,
  ],
  [
    'ReadableStream.from',
    `const seen = []; for await (const v of ReadableStream.from([1, Promise.resolve(2)])) seen.push(v); for await (const v of ReadableStream.from((async function* () { yield 'a'; })())) seen.push(v); return seen`,
  ],
  [
    'tee, pipeThrough, pipeTo',
    `
    const [a, b] = ReadableStream.from([1, 2]).tee(), seen = [];
    await a.pipeThrough(new TransformStream({ transform(v, c) { c.enqueue(v * 10); } })).pipeTo(new WritableStream({ write(v) { seen.push(v); } }));
    for await (const v of b) seen.push(v); return seen;`,
  ],
  [
    'byte streams with a reader’s own buffer',
    `
    const s = new ReadableStream({ type: 'bytes', start(c) { c.enqueue(new Uint8Array([1, 2, 3, 4, 5])); c.close(); } }), reader = s.getReader({ mode: 'byob' }), seen = [];
    for (;;) { const { value, done } = await reader.read(new Uint8Array(2)); seen.push([...value]); if (done) break; } return seen;`,
  ],
  [
    'back-pressure',
    `const s = new WritableStream({ write: () => new Promise((r) => setTimeout(r, 1)) }, new CountQueuingStrategy({ highWaterMark: 2 })), w = s.getWriter(), seen = [w.desiredSize]; void w.write(1); seen.push(w.desiredSize); void w.write(2); seen.push(w.desiredSize); await w.ready; seen.push(w.desiredSize > 0); await w.close(); return seen`,
  ],
  [
    'aborting a pipe',
    `const c = new AbortController(); const p = new ReadableStream({ pull(ctl) { ctl.enqueue(1); } }).pipeTo(new WritableStream({ write() { c.abort(); } }), { signal: c.signal }); return caughtLater(() => p)`,
  ],
  [
    'names of the stream classes',
    `return [ReadableStream, WritableStream, TransformStream, ReadableStreamDefaultReader, ReadableStreamBYOBReader, ReadableStreamBYOBRequest, ReadableByteStreamController, ReadableStreamDefaultController, WritableStreamDefaultWriter, WritableStreamDefaultController, TransformStreamDefaultController, ByteLengthQueuingStrategy, CountQueuingStrategy, TextEncoderStream, TextDecoderStream].map((c) => [c.name, Object.prototype.toString.call(c.prototype)])`,
  ],
  [
    'queuing strategies',
    `return [new ByteLengthQueuingStrategy({ highWaterMark: 5 }).size(new Uint8Array(3)), new CountQueuingStrategy({ highWaterMark: 5 }).highWaterMark]`,
  ],
  // performance
  [
    'performance',
    `return [typeof performance.now(), performance.now() >= 0, performance.timeOrigin > 1.7e12, Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 1000, Object.prototype.toString.call(performance), performance instanceof EventTarget, caught(() => new Performance()), typeof performance.markResourceTiming, performance.markResourceTiming.length]`,
  ],
  [
    'marks and measures',
    `
    performance.mark('a', { startTime: 5, detail: { x: 1 } }); performance.mark('b', { startTime: 9 });
    const seen = [performance.measure('m', 'a', 'b'), performance.measure('n', { start: 1, duration: 3, detail: 'd' }), performance.measure('o', { start: 'a', end: 20 }), performance.measure('p', { end: 'b', duration: 2 })].map((e) => e.toJSON());
    seen.push(performance.getEntriesByName('a').map((e) => [e.entryType, e.startTime, e.detail]), performance.getEntries().map((e) => e.name), performance.getEntriesByType('mark').length);
    performance.clearMarks('a'); performance.clearMeasures(); seen.push(performance.getEntries().map((e) => e.name)); performance.clearMarks();
    return [...seen, performance.getEntries().length];`,
  ],
  [
    'what marks and measures refuse',
    `return [() => performance.mark(), () => performance.measure('a', 'nope'), () => performance.measure('a', { start: 1, end: 2, duration: 3 }), () => performance.measure('a', { start: 1 }, 'b'), () => new PerformanceMark('x', { startTime: -1 }), () => new PerformanceMark('x', { startTime: 'y' }), () => new PerformanceEntry(), () => performance.mark(Symbol('x'))].map((f) => caught(f))`,
  ],
  [
    'observers',
    `
    const seen = []; const o = new PerformanceObserver((list, self) => { seen.push(list.getEntries().map((e) => e.name), self === o, list.getEntriesByType('measure').length); });
    o.observe({ entryTypes: ['mark', 'measure'] }); performance.mark('q'); performance.measure('r'); seen.push(o.takeRecords().length); performance.mark('s'); await turn(); await turn(); o.disconnect(); performance.mark('t'); await turn();
    performance.clearMarks(); performance.clearMeasures(); return seen;`,
  ],
  [
    'what observers refuse',
    `return [() => new PerformanceObserver(), () => new PerformanceObserver(() => {}).observe({}), () => new PerformanceObserver(() => {}).observe()].map((f) => caught(f))`,
  ],
  [
    'timerify',
    `function add(a, b) { return a + b; } const t = performance.timerify(add); return [t(1, 2), t.name, t.length]`,
  ],
  // the rest
  [
    'navigator',
    `return [navigator.language, navigator.languages, navigator.userAgent, navigator.platform, typeof navigator.hardwareConcurrency, caught(() => new Navigator())[3]]`,
  ],
  [
    'URLPattern',
    `const p = new URLPattern({ pathname: '/books/:id(\\\\d+)' }); return [p.test('https://a.example/books/12'), p.test('https://a.example/books/x'), p.exec('https://a.example/books/12').pathname.groups, p.pathname, new URLPattern('https://*.example/:a').test('https://b.example/c')]`,
  ],
  [
    'globals',
    `return Object.getOwnPropertyNames(globalThis).filter((name) => /^(Performance|Broadcast|Message|Text|URL|Navig|performance|navigator|atob|btoa|structuredClone|queueMicrotask|set|clear|Abort|Event|Blob|File$|FormData|Headers|Request|Response|Readable|Writable|Transform|DOMEx|Custom|Close|global$)/.test(name) && name !== 'PerformanceResourceTiming').sort().map((name) => { const d = Object.getOwnPropertyDescriptor(globalThis, name); return [name, d.enumerable, d.configurable]; })`,
  ],
];

describe('the rest of the web platform is as in Node', async () => {
  const [guest, node] = [await inGuest(cases), await inNode(cases)];
  test.each(cases.map(([name], index) => [name, index] as const))('%s', (_name, index) => {
    expect(guest[index]).toEqual(node[index]);
  });
});

const inspected: readonly Case[] = [
  'new URL("http://a.example:8/p?q=1#h")',
  'new URLSearchParams("a=1&b=2")',
  'new URLSearchParams()',
  'new Headers({ a: "1", "X-B": "2" })',
  'new Response("x")',
  'new Request("http://a/")',
  'new Blob(["x"])',
  'new File(["x"], "n", { lastModified: 1 })',
  'new EventTarget()',
  'new AbortController()',
  'AbortSignal.abort()',
  'new TextDecoder()',
  'new ReadableStream()',
  'new ReadableStream({ type: "bytes" })',
  'new WritableStream()',
  'new TransformStream()',
  'new TextDecoderStream()',
  'navigator',
  'new PerformanceObserver(() => {})',
  '[[[new URL("http://a")]], { h: new Headers({ a: "1" }) }]',
].map((value): Case => [value, `return require('node:util').inspect(${value})`]);

describe('util.inspect shows what it shows in Node', async () => {
  const [guest, node] = [await inGuest(inspected), await inNode(inspected)];
  test.each(inspected.map(([name], index) => [name, index] as const))('%s', (_name, index) => {
    expect(guest[index]).toBe(node[index]);
  });
});
