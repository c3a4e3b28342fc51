import { BlockList, isIP } from 'node:net';

/** Which addresses are not on the public internet, and why each is closed to a guest in `public` mode. */

interface Range {
  readonly why: string;
  readonly ranges: readonly string[];
}

/** https://www.iana.org/assignments/iana-ipv4-special-registry */
const closedIpv4: readonly Range[] = [
  { why: 'this host', ranges: ['0.0.0.0/8'] },
  { why: 'a loopback address', ranges: ['127.0.0.0/8'] },
  { why: 'a private address', ranges: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] },
  // 169.254.169.254 and 169.254.170.2, where clouds hand out credentials, lie in the first.
  { why: 'a link-local or metadata address', ranges: ['169.254.0.0/16', '168.63.129.16/32'] },
  { why: 'a shared address of a carrier', ranges: ['100.64.0.0/10'] },
  { why: 'an address reserved for protocols', ranges: ['192.0.0.0/24', '192.88.99.0/24'] },
  { why: 'an address for benchmarks', ranges: ['198.18.0.0/15'] },
  {
    why: 'an address for documentation',
    ranges: ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'],
  },
  { why: 'a multicast address', ranges: ['224.0.0.0/4'] },
  { why: 'a reserved or broadcast address', ranges: ['240.0.0.0/4'] },
];

/** https://www.iana.org/assignments/iana-ipv6-special-registry */
const closedIpv6: readonly Range[] = [
  { why: 'this host', ranges: ['::/128'] },
  { why: 'a loopback address', ranges: ['::1/128'] },
  // fd00:ec2::254, the metadata service of EC2, lies in here.
  { why: 'a unique local address', ranges: ['fc00::/7'] },
  { why: 'a link-local address', ranges: ['fe80::/10'] },
  { why: 'a site-local address', ranges: ['fec0::/10'] },
  { why: 'a multicast address', ranges: ['ff00::/8'] },
  { why: 'an address for documentation', ranges: ['2001:db8::/32', '3fff::/20'] },
  // Teredo, benchmarks and ORCHID among them.
  { why: 'an address reserved for protocols', ranges: ['2001::/23'] },
  { why: 'a tunnel to an IPv4 address (6to4)', ranges: ['2002::/16'] },
];

/** Everything else of IPv6 is handed out to nobody, or translates to IPv4 in a way that few networks know. */
const publicIpv6 = blockList(['2000::/3']);

/** IPv4 behind IPv6 (RFC 6052): a network without IPv4 reaches the public internet this way. */
const nat64 = '64:ff9b::';
const publicNat64 = blockList([`${nat64}/96`]);

const closed = {
  ipv4: closedIpv4.map(({ why, ranges }) => ({ why, list: blockList(ranges) })),
  ipv6: closedIpv6.map(({ why, ranges }) => ({ why, list: blockList(ranges) })),
  nat64: closedIpv4.map(({ why, ranges }) => ({ why, list: blockList(ranges.map(inNat64)) })),
};

/**
 * Why an address is closed in `public` mode, in words that follow "which is"; `undefined` when it is public.
 * IPv4 inside of IPv6 counts as the IPv4 address that it is.
 */
export function closedBecause(address: string): string | undefined {
  const version = isIP(address);
  if (version === 0) return 'no IP address';
  // A scope id names an interface of this machine, so what it reaches is next to it.
  if (address.includes('%')) return 'a link-local address';
  if (version === 4) return reasonIn(closed.ipv4, address, 'ipv4');

  const mapped = mappedIpv4(address);
  if (mapped !== undefined) return reasonIn(closed.ipv4, mapped, 'ipv4');
  if (publicNat64.check(address, 'ipv6')) return reasonIn(closed.nat64, address, 'ipv6');
  const reason = reasonIn(closed.ipv6, address, 'ipv6');
  if (reason !== undefined) return reason;
  return publicIpv6.check(address, 'ipv6')
    ? undefined
    : 'an address outside of the public internet';
}

/** The IPv4 address of `::ffff:a.b.c.d` in any spelling. */
function mappedIpv4(address: string): string | undefined {
  // WHATWG URLs write an address in its one shortest spelling, with the last 32 bits in hex.
  const { hostname } = new URL(`http://[${address}]`);
  const found = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(hostname);
  if (found === null) return undefined;
  const high = Number.parseInt(found[1] ?? '', 16);
  const low = Number.parseInt(found[2] ?? '', 16);
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

function reasonIn(
  rules: readonly { readonly why: string; readonly list: BlockList }[],
  address: string,
  family: 'ipv4' | 'ipv6',
): string | undefined {
  return rules.find(({ list }) => list.check(address, family))?.why;
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

function inNat64(range: string): string {
  const [address = '', prefix] = range.split('/');
  return `${nat64}${address}/${96 + Number(prefix)}`;
}
