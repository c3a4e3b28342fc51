import { describe, expect, test } from 'vitest';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { resolveNetworkOptions, type NetworkOption } from '../../src/network/network-options.ts';
import { AllowList } from '../../src/network/allow-list.ts';

const untyped = (option: unknown): NetworkOption => option as NetworkOption;

test('a function may reach the public internet unless it says otherwise', () => {
  expect(resolveNetworkOptions()).toEqual({ mode: 'public', allow: [] });
  expect(resolveNetworkOptions('public')).toEqual({ mode: 'public', allow: [] });
  expect(resolveNetworkOptions('none')).toEqual({ mode: 'none', allow: [] });
  expect(resolveNetworkOptions({})).toEqual({ mode: 'public', allow: [] });
});

test('what was resolved is frozen plain data and a valid option again', () => {
  const resolved = resolveNetworkOptions({
    allow: ['Localhost:8000', '127.0.0.1:*', '10.0.0.0/8'],
  });
  expect(Object.isFrozen(resolved) && Object.isFrozen(resolved.allow)).toBe(true);
  expect(resolveNetworkOptions(JSON.parse(JSON.stringify(resolved)))).toEqual(resolved);
});

test.each([
  ['Localhost:8000', 'localhost:8000'],
  ['db.internal', 'db.internal'],
  ['db.internal.', 'db.internal'],
  ['db.internal:*', 'db.internal'],
  ['127.0.0.1', '127.0.0.1'],
  ['127.0.0.1/32', '127.0.0.1'],
  ['127.0.0.1:*', '127.0.0.1'],
  ['10.0.0.0/8:5432', '10.0.0.0/8:5432'],
  ['::1', '::1'],
  ['[::1]:80', '[::1]:80'],
  ['fd00::/8', 'fd00::/8'],
  ['[fd00::]/8:443', '[fd00::/8]:443'],
  ['[fd00::/8]:443', '[fd00::/8]:443'],
])('allow takes %j and keeps it as %j', (entry, kept) => {
  expect(resolveNetworkOptions({ allow: [entry] }).allow).toEqual([kept]);
});

describe('refused', () => {
  test.each([
    '',
    ' ',
    'a b',
    'http://localhost',
    'localhost:0',
    'localhost:65536',
    'localhost:http',
    'localhost:',
    ':80',
    '127.1',
    '0x7f000001',
    '2130706433',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    'fd00::/129',
    '[localhost]:80',
    'fe80::1%eth0',
    '*',
    '*.internal',
    'a..b',
  ])('allow: %j', (entry) => {
    expect(() => resolveNetworkOptions({ allow: ['localhost', entry] })).toThrow(
      /^Expected `network\.allow\[1\]` to be a host name, an address or a range/,
    );
  });

  test.each([
    ['private', /`network` to be one of "public", "none", got "private"/],
    ['vpc', /comes later/],
    [{ mode: 'vpc' }, /comes later/],
    [{ vpc: {} }, /comes later/],
    [{ mode: 'on' }, /`network\.mode` to be one of "public", "none", got "on"/],
    [{ allows: [] }, /There is no option `allows`/],
    [{ allow: 'localhost' }, /`network\.allow` to be an array/],
    [{ allow: [8000] }, /`network\.allow\[0\]`/],
    [{ mode: 'none', allow: ['localhost'] }, /absent with the mode "none"/],
    [null, /`network` to be an object, got null/],
    [7, /`network` to be an object, got 7/],
  ])('%j', (option, message) => {
    const resolve = () => resolveNetworkOptions(untyped(option));
    expect(resolve).toThrow(InvalidOptionError);
    expect(resolve).toThrow(message);
  });
});

describe('an allow list', () => {
  test.each([
    { allow: 'localhost:8000', host: 'localhost', port: 8000, address: '127.0.0.1', opens: true },
    { allow: 'localhost:8000', host: 'LOCALHOST.', port: 8000, address: '::1', opens: true },
    { allow: 'localhost:8000', host: 'localhost', port: 8001, address: '::1', opens: false },
    { allow: 'localhost:8000', host: '127.0.0.1', port: 8000, address: '127.0.0.1', opens: false },
    { allow: 'localhost', host: 'localhost', port: 1, address: '127.0.0.1', opens: true },
    { allow: 'localhost', host: 'a.localhost', port: 1, address: '127.0.0.1', opens: false },
    { allow: '127.0.0.1', host: 'localhost', port: 1, address: '127.0.0.1', opens: true },
    { allow: '127.0.0.1', host: 'x', port: 1, address: '::ffff:127.0.0.1', opens: true },
    { allow: '127.0.0.1:80', host: 'x', port: 81, address: '127.0.0.1', opens: false },
    { allow: '10.0.0.0/8', host: 'db', port: 5432, address: '10.9.8.7', opens: true },
    { allow: '10.0.0.0/8', host: 'db', port: 5432, address: '11.9.8.7', opens: false },
    { allow: 'fd00::/8', host: 'db', port: 5432, address: 'fd12::1', opens: true },
  ])('$allow: $host:$port at $address is open: $opens', ({ allow, host, port, address, opens }) => {
    expect(
      new AllowList(resolveNetworkOptions({ allow: [allow] }).allow).opens(host, port, address),
    ).toBe(opens);
  });
});
