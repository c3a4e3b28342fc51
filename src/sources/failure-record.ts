import type { LaneRecord, RecordFormat } from './stream-records.ts';

/** Why records of a stream were given up. */
export type GiveUpCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

/** A batch that was given up. */
export interface GivenUpBatch {
  readonly requestId: string;
  /** Qualified where the mapping invokes a version or an alias. */
  readonly functionArn: string;
  readonly condition: GiveUpCondition;
  readonly invokeCount: number;
  /** Of the last attempt; undefined where the records became too old. */
  readonly response:
    | { readonly executedVersion: string; readonly functionError: 'Unhandled' | null }
    | undefined;
  readonly atMs: number;
  readonly mappingId: string;
  readonly shardId: string;
  readonly streamArn: string;
  readonly records: readonly LaneRecord[];
  /** What the function got, or would have got. */
  readonly eventJson: string;
}

/** A failure record ready for its destination. */
export interface FailureDelivery {
  readonly to: string;
  /** JSON for queues and topics. */
  readonly body: string;
  /** For buckets, which get the records too. */
  readonly object: { readonly key: string; readonly body: string };
}

/**
 * What a failure destination gets: where the records are, not what is in them.
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export function failureDelivery(
  to: string,
  batch: GivenUpBatch,
  format: Pick<RecordFormat<never>, 'batchInfo' | 'timeText'>,
  uuid: string,
): FailureDelivery {
  const { requestId, functionArn, condition, invokeCount, response, atMs, records } = batch;
  const { shardId, streamArn, mappingId, eventJson } = batch;
  const first = records[0];
  const last = records.at(-1);
  const timestamp = new Date(atMs).toISOString();
  const record = {
    requestContext: { requestId, functionArn, condition, approximateInvokeCount: invokeCount },
    ...(response !== undefined && {
      responseContext: {
        statusCode: 200,
        executedVersion: response.executedVersion,
        functionError: response.functionError,
      },
    }),
    version: '1.0',
    timestamp,
    [format.batchInfo]: {
      shardId,
      startSequenceNumber: first?.sequenceNumber ?? null,
      endSequenceNumber: last?.sequenceNumber ?? null,
      approximateArrivalOfFirstRecord:
        first === undefined ? null : format.timeText(first.arrivedMs),
      approximateArrivalOfLastRecord: last === undefined ? null : format.timeText(last.arrivedMs),
      batchSize: records.length,
      streamArn,
    },
  };
  const [day = '', time = ''] = timestamp.split('T');
  const moment = `${day}T${time.slice(0, 8).replaceAll(':', '.')}`;
  return {
    to,
    body: JSON.stringify(record),
    object: {
      key: `aws/lambda/${mappingId}/${shardId}/${day.replaceAll('-', '/')}/${moment}-${uuid}`,
      body: JSON.stringify({ ...record, payload: eventJson }),
    },
  };
}
