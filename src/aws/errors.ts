import {
  ClosedError,
  CodeError,
  ConflictError,
  FunctionNotFoundError,
  InvalidOptionError,
  PayloadTooLargeError,
  RuntimeFaultError,
  ThrottledError,
} from '../core/errors.ts';
import { RecursiveInvocationError } from '../core/lineage.ts';
import { AwsRuleError } from '../functions/aws-rule-error.ts';
import { PreconditionFailedError } from '../functions/revision.ts';
import { ApiError, conflict, invalidParameter, notFound } from './api-error.ts';

/**
 * What AWS's API answers to an error of the library. An error with `awsCode` and `awsStatus` says it itself, its
 * `awsMessage` being AWS's sentence. What nobody foresaw is a fault of ours: `ServiceException`, 500, with the
 * original as its cause.
 */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (saysItself(error)) {
    const message = error.awsMessage ?? error.message;
    return new ApiError(error.awsStatus, error.awsCode, message, { cause: error });
  }
  if (error instanceof AwsRuleError) return invalidParameter(error.awsMessage, error);
  if (error instanceof InvalidOptionError) return invalidParameter(error.message, error);
  if (error instanceof CodeError) return invalidParameter(error.message, error);
  if (error instanceof FunctionNotFoundError) return notFound(error.message);
  if (error instanceof ConflictError) return conflict(error.message);
  if (error instanceof PreconditionFailedError) {
    return new ApiError(412, 'PreconditionFailedException', error.message);
  }
  if (error instanceof PayloadTooLargeError) {
    return new ApiError(413, 'RequestEntityTooLargeException', error.message);
  }
  if (error instanceof RecursiveInvocationError) {
    return new ApiError(400, 'RecursiveInvocationException', error.message);
  }
  if (error instanceof ThrottledError) return throttled(error);
  const message = error instanceof Error ? error.message : String(error);
  const isOurs = error instanceof RuntimeFaultError || error instanceof ClosedError;
  const text = isOurs
    ? message
    : `An error occurred and the request cannot be processed: ${message}`;
  return new ApiError(500, 'ServiceException', text, { cause: error });
}

/** Only rates know when there is room again. */
function throttled({ reason, retryAfterMs }: ThrottledError): ApiError {
  return new ApiError(429, 'TooManyRequestsException', 'Rate Exceeded.', {
    fields: { Reason: reason },
    ...(retryAfterMs !== undefined && {
      headers: { 'retry-after': `${Math.ceil(retryAfterMs / 1_000)}` },
    }),
  });
}

interface SaysItself {
  readonly message: string;
  readonly awsCode: string;
  readonly awsStatus: number;
  readonly awsMessage?: string;
}

function saysItself(error: unknown): error is SaysItself {
  return (
    error instanceof Error &&
    'awsCode' in error &&
    typeof error.awsCode === 'string' &&
    'awsStatus' in error &&
    typeof error.awsStatus === 'number'
  );
}
