const decimal = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]\\d|\\d)';
const ipv4 = new RegExp(`^(?:${decimal}\\.){3}${decimal}$`);

export function isIPv4(value: unknown): boolean {
  return ipv4.test(String(value));
}

export function isIPv6(value: unknown): boolean {
  const [address = '', zone, ...more] = String(value).split('%');
  if (more.length > 0 || (zone !== undefined && !/^[0-9a-zA-Z-.:]+$/.test(zone))) return false;
  return parseIPv6(address) !== undefined;
}

export function isIP(value: unknown): 0 | 4 | 6 {
  if (isIPv4(value)) return 4;
  return isIPv6(value) ? 6 : 0;
}

/** The eight groups of an address without zone. */
export function parseIPv6(address: string): number[] | undefined {
  const halves = address.split('::');
  if (halves.length > 2 || !/^[0-9a-fA-F:.]*$/.test(address)) return undefined;
  const [head, tail] = halves.map((half, index) =>
    half === '' ? [] : groupsOf(half, index === halves.length - 1),
  );
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  if (tail === undefined) return head.length === 8 ? head : undefined;
  const missing = 8 - head.length - tail.length;
  if (missing < 1) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

function groupsOf(half: string, mayEndInIPv4: boolean): number[] | undefined {
  const words = half.split(':');
  const groups: number[] = [];
  for (const [index, word] of words.entries()) {
    if (mayEndInIPv4 && index === words.length - 1 && isIPv4(word)) {
      const [a = 0, b = 0, c = 0, d = 0] = word.split('.').map(Number);
      groups.push(a * 256 + b, c * 256 + d);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(word)) {
      groups.push(Number.parseInt(word, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

/** An address as a number, and how many bits it has; IPv4 inside of IPv6 counts as IPv4. */
export function addressBits(
  address: string,
  family: 'ipv4' | 'ipv6',
): { value: bigint; bits: 32 | 128 } | undefined {
  if (family === 'ipv4') {
    if (!isIPv4(address)) return undefined;
    const value = address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
    return { value, bits: 32 };
  }
  const groups = parseIPv6(address.split('%')[0] ?? '');
  if (groups === undefined) return undefined;
  const value = groups.reduce((sum, group) => sum * 65_536n + BigInt(group), 0n);
  return value >> 32n === 0xffffn
    ? { value: value & 0xffff_ffffn, bits: 32 }
    : { value, bits: 128 };
}
