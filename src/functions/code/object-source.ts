import { InvalidOptionError } from '../../core/errors.ts';
import { checkKnownKeys } from '../../core/options.ts';
import { AwsRuleError } from '../aws-rule-error.ts';
import { checkUnzippedSize } from './deployment.ts';
import { isRecord } from './record.ts';

/** A deployment package that is an object of a bucket in this process. */
export interface SourceObject {
  readonly s3: ObjectLocation;
}

export interface ObjectLocation {
  /** The bucket, or the name of one that the `Lambda` has. */
  readonly bucket: string | ReadableBucket;
  readonly key: string;
  /** Buckets keep no versions, so that the only one there is has S3's name for it: `'null'`. */
  readonly versionId?: string;
}

/** What of a `Bucket` is used here. */
export interface ReadableBucket {
  readonly name: string;
  get(key: string): Promise<{ readonly body: Uint8Array } | undefined>;
}

/** Finds buckets by name. */
export type FindBucket = (name: string) => ReadableBucket | undefined;

const locationKeys = Object.keys({
  bucket: true,
  key: true,
  versionId: true,
} satisfies Record<keyof ObjectLocation, true>);

/** Refuses everything that is not an `ObjectLocation`. Reads nothing. */
export function checkObjectLocation(option: string, value: unknown): void {
  checkKnownKeys(option, value, locationKeys);
  if (!isRecord(value)) throw new InvalidOptionError(option, 'an object', value);
  const { bucket, key, versionId } = value;
  const isBucket = isRecord(bucket) && typeof bucket['get'] === 'function';
  if (!isBucket && (typeof bucket !== 'string' || bucket === '')) {
    throw new InvalidOptionError(`${option}.bucket`, 'a Bucket, or the name of one', bucket);
  }
  if (typeof key !== 'string' || key === '') {
    throw new InvalidOptionError(`${option}.key`, 'the key of an object', key);
  }
  if (versionId !== undefined && (typeof versionId !== 'string' || versionId === '')) {
    throw new InvalidOptionError(`${option}.versionId`, 'the id of a version', versionId);
  }
}

/**
 * The zip that a source names in a bucket; other sources stay as they are.
 * @throws {AwsRuleError} in AWS's words, when the bucket, the object or its version is not there
 */
export async function fetchObject<Local extends object>(
  source: Local | SourceObject,
  findBucket: FindBucket,
): Promise<Local | { readonly zip: Uint8Array }> {
  if (!('s3' in source)) return source;
  const { bucket: given, key, versionId = 'null' } = source.s3;
  const bucket = typeof given === 'string' ? findBucket(given) : given;
  if (bucket === undefined) {
    throw notThere('bucket', given, 'NoSuchBucket', 'The specified bucket does not exist');
  }
  if (versionId !== 'null') {
    throw notThere(
      'versionId',
      versionId,
      'NoSuchVersion',
      'The specified version does not exist.',
    );
  }
  const object = await bucket.get(key);
  if (object === undefined) {
    throw notThere('key', key, 'NoSuchKey', 'The specified key does not exist.');
  }
  // What is packed is larger unpacked, but for a few bytes that nobody misses.
  checkUnzippedSize(object.body.byteLength);
  return { zip: object.body };
}

const rules = {
  bucket: 'a bucket that is there',
  key: 'the key of an object in the bucket',
  versionId: 'left out, since buckets keep no versions',
} as const;

function notThere(
  part: keyof typeof rules,
  value: unknown,
  errorCode: string,
  message: string,
): AwsRuleError {
  return new AwsRuleError(
    `code.s3.${part}`,
    rules[part],
    value,
    `Error occurred while GetObject. S3 Error Code: ${errorCode}. S3 Error Message: ${message}`,
  );
}
