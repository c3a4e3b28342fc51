import { limits } from '../core/limits.ts';
import { LambdaError } from '../core/errors.ts';
import { parsePolicy, type Policy } from './policy.ts';
import type { PolicyDocument, PolicyStatement } from './policy-document.ts';

/** The policy of a function, version, alias or layer version as it is now; frozen. */
export interface ResourcePolicy {
  /** As AWS shows it: statements in the order in which they came. */
  readonly document: PolicyDocument;
  /** Changes with every change of the policy. */
  readonly revisionId: string;
}

/** With what evaluation needs. */
export interface KeptPolicy extends ResourcePolicy {
  readonly document: PolicyDocument & { readonly Statement: readonly PolicyStatement[] };
  readonly policy: Policy;
}

/** A policy would become longer than AWS takes. AWS: PolicyLengthExceededException. */
export class PolicyLengthError extends LambdaError<'ERR_POLICY_LENGTH'> {
  override readonly name: string = 'PolicyLengthError';
  readonly awsCode = 'PolicyLengthExceededException';
  readonly awsStatus = 400;
  readonly bytes: number;

  constructor(bytes: number) {
    const message = `The final policy size (${bytes}) is bigger than the limit (${limits.resourcePolicyBytes}).`;
    super('ERR_POLICY_LENGTH', message);
    this.bytes = bytes;
  }
}

/** There is no policy, or no such statement in it. AWS: ResourceNotFoundException. */
export class PolicyNotFoundError extends LambdaError<'ERR_POLICY_NOT_FOUND'> {
  override readonly name: string = 'PolicyNotFoundError';
  readonly awsCode = 'ResourceNotFoundException';
  readonly awsStatus = 404;

  constructor(message: string) {
    super('ERR_POLICY_NOT_FOUND', message);
  }
}

/** A whole policy would let everybody in. AWS: PublicPolicyException. */
export class PublicPolicyError extends LambdaError<'ERR_PUBLIC_POLICY'> {
  override readonly name: string = 'PublicPolicyError';
  readonly awsCode = 'PublicPolicyException';
  readonly awsStatus = 400;

  constructor() {
    const message =
      "The resource-based policy you tried to add to the Lambda resource would grant public access to it, which isn't allowed.";
    super('ERR_PUBLIC_POLICY', message);
  }
}

/**
 * Reads a policy and keeps a frozen copy.
 * @throws {InvalidOptionError} for what is no policy of a resource
 * @throws {PolicyLengthError}
 */
export function keepPolicy(document: PolicyDocument, revisionId: string): KeptPolicy {
  const policy = parsePolicy('policy', document, 'resource');
  const text = JSON.stringify(document);
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.resourcePolicyBytes) throw new PolicyLengthError(bytes);
  const copy = JSON.parse(text) as PolicyDocument;
  const statements = [copy.Statement].flat();
  return Object.freeze({
    document: deepFreeze({ ...copy, Statement: statements }),
    revisionId,
    policy,
  });
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
