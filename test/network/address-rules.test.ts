import { describe, expect, test } from 'vitest';
import { closedBecause } from '../../src/network/address-rules.ts';

describe('addresses that are closed in public mode', () => {
  test.each([
    ['127.0.0.1', 'a loopback address'],
    ['127.255.255.254', 'a loopback address'],
    ['0.0.0.0', 'this host'],
    ['10.1.2.3', 'a private address'],
    ['172.16.0.1', 'a private address'],
    ['172.31.255.255', 'a private address'],
    ['192.168.1.1', 'a private address'],
    ['169.254.169.254', 'a link-local or metadata address'],
    ['169.254.170.2', 'a link-local or metadata address'],
    ['168.63.129.16', 'a link-local or metadata address'],
    ['100.64.0.1', 'a shared address of a carrier'],
    ['100.100.100.200', 'a shared address of a carrier'],
    ['192.0.0.192', 'an address reserved for protocols'],
    ['198.18.0.1', 'an address for benchmarks'],
    ['192.0.2.1', 'an address for documentation'],
    ['224.0.0.1', 'a multicast address'],
    ['255.255.255.255', 'a reserved or broadcast address'],
    ['::', 'this host'],
    ['::1', 'a loopback address'],
    ['0:0:0:0:0:0:0:1', 'a loopback address'],
    ['fe80::1', 'a link-local address'],
    ['fe80::1%eth0', 'a link-local address'],
    ['2606:4700::1%lo', 'a link-local address'],
    ['fd00:ec2::254', 'a unique local address'],
    ['fec0::1', 'a site-local address'],
    ['ff02::1', 'a multicast address'],
    ['2001:db8::1', 'an address for documentation'],
    ['2001:0:1::1', 'an address reserved for protocols'],
    ['2002:7f00:1::', 'a tunnel to an IPv4 address (6to4)'],
    ['::ffff:127.0.0.1', 'a loopback address'],
    ['::ffff:7f00:1', 'a loopback address'],
    ['0:0:0:0:0:ffff:a9fe:a9fe', 'a link-local or metadata address'],
    ['64:ff9b::10.0.0.1', 'a private address'],
    ['64:ff9b::a9fe:a9fe', 'a link-local or metadata address'],
    ['64:ff9b:1::1', 'an address outside of the public internet'],
    ['::127.0.0.1', 'an address outside of the public internet'],
    ['::ffff:0:127.0.0.1', 'an address outside of the public internet'],
    ['100::1', 'an address outside of the public internet'],
    ['localhost', 'no IP address'],
  ])('%s is %s', (address, why) => {
    expect(closedBecause(address)).toBe(why);
  });
});

test.each([
  '8.8.8.8',
  '172.32.0.1',
  '100.128.0.1',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2a00:1450:4001::200e',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
])('%s is public', (address) => {
  expect(closedBecause(address)).toBeUndefined();
});
