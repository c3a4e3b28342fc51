import { isIPv6 } from 'node:net';
import { PatternFault } from './pattern-fault.ts';

const v4 = /^\d+\.\d+\.\d+\.\d+$/;
const v6 = /^[0-9a-fA-F:]*:[0-9a-fA-F:]*$/;
const mappedPrefix = '00000000000000000000ffff';

/** An address as 8 or 32 hexadecimal digits, so that every spelling of it is the same; or undefined. */
export function addressKey(text: string): string | undefined {
  if (v4.test(text)) return v4Key(text);
  if (!v6.test(text) || !isIPv6(text)) return undefined;
  const key = v6Key(text);
  // An IPv4 address that is mapped into IPv6 is the IPv4 address.
  return key.startsWith(mappedPrefix) ? key.slice(mappedPrefix.length) : key;
}

/** Compiles `10.0.0.0/24`. Bits of the address below the mask do not count. */
export function compileCidr(cidr: string): (value: string) => boolean {
  const [address = '', mask = '', ...rest] = cidr.split('/');
  if (rest.length > 0 || mask === '') throw new PatternFault("Malformed CIDR, one '/' required");
  if (!/^[+-]?\d{1,10}$/.test(mask)) {
    throw new PatternFault('Malformed CIDR, mask bits must be an integer');
  }
  const bits = Number(mask);
  if (bits < 0) throw new PatternFault('Malformed CIDR, mask bits must not be negative');

  const key = addressKey(address);
  if (key === undefined) {
    const looksRight = v4.test(address) || v6.test(address);
    throw new PatternFault(`${looksRight ? 'Invalid' : 'Nonstandard'} IP address: ${address}`);
  }
  if (key.length === 8 && bits > 31) throw new PatternFault('IPv4 mask bits must be < 32');
  if (key.length === 32 && bits > 127) throw new PatternFault('IPv6 mask bits must be < 128');

  const shift = BigInt(key.length * 4 - bits);
  const network = BigInt(`0x${key}`) >> shift;
  return (value) => {
    const other = addressKey(value);
    return other?.length === key.length && BigInt(`0x${other}`) >> shift === network;
  };
}

function v4Key(text: string): string | undefined {
  // Zeros in front do not make a number octal here, as they would elsewhere.
  const octets = text.split('.').map(Number);
  if (text.length > 15 || octets.some((octet) => octet > 255)) return undefined;
  return octets.map((octet) => octet.toString(16).padStart(2, '0')).join('');
}

function v6Key(text: string): string {
  const [head = '', tail] = text.split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0000');
  return [...before, ...zeros, ...after].join('');
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':').map((group) => group.padStart(4, '0').toLowerCase());
}
