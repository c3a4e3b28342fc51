import { limits } from '../core/limits.ts';
import { checkInteger, checkKnownKeys, checkString } from '../core/options.ts';
import { BrokerError } from './broker-error.ts';
import { compareKeys } from './object-key.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export interface ListOptions {
  /** Only keys that begin with it. @default '' */
  readonly prefix?: string;
  /** Keys that share what comes before it (after the prefix) are rolled up into one common prefix. */
  readonly delimiter?: string;
  /** Keys and common prefixes in one answer; AWS never gives more than 1,000. @default 1_000 */
  readonly maxKeys?: number;
  /** From the answer before. */
  readonly continuationToken?: string;
  /** Only keys after it; a continuation token goes before it. */
  readonly startAfter?: string;
}

/** One page of keys, in the order of their bytes. */
export interface KeyPage {
  readonly keys: readonly string[];
  readonly commonPrefixes: readonly string[];
  readonly isTruncated: boolean;
  /** Present when there is more. */
  readonly nextContinuationToken?: string;
}

interface ResolvedListOptions {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  /** Only keys behind it. */
  readonly after: string;
  /** The key or common prefix that the page before ended with. */
  readonly named: string;
}

const listKeys = ['prefix', 'delimiter', 'maxKeys', 'continuationToken', 'startAfter'];
const anyText = { maxLength: Number.MAX_SAFE_INTEGER, says: 'a string' };
const tokenMark = 'after:';

/** @param sortedKeys every key of the bucket, in the order of `compareKeys` */
export function listPage(sortedKeys: readonly string[], options: ListOptions): KeyPage {
  const { prefix, delimiter, maxKeys, after, named } = resolveListOptions(options);
  const keys: string[] = [];
  const commonPrefixes: string[] = [];
  let last = named;
  for (let at = firstIndex(sortedKeys, prefix, after); at < sortedKeys.length; at += 1) {
    const key = sortedKeys[at] ?? '';
    if (!key.startsWith(prefix)) break;
    const common = commonPrefixOf(key, prefix, delimiter);
    // The rest of a common prefix that this page, or the one before, has named.
    if (common !== undefined && common === last) continue;
    if (keys.length + commonPrefixes.length === maxKeys) {
      const isTruncated = maxKeys > 0;
      return { keys, commonPrefixes, isTruncated, ...(isTruncated && tokenAfter(last)) };
    }
    if (common === undefined) keys.push(key);
    else commonPrefixes.push(common);
    last = common ?? key;
  }
  return { keys, commonPrefixes, isTruncated: false };
}

function resolveListOptions(options: ListOptions): ResolvedListOptions {
  checkKnownKeys('options', options, listKeys);
  const { prefix = '', delimiter = '', continuationToken, startAfter = '' } = options;
  const { maxKeys = limits.bucket.listedKeys } = options;
  checkString('prefix', prefix, anyText);
  checkString('delimiter', delimiter, anyText);
  checkString('startAfter', startAfter, anyText);
  checkInteger('maxKeys', maxKeys, { min: 0, max: 2 ** 31 - 1 });
  const named = continuationToken === undefined ? '' : readToken(continuationToken);
  return {
    prefix,
    delimiter,
    maxKeys: Math.min(maxKeys, limits.bucket.listedKeys),
    after: named === '' ? startAfter : named,
    named,
  };
}

function commonPrefixOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at === -1 ? undefined : key.slice(0, at + delimiter.length);
}

/** Where the first key is that has the prefix, if any has, and comes behind `after`. */
function firstIndex(sortedKeys: readonly string[], prefix: string, after: string): number {
  const isBefore = (key: string): boolean =>
    compareKeys(key, prefix) < 0 || (after !== '' && compareKeys(key, after) <= 0);
  let low = 0;
  let high = sortedKeys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(sortedKeys[middle] ?? '')) low = middle + 1;
    else high = middle;
  }
  return low;
}

function tokenAfter(entry: string): { readonly nextContinuationToken: string } {
  return { nextContinuationToken: Buffer.from(tokenMark + entry).toString('base64') };
}

function readToken(token: unknown): string {
  const text = typeof token === 'string' ? Buffer.from(token, 'base64').toString() : '';
  if (text.startsWith(tokenMark)) return text.slice(tokenMark.length);
  throw new BrokerError('InvalidArgument', 'The continuation token provided is incorrect');
}
