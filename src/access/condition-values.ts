import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import { matchesWildcard, type Wildcard } from './wildcard.ts';

/** Readers of what conditions compare; each gives `undefined` for a text that is no such value. */

export function readNumber(text: string): number | undefined {
  return /^[+-]?\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}

const isoDate =
  /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}))?$/;

/** Milliseconds since the epoch, of a W3C date (a profile of ISO 8601) or of seconds since the epoch. */
export function readDate(text: string): number | undefined {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1_000;
  if (!isoDate.test(text)) return undefined;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : atMs;
}

export function readBoolean(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  if (lower === 'true') return true;
  return lower === 'false' ? false : undefined;
}

/** Bytes, of base64. */
export function readBinary(text: string): Buffer | undefined {
  const isBase64 = /^(?:[a-z\d+/]{4})*(?:[a-z\d+/]{2}==|[a-z\d+/]{3}=)?$/i.test(text);
  return isBase64 ? Buffer.from(text, 'base64') : undefined;
}

/** An address, or a range in CIDR notation. */
export function readAddresses(text: string): BlockList | undefined {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  const widest = family === 'ipv6' ? 128 : 32;
  if (isIP(address) === 0 || rest.length > 0) return undefined;
  const prefix = bits === undefined ? widest : Number(bits);
  if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || prefix > widest)) return undefined;
  const list = new BlockList();
  list.addSubnet(address, prefix, family);
  return list;
}

export function isAmong(addresses: BlockList, address: string): boolean {
  if (isIP(address) === 0) return false;
  return addresses.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** An ARN has six parts, the last of which may contain colons; each part is compared for itself. */
const arnParts = 6;

/** Whether an ARN fits a pattern part by part, so that no `*` reaches into the next part. */
export function matchesArn(pattern: Wildcard, arn: string): boolean {
  const patterns = splitPattern(pattern);
  const parts = splitArn(arn);
  if (parts.length !== arnParts) return false;
  // `*` alone stands for every ARN.
  if (patterns.length === 1) return matchesWildcard(pattern, arn);
  return (
    patterns.length === arnParts &&
    patterns.every((part, at) => matchesWildcard(part, parts[at] ?? ''))
  );
}

function splitArn(arn: string): readonly string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, arnParts - 1), ...lastOf(parts)];
}

function lastOf(parts: readonly string[]): readonly string[] {
  return parts.length < arnParts ? [] : [parts.slice(arnParts - 1).join(':')];
}

function splitPattern(pattern: Wildcard): readonly Wildcard[] {
  const parts: Wildcard[number][][] = [[]];
  for (const part of pattern) {
    if (part === ':' && parts.length < arnParts) parts.push([]);
    else parts.at(-1)?.push(part);
  }
  return parts;
}
