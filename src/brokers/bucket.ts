import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkKnownKeys } from '../core/options.ts';
import { resourceArn } from '../core/resource-arn.ts';
import { resolveBrokerContext, type BrokerContext } from './broker-context.ts';
import { BrokerError } from './broker-error.ts';
import { BucketNotifier } from './bucket-notifier.ts';
import { checkBucketName, resolveBucketOptions, type BucketOptions } from './bucket-options.ts';
import type { NotificationConfiguration, NotificationOptions } from './notification-options.ts';
import { RequestFacts } from './object-change.ts';
import { checkObjectKey, compareKeys } from './object-key.ts';
import { listPage, type ListOptions } from './object-listing.ts';
import {
  checkPutOptions,
  copyOfStoredObject,
  headOf,
  newStoredObject,
  objectOf,
  putKeys,
  type BucketObject,
  type ObjectHead,
  type PutObjectOptions,
  type StoredObject,
} from './stored-object.ts';

/** What a copy is made of. */
export interface CopySource {
  /** @default the bucket that is copied into */
  readonly bucket?: Bucket;
  readonly key: string;
}

/** One page of a bucket, in the order of the keys' bytes. */
export interface ObjectList {
  readonly objects: readonly Pick<ObjectHead, 'key' | 'size' | 'etag' | 'lastModified'>[];
  readonly commonPrefixes: readonly string[];
  /** Objects and common prefixes of this page together. */
  readonly keyCount: number;
  readonly isTruncated: boolean;
  /** Present when there is more: the `continuationToken` of the next call. */
  readonly nextContinuationToken?: string;
}

/**
 * An object bucket in memory, as S3: put, get, copy, delete, list, and notifications. Without versions.
 * Objects are gone when the process ends.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html
 * @example
 * const uploads = new Bucket('uploads');
 * await uploads.notify({ events: ['s3:ObjectCreated:*'], suffix: '.jpg', target: thumbnails });
 * await uploads.put('cat.jpg', bytes, { contentType: 'image/jpeg' });
 */
export class Bucket {
  readonly name: string;
  readonly arn: string;
  readonly #context: BrokerContext;
  readonly #requests: RequestFacts;
  readonly #notifier: BucketNotifier;
  readonly #objects = new Map<string, StoredObject>();
  /** Made when somebody lists; a key that comes or goes makes it stale. */
  #sortedKeys: readonly string[] | undefined;

