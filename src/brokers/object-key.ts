import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { BrokerError } from './broker-error.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
export function checkObjectKey(option: string, value: unknown): asserts value is string {
  if (typeof value !== 'string' || value === '' || !value.isWellFormed()) {
    throw new InvalidOptionError(option, 'a key: text of at least one character', value);
  }
  if (Buffer.byteLength(value) > limits.bucket.keyBytes) {
    throw new BrokerError('KeyTooLongError', 'Your key is too long');
  }
}

/** The order of S3's lists: of the bytes in UTF-8, which is that of code points. */
export function compareKeys(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at += 1) {
    const difference = rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Halves of surrogate pairs stand for code points beyond all that fit into one unit. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** A key as event records carry it: URL-encoded, `+` for a space, `/` as it is. */
export function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replace(/[!'()~]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/');
}
