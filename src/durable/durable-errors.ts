import { LambdaError } from '../core/errors.ts';

/** A checkpoint that breaks a rule. AWS: InvalidParameterValueException. */
export class CheckpointError extends LambdaError<'ERR_CHECKPOINT'> {
  override readonly name: string = 'CheckpointError';
  readonly awsCode = 'InvalidParameterValueException';
  readonly awsStatus = 400;
  readonly awsMessage: string;

  constructor(message: string) {
    super('ERR_CHECKPOINT', message);
    this.awsMessage = message;
  }
}

/** An execution of that name has another input. AWS: DurableExecutionAlreadyStartedException, status 409. */
export class ExecutionAlreadyStartedError extends LambdaError<'ERR_EXECUTION_ALREADY_STARTED'> {
  override readonly name: string = 'ExecutionAlreadyStartedError';
  readonly awsCode = 'DurableExecutionAlreadyStartedException';
  readonly awsStatus = 409;
  readonly executionArn: string;

  constructor(executionArn: string) {
    super(
      'ERR_EXECUTION_ALREADY_STARTED',
      `The durable execution ${executionArn} was started with another input under this name`,
    );
    this.executionArn = executionArn;
  }
}

/** There is no such execution or callback, or it was kept for long enough. AWS: ResourceNotFoundException. */
export class ExecutionNotFoundError extends LambdaError<'ERR_EXECUTION_NOT_FOUND'> {
  override readonly name: string = 'ExecutionNotFoundError';
  readonly awsCode = 'ResourceNotFoundException';
  readonly awsStatus = 404;

  constructor(message: string) {
    super('ERR_EXECUTION_NOT_FOUND', message);
  }
}

/** The callback timed out, or has an answer already. AWS: CallbackTimeoutException, status 400. */
export class CallbackTimeoutError extends LambdaError<'ERR_CALLBACK_TIMEOUT'> {
  override readonly name: string = 'CallbackTimeoutError';
  readonly awsCode = 'CallbackTimeoutException';
  readonly awsStatus = 400;

  constructor(message: string) {
    super('ERR_CALLBACK_TIMEOUT', message);
  }
}

/** An execution that somebody waited for did not succeed. */
export class ExecutionFailedError extends LambdaError<'ERR_EXECUTION_FAILED'> {
  override readonly name: string = 'ExecutionFailedError';
  readonly executionArn: string;
  readonly status: 'FAILED' | 'TIMED_OUT' | 'STOPPED';
  readonly errorType: string | undefined;

  constructor(
    executionArn: string,
    status: 'FAILED' | 'TIMED_OUT' | 'STOPPED',
    error: { readonly errorType?: string | undefined; readonly errorMessage?: string | undefined },
  ) {
    super('ERR_EXECUTION_FAILED', error.errorMessage ?? `The execution ended as ${status}`);
    this.executionArn = executionArn;
    this.status = status;
    this.errorType = error.errorType;
  }
}

/** Executions are what durable functions have; this one was not created with `durable`. */
export class NotDurableError extends LambdaError<'ERR_NOT_DURABLE'> {
  override readonly name: string = 'NotDurableError';
  readonly awsCode = 'InvalidParameterValueException';
  readonly awsStatus = 400;

  constructor(functionArn: string) {
    super(
      'ERR_NOT_DURABLE',
      `${functionArn} is no durable function: it was created without \`durable\``,
    );
  }
}