  constructor(name: string, options: BucketOptions = {}, context: Partial<BrokerContext> = {}) {
    checkBucketName(name);
    const { notificationRetryDelaysMs } = resolveBucketOptions(options);
    this.#context = resolveBrokerContext(context);
    const { home, clock, ids } = this.#context;
    this.name = name;
    this.arn = resourceArn(home, 'bucket', name);
    this.#requests = new RequestFacts(clock, ids);
    this.#notifier = new BucketNotifier(
      { name, arn: this.arn, home },
      this.#context,
      this.#requests,
      notificationRetryDelaysMs,
    );
  }

  /** Objects in the bucket. */
  get size(): number {
    return this.#objects.size;
  }

  /** The notifications that are set up, in the order in which they were. */
  get notifications(): readonly NotificationConfiguration[] {
    return this.#notifier.configurations;
  }

  /**
   * Puts an object, or replaces it. Resolves when queues, topics, functions and buses that are notified of it
   * have been tried once; callbacks have been called.
   */
  async put(
    key: string,
    body: string | Uint8Array,
    options: PutObjectOptions = {},
  ): Promise<{ readonly etag: string }> {
    checkObjectKey('key', key);
    const stored = newStoredObject(body, options, this.#context.clock.now());
    await this.#store(key, stored, 'Put', options.traceHeader);
    return { etag: `"${stored.md5}"` };
  }

  /** The object, or `undefined` when there is none by that key (S3: NoSuchKey). */
  async get(key: string): Promise<BucketObject | undefined> {
    checkObjectKey('key', key);
    const stored = this.#objects.get(key);
    return stored && objectOf(key, stored);
  }

  /** As `get`, without the body. */
  async head(key: string): Promise<ObjectHead | undefined> {
    checkObjectKey('key', key);
    const stored = this.#objects.get(key);
    return stored && headOf(key, stored);
  }

  /**
   * Copies an object into this bucket. Its content type and metadata come along unless one of them is given.
   * @throws BrokerError `NoSuchKey`; `InvalidRequest` for a copy onto itself that changes nothing
   */
  async copy(
    source: CopySource,
    key: string,
    options: PutObjectOptions = {},
  ): Promise<{ readonly etag: string }> {
    checkKnownKeys('source', source, ['bucket', 'key']);
    checkObjectKey('source.key', source.key);
    checkObjectKey('key', key);
    checkPutOptions(options, putKeys);
    const from = source.bucket ?? this;
    if (!(from instanceof Bucket)) {
      throw new InvalidOptionError('source.bucket', 'a Bucket', from);
    }
    const found = from.#objects.get(source.key);
    if (found === undefined) {
      throw new BrokerError('NoSuchKey', 'The specified key does not exist.');
    }
    const { contentType, metadata } = options;
    const isItself = from === this && source.key === key;
    if (isItself && contentType === undefined && metadata === undefined) {
      throw new BrokerError('InvalidRequest', copyOntoItself);
    }
    const stored = copyOfStoredObject(found, options, this.#context.clock.now());
    await this.#store(key, stored, 'Copy', options.traceHeader);
    return { etag: `"${stored.md5}"` };
  }

  /** Deletes an object. A key that is not there is no error, and nobody is notified of it. */
  async delete(key: string, options: Pick<PutObjectOptions, 'traceHeader'> = {}): Promise<void> {
    await this.deleteMany([key], options);
  }

  /**
   * Deletes up to 1,000 objects.
   * @returns the keys, those that were not there too, as S3 answers
   */
  async deleteMany(
    keys: readonly string[],
    options: Pick<PutObjectOptions, 'traceHeader'> = {},
  ): Promise<{ readonly deleted: readonly string[] }> {
    checkPutOptions(options, ['traceHeader']);
    checkDeletedKeys(keys);
    const removals = keys.map((key) => this.#remove(key, options.traceHeader));
    await Promise.all(removals);
    return { deleted: [...keys] };
  }

  async list(options: ListOptions = {}): Promise<ObjectList> {
    this.#sortedKeys ??= [...this.#objects.keys()].sort(compareKeys);
    const { keys, commonPrefixes, isTruncated, nextContinuationToken } = listPage(
      this.#sortedKeys,
      options,
    );
    return {
      objects: keys.map((key) => this.#listed(key)),
      commonPrefixes,
      keyCount: keys.length + commonPrefixes.length,
      isTruncated,
      ...(nextContinuationToken !== undefined && { nextContinuationToken }),
    };
  }

  /**
   * Sets up a notification. Queues and topics get S3's test event first; when they do not take it, nothing is
   * set up and its error is thrown.
   * @throws BrokerError `InvalidArgument` when it overlaps one that is there, or the target is FIFO
   */
  async notify(options: NotificationOptions): Promise<NotificationConfiguration> {
    return this.#notifier.add(options);
  }

  /** False when there is no notification by that id. */
  removeNotification(id: string): boolean {
    return this.#notifier.remove(id);
  }

  /** Gives up notifications that wait for another attempt; each is reported as undelivered. */
  async close(): Promise<void> {
    this.#notifier.close();
  }

  async #store(
    key: string,
    stored: StoredObject,
    by: 'Put' | 'Copy',
    traceHeader: string | undefined,
  ): Promise<void> {
    if (!this.#objects.has(key)) this.#sortedKeys = undefined;
    this.#objects.set(key, stored);
    await this.#notifier.publish({
      kind: 'ObjectCreated',
      by,
      key,
      size: stored.body.byteLength,
      eTag: stored.md5,
      traceHeader,
      ...this.#requests.next(),
    });
  }

  async #remove(key: string, traceHeader: string | undefined): Promise<void> {
    if (!this.#objects.delete(key)) return;
    this.#sortedKeys = undefined;
    const facts = this.#requests.next();
    await this.#notifier.publish({
      kind: 'ObjectRemoved',
      by: 'Delete',
      key,
      traceHeader,
      ...facts,
    });
  }

  #listed(key: string): ObjectList['objects'][number] {
    const stored = this.#objects.get(key);
    if (stored === undefined) throw new Error(`key ${key} is listed and not there`);
    const { size, etag, lastModified } = headOf(key, stored);
    return { key, size, etag, lastModified };
  }
}

const copyOntoItself =
  "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.";

function checkDeletedKeys(keys: unknown): void {
  const { deletedKeys } = limits.bucket;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > deletedKeys) {
    throw new InvalidOptionError('keys', `a list of 1 to ${deletedKeys} keys`, keys);
  }
  for (const [index, key] of keys.entries()) checkObjectKey(`keys[${index}]`, key);
}
