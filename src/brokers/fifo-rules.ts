import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { BrokerError } from './broker-error.ts';
import { sha256OfBody } from './message-digests.ts';
import { invalidValue, missingParameter } from './queue-errors.ts';

/** Group and deduplication id of a message, as far as they were given. */
export interface FifoIds {
  readonly groupId?: string | undefined;
  readonly dedupId?: string | undefined;
}

interface FifoSettings {
  readonly fifo: boolean;
  readonly contentBasedDedup: boolean;
}

const idPattern = /^[\w!"#$%&'()*+,./:;<=>?@[\\\]^`{|}~-]+$/;

/** Whether the text can be a group or deduplication id, in SQS and in SNS. */
export function isFifoId(text: string): boolean {
  return text.length <= limits.sqs.fifoIdLength && idPattern.test(text);
}

/**
 * The ids that a message is kept with. A standard queue takes a group id too, for fair sharing, and keeps it.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagegroupid-property.html
 * @throws BrokerError `InvalidParameterValue`, `MissingParameter`
 */
export function fifoIdsOf(
  body: string,
  { groupId, dedupId }: FifoIds,
  settings: FifoSettings,
): FifoIds {
  checkFifoId('MessageGroupId', 'groupId', groupId);
  checkFifoId('MessageDeduplicationId', 'dedupId', dedupId);
  if (!settings.fifo) {
    if (dedupId !== undefined) {
      const reason = 'The request includes a parameter that is not valid for this queue type.';
      throw invalidValue('MessageDeduplicationId', dedupId, reason);
    }
    return { groupId };
  }
  if (dedupId === undefined && !settings.contentBasedDedup) {
    throw new BrokerError(
      'InvalidParameterValue',
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }
  if (groupId === undefined) throw missingParameter('MessageGroupId');
  return { groupId, dedupId: dedupId ?? sha256OfBody(body) };
}

/** A batch in which one entry has no group or no deduplication id is refused as a whole. */
export function checkBatchFifoIds(entries: readonly FifoIds[], settings: FifoSettings): void {
  if (!settings.fifo) return;
  for (const { groupId, dedupId } of entries) {
    if (dedupId === undefined && !settings.contentBasedDedup) fifoIdsOf('', { groupId }, settings);
    if (groupId === undefined) {
      throw new BrokerError('InvalidParameterValue', missingParameter('MessageGroupId').message);
    }
  }
}

function checkFifoId(parameter: string, option: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== 'string') throw new InvalidOptionError(option, 'a string', value);
  if (isFifoId(value)) return;
  const reason = `${parameter} can only include alphanumeric and punctuation characters. 1 to ${limits.sqs.fifoIdLength} in length.`;
  throw invalidValue(parameter, value, reason);
}
