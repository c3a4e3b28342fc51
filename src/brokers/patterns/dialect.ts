/**
 * What a service takes in its patterns. EventBridge, SNS and Lambda's event source mappings share one language;
 * the latter two know less of it.
 */
export interface Dialect {
  readonly operators: ReadonlySet<string>;
  /** Operators that `anything-but` may turn around. */
  readonly turnedAround: ReadonlySet<string>;
  /** Whether those take lists, and `prefix` and `suffix` take `{ "equals-ignore-case": ... }`. */
  readonly hasNestedForms: boolean;
  readonly numbers: NumberRule;
}

/** Numbers are compared within these bounds and to so many decimals; others equal only themselves. */
export interface NumberRule {
  readonly max: number;
  readonly decimals: number;
}

const common = [
  'exactly',
  'prefix',
  'suffix',
  'equals-ignore-case',
  'anything-but',
  'numeric',
  'exists',
] as const;

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
export const eventBridgeDialect: Dialect = {
  operators: new Set([...common, 'cidr', 'wildcard']),
  turnedAround: new Set(['prefix', 'suffix', 'equals-ignore-case', 'wildcard']),
  hasNestedForms: true,
  numbers: { max: 5e9, decimals: 6 },
};

/** https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html */
export const filterPolicyDialect: Dialect = {
  operators: new Set([...common, 'cidr']),
  turnedAround: new Set(['prefix']),
  hasNestedForms: false,
  numbers: { max: 1e9, decimals: 5 },
};

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html */
export const mappingDialect: Dialect = {
  operators: new Set(common),
  turnedAround: new Set(['prefix', 'suffix', 'equals-ignore-case']),
  hasNestedForms: true,
  numbers: { max: 5e9, decimals: 6 },
};
