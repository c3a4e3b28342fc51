import type { Credentials } from '../core/credentials.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { checkBoolean, checkKnownKeys, checkString, checkStringMap } from '../core/options.ts';
import { readCaller, type AccountCaller } from './caller.ts';
import type { PolicyDocument } from './policy-document.ts';
import { parsePolicy, type Policy } from './policy.ts';

/** Who may do what at the AWS door. Without it every caller is the root of the account. */
export interface AccessOptions {
  /**
   * Who may come. With it, also with an empty list, requests must be signed with the keys of one of them, and each
   * is held to its policies; without it, signatures are not read and every caller is the root of the account.
   * @default everybody is root
   */
  readonly principals?: readonly AccessPrincipal[];
  /**
   * Service control policies of this account. What none of them allows, nobody of the account may do.
   * @default no limit
   */
  readonly scp?: readonly PolicyDocument[];
  /**
   * Resource control policies of this account. As in AWS, `RCPFullAWSAccess` is always among them, so others only
   * take away.
   * @default no limit
   */
  readonly rcp?: readonly PolicyDocument[];
  /**
   * Whether buckets, topics and rules need a permission of a function (`addPermission` with their service as
   * principal) before they may invoke it. AWS asks for one; here whoever wires them in code owns both ends, so the
   * default spares that line.
   * @default false
   */
  readonly enforceServices?: boolean;
}

/** A root, user or role with its keys and policies. */
export interface AccessPrincipal extends Credentials {
  /** Of an account's root, of a user or of a role; of this account or of another. */
  readonly arn: string;
  /** Identity policies. A root needs none. @default [] */
  readonly policies?: readonly PolicyDocument[];
  /** Permissions boundary: the most that its policies can allow. @default no limit */
  readonly boundary?: PolicyDocument;
  /** Session policies, of a role alone: the most that this session may do. @default no limit */
  readonly sessionPolicies?: readonly PolicyDocument[];
  /** Name of a role's session, which stands in its ARN. @default 'isolambda' */
  readonly sessionName?: string;
  /** Organization of its account: `aws:PrincipalOrgID`. @default none */
  readonly organizationId?: string;
  /** `aws:PrincipalTag/...`. @default {} */
  readonly tags?: Readonly<Record<string, string>>;
}

export interface ResolvedPrincipal {
  readonly caller: AccountCaller;
  readonly credentials: Credentials;
  readonly policies: readonly Policy[];
  readonly boundary: Policy | undefined;
  readonly session: readonly Policy[] | undefined;
  readonly organizationId: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

export interface ResolvedAccess {
  /** By access key; undefined where signatures are not read. */
  readonly principals: ReadonlyMap<string, ResolvedPrincipal> | undefined;
  readonly scp: readonly Policy[] | undefined;
  readonly rcp: readonly Policy[] | undefined;
  readonly enforceServices: boolean;
}

const accessKeys = Object.keys({
  principals: true,
  scp: true,
  rcp: true,
  enforceServices: true,
} satisfies Record<keyof AccessOptions, true>);

const principalKeys = Object.keys({
  accessKeyId: true,
  secretAccessKey: true,
  sessionToken: true,
  arn: true,
  policies: true,
  boundary: true,
  sessionPolicies: true,
  sessionName: true,
  organizationId: true,
  tags: true,
} satisfies Record<keyof AccessPrincipal, true>);

const fullAccess: PolicyDocument = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*', Principal: '*' },
};

const alwaysAllowed: Policy = parsePolicy('RCPFullAWSAccess', fullAccess, 'resource');

