import { PreconditionFailedError } from '../functions/revision.ts';

const message =
  'The Revision Id provided does not match the latest Revision Id. ' +
  'Call the GetPolicy API to retrieve the latest Revision Id';

/** As `PreconditionFailedError` of a function or alias, in AWS's words for policies. */
class PolicyRevisionError extends PreconditionFailedError {
  override readonly name: string = 'PolicyRevisionError';
  override readonly message: string = message;
}

/** Lets a change through when the caller named no revision, or the current one. */
export function checkPolicyRevision(given: string | undefined, current: string | undefined): void {
  if (given !== undefined && given !== current) throw new PolicyRevisionError(given);
}
