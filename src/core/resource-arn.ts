import type { Home } from './arn.ts';

/** ARNs of what functions hand events to and take them from. */
export type ResourceKind = 'queue' | 'topic' | 'eventBus' | 'stream' | 'table' | 'bucket';

/** https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html has each service's format. */
export function resourceArn(home: Home, kind: ResourceKind, name: string): string {
  const { partition, region, accountId } = home;
  const at = `${region}:${accountId}`;
  switch (kind) {
    case 'queue':
      return `arn:${partition}:sqs:${at}:${name}`;
    case 'topic':
      return `arn:${partition}:sns:${at}:${name}`;
    case 'eventBus':
      return `arn:${partition}:events:${at}:event-bus/${name}`;
    case 'stream':
      return `arn:${partition}:kinesis:${at}:stream/${name}`;
    case 'table':
      return `arn:${partition}:dynamodb:${at}:table/${name}`;
    case 'bucket':
      // Names of buckets are unique in the world, so their ARN has no region and no account.
      return `arn:${partition}:s3:::${name}`;
  }
}
