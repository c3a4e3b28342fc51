import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkInteger, checkKnownKeys, checkString } from '../core/options.ts';

export interface BucketOptions {
  /**
   * When a notification that its target refused is tried again: after each of these, in milliseconds. After
   * the last one it is reported as undelivered. AWS does not publish its own schedule.
   * @default [1_000, 10_000, 60_000]
   */
  readonly notificationRetryDelaysMs?: readonly number[];
}

export interface ResolvedBucketOptions {
  readonly notificationRetryDelaysMs: readonly number[];
}

const namePattern = /^(?!\d+\.\d+\.\d+\.\d+$)(?!xn--)[a-z0-9](?:[a-z0-9-]|\.(?!\.))+[a-z0-9]$/;
const longestRetryMs = 24 * 60 * 60_000;

export function resolveBucketOptions(options: BucketOptions): ResolvedBucketOptions {
  checkKnownKeys('options', options, ['notificationRetryDelaysMs']);
  const { notificationRetryDelaysMs = [1_000, 10_000, 60_000] } = options;
  if (!Array.isArray(notificationRetryDelaysMs)) {
    const rule = 'a list of milliseconds';
    throw new InvalidOptionError('notificationRetryDelaysMs', rule, notificationRetryDelaysMs);
  }
  for (const [index, delayMs] of notificationRetryDelaysMs.entries()) {
    const option = `notificationRetryDelaysMs[${index}]`;
    checkInteger(option, delayMs, { min: 0, max: longestRetryMs });
  }
  return Object.freeze({ notificationRetryDelaysMs: [...notificationRetryDelaysMs] });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export function checkBucketName(value: unknown): asserts value is string {
  const { min, max } = limits.bucket.nameLength;
  checkString('name', value, {
    maxLength: max,
    pattern: namePattern,
    says: `the name of a bucket: ${min} to ${max} lower-case letters, digits, "-" and single ".", no address`,
  });
}
