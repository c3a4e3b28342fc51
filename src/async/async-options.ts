import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkInteger, checkKnownKeys } from '../core/options.ts';
import type { InvocationRecord } from './invocation-record.ts';

/**
 * Called with the record of a finished event. What it throws, or a promise that is not settled after one minute, is a
 * failed delivery, which is tried again.
 */
export type RecordCallback = (record: InvocationRecord) => void | Promise<void>;

/** Where the record of a finished event goes: a queue, topic, function, event bus or bucket, its ARN, or a callback. */
export type DestinationOption = string | { readonly arn: string } | RecordCallback;

/**
 * How events that were sent to one function, version or alias are dealt with.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
 */
export interface AsyncOptions {
  /** Attempts after the first one when the function fails, 0 to 2. @default 2 */
  readonly maxRetries?: number;
  /** An event that would be as old by its next attempt is given up, in milliseconds, 60,000 to 21,600,000. @default 21_600_000 */
  readonly maxEventAgeMs?: number;
  /** Gets the record of each event that the handler succeeded with. A bucket cannot. @default none */
  readonly onSuccess?: DestinationOption;
  /** Gets the record of each event that was given up. @default none */
  readonly onFailure?: DestinationOption;
}

/** A destination in its place: an ARN that outlives the process, or a callback that does not. */
export type ResolvedDestination =
  | { readonly kind: 'arn'; readonly arn: string }
  | { readonly kind: 'callback'; readonly callback: RecordCallback };

export interface ResolvedAsyncOptions {
  readonly maxRetries: number;
  readonly maxEventAgeMs: number;
  readonly onSuccess: ResolvedDestination | undefined;
  readonly onFailure: ResolvedDestination | undefined;
  /** Which numbers somebody gave; the others are defaults. */
  readonly given: readonly ('maxRetries' | 'maxEventAgeMs')[];
}

const keys = Object.keys({
  maxRetries: true,
  maxEventAgeMs: true,
  onSuccess: true,
  onFailure: true,
} satisfies Record<keyof AsyncOptions, true>);

export const defaultAsyncOptions: ResolvedAsyncOptions = resolveAsyncOptions({});

export function resolveAsyncOptions(options: AsyncOptions): ResolvedAsyncOptions {
  checkKnownKeys('options', options, keys);
  const {
    maxRetries = limits.asyncRetries.default,
    maxEventAgeMs = limits.asyncEventAgeMs.default,
    onSuccess,
    onFailure,
  } = options;
  checkInteger('maxRetries', maxRetries, limits.asyncRetries);
  checkInteger('maxEventAgeMs', maxEventAgeMs, limits.asyncEventAgeMs);
  return Object.freeze({
    maxRetries,
    maxEventAgeMs,
    onSuccess: resolveDestination('onSuccess', onSuccess),
    onFailure: resolveDestination('onFailure', onFailure),
    given: (['maxRetries', 'maxEventAgeMs'] as const).filter((name) => options[name] !== undefined),
  });
}

function resolveDestination(
  option: string,
  value: DestinationOption | undefined,
): ResolvedDestination | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'function') return Object.freeze({ kind: 'callback', callback: value });
  const arn = typeof value === 'object' && value !== null ? value.arn : value;
  if (typeof arn === 'string' && arn.startsWith('arn:')) return Object.freeze({ kind: 'arn', arn });
  throw new InvalidOptionError(
    option,
    'a queue, topic, function, event bus or bucket, its ARN, or a function that takes the record',
    value,
  );
}
