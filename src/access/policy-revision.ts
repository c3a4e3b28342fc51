import { PreconditionFailedError } from '../functions/revision.ts';

/** As `PreconditionFailedError` of a function or alias, in AWS's words for policies. */
class PolicyRevisionError extends PreconditionFailedError {
  override readonly name: string = 'PolicyRevisionError';
  override readonly message: string;

  constructor(arn: string, revisionId: string) {
    super(revisionId);
    const operation = arn.includes(':layer:') ? 'GetLayerPolicy' : 'GetPolicy';
    this.message =
      'The Revision Id provided does not match the latest Revision Id. ' +
      `Call the ${operation} API to retrieve the latest Revision Id`;
  }
}

/** Lets a change through when the caller named no revision, or the current one. */
export function checkPolicyRevision(
  arn: string,
  given: string | undefined,
  current: string | undefined,
): void {
  if (given !== undefined && given !== current) throw new PolicyRevisionError(arn, given);
}
