import { InvalidOptionError } from '../core/errors.ts';
import { accountOfPrincipal, type Caller } from './caller.ts';
import type { PolicyPrincipal } from './policy-document.ts';

/**
 * How a statement names a caller: not at all, by its account, by the role of its session, or itself. What a
 * session gets by its account or role stays within its boundary and session policies.
 */
export type Naming = 'none' | 'account' | 'role' | 'caller';

/** Reads `Principal` or `NotPrincipal`; gives how it names a caller. */
export type PrincipalPattern = (caller: Caller) => Naming;

const kinds = ['AWS', 'Service', 'Federated', 'CanonicalUser'];
const accountPattern = /^\d{12}$/;
const rootPattern = /^arn:aws[a-zA-Z-]*:iam::(\d{12}):root$/;

export function parsePrincipal(option: string, principal: unknown): PrincipalPattern {
  if (principal === '*') return () => 'caller';
  if (typeof principal !== 'object' || principal === null || Array.isArray(principal)) {
    throw new InvalidOptionError(option, '"*" or an object such as { AWS: ... }', principal);
  }
  const patterns: PrincipalPattern[] = [];
  for (const [kind, names] of Object.entries(principal as Exclude<PolicyPrincipal, '*'>)) {
    if (!kinds.includes(kind)) {
      throw new InvalidOptionError(option, `an object with the keys ${kinds.join(', ')}`, kind);
    }
    const list: readonly unknown[] = Array.isArray(names) ? names : [names];
    for (const name of list) patterns.push(namingOf(`${option}.${kind}`, kind, name));
  }
  if (patterns.length === 0) {
    throw new InvalidOptionError(option, 'an object that names somebody', principal);
  }
  return (caller) => closest(patterns.map((pattern) => pattern(caller)));
}

function namingOf(option: string, kind: string, name: unknown): PrincipalPattern {
  if (typeof name !== 'string' || name === '') {
    throw new InvalidOptionError(option, 'a string or an array of strings', name);
  }
  if (kind === 'Service') {
    return (caller) =>
      caller.kind === 'service' && (name === '*' || caller.service === name) ? 'caller' : 'none';
  }
  // Nobody comes with a web identity or a canonical id.
  if (kind !== 'AWS') return () => 'none';
  if (name === '*') return () => 'caller';
  const account = accountPattern.test(name) ? name : rootPattern.exec(name)?.[1];
  if (account !== undefined) {
    return (caller) => ('accountId' in caller && caller.accountId === account ? 'account' : 'none');
  }
  if (accountOfPrincipal(name) === undefined) {
    const rule = '"*", an account, or the ARN of a root, user, role or session without wildcards';
    throw new InvalidOptionError(option, rule, name);
  }
  return (caller) => {
    if (!('arn' in caller)) return 'none';
    if (caller.userArn === name) return 'caller';
    return caller.arn === name ? 'role' : 'none';
  };
}

const closeness: readonly Naming[] = ['none', 'account', 'role', 'caller'];

/** What names the caller best. */
export function closest(namings: readonly Naming[]): Naming {
  return closeness[Math.max(0, ...namings.map((naming) => closeness.indexOf(naming)))] ?? 'none';
}
