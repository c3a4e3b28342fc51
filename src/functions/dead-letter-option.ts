import { InvalidOptionError } from '../core/errors.ts';
import type { DeadLetterTarget } from './function-options.ts';

const arnPattern = /^arn:aws[a-zA-Z-]*:(?:sqs|sns):[a-z0-9-]+:\d{12}:[\w-]+$/;

/** The ARN of a standard queue or topic; AWS takes no FIFO ones, whose names have a dot. */
export function resolveDeadLetter(value: DeadLetterTarget | null): string | null {
  if (value === null) return null;
  const arn: unknown = typeof value === 'object' ? value.arn : value;
  if (typeof arn === 'string' && arnPattern.test(arn)) return arn;
  throw new InvalidOptionError(
    'deadLetter',
    'a standard queue or topic, its ARN, or null',
    typeof arn === 'string' ? arn : value,
  );
}
