import { ConflictError, InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkKnownKeys, checkOneOf, checkString } from '../core/options.ts';
import { BrokerError } from './broker-error.ts';
import type { NotificationTarget, Receiver } from './notification-target.ts';
import { receiverOf } from './notification-target.ts';
import type { ObjectChange } from './object-change.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
const eventTypes = [
  's3:ObjectCreated:*',
  's3:ObjectCreated:Put',
  's3:ObjectCreated:Post',
  's3:ObjectCreated:Copy',
  's3:ObjectCreated:CompleteMultipartUpload',
  's3:ObjectRemoved:*',
  's3:ObjectRemoved:Delete',
  's3:ObjectRemoved:DeleteMarkerCreated',
  's3:ObjectRestore:*',
  's3:ObjectRestore:Post',
  's3:ObjectRestore:Completed',
  's3:ObjectRestore:Delete',
  's3:ReducedRedundancyLostObject',
  's3:Replication:*',
  's3:Replication:OperationFailedReplication',
  's3:Replication:OperationMissedThreshold',
  's3:Replication:OperationReplicatedAfterThreshold',
  's3:Replication:OperationNotTracked',
  's3:LifecycleExpiration:*',
  's3:LifecycleExpiration:Delete',
  's3:LifecycleExpiration:DeleteMarkerCreated',
  's3:LifecycleTransition',
  's3:IntelligentTiering',
  's3:ObjectTagging:*',
  's3:ObjectTagging:Put',
  's3:ObjectTagging:Delete',
  's3:ObjectAcl:Put',
] as const;

export type S3EventType = (typeof eventTypes)[number];

export interface NotificationOptions {
  /** Unique in the bucket; stands in each event as `configurationId`. @default a UUID */
  readonly id?: string;
  /**
   * What to tell. All of AWS's names are taken; `ObjectCreated:Put`, `ObjectCreated:Copy` and
   * `ObjectRemoved:Delete` happen here. Required, but not taken for an event bus: it gets everything.
   */
  readonly events?: readonly S3EventType[];
  /** Only keys that begin with it, as they are, not URL-encoded. Not for an event bus. @default '' */
  readonly prefix?: string;
  /** Only keys that end with it. Not for an event bus. @default '' */
  readonly suffix?: string;
  /** A standard queue or topic, a function, version or alias, an event bus, or a callback. */
  readonly target: NotificationTarget;
}

/** A notification that is set up. */
export interface NotificationConfiguration {
  readonly id: string;
  /** Empty for an event bus, which gets everything. */
  readonly events: readonly S3EventType[];
  readonly prefix: string;
  readonly suffix: string;
  readonly target: NotificationTarget;
}

export interface ResolvedNotification extends NotificationConfiguration {
  readonly receiver: Receiver;
}

export function resolveNotification(
  options: NotificationOptions,
  newId: () => string,
): ResolvedNotification {
  checkKnownKeys('options', options, ['id', 'events', 'prefix', 'suffix', 'target']);
  const { id = newId(), events, prefix = '', suffix = '', target } = options;
  checkString('id', id, {
    maxLength: limits.bucket.notificationIdLength,
    pattern: /./s,
    says: `1 to ${limits.bucket.notificationIdLength} characters`,
  });
  checkFilterValue('prefix', prefix);
  checkFilterValue('suffix', suffix);
  const receiver = receiverOf(target);
  if (receiver.kind === 'bus') {
    checkTakesEverything(options);
    return Object.freeze({ id, events: [], prefix, suffix, target, receiver });
  }
  checkEvents(events);
  return Object.freeze({ id, events: [...events], prefix, suffix, target, receiver });
}

function checkFilterValue(option: string, value: unknown): void {
  const says = `a string of at most ${limits.bucket.keyBytes} bytes`;
  checkString(option, value, { maxLength: limits.bucket.keyBytes, says });
  if (Buffer.byteLength(value) > limits.bucket.keyBytes) {
    throw new InvalidOptionError(option, says, value);
  }
}

function checkTakesEverything(options: NotificationOptions): void {
  for (const option of ['events', 'prefix', 'suffix'] as const) {
    if (options[option] === undefined) continue;
    const hint = 'A bucket sends all its events to an event bus; choose among them with a rule';
    throw new InvalidOptionError(option, 'left out for an event bus', options[option], hint);
  }
}

function checkEvents(events: unknown): asserts events is readonly S3EventType[] {
  if (!Array.isArray(events) || events.length === 0) {
    throw new InvalidOptionError('events', 'a list of at least one event type', events);
  }
  for (const [index, event] of events.entries()) checkOneOf(`events[${index}]`, event, eventTypes);
}

/** Refuses what S3 refuses when a configuration joins those that are there. */
export function checkFitsBeside(
  added: ResolvedNotification,
  present: readonly ResolvedNotification[],
): void {
  if (present.length >= limits.bucket.notifications) {
    const message = `A bucket has at most ${limits.bucket.notifications} notification configurations`;
    throw new BrokerError('InvalidArgument', message);
  }
  for (const other of present) {
    if (other.id === added.id) {
      const message = 'Same ID used for multiple configurations. IDs must be unique';
      throw new BrokerError('InvalidArgument', message);
    }
    if (added.receiver.kind === 'bus' && other.target === added.target) {
      throw new ConflictError(`The bucket sends its events to ${added.receiver.arn} already`);
    }
    if (overlaps(added, other))
      throw new BrokerError('InvalidArgument', overlapMessage(added, other));
  }
}

function overlaps(a: NotificationConfiguration, b: NotificationConfiguration): boolean {
  const shareEvents = a.events.some((one) =>
    b.events.some((other) => covers(one, other) || covers(other, one)),
  );
  const sharePrefix = a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix);
  const shareSuffix = a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix);
  return shareEvents && sharePrefix && shareSuffix;
}

/** `s3:ObjectCreated:*` covers `s3:ObjectCreated:Put`. */
function covers(type: string, other: string): boolean {
  return type === other || (type.endsWith(':*') && other.startsWith(type.slice(0, -1)));
}

function overlapMessage(a: NotificationConfiguration, b: NotificationConfiguration): string {
  const hasFilters = [a, b].some(({ prefix, suffix }) => prefix !== '' || suffix !== '');
  return hasFilters
    ? 'Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type.'
    : 'Configurations overlap. Configurations on the same bucket cannot share a common event type.';
}

/** Whether a notification tells of a change. */
export function matches(notification: ResolvedNotification, change: ObjectChange): boolean {
  if (notification.receiver.kind === 'bus') return true;
  const name = `s3:${change.kind}:${change.by}`;
  return (
    notification.events.some((type) => covers(type, name)) &&
    change.key.startsWith(notification.prefix) &&
    change.key.endsWith(notification.suffix)
  );
}
