import { gzipSync } from 'node:zlib';
import { InvalidOptionError } from '../../core/errors.ts';
import { exampleHex, originOf, textOf, type EventOrigin } from './event-origin.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/services-cloudwatchlogs.html */
export interface CloudWatchLogsEvent {
  readonly awslogs: {
    /** Base64 of gzip of JSON: `CloudWatchLogsData`. */
    readonly data: string;
  };
}

/** What is inside of a `CloudWatchLogsEvent`. */
export interface CloudWatchLogsData {
  readonly messageType: string;
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly subscriptionFilters: string[];
  readonly logEvents: {
    readonly id: string;
    readonly timestamp: number;
    readonly message: string;
  }[];
}

export interface CloudWatchLogsEventOptions extends EventOrigin {
  /** @default '/aws/lambda/my-function' */
  readonly logGroup?: string;
  /** @default one as functions have */
  readonly logStream?: string;
  /** Name of the subscription filter. @default 'my-filter' */
  readonly filter?: string;
}

/**
 * Lines of a log as a subscription hands them to a function; what is no text becomes JSON.
 * @example
 * cloudWatchLogsEvent(['ERROR out of stock', { level: 'ERROR' }])
 */
export function cloudWatchLogsEvent(
  messages: readonly unknown[],
  options: CloudWatchLogsEventOptions = {},
): CloudWatchLogsEvent {
  const { home, atMs } = originOf(options, ['logGroup', 'logStream', 'filter']);
  if (!Array.isArray(messages)) throw new InvalidOptionError('messages', 'an array', messages);
  const day = new Date(atMs).toISOString().slice(0, 10).replaceAll('-', '/');
  const { logGroup = '/aws/lambda/my-function', filter = 'my-filter' } = options;
  const { logStream = `${day}/[$LATEST]${exampleHex(32, 'stream', logGroup)}` } = options;
  const data: CloudWatchLogsData = {
    messageType: 'DATA_MESSAGE',
    owner: home.accountId,
    logGroup,
    logStream,
    subscriptionFilters: [filter],
    logEvents: messages.map((message: unknown, index) => ({
      // 56 digits that grow.
      id: String((BigInt(atMs) << 144n) + BigInt(index)),
      timestamp: atMs,
      message: textOf(message),
    })),
  };
  return { awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') } };
}
