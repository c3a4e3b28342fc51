import { describe, expect, test } from 'vitest';
import { inGuest, inNode, type Case } from './same-as-node.ts';

/** All parts of a URL, or how parsing fails. */
const show = `const show = (input, base) => caught(() => { const u = base === undefined ? new URL(input) : new URL(input, base);
  return [u.href, u.origin, u.protocol, u.username, u.password, u.host, u.hostname, u.port, u.pathname, u.search, u.hash]; });`;

const inputs = [
  'http://example.com',
  'https://example.com:443/a/b?c=d#e',
  'https://example.com:8443/',
  'http://example.com:080/',
  'http://example.com:65536/',
  'HTTP://EXAMPLE.com/%7Efoo/../bar',
  'http://example.com/./a/%2e%2E/b',
  'http://example.com/a/.b/..c/d.',
  'http://example.com?',
  'http://example.com#',
  'http://example.com/?#',
  "http://example.com/a'b?c'd#e'f",
  'http://example.com/a b?c d#e f',
  'http://example.com/^a|b`{c}?^|`{}#^|`{}',
  'http://a.b-c_d.e/',
  'http://1.2.3.4/',
  'http://1.2.3/',
  'http://0x7f.1/',
  'http://256.1.1.1/',
  'http://01.2.3.4/',
  'http://foo.0x/',
  'http://[::1]:80/',
  'http://xn--mnchen-3ya.de/',
  'http://münchen.de/ß?ü#ä',
  'http://exa%6Dple.com/',
  'http://a..b/',
  'http://a.b./',
  'http://-a-.b/',
  'http://user:pa%20ss@host/',
  'http://user@host:21/x',
  'ftp://host:21/file',
  'file:///etc/passwd',
  'file://host/C:/x',
  'mailto:someone@example.com',
  'data:text/plain,hello world  #x',
  'blob:https://example.com/some-id',
  'javascript:alert(1)',
  'web+demo:/.//not-a-host/',
  'web+demo://host:5/path?query',
  'ws://h:80/',
  'wss://h:443/',
  '  http://example.com/  ',
  'ht\ntp://exam\tple.com/\n',
  'http:\\\\example.com\\a\\b',
  'http:/example.com/',
  'http:example.com/',
  '//example.com/',
  '/path',
  '',
  'http://',
  'http://a b/',
  'http://a<b/',
  'http://example.com/\ud800',
  'http://example.com/😀?😀#😀',
  'https://example.com/%zz%',
  'https://example.com/a@b:c;d=e,f!g$h(i)*j+k~l',
];

const relatives = [
  ['/x/y?z#w', 'http://example.com/a/b?c#d'],
  ['x/y', 'http://example.com/a/b?c#d'],
  ['../x', 'http://example.com/a/b/c'],
  ['?q', 'http://example.com/a/b?c#d'],
  ['#f', 'http://example.com/a/b?c#d'],
  ['', 'http://example.com/a/b?c#d'],
  ['//other/x', 'https://example.com:99/a'],
  ['/x', 'https://example.com:99/a'],
  ['/.././x', 'https://example.com:99/a'],
  ['\\x', 'https://example.com:99/a'],
  ['http:x', 'http://example.com/a/b'],
  ['https://whole.example/x', 'http://example.com/a/b'],
  ['x', 'mailto:a@b'],
  ['/x', 'not a url'],
  ['/x y', 'http://example.com'],
  ['x', 'file:///a/b'],
  ['a\nb', 'http://exa\nmple.com'],
];

const setters = [
  ['http://example.com:8080/a?b#c', 'protocol', 'https'],
  ['http://example.com:8080/a?b#c', 'protocol', 'mailto'],
  ['http://example.com/a', 'username', 'us er'],
  ['http://example.com/a', 'password', 'p@ss'],
  ['http://example.com/a', 'host', 'other:99'],
  ['http://example.com/a', 'hostname', 'other.example'],
  ['http://example.com/a', 'port', '99x'],
  ['http://example.com/a', 'port', '80'],
  ['http://example.com/a', 'port', ''],
  ['http://example.com/a', 'pathname', 'b c/../d'],
  ['http://example.com/a?b', 'search', ''],
  ['http://example.com/a?b', 'search', '?'],
  ['http://example.com/a?b', 'search', 'x=y'],
  ['http://example.com/a?b', 'search', "?x='ü"],
  ['http://example.com/a#b', 'hash', ''],
  ['http://example.com/a#b', 'hash', '#x y'],
  ['mailto:a@b', 'host', 'x'],
  ['mailto:a@b', 'search', 'x'],
  ['data:text/plain,hi  ?q', 'search', ''],
  ['http://example.com/a', 'href', 'https://other/'],
  ['http://example.com/a', 'href', 'nonsense'],
];

