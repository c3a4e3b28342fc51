import { ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } from '../../node/internal/errors.ts';
import {
  validateInt32,
  validateObject,
  validateString,
  validateUint32,
} from '../../node/internal/validators.ts';
import { addressBits, isIP } from './ip.ts';

type Family = 'ipv4' | 'ipv6';

interface Rule {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
  readonly text: string;
}

/** https://nodejs.org/api/net.html#class-netsocketaddress */
export class SocketAddress {
  readonly address: string;
  readonly family: Family;
  readonly port: number;
  readonly flowlabel: number;

  constructor(
    options: {
      address?: string;
      family?: string;
      port?: number;
      flowlabel?: number;
    } = {},
  ) {
    validateObject(options, 'options');
    const { family: familyName = 'ipv4', port = 0, flowlabel = 0 } = options;
    this.family = readFamily(familyName, 'options.family');
    const { address = this.family === 'ipv4' ? '127.0.0.1' : '::' } = options;
    validateString(address, 'options.address');
    validateInt32(port, 'options.port', 0, 65_535);
    validateUint32(flowlabel, 'options.flowlabel');
    checkAddress(address, this.family);
    this.address = address;
    this.port = port;
    this.flowlabel = flowlabel;
  }

  static isSocketAddress(value: unknown): value is SocketAddress {
    return value instanceof SocketAddress;
  }

  static parse(input: string): SocketAddress | undefined {
    validateString(input, 'input');
    const found = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(input);
    const address = found?.[1] ?? found?.[2] ?? '';
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(address) === 0 || Number(found?.[3] ?? 0) > 65_535) return undefined;
    return new SocketAddress({ address, family, port: Number(found?.[3] ?? 0) });
  }

  toJSON(): object {
    const { address, port, family, flowlabel } = this;
    return { address, port, family, flowlabel };
  }
}

/** https://nodejs.org/api/net.html#class-netblocklist */
export class BlockList {
  #rules: Rule[] = [];

  static isBlockList(value: unknown): value is BlockList {
    return value instanceof BlockList;
  }

  addAddress(address: string | SocketAddress, familyName = 'ipv4'): void {
    const { bits, value, text, family } = read(address, familyName, 'address');
    this.#add({ bits, first: value, last: value, text: `Address: ${family} ${text}` });
  }

  addRange(start: string | SocketAddress, end: string | SocketAddress, familyName = 'ipv4'): void {
    const from = read(start, familyName, 'start');
    const to = read(end, familyName, 'end');
    if (from.bits !== to.bits || from.value > to.value) {
      throw new ERR_INVALID_ARG_VALUE('start', start, `must come before ${to.text}`);
    }
    const text = `Range: ${from.family} ${from.text}-${to.text}`;
    this.#add({ bits: from.bits, first: from.value, last: to.value, text });
  }

  addSubnet(network: string | SocketAddress, prefix: number, familyName = 'ipv4'): void {
    const { bits, value, text, family } = read(network, familyName, 'network');
    const longest = family === 'IPv4' ? 32 : 128;
    validateInt32(prefix, 'prefix', 0, longest);
    // A subnet of IPv4 inside of IPv6 counts its prefix from the front of the IPv6 address.
    const free = BigInt(Math.max(bits - (longest === bits ? prefix : prefix - 96), 0));
    const first = (value >> free) << free;
    const last = first + (1n << free) - 1n;
    this.#add({ bits, first, last, text: `Subnet: ${family} ${text}/${prefix}` });
  }

  check(address: string | SocketAddress, familyName = 'ipv4'): boolean {
    const isObject = typeof address === 'object';
    const text = isObject ? address.address : address;
    if (!isObject) validateString(address, 'address');
    const found = addressBits(text, isObject ? address.family : readFamily(familyName, 'family'));
    if (found === undefined) return false;
    const { bits, value } = found;
    return this.#rules.some(
      (rule) => rule.bits === bits && value >= rule.first && value <= rule.last,
    );
  }

  get rules(): string[] {
    return this.#rules.map(({ text }) => text);
  }

  /** The latest rule comes first, as in Node. */
  #add(rule: Rule): void {
    this.#rules = [rule, ...this.#rules];
  }
}

function read(given: string | SocketAddress, familyName: string, name: string) {
  if (typeof given !== 'object') validateString(given, name);
  const text = typeof given === 'object' ? given.address : given;
  const family = typeof given === 'object' ? given.family : readFamily(familyName, 'family');
  checkAddress(text, family);
  const { value, bits } = addressBits(text, family) ?? { value: 0n, bits: 32 as const };
  return { value, bits, text, family: family === 'ipv4' ? 'IPv4' : 'IPv6' };
}

function readFamily(name: unknown, option: string): Family {
  validateString(name, option);
  const family = name.toLowerCase();
  if (family === 'ipv4' || family === 'ipv6') return family;
  throw new ERR_INVALID_ARG_VALUE(option, name);
}

function checkAddress(address: string, family: Family): void {
  if (addressBits(address, family) !== undefined) return;
  throw Object.assign(new ERR_OUT_OF_RANGE('address', 'an address', address), {
    code: 'ERR_INVALID_ADDRESS',
    message: 'Invalid address',
  });
}
