import { InvalidOptionError } from '../../core/errors.ts';
import { checkInteger, checkKnownKeys } from '../../core/options.ts';
import { resourceArn } from '../../core/resource-arn.ts';
import { kinesisSequenceNumbers } from '../../brokers/sequence-number.ts';
import { base64Of, originOf, type EventOrigin } from './event-origin.ts';
import { overridden, type Overrides } from './overrides.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html */
export interface KinesisEvent {
  readonly Records: KinesisRecord[];
}

export interface KinesisRecord {
  readonly kinesis: {
    readonly kinesisSchemaVersion: '1.0';
    readonly partitionKey: string;
    readonly sequenceNumber: string;
    /** Base64. */
    readonly data: string;
    /** Epoch seconds, with milliseconds behind the point. */
    readonly approximateArrivalTimestamp: number;
  };
  readonly eventSource: 'aws:kinesis';
  readonly eventVersion: '1.0';
  readonly eventID: string;
  readonly eventName: 'aws:kinesis:record';
  readonly invokeIdentityArn: string;
  readonly awsRegion: string;
  readonly eventSourceARN: string;
}

export interface KinesisRecordOptions {
  /** Bytes, text, or anything else as JSON. @default '' */
  readonly data?: unknown;
  /** @default '1' */
  readonly partitionKey?: string;
  readonly overrides?: Overrides<KinesisRecord>;
}

export interface KinesisEventOptions extends EventOrigin {
  /** Name of the stream. @default 'my-stream' */
  readonly stream?: string;
  /** Number of the shard that all records are from. @default 0 */
  readonly shard?: number;
}

/**
 * A batch of records of one shard, with sequence numbers that grow.
 * @example
 * kinesisEvent([{ data: { id: 1 } }, { data: { id: 2 }, partitionKey: 'b' }])
 */
export function kinesisEvent(
  records: readonly KinesisRecordOptions[] = [{}],
  options: KinesisEventOptions = {},
): KinesisEvent {
  const { home, atMs } = originOf(options, ['stream', 'shard']);
  if (!Array.isArray(records)) throw new InvalidOptionError('records', 'an array', records);
  const { stream = 'my-stream', shard = 0 } = options;
  checkInteger('shard', shard, { min: 0, max: 9_999 });
  const shardId = `shardId-${String(shard).padStart(12, '0')}`;
  const numbers = kinesisSequenceNumbers(shard, Math.floor(atMs / 1_000));
  const recordOf = (record: KinesisRecordOptions, index: number): KinesisRecord => {
    checkKnownKeys(`records[${index}]`, record, ['data', 'partitionKey', 'overrides']);
    const { data = '', partitionKey = '1' } = record;
    const sequenceNumber = numbers.of(index + 1, atMs);
    return {
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey,
        sequenceNumber,
        data: base64Of(data),
        approximateArrivalTimestamp: atMs / 1_000,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `${shardId}:${sequenceNumber}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: `arn:${home.partition}:iam::${home.accountId}:role/lambda-role`,
      awsRegion: home.region,
      eventSourceARN: resourceArn(home, 'stream', stream),
    };
  };
  return {
    Records: records.map((record: KinesisRecordOptions, index) =>
      overridden(recordOf(record, index), record.overrides),
    ),
  };
}
