import { LambdaError } from '../core/errors.ts';

/** Whose fault an error is, as AWS says it in the body. */
type Fault = 'User' | 'Service';

/** Exceptions whose body has the field `Message`; in all others it is `message`. */
const capitalised: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'CallbackTimeoutException',
  'CapacityProviderLimitExceededException',
  'CodeSigningConfigNotFoundException',
  'CodeVerificationFailedException',
  'DurableExecutionAlreadyStartedException',
  'FunctionVersionsPerCapacityProviderLimitExceededException',
  'InvalidCodeSignatureException',
  'InvalidZipFileException',
  'NoPublishedVersionException',
  'PublicPolicyException',
  'RecursiveInvocationException',
  'ResourceInUseException',
  'ResourceNotFoundException',
  'ServiceException',
  'SnapStartException',
  'SnapStartNotReadyException',
]);

/** Exceptions that AWS sends without `Type`: they are raised before Lambda's own logic. */
const typeless: ReadonlySet<string> = new Set(['AccessDeniedException', 'ValidationException']);

export interface ApiErrorOptions {
  /** Further members of the body, such as `Reason`. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An answer of AWS's API that is an error; `code` of the wire is `awsCode`. */
export class ApiError extends LambdaError<'ERR_API'> {
  override readonly name: string = 'ApiError';
  readonly status: number;
  /** Such as `ResourceNotFoundException`. */
  readonly awsCode: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, awsCode: string, message: string, options: ApiErrorOptions = {}) {
    super('ERR_API', message, { cause: options.cause });
    this.status = status;
    this.awsCode = awsCode;
    this.fields = options.fields ?? {};
    this.headers = options.headers ?? {};
  }

  /** The body as it goes over the wire. AWS's field for the text differs from exception to exception. */
  toBody(): Record<string, unknown> {
    const type: Fault = this.status >= 500 ? 'Service' : 'User';
    const key = capitalised.has(this.awsCode) ? 'Message' : 'message';
    return {
      ...(!typeless.has(this.awsCode) && { Type: type }),
      [key]: this.message === '' ? null : this.message,
      ...this.fields,
    };
  }
}

export function invalidParameter(message: string, cause?: unknown): ApiError {
  return new ApiError(400, 'InvalidParameterValueException', message, { cause });
}

export function notFound(message: string): ApiError {
  return new ApiError(404, 'ResourceNotFoundException', message);
}

export function conflict(message: string): ApiError {
  return new ApiError(409, 'ResourceConflictException', message);
}