/** @throws {InvalidOptionError} for a bad option, and for what is wrong in a policy */
export function resolveAccess(access: AccessOptions = {}): ResolvedAccess {
  checkKnownKeys('access', access, accessKeys);
  const { principals, scp, rcp, enforceServices = false } = access;
  checkBoolean('access.enforceServices', enforceServices);
  return Object.freeze({
    principals: principals === undefined ? undefined : resolvePrincipals(principals),
    scp: scp === undefined ? undefined : policyList('access.scp', scp, 'identity'),
    rcp:
      rcp === undefined ? undefined : [alwaysAllowed, ...policyList('access.rcp', rcp, 'resource')],
    enforceServices,
  });
}

function resolvePrincipals(
  principals: readonly AccessPrincipal[],
): ReadonlyMap<string, ResolvedPrincipal> {
  if (!Array.isArray(principals)) {
    throw new InvalidOptionError('access.principals', 'an array', principals);
  }
  const byKey = new Map<string, ResolvedPrincipal>();
  for (const [index, principal] of principals.entries()) {
    const option = `access.principals[${index}]`;
    const resolved = resolvePrincipal(option, principal);
    const { accessKeyId } = resolved.credentials;
    if (byKey.has(accessKeyId)) {
      throw new InvalidOptionError(`${option}.accessKeyId`, 'different for each', accessKeyId);
    }
    byKey.set(accessKeyId, resolved);
  }
  return byKey;
}

function resolvePrincipal(option: string, principal: AccessPrincipal): ResolvedPrincipal {
  checkKnownKeys(option, principal, principalKeys);
  const { accessKeyId, secretAccessKey, sessionToken, arn, policies = [], boundary } = principal;
  const { sessionPolicies, sessionName = 'isolambda', organizationId, tags = {} } = principal;
  for (const [name, value] of Object.entries({ accessKeyId, secretAccessKey, sessionToken })) {
    if (name === 'sessionToken' && value === undefined) continue;
    if (typeof value === 'string' && /^[!-~]{1,4096}$/.test(value)) continue;
    // Messages end in logs, so this one names the kind of the value and not the secret.
    const rule = '1 to 4,096 printable characters without white space';
    throw new InvalidOptionError(`${option}.${name}`, rule, `a ${typeof value}`);
  }
  checkString(`${option}.sessionName`, sessionName, {
    maxLength: 64,
    pattern: /^[\w+=,.@-]{2,}$/,
    says: '2 to 64 letters, digits and "_+=,.@-"',
  });
  const caller = readCaller(`${option}.arn`, arn, sessionName);
  if (sessionPolicies !== undefined && caller.kind !== 'role') {
    throw new InvalidOptionError(
      `${option}.sessionPolicies`,
      'left out unless `arn` is a role',
      arn,
    );
  }
  if (boundary !== undefined && caller.kind === 'root') {
    throw new InvalidOptionError(`${option}.boundary`, 'left out where `arn` is a root', arn);
  }
  checkStringMap(`${option}.tags`, tags);
  if (organizationId !== undefined) {
    const says = 'the id of an organization, such as "o-a1b2c3d4e5"';
    checkString(`${option}.organizationId`, organizationId, {
      maxLength: 34,
      pattern: /^o-[a-z0-9]{10,32}$/,
      says,
    });
  }
  return Object.freeze({
    caller,
    credentials: Object.freeze({
      accessKeyId,
      secretAccessKey,
      ...(sessionToken !== undefined && { sessionToken }),
    }),
    policies: policyList(`${option}.policies`, policies, 'identity'),
    boundary:
      boundary === undefined ? undefined : parsePolicy(`${option}.boundary`, boundary, 'identity'),
    session:
      sessionPolicies === undefined
        ? undefined
        : policyList(`${option}.sessionPolicies`, sessionPolicies, 'identity'),
    organizationId,
    tags: Object.freeze({ ...tags }),
  });
}

function policyList(
  option: string,
  documents: readonly PolicyDocument[],
  kind: 'identity' | 'resource',
): readonly Policy[] {
  if (!Array.isArray(documents)) throw new InvalidOptionError(option, 'an array', documents);
  return documents.map((document, at) => parsePolicy(`${option}[${at}]`, document, kind));
}
