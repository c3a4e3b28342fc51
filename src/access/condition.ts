import { InvalidOptionError } from '../core/errors.ts';
import {
  isAmong,
  matchesArn,
  readAddresses,
  readBinary,
  readBoolean,
  readDate,
  readNumber,
} from './condition-values.ts';
import { fillIn, fillInText } from './policy-variables.ts';
import type { RequestContext } from './request-context.ts';
import { matchesWildcard, parseWildcard } from './wildcard.ts';

/** One operator with one key and its values, ready to be asked. */
export type Condition = (context: RequestContext) => boolean;

/** Whether one value of the request fits one value of the policy. */
type Test = (actual: string, context: RequestContext) => boolean;

interface Operator {
  /** Reads a value of the policy; `undefined` when it is none for this operator. */
  readonly read: (value: string, hasVariables: boolean) => Test | undefined;
  /** Fits when no value of the policy does. */
  readonly isNegated?: boolean;
}

const stringEquals = text((actual, wanted) => actual === wanted);
const sameLetters = text((actual, wanted) => actual.toLowerCase() === wanted.toLowerCase());
const stringLike = patterns(matchesWildcard);
const arnLike = patterns(matchesArn);

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const operators: Readonly<Record<string, Operator>> = {
  StringEquals: { read: stringEquals },
  StringNotEquals: { read: stringEquals, isNegated: true },
  StringEqualsIgnoreCase: { read: sameLetters },
  StringNotEqualsIgnoreCase: { read: sameLetters, isNegated: true },
  StringLike: { read: stringLike },
  StringNotLike: { read: stringLike, isNegated: true },
  ArnEquals: { read: arnLike },
  ArnLike: { read: arnLike },
  ArnNotEquals: { read: arnLike, isNegated: true },
  ArnNotLike: { read: arnLike, isNegated: true },
  ...ordered('Numeric', readNumber),
  ...ordered('Date', readDate),
  Bool: { read: values(readBoolean, (actual, wanted) => actual === wanted) },
  BinaryEquals: { read: values(readBinary, (actual, wanted) => actual.equals(wanted)) },
  IpAddress: { read: addresses },
  NotIpAddress: { read: addresses, isNegated: true },
};

const form = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/;

/**
 * Reads one operator with one key of a policy.
 * @throws {InvalidOptionError} for an operator that does not exist and for a value that it cannot compare
 */
export function parseCondition(
  option: string,
  operatorName: string,
  key: string,
  wanted: readonly string[],
  hasVariables: boolean,
): Condition {
  const [, quantifier, name = '', ifExists] = form.exec(operatorName) ?? [];
  const where = key.toLowerCase();
  if (operatorName === 'Null') return absence(option, where, wanted);
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (operator === undefined) {
    throw new InvalidOptionError(option, 'an operator of IAM, such as "StringEquals"', name);
  }
  const { read, isNegated = false } = operator;
  const tests = wanted.map((value) => {
    const test = read(value, hasVariables);
    if (test !== undefined) return test;
    throw new InvalidOptionError(`${option}.${key}`, `a value that ${name} compares`, value);
  });
  const fits = (actual: string, context: RequestContext): boolean =>
    tests.some((test) => test(actual, context)) !== isNegated;

  return (context) => {
    const actual = context.get(where);
    if (actual === undefined) {
      if (quantifier === 'ForAllValues' || ifExists !== undefined) return true;
      return quantifier === undefined && isNegated;
    }
    // Without a quantifier keys have one value; of several, none may be what must not be.
    const isForAll = quantifier === 'ForAllValues' || (quantifier === undefined && isNegated);
    return isForAll
      ? actual.every((value) => fits(value, context))
      : actual.some((value) => fits(value, context));
  };
}

/** `Null`: `true` asks that the request does not have the key. */
function absence(option: string, key: string, wanted: readonly string[]): Condition {
  const absent = wanted.map((value) => {
    const isAbsent = readBoolean(value);
    if (isAbsent !== undefined) return isAbsent;
    throw new InvalidOptionError(`${option}.${key}`, 'true or false', value);
  });
  return (context) => absent.includes(!context.has(key));
}

function text(isSame: (actual: string, wanted: string) => boolean): Operator['read'] {
  return (value, hasVariables) => (actual, context) => {
    const wanted = hasVariables ? fillInText(value, context) : value;
    return wanted !== undefined && isSame(actual, wanted);
  };
}

function patterns(matches: typeof matchesWildcard): Operator['read'] {
  return (value, hasVariables) => {
    const plain = parseWildcard(value);
    return (actual, context) => {
      const pattern = hasVariables ? fillIn(value, context) : plain;
      return pattern !== undefined && matches(pattern, actual);
    };
  };
}

/** Of a kind of value that has a reader; what the request has may be no such value, which fits nothing. */
function values<Value extends {} | boolean | number>(
  readValue: (value: string) => Value | undefined,
  fits: (actual: Value, wanted: Value) => boolean,
): Operator['read'] {
  return (value) => {
    const wanted = readValue(value);
    if (wanted === undefined) return undefined;
    return (actual) => {
      const found = readValue(actual);
      return found !== undefined && fits(found, wanted);
    };
  };
}

function ordered(
  kind: 'Numeric' | 'Date',
  read: (value: string) => number | undefined,
): Record<string, Operator> {
  const equals = values(read, (actual, wanted) => actual === wanted);
  return {
    [`${kind}Equals`]: { read: equals },
    [`${kind}NotEquals`]: { read: equals, isNegated: true },
    [`${kind}LessThan`]: { read: values(read, (actual, wanted) => actual < wanted) },
    [`${kind}LessThanEquals`]: { read: values(read, (actual, wanted) => actual <= wanted) },
    [`${kind}GreaterThan`]: { read: values(read, (actual, wanted) => actual > wanted) },
    [`${kind}GreaterThanEquals`]: { read: values(read, (actual, wanted) => actual >= wanted) },
  };
}

function addresses(value: string): Test | undefined {
  const list = readAddresses(value);
  return list && ((actual) => isAmong(list, actual));
}
