import { InvalidOptionError } from '../core/errors.ts';

/** An option that breaks a rule which AWS states in words of its own. */
export class AwsRuleError extends InvalidOptionError {
  /** AWS's sentence alone, byte for byte, for callers who speak AWS's API. */
  readonly awsMessage: string;

  constructor(option: string, rule: string, value: unknown, awsMessage: string) {
    super(option, rule, value, awsMessage);
    this.awsMessage = awsMessage;
  }
}
