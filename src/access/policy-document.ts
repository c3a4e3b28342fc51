/**
 * A policy as IAM writes it; names and casing are AWS's, since such documents come from and go to other tools.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export interface PolicyDocument {
  /** Variables such as `${aws:username}` need `2012-10-17`. @default '2008-10-17' */
  readonly Version?: '2012-10-17' | '2008-10-17';
  readonly Id?: string;
  readonly Statement: PolicyStatement | readonly PolicyStatement[];
}

export interface PolicyStatement {
  /** Unique in its policy. */
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  /** Such as `lambda:InvokeFunction` or `lambda:Get*`; letters in either case. */
  readonly Action?: OneOrMore<string>;
  readonly NotAction?: OneOrMore<string>;
  /** ARNs with `*` and `?`. */
  readonly Resource?: OneOrMore<string>;
  readonly NotResource?: OneOrMore<string>;
  /** Only in policies of resources, which need one. */
  readonly Principal?: PolicyPrincipal;
  readonly NotPrincipal?: PolicyPrincipal;
  /** Operator, condition key, values. */
  readonly Condition?: Readonly<Record<string, PolicyConditions>>;
}

/** `*`, accounts, ARNs of users and roles, or services. */
export type PolicyPrincipal = '*' | Readonly<Record<string, OneOrMore<string>>>;

/** Condition keys with the values that they are compared to. */
export type PolicyConditions = Readonly<Record<string, OneOrMore<string | number | boolean>>>;

type OneOrMore<T> = T | readonly T[];
