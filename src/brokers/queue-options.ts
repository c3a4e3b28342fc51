import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import {
  checkBoolean,
  checkInteger,
  checkKnownKeys,
  checkOneOf,
  checkString,
} from '../core/options.ts';
import type { Queue } from './queue.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
export interface QueueOptions extends QueueChanges {
  /** How long a message is kept, in milliseconds: 1 minute to 14 days. @default 345_600_000, 4 days */
  readonly retentionMs?: number;
  /** Must be true for a name that ends in `.fifo`, and only there. @default what the name says */
  readonly fifo?: boolean;
  /**
   * FIFO queues: whether a deduplication id counts in the whole queue or in each message group alone.
   * `group` is what AWS calls high throughput.
   * @default 'queue'
   */
  readonly dedupScope?: 'queue' | 'group';
  /** FIFO queues: kept and shown; nothing is throttled here. `group` needs `dedupScope: 'group'`. @default 'queue' */
  readonly throughputLimit?: 'queue' | 'group';
}

/** What `configure` may change later. */
export interface QueueChanges {
  /** How long a received message is hidden, in milliseconds: 0 to 12 hours. @default 30_000 */
  readonly visibilityTimeoutMs?: number;
  /** How long a new message is hidden, in milliseconds: 0 to 15 minutes. @default 0 */
  readonly delayMs?: number;
  /** Longest body with its attributes, in bytes: 1 KiB to 1 MiB. @default 1_048_576 */
  readonly maxMessageBytes?: number;
  /** How long a receive waits for a message, in milliseconds: 0 to 20 seconds. @default 0 */
  readonly receiveWaitMs?: number;
  /** FIFO queues: a message without a deduplication id gets the SHA-256 of its body. @default false */
  readonly contentBasedDedup?: boolean;
  /** Where messages go that were received too often; `null` ends it. @default they stay */
  readonly redrive?: RedrivePolicy | null;
  /** Which queues may name this one as their dead-letter queue: all, none, or up to 10 ARNs. @default 'all' */
  readonly redriveAllow?: 'all' | 'none' | readonly string[];
  /** Messages that may be received and not deleted yet; AWS raises it on request. @default 120_000 */
  readonly maxInFlight?: number;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html */
export interface RedrivePolicy {
  /** The dead-letter queue: of the same kind (standard, FIFO) and in the same storage. */
  readonly target: Queue;
  /** The receive after so many, 1 to 1,000, moves the message instead. */
  readonly maxReceives: number;
}

export interface ResolvedQueueOptions {
  readonly visibilityTimeoutMs: number;
  readonly delayMs: number;
  readonly retentionMs: number;
  readonly maxMessageBytes: number;
  readonly receiveWaitMs: number;
  readonly maxInFlight: number;
  readonly fifo: boolean;
  readonly contentBasedDedup: boolean;
  readonly dedupScope: 'queue' | 'group';
  readonly throughputLimit: 'queue' | 'group';
  readonly redrive: RedrivePolicy | undefined;
  readonly redriveAllow: 'all' | 'none' | readonly string[];
}

const changeableKeys = [
  'visibilityTimeoutMs',
  'delayMs',
  'maxMessageBytes',
  'receiveWaitMs',
  'contentBasedDedup',
  'redrive',
  'redriveAllow',
  'maxInFlight',
] as const;
const optionKeys = [...changeableKeys, 'retentionMs', 'fifo', 'dedupScope', 'throughputLimit'];
const namePattern = /^[\w-]+(?:\.fifo)?$/;
const arnPattern = /^arn:[\w-]+:sqs:[\w-]+:\d{12}:[\w.-]+$/;

export function checkQueueName(value: unknown): asserts value is string {
  const { nameLength } = limits.sqs;
  checkString('name', value, {
    maxLength: nameLength,
    pattern: namePattern,
    says: `the name of a queue: 1 to ${nameLength} letters, digits, "-" and "_", with ".fifo" at the end for a FIFO queue`,
  });
}

/** Queues themselves (of `redrive`, `redriveAllow`) are checked by the queue that they are given to. */
export function resolveQueueOptions(name: string, options: QueueOptions): ResolvedQueueOptions {
  checkKnownKeys('options', options, optionKeys);
  const isFifoName = name.endsWith('.fifo');
  const { fifo = isFifoName, dedupScope = 'queue', throughputLimit = 'queue' } = options;
  const { retentionMs = limits.sqs.retentionMs.default } = options;
  checkBoolean('fifo', fifo);
  if (fifo !== isFifoName) {
    const rule = isFifoName
      ? 'true: the name ends in ".fifo"'
      : 'false: the name does not end in ".fifo"';
    throw new InvalidOptionError('fifo', rule, fifo, `The queue is called "${name}"`);
  }
  checkInteger('retentionMs', retentionMs, limits.sqs.retentionMs);
  checkOneOf('dedupScope', dedupScope, ['queue', 'group']);
  checkOneOf('throughputLimit', throughputLimit, ['queue', 'group']);
  if (!fifo) checkIsFifoOnly({ dedupScope, throughputLimit });
  if (throughputLimit === 'group' && dedupScope === 'queue') {
    const rule = '"queue", or "group" together with `dedupScope: \'group\'`';
    throw new InvalidOptionError('throughputLimit', rule, throughputLimit);
  }
  const settings = { retentionMs, fifo, dedupScope, throughputLimit };
  return resolveQueueChanges({ ...defaults, ...settings }, pick(options));
}

/** The settings with the changes made. */
export function resolveQueueChanges(
  settings: ResolvedQueueOptions,
  changes: QueueChanges,
): ResolvedQueueOptions {
  checkKnownKeys('options', changes, changeableKeys);
  const { visibilityTimeoutMs = settings.visibilityTimeoutMs, delayMs = settings.delayMs } =
    changes;
  const { maxMessageBytes = settings.maxMessageBytes, maxInFlight = settings.maxInFlight } =
    changes;
  const { receiveWaitMs = settings.receiveWaitMs, redriveAllow = settings.redriveAllow } = changes;
  const { contentBasedDedup = settings.contentBasedDedup, redrive = settings.redrive } = changes;
  checkInteger('visibilityTimeoutMs', visibilityTimeoutMs, limits.sqs.visibilityTimeoutMs);
  checkInteger('delayMs', delayMs, limits.sqs.delayMs);
  checkInteger('maxMessageBytes', maxMessageBytes, limits.sqs.messageBytes);
  checkInteger('receiveWaitMs', receiveWaitMs, limits.sqs.receiveWaitMs);
  checkInteger('maxInFlight', maxInFlight, limits.sqs.inFlight);
  checkBoolean('contentBasedDedup', contentBasedDedup);
  if (!settings.fifo) checkIsFifoOnly({ contentBasedDedup });
  if (redrive !== undefined && redrive !== null) checkRedrive(redrive);
  checkRedriveAllow(redriveAllow);
  return Object.freeze({
    ...settings,
    visibilityTimeoutMs,
    delayMs,
    maxMessageBytes,
    receiveWaitMs,
    maxInFlight,
    contentBasedDedup,
    redrive: redrive ?? undefined,
    redriveAllow:
      typeof redriveAllow === 'string' ? redriveAllow : Object.freeze([...redriveAllow]),
  });
}

const defaults = {
  visibilityTimeoutMs: limits.sqs.visibilityTimeoutMs.default,
  delayMs: limits.sqs.delayMs.default,
  maxMessageBytes: limits.sqs.messageBytes.default,
  receiveWaitMs: limits.sqs.receiveWaitMs.default,
  maxInFlight: limits.sqs.inFlight.default,
  contentBasedDedup: false,
  redrive: undefined,
  redriveAllow: 'all',
} as const;

function pick(options: QueueOptions): QueueChanges {
  return Object.fromEntries(
    changeableKeys.filter((key) => options[key] !== undefined).map((key) => [key, options[key]]),
  );
}

function checkIsFifoOnly(options: Record<string, unknown>): void {
  for (const [option, value] of Object.entries(options)) {
    if (value === false || value === 'queue') continue;
    throw new InvalidOptionError(option, 'left out: this is no FIFO queue', value);
  }
}

function checkRedrive(redrive: RedrivePolicy): void {
  checkKnownKeys('redrive', redrive, ['target', 'maxReceives']);
  checkInteger('redrive.maxReceives', redrive.maxReceives, limits.sqs.maxReceives);
}

function checkRedriveAllow(value: ResolvedQueueOptions['redriveAllow']): void {
  if (value === 'all' || value === 'none') return;
  const { redriveSources } = limits.sqs;
  const isList = Array.isArray(value) && value.length > 0 && value.length <= redriveSources;
  if (isList && value.every((arn) => typeof arn === 'string' && arnPattern.test(arn))) return;
  const rule = `"all", "none" or a list of 1 to ${redriveSources} ARNs of queues`;
  throw new InvalidOptionError('redriveAllow', rule, value);
}
