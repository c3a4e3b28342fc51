import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkKnownKeys } from '../core/options.ts';
import { invalidValue } from './queue-errors.ts';
import type { ResolvedQueueOptions } from './queue-options.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
export interface ReceiveMessageOptions {
  /** 1 to 10 messages. @default 1 */
  readonly max?: number;
  /**
   * How long to wait when there is none, in milliseconds: 0 to 20 seconds. `Infinity`, which AWS does not have,
   * waits for `signal` or the end of the queue.
   * @default the queue's `receiveWaitMs`
   */
  readonly waitMs?: number;
  /** How long the messages are hidden, in milliseconds: 0 to 12 hours. @default the queue's */
  readonly visibilityMs?: number;
  /** Ends the wait with an empty list. */
  readonly signal?: AbortSignal;
}

export interface ResolvedReceive {
  readonly max: number;
  readonly waitMs: number;
  readonly visibilityMs: number;
  readonly signal: AbortSignal | undefined;
}

/** @throws BrokerError `InvalidParameterValue` */
export function resolveReceive(
  options: ReceiveMessageOptions,
  settings: ResolvedQueueOptions,
): ResolvedReceive {
  checkKnownKeys('options', options, ['max', 'waitMs', 'visibilityMs', 'signal']);
  const { max = 1, waitMs = settings.receiveWaitMs, signal } = options;
  const { visibilityMs = settings.visibilityTimeoutMs } = options;
  checkWhole('max', max);
  if (max < 1 || max > limits.sqs.batchEntries) {
    const reason = `Must be between 1 and ${limits.sqs.batchEntries}, if provided.`;
    throw invalidValue('MaxNumberOfMessages', max, reason);
  }
  checkWait(waitMs);
  checkVisibility(visibilityMs);
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new InvalidOptionError('signal', 'an AbortSignal', signal);
  }
  return { max, waitMs, visibilityMs, signal };
}

/** @throws BrokerError `InvalidParameterValue` */
export function checkVisibility(visibilityMs: number): void {
  checkWhole('visibilityMs', visibilityMs);
  const { min, max } = limits.sqs.visibilityTimeoutMs;
  if (visibilityMs >= min && visibilityMs <= max) return;
  const reason = `Must be >= 0 and <= ${max / 1_000}, if provided.`;
  throw invalidValue('VisibilityTimeout', visibilityMs / 1_000, reason);
}

function checkWait(waitMs: number): void {
  if (waitMs === Number.POSITIVE_INFINITY) return;
  checkWhole('waitMs', waitMs);
  const { min, max } = limits.sqs.receiveWaitMs;
  if (waitMs >= min && waitMs <= max) return;
  const reason = `Must be >= 0 and <= ${max / 1_000}, if provided.`;
  throw invalidValue('WaitTimeSeconds', waitMs / 1_000, reason);
}

function checkWhole(option: string, value: unknown): void {
  if (!Number.isInteger(value)) throw new InvalidOptionError(option, 'a whole number', value);
}
