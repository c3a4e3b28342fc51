import { LambdaError } from '../core/errors.ts';
import type { Caller } from './caller.ts';
import type { Decision, PolicyType } from './evaluate.ts';

/** Why a request is refused before anything is done for it. */
export type AccessErrorCode =
  | 'AccessDeniedException'
  | 'IncompleteSignatureException'
  | 'InvalidSignatureException'
  | 'MissingAuthenticationTokenException'
  | 'UnrecognizedClientException';

/** Who asked could not be made sure of, or may not do it. AWS answers all of these with 403. */
export class AccessError extends LambdaError<'ERR_ACCESS'> {
  override readonly name: string = 'AccessError';
  /** AWS's name of the error. */
  readonly awsCode: AccessErrorCode;
  readonly awsStatus = 403;

  constructor(awsCode: AccessErrorCode, message: string) {
    super('ERR_ACCESS', message);
    this.awsCode = awsCode;
  }
}

type Denial = Extract<Decision, { readonly isAllowed: false }>;

/** With AWS's article, as its messages have them. */
const withArticle: Readonly<Record<PolicyType, string>> = {
  identity: 'an identity-based policy',
  resource: 'a resource-based policy',
  boundary: 'a permissions boundary',
  session: 'a session policy',
  scp: 'a service control policy',
  rcp: 'a resource control policy',
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
export function accessDenied(
  caller: Caller,
  { action, resource }: { readonly action: string; readonly resource: string },
  denial: Denial,
): AccessError {
  const policy = withArticle[denial.by];
  const reason = denial.isExplicit
    ? `with an explicit deny in ${policy}`
    : `because no ${policy.slice(policy.indexOf(' ') + 1)} allows the ${action} action`;
  return new AccessError(
    'AccessDeniedException',
    `User: ${nameOf(caller)} is not authorized to perform: ${action} on resource: ${resource} ${reason}`,
  );
}

function nameOf(caller: Caller): string {
  if (caller.kind === 'service') return caller.service;
  return caller.kind === 'anonymous' ? 'anonymous' : caller.userArn;
}