const cases: readonly Case[] = [
  ...inputs.map((input): Case => [
    JSON.stringify(input),
    `${show} return [show(${JSON.stringify(input)}), URL.canParse(${JSON.stringify(input)}), String(URL.parse(${JSON.stringify(input)}))]`,
  ]),
  ...relatives.map((pair): Case => [
    pair.map((text) => JSON.stringify(text)).join(' on '),
    `${show} return show(...${JSON.stringify(pair)})`,
  ]),
  ...setters.map(([url, name, value]): Case => [
    `${url} with ${name} = ${JSON.stringify(value)}`,
    `const u = new URL(${JSON.stringify(url)}); void u.searchParams; return [caught(() => { u[${JSON.stringify(name)}] = ${JSON.stringify(value)}; }) ?? null, u.href, u.toJSON(), u.searchParams.toString()]`,
  ]),
  [
    'parameters of a URL are live both ways',
    `
    const u = new URL('http://example.com/?a=1&b=2#c'), p = u.searchParams, seen = [];
    p.append('ü', 'a b&c'); seen.push(u.href);
    p.delete('a'); seen.push(u.search);
    u.search = '?x=%20y+z'; seen.push([...p]);
    p.delete('x'); seen.push(u.href, p === u.searchParams);
    return seen;`,
  ],
  [
    'parameters of a URL without a host',
    `const u = new URL('mailto:a@b?c=d'); u.searchParams.append('e', 'f'); const first = u.href; u.searchParams.delete('c'); u.searchParams.delete('e'); return [first, u.href]`,
  ],
  [
    'the shape of URL',
    'return [Object.getOwnPropertyNames(URL.prototype).sort(), Object.getOwnPropertyNames(URL).sort(), URL.length, URL.parse.length, Object.keys(new URL("http://a")), Object.keys(URL)]',
  ],
  [
    'arguments are needed',
    'return [caught(() => new URL()), caught(() => URL.canParse()), caught(() => URL("http://a"))]',
  ],
  [
    'invalid URLs tell what they were',
    'try { new URL("x", "y") } catch (e) { return [e.code, e.input, e.base, e.stack.split("\\n")[0], Object.keys(e)] }',
  ],
  [
    'URLSearchParams from all kinds of things',
    `return [undefined, null, '', '?a=b', '??a', 'a&b=&=c&&d==e', 'a=%zz%41%F0%9F%98%80%ff+x', { a: 1, b: null }, [['a', 'b'], new Set(['c', 'd'])], new URLSearchParams('a=b'), new Map([['x', 'y']]), 5, true]
    .map((init) => { const p = new URLSearchParams(init); return [p.toString(), [...p], p.size]; })`,
  ],
  [
    'what URLSearchParams refuses',
    'return [[1], [["a"]], [["a", "b", "c"]], { [Symbol.iterator]: 5 }, Symbol("x"), [null]].map((init) => caught(() => new URLSearchParams(init)))',
  ],
  [
    'methods of URLSearchParams',
    `
    const p = new URLSearchParams('a=1&b=2&a=3&c=4'), seen = [];
    seen.push(p.get('a'), p.get('x'), p.getAll('a'), p.has('b'), p.has('b', '3'), p.has('b', undefined));
    p.set('a', 5); seen.push(String(p)); p.delete('c', '5'); seen.push(String(p)); p.delete('c', '4'); p.append('d', 'e f+g%'); seen.push(String(p));
    p.append('B', 1); p.append('\\ufffd', 1); p.append('😀', 2); p.sort(); seen.push(String(p));
    const entries = []; p.forEach(function (v, k, self) { entries.push([k, v, self === p, this.x]); }, { x: 1 });
    seen.push(entries, [...p.keys()], [...p.values()], p.entries().next(), Object.prototype.toString.call(p.entries()), p.entries()[Symbol.iterator]() !== undefined);
    return seen;`,
  ],
  [
    'iteration is live',
    `const p = new URLSearchParams('a=1&b=2&c=3'), seen = []; for (const [k] of p) { seen.push(k); p.delete(k); } return seen`,
  ],
  [
    'arguments of URLSearchParams',
    `const p = new URLSearchParams(); return [() => p.get(), () => p.append('a'), () => p.set('a'), () => p.forEach(), () => URLSearchParams.prototype.get.call({}, 'a')].map((f) => caught(f)[0])`,
  ],
  [
    'the shape of URLSearchParams',
    'return [Object.getOwnPropertyNames(URLSearchParams.prototype).sort(), URLSearchParams.length, ["append", "delete", "get", "has", "set", "forEach"].map((n) => URLSearchParams.prototype[n].length)]',
  ],
];

describe('URL and URLSearchParams are as in Node', async () => {
  const [guest, node] = [await inGuest(cases), await inNode(cases)];
  test.each(cases.map(([name], index) => [name, index] as const))('%s', (_name, index) => {
    expect(guest[index]).toEqual(node[index]);
  });
});

/** Text over a few characters that decide things, from a small generator with a fixed seed. */
function* texts(count: number): Generator<string> {
  const pieces = [
    'a',
    'b1',
    '.',
    '..',
    '/',
    '//',
    '%2e',
    '%',
    ':',
    '80',
    '443',
    '?',
    '#',
    '@',
    '-',
    '_',
    '~',
    "'",
    '0x1',
    '127',
    'xn--',
    'A',
    '\\',
    ' ',
    ';=',
    'é',
  ];
  let state = 42;
  const next = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  for (let index = 0; index < count; index += 1) {
    let text = next(2) === 0 ? 'http://' : 'https://';
    const length = 1 + next(8);
    for (let piece = 0; piece < length; piece += 1) text += pieces[next(pieces.length)] ?? '';
    yield text;
  }
}

test('URLs of random pieces are parsed as Node does', async () => {
  const list = [...texts(3000)];
  const body = `${show} return ${JSON.stringify(list)}.map((text) => show(text)).map((parts, index) => Array.isArray(parts) && parts[1] !== 'TypeError' ? parts.join(' ') : 'no URL')`;
  const both: readonly Case[] = [['all', body]];
  const [[guest], [node]] = [await inGuest(both), await inNode(both)];
  expect(guest).toEqual(node);
});
