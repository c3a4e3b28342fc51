import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { BrokerError } from './broker-error.ts';

/** What became of a batch: entries succeed and fail each on its own. */
export interface BatchResult<Success> {
  readonly successful: readonly Success[];
  readonly failed: readonly BatchFailure[];
}

export interface BatchFailure {
  /** Of the entry. */
  readonly id: string;
  /** AWS's code, such as `InvalidParameterValue`. */
  readonly code: string;
  readonly message: string;
  /** Whether the entry itself is to blame. */
  readonly senderFault: boolean;
}

const idPattern = /^[\w-]+$/;

/**
 * The rules for the entries of SQS's batches.
 * @param entry AWS's name of one, such as `SendMessageBatchRequestEntry`
 * @throws BrokerError with AWS's code for the whole request
 */
export function checkQueueBatch(entries: readonly { readonly id: string }[], entry: string): void {
  checkIsList(entries);
  const { batchEntries, batchIdLength } = limits.sqs;
  if (entries.length === 0) {
    throw queueBatchError(
      'EmptyBatchRequest',
      `There should be at least one ${entry} in the request.`,
    );
  }
  if (entries.length > batchEntries) {
    throw queueBatchError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${batchEntries}. You have sent ${entries.length}.`,
    );
  }
  const seen = new Set<string>();
  for (const { id } of entries) {
    if (typeof id !== 'string' || id.length > batchIdLength || !idPattern.test(id)) {
      throw queueBatchError(
        'InvalidBatchEntryId',
        `A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most ${batchIdLength} letters long.`,
      );
    }
    if (seen.has(id)) throw queueBatchError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);
    seen.add(id);
  }
}

/** @throws BrokerError `AWS.SimpleQueueService.BatchRequestTooLong` */
export function checkQueueBatchBytes(bytes: number): void {
  const { batchBytes } = limits.sqs;
  if (bytes <= batchBytes) return;
  throw queueBatchError(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${batchBytes} bytes. You have sent ${bytes} bytes.`,
  );
}

/**
 * The rules for the entries of SNS's batches.
 * @throws BrokerError with AWS's code for the whole request
 */
export function checkTopicBatch(entries: readonly { readonly id: string }[]): void {
  checkIsList(entries);
  const { batchEntries, batchIdLength } = limits.sns;
  if (entries.length === 0) {
    throw new BrokerError('EmptyBatchRequest', "The batch request doesn't contain any entries.");
  }
  if (entries.length > batchEntries) {
    throw new BrokerError(
      'TooManyEntriesInBatchRequest',
      'The batch request contains more entries than permissible.',
    );
  }
  for (const { id } of entries) {
    if (typeof id !== 'string' || !idPattern.test(id)) {
      throw new BrokerError(
        'InvalidBatchEntryId',
        `The Id of a batch entry in the batch request contains an impermissible character: ${id}`,
      );
    }
    if (id.length > batchIdLength) {
      throw new BrokerError(
        'InvalidBatchEntryId',
        `The Id of a batch entry in the batch request is too long: ${id}`,
      );
    }
  }
  if (new Set(entries.map(({ id }) => id)).size < entries.length) {
    throw new BrokerError(
      'BatchEntryIdsNotDistinct',
      'Two or more batch entries in the request have the same Id.',
    );
  }
}

/** @throws BrokerError `BatchRequestTooLong` */
export function checkTopicBatchBytes(bytes: number): void {
  if (bytes <= limits.sns.messageBytes) return;
  throw new BrokerError(
    'BatchRequestTooLong',
    'The length of all the messages put together is more than the limit.',
  );
}

/** An entry that AWS refuses fails alone; what the caller did wrong in TypeScript is thrown. */
export function batchFailure(id: string, error: unknown): BatchFailure {
  if (!(error instanceof BrokerError)) throw error;
  return { id, code: error.awsCode, message: error.message, senderFault: true };
}

function checkIsList(entries: unknown): void {
  const isList =
    Array.isArray(entries) && entries.every((entry) => typeof entry === 'object' && entry !== null);
  if (!isList) throw new InvalidOptionError('entries', 'a list of entries with an `id`', entries);
}

function queueBatchError(name: string, message: string): BrokerError {
  return new BrokerError(`AWS.SimpleQueueService.${name}`, message);
}
