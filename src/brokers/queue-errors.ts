import { BrokerError } from './broker-error.ts';

/** What SQS says when a parameter has a value that it does not take. */
export function invalidValue(
  parameter: string,
  value: string | number,
  reason: string,
): BrokerError {
  return new BrokerError(
    'InvalidParameterValue',
    `Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`,
  );
}

export function missingParameter(parameter: string): BrokerError {
  return new BrokerError(
    'MissingParameter',
    `The request must contain the parameter ${parameter}.`,
  );
}

export function nonExistentQueue(): BrokerError {
  return new BrokerError(
    'AWS.SimpleQueueService.NonExistentQueue',
    'The specified queue does not exist.',
  );
}
