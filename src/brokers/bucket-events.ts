import type { Home } from '../core/arn.ts';
import type { ObjectChange } from './object-change.ts';
import { encodeKey } from './object-key.ts';

/**
 * What S3 sends to queues, topics and functions.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export interface S3Event {
  readonly Records: readonly [S3EventRecord];
}

export interface S3EventRecord {
  readonly eventVersion: '2.1';
  readonly eventSource: 'aws:s3';
  readonly awsRegion: string;
  readonly eventTime: string;
  /** Without the `s3:` that configurations write before it. */
  readonly eventName: string;
  readonly userIdentity: { readonly principalId: string };
  readonly requestParameters: { readonly sourceIPAddress: string };
  readonly responseElements: {
    readonly 'x-amz-request-id': string;
    readonly 'x-amz-id-2': string;
  };
  readonly s3: {
    readonly s3SchemaVersion: '1.0';
    readonly configurationId: string;
    readonly bucket: {
      readonly name: string;
      readonly ownerIdentity: { readonly principalId: string };
      readonly arn: string;
    };
    readonly object: {
      /** URL-encoded, `+` for a space. */
      readonly key: string;
      /** Not when an object was removed. */
      readonly size?: number;
      readonly eTag?: string;
      readonly sequencer: string;
    };
  };
}

/** What queues and topics get when a notification to them is set up. */
export interface S3TestEvent {
  readonly Service: 'Amazon S3';
  readonly Event: 's3:TestEvent';
  readonly Time: string;
  readonly Bucket: string;
  readonly RequestId: string;
  readonly HostId: string;
}

/** An entry for `EventBus.put`. https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
export interface S3BusEntry {
  readonly source: 'aws.s3';
  readonly detailType: 'Object Created' | 'Object Deleted';
  readonly resources: readonly string[];
  readonly time: Date;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly traceHeader?: string;
}

/** The bucket that an event tells of. */
export interface EventBucket {
  readonly name: string;
  readonly arn: string;
  readonly home: Home;
}

/** Nobody signs in here, so everything is done by the same user from the same machine. */
const principalId = 'AWS:AIDAISOLAMBDAUSER0001';
const ownerId = 'A1SOLAMBDAOWNR';
const sourceIpAddress = '127.0.0.1';

export function s3Event(
  bucket: EventBucket,
  configurationId: string,
  change: ObjectChange,
): S3Event {
  const { key, sequencer } = change;
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: bucket.home.region,
        eventTime: new Date(change.atMs).toISOString(),
        eventName: `${change.kind}:${change.by}`,
        userIdentity: { principalId },
        requestParameters: { sourceIPAddress: sourceIpAddress },
        responseElements: { 'x-amz-request-id': change.requestId, 'x-amz-id-2': change.hostId },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId,
          bucket: {
            name: bucket.name,
            ownerIdentity: { principalId: ownerId },
            arn: bucket.arn,
          },
          object: {
            key: encodeKey(key),
            ...(change.kind === 'ObjectCreated' && { size: change.size, eTag: change.eTag }),
            sequencer,
          },
        },
      },
    ],
  };
}

export function s3TestEvent(
  bucket: EventBucket,
  request: { readonly atMs: number; readonly requestId: string; readonly hostId: string },
): S3TestEvent {
  return {
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: new Date(request.atMs).toISOString(),
    Bucket: bucket.name,
    RequestId: request.requestId,
    HostId: request.hostId,
  };
}

const reasons = { Put: 'PutObject', Copy: 'CopyObject', Delete: 'DeleteObject' } as const;

export function s3BusEntry(bucket: EventBucket, change: ObjectChange): S3BusEntry {
  const isCreated = change.kind === 'ObjectCreated';
  return {
    source: 'aws.s3',
    detailType: isCreated ? 'Object Created' : 'Object Deleted',
    resources: [bucket.arn],
    time: new Date(change.atMs),
    detail: {
      version: '0',
      bucket: { name: bucket.name },
      object: {
        key: change.key,
        ...(isCreated && { size: change.size, etag: change.eTag }),
        sequencer: change.sequencer,
      },
      'request-id': change.requestId,
      requester: bucket.home.accountId,
      'source-ip-address': sourceIpAddress,
      reason: reasons[change.by],
      ...(!isCreated && { 'deletion-type': 'Permanently Deleted' }),
    },
    ...(change.traceHeader !== undefined && { traceHeader: change.traceHeader }),
  };
}
