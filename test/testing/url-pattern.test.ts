import { expect, test } from 'vitest';
import { UrlPattern, type UrlMatcher } from '../../src/testing/url-pattern.ts';

const match = (matcher: UrlMatcher, url: string) => new UrlPattern(matcher).match(new URL(url));

test.each([
  ['https://a.example', 'https://a.example/', {}],
  ['https://a.example', 'https://a.example/x', undefined],
  ['https://a.example/x', 'https://a.example/x?q=1', {}],
  ['https://a.example/x', 'http://a.example/x', undefined],
  ['*://a.example/x', 'http://a.example/x', {}],
  ['https://a.example/users/:id', 'https://a.example/users/7', { id: '7' }],
  ['https://a.example/users/:id', 'https://a.example/users/a%20b', { id: 'a b' }],
  ['https://a.example/users/:id', 'https://a.example/users/7/orders', undefined],
  ['https://a.example/:x/of/:y', 'https://a.example/1/of/2', { x: '1', y: '2' }],
  ['https://a.example/*', 'https://a.example/', {}],
  ['https://a.example/*/end', 'https://a.example/a/b/end', {}],
  ['https://*.example/x', 'https://a.b.example/x', {}],
  ['https://*.example/x', 'https://evil.test/.example/x', undefined],
  ['https://a.example/x?q=:q', 'https://a.example/x?q=1', { q: '1' }],
  ['https://a.example/x?q=1', 'https://a.example/x?q=2', undefined],
  ['https://a.example:8443/x', 'https://a.example:8443/x', {}],
  ['https://a.example/x', 'https://a.example:8443/x', undefined],
  ['https://a.example:*/x', 'https://a.example:8443/x', {}],
  ['https://a.example:443/x', 'https://a.example/x', {}],
  ['http://[::1]:80/x', 'http://[::1]/x', {}],
  ['https://A.example/x', 'https://a.example/x', {}],
  ['https://a.example/x.json', 'https://a.example/xyjson', undefined],
  ['https://a.example/x(1)', 'https://a.example/x(1)', {}],
  [/users\/(?<id>\d+)/g, 'https://a.example/users/12', { id: '12' }],
  [/users/, 'https://a.example/orders', undefined],
  [(url: URL) => url.pathname.endsWith('.png'), 'https://a.example/x.png', {}],
] as [UrlMatcher, string, object | undefined][])('%s and %s give %j', (matcher, url, wanted) => {
  expect(match(matcher, url)).toEqual(wanted);
});

test('an expression gives the same answer every time', () => {
  const pattern = new UrlPattern(/users/g);
  const url = new URL('https://a.example/users');
  expect([pattern.match(url), pattern.match(url)]).toEqual([{}, {}]);
});

test.each([
  '/users',
  'a.example/users',
  'ftp://a.example/',
  'https://',
  'https://a.example#x',
  '',
  5,
])('%j is refused', (matcher) => {
  expect(() => new UrlPattern(matcher as UrlMatcher)).toThrow(
    'Expected `url` to be a URL with protocol and host',
  );
});

test.each([
  ['https://*.example/x', 'a.example', true],
  ['https://a.example/x', 'A.example', true],
  ['https://a.example/x', 'b.example', false],
  [/a/, 'a', false],
] as [UrlMatcher, string, boolean][])('%s may match the host %s: %s', (matcher, host, may) => {
  expect(new UrlPattern(matcher).mayMatchHost(host)).toBe(may);
});
