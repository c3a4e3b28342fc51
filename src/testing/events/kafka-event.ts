import { InvalidOptionError } from '../../core/errors.ts';
import { checkKnownKeys, checkStringMap } from '../../core/options.ts';
import { base64Of, exampleUuid, originOf, type EventOrigin } from './event-origin.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html */
export interface KafkaEvent {
  readonly eventSource: 'aws:kafka';
  readonly eventSourceArn: string;
  readonly bootstrapServers: string;
  /** By topic and partition: `orders-0`. */
  readonly records: Record<string, KafkaRecord[]>;
}

export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly timestampType: 'CREATE_TIME';
  /** Base64. */
  readonly key: string;
  /** Base64. */
  readonly value: string;
  /** Bytes. */
  readonly headers: Record<string, number[]>[];
}

export interface KafkaRecordOptions {
  /** Bytes, text, or anything else as JSON. @default '' */
  readonly value?: unknown;
  /** @default '' */
  readonly key?: string;
  /** @default 'my-topic' */
  readonly topic?: string;
  /** @default 0 */
  readonly partition?: number;
  /** @default {} */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface KafkaEventOptions extends EventOrigin {
  /** Name of the cluster. @default 'my-cluster' */
  readonly cluster?: string;
}

const recordKeys = Object.keys({
  value: true,
  key: true,
  topic: true,
  partition: true,
  headers: true,
} satisfies Record<keyof KafkaRecordOptions, true>);

/**
 * A batch of records of topics of a managed cluster; offsets grow in each partition.
 * @example
 * kafkaEvent([{ topic: 'orders', key: 'a', value: { id: 1 } }])
 */
export function kafkaEvent(
  records: readonly KafkaRecordOptions[],
  options: KafkaEventOptions = {},
): KafkaEvent {
  const { home, atMs } = originOf(options, ['cluster']);
  if (!Array.isArray(records)) throw new InvalidOptionError('records', 'an array', records);
  const { cluster = 'my-cluster' } = options;
  const byPartition: Record<string, KafkaRecord[]> = {};
  for (const [index, record] of (records as KafkaRecordOptions[]).entries()) {
    checkKnownKeys(`records[${index}]`, record, recordKeys);
    const { value = '', key = '', topic = 'my-topic', partition = 0, headers = {} } = record;
    checkStringMap(`records[${index}].headers`, headers);
    const list = (byPartition[`${topic}-${partition}`] ??= []);
    list.push({
      topic,
      partition,
      offset: list.length,
      timestamp: atMs,
      timestampType: 'CREATE_TIME',
      key: base64Of(key),
      value: base64Of(value),
      headers: Object.entries(headers).map(([name, text]) => ({ [name]: [...Buffer.from(text)] })),
    });
  }
  const host = `kafka.${home.region}.amazonaws.com:9092`;
  const arn = `arn:${home.partition}:kafka:${home.region}:${home.accountId}:cluster`;
  return {
    eventSource: 'aws:kafka',
    eventSourceArn: `${arn}/${cluster}/${exampleUuid('cluster', cluster)}-1`,
    bootstrapServers: `b-1.${cluster}.c1.${host},b-2.${cluster}.c1.${host}`,
    records: byPartition,
  };
}
