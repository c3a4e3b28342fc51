import { createHash } from 'node:crypto';
import { checkInteger, checkString } from '../../core/options.ts';
import { resourceArn } from '../../core/resource-arn.ts';
import { checkObjectKey, encodeKey } from '../../brokers/object-key.ts';
import {
  exampleBase64,
  exampleHex,
  exampleUuid,
  originOf,
  textOf,
  type EventOrigin,
} from './event-origin.ts';
import { overridden, type Overrides } from './overrides.ts';

/** Always one record. https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html */
export interface S3Event {
  readonly Records: S3Record[];
}

export interface S3Record {
  readonly eventVersion: '2.1';
  readonly eventSource: 'aws:s3';
  readonly awsRegion: string;
  readonly eventTime: string;
  /** Without `s3:` before it. */
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
      /** Not there when an object was removed, whatever published types say. */
      readonly size: number;
      /** As `size`. */
      readonly eTag: string;
      readonly versionId?: string;
      readonly sequencer: string;
    };
  };
}

export interface S3EventOptions extends EventOrigin {
  /** @default 'my-bucket' */
  readonly bucket?: string;
  /** As it is; the event has it URL-encoded. @default 'my-key' */
  readonly key?: string;
  /** @default 'ObjectCreated:Put' */
  readonly eventName?: string;
  /** What was put; its size and its MD5 are the event's `size` and `eTag`. @default '' */
  readonly body?: unknown;
  /** In bytes. @default that of `body` */
  readonly size?: number;
  readonly versionId?: string;
  readonly overrides?: Overrides<S3Record>;
}

const eventNameRule = {
  maxLength: 100,
  pattern: /^(?!s3:)\w+(?::\w+)*$/,
  says: 'the name of an event without "s3:", such as "ObjectCreated:Put"',
};

/**
 * A notification of a bucket.
 * @example
 * s3Event({ bucket: 'photos', key: 'in/my cat.jpg', size: 120_000 })
 */
export function s3Event(options: S3EventOptions = {}): S3Event {
  const keys = ['bucket', 'key', 'eventName', 'body', 'size', 'versionId', 'overrides'];
  const { home, atMs } = originOf(options, keys);
  const { bucket = 'my-bucket', key = 'my-key', eventName = 'ObjectCreated:Put' } = options;
  const { body = '', versionId } = options;
  checkObjectKey('key', key);
  checkString('eventName', eventName, eventNameRule);
  const bytes = body instanceof Uint8Array ? body : Buffer.from(textOf(body));
  const { size = bytes.byteLength } = options;
  checkInteger('size', size, { min: 0, max: Number.MAX_SAFE_INTEGER });
  const content = { size, eTag: createHash('md5').update(bytes).digest('hex') };
  const record: S3Record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: home.region,
    eventTime: new Date(atMs).toISOString(),
    eventName,
    userIdentity: { principalId: 'AWS:AIDAINPONIXQXHT3IKHL2' },
    requestParameters: { sourceIPAddress: '203.0.113.12' },
    responseElements: {
      'x-amz-request-id': exampleHex(16, 'request', key).toUpperCase(),
      'x-amz-id-2': exampleBase64(56, 'host', key),
    },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: exampleUuid('configuration', bucket),
      bucket: {
        name: bucket,
        ownerIdentity: { principalId: 'A3I5XTEXAMAI3E' },
        arn: resourceArn(home, 'bucket', bucket),
      },
      object: {
        key: encodeKey(key),
        ...((eventName.startsWith('ObjectRemoved') ? {} : content) as typeof content),
        ...(versionId !== undefined && { versionId }),
        sequencer: `00${exampleHex(16, 'sequencer', atMs, key).toUpperCase()}`,
      },
    },
  };
  return { Records: [overridden(record, options.overrides)] };
}
