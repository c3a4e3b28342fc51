import { LambdaError } from '../core/errors.ts';

/** Somebody else changed the function or alias since the caller read it. AWS: PreconditionFailedException. */
export class PreconditionFailedError extends LambdaError<'ERR_PRECONDITION_FAILED'> {
  override readonly name: string = 'PreconditionFailedError';
  /** The revision that the caller thought was the latest. */
  readonly revisionId: string;

  constructor(revisionId: string) {
    super(
      'ERR_PRECONDITION_FAILED',
      'The Revision Id provided does not match the latest Revision Id. ' +
        'Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    );
    this.revisionId = revisionId;
  }
}

/** Lets a change through when the caller named no revision, or the current one. */
export function checkRevision(given: string | undefined, current: string): void {
  if (given !== undefined && given !== current) throw new PreconditionFailedError(given);
}
