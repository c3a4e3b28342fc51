import { describe, expect, test } from 'vitest';
import { inGuest, inNode, type Case } from './same-as-node.ts';

const decode = `const decode = (label, bytes, options) => caught(() => new TextDecoder(label, options).decode(new Uint8Array(bytes)));`;

const malformed = [
  [0x61, 0xff, 0x62],
  [0xc0, 0x80],
  [0xc2],
  [0xc2, 0x41],
  [0xe0, 0x9f, 0xbf],
  [0xe1, 0x80],
  [0xe1, 0x80, 0x41],
  [0xed, 0xa0, 0x80],
  [0xf0, 0x8f, 0xbf, 0xbf],
  [0xf0, 0x9f, 0x98],
  [0xf0, 0x9f, 0x98, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf5, 0x80],
  [0xef, 0xbb, 0xbf, 0x61],
  [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf],
  [0xef, 0xbb],
  [],
];

const cases: readonly Case[] = [
  [
    'encode',
    `return ['', 'abc', 'ä€😀', '\\ud800', '\\udc00x', 'a\\ud83d', undefined, null, 5].map((text) => [...new TextEncoder().encode(text)])`,
  ],
  ['encode takes nothing for an empty text', 'return [...new TextEncoder().encode()]'],
  [
    'encode gives a buffer of its own',
    'const b = new TextEncoder().encode("aé"); return [b.byteLength, b.buffer.byteLength, b.byteOffset]',
  ],
  [
    'encodeInto',
    `return [['aé€😀z', 0], ['aé€😀z', 2], ['aé€😀z', 3], ['aé€😀z', 5], ['aé€😀z', 8], ['aé€😀z', 10], ['aé€😀z', 20]].map(([text, size]) => { const into = new Uint8Array(size); return [new TextEncoder().encodeInto(text, into), [...into]]; })`,
  ],
  [
    'encodeInto checks',
    'return [caught(() => new TextEncoder().encodeInto(5, new Uint8Array(1))), caught(() => new TextEncoder().encodeInto("a", [])[0])]',
  ],
  [
    'malformed UTF-8',
    `${decode} return ${JSON.stringify(malformed)}.map((bytes) => decode('utf-8', bytes))`,
  ],
  [
    'malformed UTF-8, fatal',
    `${decode} return ${JSON.stringify(malformed)}.map((bytes) => decode('utf-8', bytes, { fatal: true }))`,
  ],
  [
    'malformed UTF-8, ignoreBOM',
    `${decode} return ${JSON.stringify(malformed)}.map((bytes) => decode('utf-8', bytes, { ignoreBOM: true }))`,
  ],
  [
    'a long text there and back',
    `const text = 'aä€😀'.repeat(5000) + 'x'.repeat(20000); return new TextDecoder().decode(new TextEncoder().encode(text)) === text`,
  ],
  [
    'any cut of a stream',
    `
    const bytes = new TextEncoder().encode('\\ufeffaä€😀b'), results = new Set();
    for (let i = 0; i <= bytes.length; i++) for (let j = i; j <= bytes.length; j++) {
      const d = new TextDecoder();
      results.add(d.decode(bytes.subarray(0, i), { stream: true }) + d.decode(bytes.subarray(i, j), { stream: true }) + d.decode(bytes.subarray(j)));
    }
    return [...results];`,
  ],
  [
    'a stream that ends in the middle',
    `const d = new TextDecoder(); return [d.decode(new Uint8Array([0xe2, 0x82]), { stream: true }), d.decode(), d.decode(new Uint8Array([0x61]))]`,
  ],
  [
    'UTF-16',
    `${decode} return [[0x61, 0], [0xff, 0xfe, 0x61, 0], [0x3d, 0xd8, 0x00, 0xde], [0x3d, 0xd8, 0x61, 0], [0, 0xde], [0x61], [0x3d, 0xd8]].map((bytes) => [decode('utf-16le', bytes), decode('utf-16be', bytes)])`,
  ],
  [
    'UTF-16 in pieces',
    `const d = new TextDecoder('utf-16le'); return [d.decode(new Uint8Array([0x3d]), { stream: true }), d.decode(new Uint8Array([0xd8, 0x00]), { stream: true }), d.decode(new Uint8Array([0xde, 0x61, 0x00]))]`,
  ],
  [
    'windows-1252 in all of its bytes',
    `${decode} return decode('latin1', Array.from({ length: 256 }, (_, i) => i))`,
  ],
  [
    'other encodings',
    `${decode} const all = Array.from({ length: 256 }, (_, i) => i); return ['iso-8859-2', 'koi8-r', 'windows-1251', 'macintosh'].map((label) => decode(label, all))`,
  ],
  [
    'encodings of several bytes',
    `${decode} return [decode('shift_jis', [0x82, 0xa0, 0x82]), decode('gbk', [0xc4, 0xe3]), decode('euc-kr', [0xb0, 0xa1]), decode('big5', [0xa7, 0x41])]`,
  ],
  [
    'encodings of several bytes in pieces',
    `const d = new TextDecoder('shift_jis'); return [d.decode(new Uint8Array([0x61, 0x82]), { stream: true }), d.decode(new Uint8Array([0xa0]), { stream: true }), d.decode()]`,
  ],
  [
    'labels',
    `return ['UTF8', ' utf-8 ', 'unicode-1-1-utf-8', 'latin1', 'ascii', 'utf-16', 'unicode', 'sjis', 'x-sjis', 'cp1252', 'csisolatin2'].map((label) => new TextDecoder(label).encoding)`,
  ],
  [
    'labels that nobody knows',
    `return ['x', '', 'utf-7', 'utf-8\\0'].map((label) => caught(() => new TextDecoder(label))[3])`,
  ],
  [
    'fields',
    'const d = new TextDecoder("utf-8", { fatal: 1, ignoreBOM: true }); return [d.encoding, d.fatal, d.ignoreBOM, new TextEncoder().encoding]',
  ],
  [
    'what can be decoded',
    `const d = new TextDecoder(), b = new TextEncoder().encode('abcd'); return [d.decode(b.buffer), d.decode(new DataView(b.buffer, 1, 2)), d.decode(new Uint16Array(b.buffer)), d.decode(), d.decode(undefined), caught(() => d.decode('a')), caught(() => d.decode(5)), caught(() => d.decode(null))]`,
  ],
  [
    'the shape',
    'return [TextEncoder, TextDecoder].map((c) => [c.name, c.length, Object.getOwnPropertyNames(c.prototype).sort(), String(Object.prototype.toString.call(new c()))])',
  ],
];

describe('TextEncoder and TextDecoder are as in Node', async () => {
  const [guest, node] = [await inGuest(cases), await inNode(cases)];
  test.each(cases.map(([name], index) => [name, index] as const))('%s', (_name, index) => {
    expect(guest[index]).toEqual(node[index]);
  });
});
