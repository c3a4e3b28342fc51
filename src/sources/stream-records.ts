import type { StreamRecord } from '../brokers/stream.ts';
import type { TableStreamRecord } from '../brokers/table-stream.ts';
import { filteredData } from './record-filter.ts';

/** A record of a stream on its way to a function. */
export interface LaneRecord {
  readonly sequenceNumber: string;
  /** Records with the same one stay in order. */
  readonly orderKey: string;
  /** Epoch milliseconds. */
  readonly arrivedMs: number;
  /** As the function gets it. */
  readonly json: string;
  readonly bytes: number;
}

/** In what the records of Kinesis and DynamoDB differ. */
export interface RecordFormat<Raw> {
  /** Name of the batch in a failure record. */
  readonly batchInfo: 'KinesisBatchInfo' | 'DDBStreamBatchInfo';
  /** Arrival times in a failure record. */
  readonly timeText: (atMs: number) => string;
  readonly numberOf: (raw: Raw) => string;
  readonly read: (raw: Raw, shardId: string) => LaneRecord;
  /** What filters see. */
  readonly view: (raw: Raw, shardId: string) => unknown;
}

export interface StreamOrigin {
  readonly streamArn: string;
  readonly region: string;
  /** Role of the function. */
  readonly roleArn: () => string;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html */
export function kinesisFormat(origin: StreamOrigin): RecordFormat<StreamRecord> {
  const shown = (raw: StreamRecord, shardId: string) => ({
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: raw.partitionKey,
      sequenceNumber: raw.sequenceNumber,
      data: Buffer.from(raw.data).toString('base64'),
      approximateArrivalTimestamp: raw.arrivedMs / 1_000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${shardId}:${raw.sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: origin.roleArn(),
    awsRegion: origin.region,
    eventSourceARN: origin.streamArn,
  });
  return {
    batchInfo: 'KinesisBatchInfo',
    timeText: (atMs) => new Date(atMs).toISOString(),
    numberOf: ({ sequenceNumber }) => sequenceNumber,
    read: (raw, shardId) => {
      const json = JSON.stringify(shown(raw, shardId));
      const { sequenceNumber, partitionKey: orderKey, arrivedMs } = raw;
      return { sequenceNumber, orderKey, arrivedMs, json, bytes: Buffer.byteLength(json) };
    },
    // AWS's patterns name the data, and what is beside it, without `kinesis`.
    view: (raw, shardId) => {
      const record = shown(raw, shardId);
      const data = filteredData(Buffer.from(raw.data).toString());
      return { ...record, ...record.kinesis, data };
    },
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
export const tableFormat: RecordFormat<TableStreamRecord> = {
  batchInfo: 'DDBStreamBatchInfo',
  timeText: (atMs) => `${new Date(atMs).toISOString().slice(0, 19)}Z`,
  numberOf: ({ dynamodb }) => dynamodb.SequenceNumber,
  read: (raw) => {
    const json = JSON.stringify(raw);
    const { SequenceNumber, Keys, ApproximateCreationDateTime } = raw.dynamodb;
    return {
      sequenceNumber: SequenceNumber,
      orderKey: JSON.stringify(Keys),
      arrivedMs: ApproximateCreationDateTime * 1_000,
      json,
      bytes: Buffer.byteLength(json),
    };
  },
  view: (raw) => raw,
};
