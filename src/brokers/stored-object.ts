import { createHash } from 'node:crypto';
import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkKnownKeys, checkString, checkStringMap } from '../core/options.ts';
import { BrokerError } from './broker-error.ts';

export interface PutObjectOptions {
  /** @default 'binary/octet-stream' */
  readonly contentType?: string;
  /** User metadata; names become lower case, as in S3. At most 2 KB in all. @default {} */
  readonly metadata?: Readonly<Record<string, string>>;
  /** X-Ray trace header of what puts the object; notifications carry it on, so that loops are found. */
  readonly traceHeader?: string;
}

/** What is known of an object without reading it. */
export interface ObjectHead {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** MD5 of the body in hexadecimal, in double quotes. */
  readonly etag: string;
  /** Whole seconds, as S3 gives it. */
  readonly lastModified: Date;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** An object with its body. */
export interface BucketObject extends ObjectHead {
  /** A copy. */
  readonly body: Uint8Array;
  /** The body, read as UTF-8. */
  text(): string;
}

/** An object as a bucket keeps it; it never changes. */
export interface StoredObject {
  readonly body: Buffer;
  /** MD5 in hexadecimal, without quotes. */
  readonly md5: string;
  readonly modifiedMs: number;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export const putKeys = ['contentType', 'metadata', 'traceHeader'] as const;
const defaultContentType = 'binary/octet-stream';

/** Checks a body and its options and makes what the bucket keeps. */
export function newStoredObject(
  body: string | Uint8Array,
  options: PutObjectOptions,
  atMs: number,
): StoredObject {
  checkPutOptions(options, putKeys);
  const { contentType = defaultContentType, metadata = {} } = options;
  // A copy: the caller may go on writing into its bytes.
  const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(checkedBytes(body));
  if (bytes.byteLength > limits.bucket.objectBytes) {
    const message = 'Your proposed upload exceeds the maximum allowed object size';
    throw new BrokerError('EntityTooLarge', message);
  }
  return Object.freeze({
    body: bytes,
    md5: createHash('md5').update(bytes).digest('hex'),
    modifiedMs: wholeSecond(atMs),
    contentType,
    metadata: lowerCased(metadata),
  });
}

/** The same bytes under another name; what is not given anew stays. */
export function copyOfStoredObject(
  source: StoredObject,
  options: Pick<PutObjectOptions, 'contentType' | 'metadata'>,
  atMs: number,
): StoredObject {
  const { contentType, metadata } = options;
  const isReplaced = contentType !== undefined || metadata !== undefined;
  return Object.freeze({
    body: source.body,
    md5: source.md5,
    modifiedMs: wholeSecond(atMs),
    // S3 replaces all of it or nothing.
    contentType: isReplaced ? (contentType ?? defaultContentType) : source.contentType,
    metadata: isReplaced ? lowerCased(metadata ?? {}) : source.metadata,
  });
}

export function checkPutOptions(options: PutObjectOptions, known: readonly string[]): void {
  checkKnownKeys('options', options, known);
  const { contentType, metadata, traceHeader } = options;
  const anyText = { maxLength: Number.MAX_SAFE_INTEGER, says: 'a string' };
  if (contentType !== undefined) checkString('contentType', contentType, anyText);
  if (traceHeader !== undefined) checkString('traceHeader', traceHeader, anyText);
  if (metadata === undefined) return;
  checkStringMap('metadata', metadata);
  const text = Object.entries(metadata).flat().join('');
  if (Buffer.byteLength(text) > limits.bucket.metadataBytes) {
    const message = 'Your metadata headers exceed the maximum allowed metadata size';
    throw new BrokerError('MetadataTooLarge', message);
  }
}

export function headOf(key: string, stored: StoredObject): ObjectHead {
  return {
    key,
    size: stored.body.byteLength,
    etag: `"${stored.md5}"`,
    lastModified: new Date(stored.modifiedMs),
    contentType: stored.contentType,
    metadata: stored.metadata,
  };
}

export function objectOf(key: string, stored: StoredObject): BucketObject {
  return {
    ...headOf(key, stored),
    body: Uint8Array.from(stored.body),
    text: () => stored.body.toString('utf8'),
  };
}

function checkedBytes(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  throw new InvalidOptionError('body', 'a string or a Uint8Array', body);
}

function wholeSecond(ms: number): number {
  return ms - (ms % 1_000);
}

function lowerCased(metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]);
  return Object.freeze(Object.fromEntries(entries) as Record<string, string>);
}
