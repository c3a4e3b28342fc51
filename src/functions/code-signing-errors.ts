import { LambdaError } from '../core/errors.ts';

/** A function was to have a code-signing configuration that is not there. */
export class CodeSigningConfigNotFoundError extends LambdaError<'ERR_CODE_SIGNING_CONFIG_NOT_FOUND'> {
  override readonly name: string = 'CodeSigningConfigNotFoundError';
  readonly awsCode: string = 'CodeSigningConfigNotFoundException';
  readonly awsStatus: number = 404;
  readonly arn: string;

  constructor(arn: string) {
    super(
      'ERR_CODE_SIGNING_CONFIG_NOT_FOUND',
      `The code signing configuration cannot be found. Check that the provided configuration is not deleted: ${arn}.`,
    );
    this.arn = arn;
  }
}

/** The code-signing configuration of a function takes no code that is not signed. */
export class CodeVerificationFailedError extends LambdaError<'ERR_CODE_VERIFICATION_FAILED'> {
  override readonly name: string = 'CodeVerificationFailedError';
  readonly awsCode: string = 'CodeVerificationFailedException';
  readonly awsStatus: number = 400;
  /** Of the function. */
  readonly arn: string;

  constructor(arn: string) {
    super(
      'ERR_CODE_VERIFICATION_FAILED',
      'Lambda cannot deploy the function. The function or layer might be signed using a signature that the client ' +
        `is not configured to accept. Check the provided signature for ${arn}.`,
    );
    this.arn = arn;
  }
}
