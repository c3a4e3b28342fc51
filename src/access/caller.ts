import { InvalidOptionError } from '../core/errors.ts';

/** Who makes a request. */
export type Caller = AccountCaller | ServiceCaller | AnonymousCaller;

/** A user, a session of a role, or the root of an account. */
export interface AccountCaller {
  readonly kind: 'user' | 'role' | 'root';
  /** As policies of resources name it: for a session of a role this is the role. */
  readonly arn: string;
  /** As AWS's messages and CloudTrail name it: for a session of a role this is the session. */
  readonly userArn: string;
  readonly accountId: string;
  /** The last part of a user's ARN. */
  readonly userName: string | undefined;
}

/** A service of AWS that acts for itself, such as `s3.amazonaws.com`. */
export interface ServiceCaller {
  readonly kind: 'service';
  readonly service: string;
}

/** Somebody without credentials. */
export interface AnonymousCaller {
  readonly kind: 'anonymous';
}

const iamArn =
  /^arn:(aws[a-zA-Z-]*):iam::(\d{12}):(?:(root)|(user|role)\/((?:[!-~]+\/)?([\w+=,.@-]{1,64})))$/;
const sessionArn =
  /^arn:aws[a-zA-Z-]*:sts::(\d{12}):assumed-role\/([\w+=,.@-]{1,64})\/[\w+=,.@-]{2,64}$/;

/**
 * Reads the ARN of a root, user or role.
 * @param sessionName of a role's session
 */
export function readCaller(option: string, arn: unknown, sessionName: string): AccountCaller {
  const [, partition = '', accountId = '', root, kind, , name = ''] =
    (typeof arn === 'string' ? iamArn.exec(arn) : null) ?? [];
  if (typeof arn !== 'string' || accountId === '') {
    const rule =
      'the ARN of an account\'s root, of a user or of a role, such as "arn:aws:iam::123456789012:user/ada"';
    throw new InvalidOptionError(option, rule, arn);
  }
  if (root !== undefined) {
    return { kind: 'root', arn, userArn: arn, accountId, userName: undefined };
  }
  if (kind === 'user') return { kind, arn, userArn: arn, accountId, userName: name };
  const userArn = `arn:${partition}:sts::${accountId}:assumed-role/${name}/${sessionName}`;
  return { kind: 'role', arn, userArn, accountId, userName: undefined };
}

/** The root of an account, who may do everything there. */
export function rootOf(home: {
  readonly partition: string;
  readonly accountId: string;
}): AccountCaller {
  const arn = `arn:${home.partition}:iam::${home.accountId}:root`;
  return { kind: 'root', arn, userArn: arn, accountId: home.accountId, userName: undefined };
}

/** The account of an ARN that may stand in a policy as a principal. */
export function accountOfPrincipal(arn: string): string | undefined {
  return iamArn.exec(arn)?.[2] ?? sessionArn.exec(arn)?.[1];
}
