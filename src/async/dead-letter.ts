import { replaceNotAllowed } from '../brokers/allowed-text.ts';
import { limits } from '../core/limits.ts';
import { checkTopicSize } from './destination.ts';
import { UndeliverableError, type FindTarget } from './delivery-target.ts';

/** An event that was given up, as it goes to the function's dead-letter target. */
export interface DeadLetter {
  readonly requestId: string;
  /** The body of the letter, unchanged. */
  readonly eventJson: string;
  readonly error: { readonly statusCode: number; readonly message: string };
  readonly traceHeader: string;
}

/**
 * Hands a letter to a standard queue or topic; rejects when it was not taken.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
 */
export async function sendDeadLetter(
  arn: string,
  letter: DeadLetter,
  find: FindTarget,
): Promise<void> {
  const target = find(arn);
  if (target?.kind !== 'queue' && target?.kind !== 'topic') {
    throw new Error(`There is no queue or topic ${arn}`);
  }
  if (target.isFifo)
    throw new UndeliverableError(`${arn} is FIFO, which dead letters cannot go to`);
  const { requestId, eventJson, error, traceHeader } = letter;
  const message = firstBytes(allowedText(error.message), limits.deadLetterMessageBytes);
  const attributes = {
    RequestID: requestId,
    ErrorCode: error.statusCode,
    // Attributes cannot be empty.
    ...(message !== '' && { ErrorMessage: message }),
  };
  if (target.kind === 'queue') {
    await target.send(eventJson, { attributes, traceHeader });
    return;
  }
  checkTopicSize(eventJson, arn);
  await target.publish(eventJson, { attributes, traceHeader });
}

/** An error may say anything, coloured text for one, and the letter must not be refused for that. */
function allowedText(message: string): string {
  return replaceNotAllowed(message.slice(0, limits.deadLetterMessageBytes), '\uFFFD');
}

/** Cuts between characters. */
function firstBytes(text: string, most: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  let end = most;
  // A byte 10xxxxxx goes on with the character before it.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
