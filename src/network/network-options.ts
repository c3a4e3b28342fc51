import { isIP } from 'node:net';
import { InvalidOptionError } from '../core/errors.ts';
import { checkKnownKeys } from '../core/options.ts';

/**
 * What a function may reach: `'public'` opens everything with a public address, `'none'` nothing at all.
 * The object form also opens hosts that are not public.
 */
export type NetworkOption = 'public' | 'none' | NetworkOptions;

export interface NetworkOptions {
  /** @default 'public' */
  readonly mode?: 'public' | 'none';
  /**
   * Hosts that are open although they resolve to private or loopback addresses: a name (`'db.internal'`),
   * an address (`'127.0.0.1'`, `'[::1]'`) or a range of addresses (`'10.0.0.0/8'`), each with a port
   * (`'localhost:8000'`), with any port (`':*'`) or without one, which means any. A name opens what it
   * resolves to, for connections that ask for that name only.
   * @default []
   */
  readonly allow?: readonly string[];
}

/** Plain data: it may cross a process as JSON. It is a valid `NetworkOption` too. */
export interface ResolvedNetwork {
  readonly mode: 'public' | 'none';
  readonly allow: readonly string[];
}

/** One entry of `allow`, taken apart. */
export interface AllowRule {
  readonly host:
    | { readonly kind: 'name'; readonly name: string }
    | {
        readonly kind: 'range';
        readonly address: string;
        readonly family: 'ipv4' | 'ipv6';
        readonly prefix: number;
      };
  /** `undefined` opens every port. */
  readonly port: number | undefined;
}

const keys = Object.keys({
  mode: true,
  allow: true,
} satisfies Record<keyof NetworkOptions, true>);

const mostAllowed = 256;
const longestName = 253;
const rule =
  'a host name, an address or a range of addresses, with or without a port, such as "localhost:8000", ' +
  '"db.internal", "10.0.0.0/8", "127.0.0.1:*"';

/** Checks the option `network` of a function or of a `Lambda`. @throws InvalidOptionError */
export function resolveNetworkOptions(option: NetworkOption = 'public'): ResolvedNetwork {
  const given = typeof option === 'string' ? { mode: option } : option;
  refuseVpc(option);
  checkKnownKeys('network', given, keys);
  const { mode = 'public', allow = [] } = given;
  if (mode !== 'public' && mode !== 'none') {
    const name = typeof option === 'string' ? 'network' : 'network.mode';
    throw new InvalidOptionError(name, 'one of "public", "none"', mode);
  }
  checkAllow(mode, allow);
  return Object.freeze({ mode, allow: Object.freeze(allow.map(canonical)) });
}

/** @throws InvalidOptionError */
export function parseAllowRule(entry: string, option = 'network.allow'): AllowRule {
  const { host, port } = splitPort(entry) ?? {};
  if (host === undefined || host === '') throw new InvalidOptionError(option, rule, entry);
  return {
    host: parseRange(host) ?? parseName(host, entry, option),
    port: port === undefined || port === '*' ? undefined : parsePort(port, entry, option),
  };
}

function refuseVpc(option: unknown): void {
  const asksForVpc =
    option === 'vpc' ||
    (typeof option === 'object' &&
      option !== null &&
      ('vpc' in option || ('mode' in option && option.mode === 'vpc')));
  if (!asksForVpc) return;
  throw new InvalidOptionError(
    'network',
    'one of "public", "none"',
    option,
    'A network of your own (subnets, security groups) comes later; `allow` opens single hosts.',
  );
}

function checkAllow(mode: 'public' | 'none', allow: unknown): asserts allow is readonly string[] {
  if (!Array.isArray(allow) || allow.length > mostAllowed) {
    throw new InvalidOptionError(
      'network.allow',
      `an array of at most ${mostAllowed} hosts`,
      allow,
    );
  }
  if (mode === 'none' && allow.length > 0) {
    throw new InvalidOptionError(
      'network.allow',
      'absent with the mode "none"',
      allow,
      'Nothing is open there; take the mode "public" to open hosts.',
    );
  }
  for (const [index, entry] of (allow as unknown[]).entries()) {
    if (typeof entry === 'string') continue;
    throw new InvalidOptionError(`network.allow[${index}]`, rule, entry);
  }
}

/** Each rule has one spelling, so that two equal configurations look equal. */
function canonical(entry: string, index: number): string {
  const { host, port } = parseAllowRule(entry, `network.allow[${index}]`);
  if (host.kind === 'name') return port === undefined ? host.name : `${host.name}:${port}`;
  const isSingle = host.prefix === (host.family === 'ipv4' ? 32 : 128);
  const range = isSingle ? host.address : `${host.address}/${host.prefix}`;
  if (port === undefined) return range;
  return host.family === 'ipv4' ? `${range}:${port}` : `[${range}]:${port}`;
}

/** `host`, `host:port`, `[v6]`, `[v6]:port`; an address with several colons has no port. */
function splitPort(entry: string): { host: string; port: string | undefined } | undefined {
  const bracketed = /^\[([^\]]*)\](?:\/(\d+))?(?::([^:]*))?$/.exec(entry);
  if (bracketed !== null) {
    const [, address = '', prefix, port] = bracketed;
    if (!address.includes(':')) return undefined;
    return { host: prefix === undefined ? address : `${address}/${prefix}`, port };
  }
  const colon = entry.indexOf(':');
  if (colon === -1 || entry.indexOf(':', colon + 1) !== -1) return { host: entry, port: undefined };
  return { host: entry.slice(0, colon), port: entry.slice(colon + 1) };
}

function parseRange(text: string): AllowRule['host'] | undefined {
  const [address = '', prefixText, ...more] = text.split('/');
  const version = address.includes('%') ? 0 : isIP(address);
  if (version === 0 || more.length > 0) return undefined;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const longest = version === 4 ? 32 : 128;
  if (prefixText === undefined) return { kind: 'range', address, family, prefix: longest };
  const prefix = /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : Number.NaN;
  return prefix <= longest ? { kind: 'range', address, family, prefix } : undefined;
}

function parseName(text: string, entry: string, option: string): AllowRule['host'] {
  const name = text.toLowerCase().replace(/\.$/, '');
  const isName = /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$/.test(name) && !name.includes('..');
  // What looks like a number is an address in an old spelling ("127.1"), which no rule would match.
  const isNumeric = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/.test(name);
  if (!isName || isNumeric || name.length > longestName) {
    throw new InvalidOptionError(option, rule, entry);
  }
  return { kind: 'name', name };
}

function parsePort(text: string, entry: string, option: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new InvalidOptionError(option, `${rule}; a port is 1 to 65535 or "*"`, entry);
}
