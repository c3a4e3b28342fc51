import type { AccessQuestion, Policy } from './policy.ts';
import { closest, type Naming } from './principal-pattern.ts';

/** All that has a say in a request. What is left out is not there; an empty list allows nothing. */
export interface PolicySet {
  /** Of the user or role. */
  readonly identity: readonly Policy[];
  /** Of the resource that the request is about. */
  readonly resource?: Policy | undefined;
  /** The most that a user or role may do. */
  readonly boundary?: Policy | undefined;
  /** The most that a session of a role may do. */
  readonly session?: readonly Policy[] | undefined;
  /** Service control policies of the caller's account. */
  readonly scp?: readonly Policy[] | undefined;
  /** Resource control policies of the resource's account. */
  readonly rcp?: readonly Policy[] | undefined;
}

/** Which of them decided. */
export type PolicyType = 'identity' | 'resource' | 'boundary' | 'session' | 'scp' | 'rcp';

export type Decision =
  | { readonly isAllowed: true; readonly by: 'identity' | 'resource' | 'root' }
  | {
      readonly isAllowed: false;
      /** Whether a statement denies it, rather than none allowing it. */
      readonly isExplicit: boolean;
      readonly by: PolicyType;
    };

/** The account that owns the resource. */
export interface OwnedQuestion extends AccessQuestion {
  readonly resourceAccountId: string;
}

/**
 * Decides a request as IAM does: what denies wins; then each limit must allow it; then in one account the policy of
 * the caller or of the resource has to grant it, and across accounts both.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export function evaluate(question: OwnedQuestion, policies: PolicySet): Decision {
  const denying = denyOrder.find((type) => denies(listOf(policies, type), question));
  if (denying !== undefined) return { isAllowed: false, isExplicit: true, by: denying };
  for (const type of ['rcp', 'scp'] as const) {
    if (!permits(policies, type, question)) return notAllowed(type);
  }

  const { caller, resourceAccountId } = question;
  const granted = grantOf(listOf(policies, 'resource'), question);
  const isHome = 'accountId' in caller && caller.accountId === resourceAccountId;
  if (!('accountId' in caller)) {
    return granted === 'none' ? notAllowed('resource') : { isAllowed: true, by: 'resource' };
  }
  if (isHome && granted === 'caller') return { isAllowed: true, by: 'resource' };

  const missing = missingOnCallersSide(question, policies, isHome && granted !== 'none');
  if (missing !== undefined) return notAllowed(missing);
  if (!isHome && granted === 'none') return notAllowed('resource');
  if (caller.kind === 'root') return { isAllowed: true, by: 'root' };
  return { isAllowed: true, by: isHome && granted !== 'none' ? 'resource' : 'identity' };
}

/** Also the order in which AWS's message names the one that denies, should several. */
const denyOrder: readonly PolicyType[] = [
  'rcp',
  'scp',
  'resource',
  'identity',
  'boundary',
  'session',
];

function missingOnCallersSide(
  question: OwnedQuestion,
  policies: PolicySet,
  isGranted: boolean,
): PolicyType | undefined {
  if (question.caller.kind === 'root') return undefined;
  const limit = (['boundary', 'session'] as const).find(
    (type) => !permits(policies, type, question),
  );
  if (limit !== undefined || isGranted) return limit;
  return grantOf(policies.identity, question) === 'none' ? 'identity' : undefined;
}

function notAllowed(by: PolicyType): Decision {
  return { isAllowed: false, isExplicit: false, by };
}

/** A limit that is not there does not limit. */
function permits(policies: PolicySet, type: PolicyType, question: AccessQuestion): boolean {
  return policies[type] === undefined || grantOf(listOf(policies, type), question) !== 'none';
}

function listOf(policies: PolicySet, type: PolicyType): readonly Policy[] {
  const found = policies[type];
  if (found === undefined) return [];
  return 'statements' in found ? [found] : found;
}

function denies(policies: readonly Policy[], question: AccessQuestion): boolean {
  return namingsOf(policies, 'Deny', question).some((naming) => naming !== 'none');
}

function grantOf(policies: readonly Policy[], question: AccessQuestion): Naming {
  return closest(namingsOf(policies, 'Allow', question));
}

function namingsOf(
  policies: readonly Policy[],
  effect: 'Allow' | 'Deny',
  question: AccessQuestion,
): Naming[] {
  return policies
    .flatMap(({ statements }) => statements)
    .filter((statement) => statement.effect === effect)
    .map((statement) => statement.applies(question));
}
