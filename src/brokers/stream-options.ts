import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkBoolean, checkInteger, checkKnownKeys, checkString } from '../core/options.ts';
import { BrokerError } from './broker-error.ts';
import { greatestHashKey, parseHashKey } from './hash-key.ts';

export interface StreamOptions {
  /** Open shards at the beginning, with hash ranges of the same size. @default 1 */
  readonly shards?: number;
  /** How long records can be read: 24 hours to 365 days. @default 86_400_000 */
  readonly retentionMs?: number;
  /** Longest data and partition key of one record, 1 to 10 MiB. @default 1_048_576 */
  readonly maxRecordBytes?: number;
  /** Whether a shard takes no more than 1,000 records and 1 MiB in a second, as on AWS. @default false */
  readonly limitWrites?: boolean;
}

export interface ResolvedStreamOptions {
  readonly shards: number;
  readonly retentionMs: number;
  readonly maxRecordBytes: number;
  readonly limitWrites: boolean;
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html */
export interface PutStreamRecord {
  /** Text is kept as UTF-8. */
  readonly data: string | Uint8Array;
  /** 1 to 256 characters. Its MD5 chooses the shard; records of one key stay in order. */
  readonly partitionKey: string;
  /** Chooses the shard instead of the partition key: a decimal number below 2^128. */
  readonly explicitHashKey?: string;
}

/** A record that was checked. */
export interface AcceptedRecord {
  readonly data: Uint8Array;
  readonly partitionKey: string;
  readonly explicitHashKey: bigint | undefined;
  readonly bytes: number;
}

export function resolveStreamOptions(options: StreamOptions): ResolvedStreamOptions {
  checkKnownKeys('options', options, ['shards', 'retentionMs', 'maxRecordBytes', 'limitWrites']);
  const {
    shards = limits.stream.shards.default,
    retentionMs = limits.stream.retentionMs.default,
    maxRecordBytes = limits.stream.recordBytes.default,
    limitWrites = false,
  } = options;
  checkInteger('shards', shards, limits.stream.shards);
  checkInteger('retentionMs', retentionMs, limits.stream.retentionMs);
  checkInteger('maxRecordBytes', maxRecordBytes, limits.stream.recordBytes);
  checkBoolean('limitWrites', limitWrites);
  return Object.freeze({ shards, retentionMs, maxRecordBytes, limitWrites });
}

export function checkStreamName(value: unknown): asserts value is string {
  const { nameLength } = limits.stream;
  checkString('name', value, {
    maxLength: nameLength,
    pattern: /^[\w.-]+$/,
    says: `1 to ${nameLength} letters, digits, "-", "_" and "."`,
  });
}

/** @param at how errors name the record, such as `records[3]` */
export function acceptRecord(
  at: string,
  record: PutStreamRecord,
  maxRecordBytes: number,
): AcceptedRecord {
  checkKnownKeys(at, record, ['data', 'partitionKey', 'explicitHashKey']);
  const { data, partitionKey, explicitHashKey } = record;
  checkString(`${at}.partitionKey`, partitionKey, {
    maxLength: limits.stream.partitionKeyLength,
    pattern: /./s,
    says: `1 to ${limits.stream.partitionKeyLength} characters`,
  });
  const bytes = copiedBytes(`${at}.data`, data);
  const size = bytes.byteLength + Buffer.byteLength(partitionKey);
  if (size > maxRecordBytes) {
    const message = `The size of the record (data and partition key) is ${size} bytes; the stream takes ${maxRecordBytes}`;
    throw new BrokerError('ValidationException', message);
  }
  return {
    data: bytes,
    partitionKey,
    explicitHashKey: explicitHashKey === undefined ? undefined : hashKey(explicitHashKey),
    bytes: size,
  };
}

/** A copy: the caller may go on writing into its bytes. */
function copiedBytes(option: string, data: unknown): Uint8Array {
  if (typeof data === 'string') return new TextEncoder().encode(data);
  if (data instanceof Uint8Array) return Uint8Array.from(data);
  throw new InvalidOptionError(option, 'a string or a Uint8Array', data);
}

function hashKey(text: unknown): bigint {
  const value = typeof text === 'string' ? parseHashKey(text) : undefined;
  if (value !== undefined) return value;
  const message = `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, ${greatestHashKey}]. Specified value was ${String(text)}`;
  throw new BrokerError('InvalidArgumentException', message);
}
