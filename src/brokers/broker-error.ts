import { LambdaError } from '../core/errors.ts';

/** A broker refuses what AWS refuses, in AWS's words. */
export class BrokerError extends LambdaError<'ERR_BROKER'> {
  override readonly name: string = 'BrokerError';
  /** AWS's name of the error, such as `ExpiredIteratorException` or `NoSuchKey`. */
  readonly awsCode: string;

  constructor(awsCode: string, message: string, options?: { cause?: unknown }) {
    super('ERR_BROKER', message, options);
    this.awsCode = awsCode;
  }
}
