import type { Dialect } from './dialect.ts';
import { ignoringCase } from './ignore-case.ts';
import { addressKey, compileCidr } from './ip-address.ts';
import { comparable, comparableOrRefuse, compileNumeric } from './numbers.ts';
import { PatternFault } from './pattern-fault.ts';
import { compileWildcard } from './wildcard.ts';

/** What a leaf of an event can be. */
export type Primitive = string | number | boolean | null;
type Test = (value: Primitive) => boolean;

/** What a pattern asks of one field. */
export interface Condition {
  /** `{ "exists": false }` is among the alternatives. */
  readonly acceptsAbsence: boolean;
  /** Whether a value that is there will do. */
  readonly test: Test;
}

/** Compiles the list of alternatives that a pattern has for a field: `["a", 1, null, { "prefix": "b" }]`. */
export function compileCondition(alternatives: readonly unknown[], dialect: Dialect): Condition {
  if (alternatives.length === 0) throw new PatternFault('Empty arrays are not allowed');
  const literals = new Set<unknown>();
  const numbers = new Set<number>();
  const addresses = new Set<string>();
  const tests: Test[] = [];
  let acceptsAbsence = false;
  for (const alternative of alternatives) {
    if (Array.isArray(alternative)) {
      throw new PatternFault('Match value must be String, number, true, false, or null');
    }
    if (typeof alternative === 'object' && alternative !== null) {
      const test = compileExpression(alternative, dialect);
      if (test === 'absent') acceptsAbsence = true;
      else tests.push(test);
      continue;
    }
    literals.add(alternative);
    // An address equals every other spelling of it.
    const address = typeof alternative === 'string' ? addressKey(alternative) : undefined;
    if (address !== undefined) addresses.add(address);
    if (typeof alternative === 'number') {
      const number = comparable(alternative, dialect.numbers);
      if (number !== undefined) numbers.add(number);
    }
  }
  const isLiteral: Test = (value) => {
    if (literals.has(value)) return true;
    if (typeof value === 'number') {
      const number = comparable(value, dialect.numbers);
      return number !== undefined && numbers.has(number);
    }
    if (typeof value !== 'string' || addresses.size === 0) return false;
    const address = addressKey(value);
    return address !== undefined && addresses.has(address);
  };
  return { acceptsAbsence, test: anyOf(literals.size === 0 ? tests : [isLiteral, ...tests]) };
}

/** Compiles `{ "prefix": "a" }` and its like. */
function compileExpression(expression: object, dialect: Dialect): Test | 'absent' {
  const [entry, ...more] = Object.entries(expression) as [string, unknown][];
  if (entry === undefined) throw new PatternFault('Match expression name not found');
  const [operator, operand] = entry;
  if (!dialect.operators.has(operator)) {
    throw new PatternFault(`Unrecognized match type ${operator}`);
  }
  const test = compileOperator(operator, operand, dialect);
  if (more.length === 0) return test;
  const isList = operator === 'numeric' || operator === 'anything-but';
  throw new PatternFault(
    isList ? 'Too many elements in numeric expression' : 'Only one key allowed in match expression',
  );
}

function compileOperator(operator: string, operand: unknown, dialect: Dialect): Test | 'absent' {
  switch (operator) {
    case 'exists':
      if (typeof operand !== 'boolean') {
        throw new PatternFault('exists match pattern must be either true or false.');
      }
      return operand ? () => true : 'absent';
    case 'numeric': {
      const test = compileNumeric(operand, dialect.numbers);
      return (value) => typeof value === 'number' && test(value);
    }
    case 'anything-but':
      return compileAnythingBut(operand, dialect);
    case 'cidr':
      // The words are those of AWS, which took them from `prefix`.
      return ofStrings(compileCidr(textOf(operand, 'prefix match pattern must be a string')));
    case 'prefix':
    case 'suffix':
      return ofStrings(compileAffix(operator, operand, dialect));
    case 'exactly': {
      const text = textOf(operand, 'exact match pattern must be a string');
      return (value) => value === text;
    }
    default:
      return ofStrings(
        compileText(operator, operand, `${operator} match pattern must be a string`),
      );
  }
}

function compileAffix(
  operator: string,
  operand: unknown,
  dialect: Dialect,
): (value: string) => boolean {
  if (
    typeof operand !== 'object' ||
    operand === null ||
    Array.isArray(operand) ||
    !dialect.hasNestedForms
  ) {
    return compileText(operator, operand, `${operator} match pattern must be a string`);
  }
  const [entry, ...more] = Object.entries(operand) as [string, unknown][];
  const name = `${operator.charAt(0).toUpperCase()}${operator.slice(1)}`;
  if (entry === undefined) throw new PatternFault(`${name} expression name not found`);
  const [form, value] = entry;
  if (form !== 'equals-ignore-case') {
    throw new PatternFault(`Unsupported ${operator} pattern: ${form}`);
  }
  const text = ignoringCase(textOf(value, 'equals-ignore-case match pattern must be a string'));
  if (more.length > 0) throw new PatternFault('Only one key allowed in match expression');
  return operator === 'prefix' ? text.isPrefixOf : text.isSuffixOf;
}

/** The operators whose operand is a text. */
function compileText(
  operator: string,
  operand: unknown,
  otherwise: string,
): (value: string) => boolean {
  const text = textOf(operand, otherwise);
  switch (operator) {
    case 'prefix':
      return (value) => value.startsWith(text);
    case 'suffix':
      return (value) => value.endsWith(text);
    case 'wildcard':
      return compileWildcard(text);
    default:
      return ignoringCase(text).equals;
  }
}

function compileAnythingBut(operand: unknown, dialect: Dialect): Test {
  if (typeof operand === 'object' && operand !== null && !Array.isArray(operand)) {
    return compileTurnedAround(operand, dialect);
  }
  if (!Array.isArray(operand)) {
    checkAnythingBut(operand);
    return noneOf([operand], dialect);
  }
  if (!operand.every((value) => typeof value === 'string' || typeof value === 'number')) {
    throw new PatternFault('Inside anything but list, start|null|boolean is not supported.');
  }
  if (new Set(operand.map((value) => typeof value)).size !== 1) {
    throw new PatternFault(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    );
  }
  return noneOf(operand, dialect);
}

/** Compiles `{ "anything-but": { "prefix": ... } }`. A value that is no text is something else, too. */
function compileTurnedAround(operand: object, dialect: Dialect): Test {
  const [entry, ...more] = Object.entries(operand) as [string, unknown][];
  if (entry === undefined) throw new PatternFault('Anything-But expression name not found');
  const [form, value] = entry;
  if (!dialect.turnedAround.has(form)) {
    throw new PatternFault(`Unsupported anything-but pattern: ${form}`);
  }
  const texts = dialect.hasNestedForms && Array.isArray(value) ? (value as unknown[]) : [value];
  if (dialect.hasNestedForms && !Array.isArray(value)) checkAnythingBut(value);
  if (texts.length === 0) throw new PatternFault('Empty arrays are not allowed');
  const tests = texts.map((text) => {
    const isAffix = form === 'prefix' || form === 'suffix';
    if (isAffix && text === '') throw new PatternFault('Null prefix/suffix not allowed');
    return compileText(form, text, wordsFor(form, dialect));
  });
  if (more.length > 0) throw new PatternFault('Only one key allowed in match expression');
  return (found) => typeof found !== 'string' || !tests.some((test) => test(found));
}

function wordsFor(form: string, dialect: Dialect): string {
  if (form === 'equals-ignore-case') {
    return 'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.';
  }
  if (form === 'wildcard') return 'wildcard match pattern must be a string';
  return `${dialect.hasNestedForms ? 'prefix/suffix' : form} match pattern must be a string`;
}

function checkAnythingBut(value: unknown): asserts value is string | number {
  if (typeof value === 'string' || typeof value === 'number') return;
  throw new PatternFault('Value of anything-but must be an array or single string/number value.');
}

function noneOf(values: readonly (string | number)[], { numbers }: Dialect): Test {
  const texts = new Set<Primitive>(values.filter((value) => typeof value === 'string'));
  const excluded = new Set(
    values
      .filter((value) => typeof value === 'number')
      .map((value) => comparableOrRefuse(value, numbers)),
  );
  return (found) => {
    if (typeof found !== 'number') return !texts.has(found);
    const number = comparable(found, numbers);
    return number === undefined || !excluded.has(number);
  };
}

function textOf(operand: unknown, otherwise: string): string {
  if (typeof operand !== 'string') throw new PatternFault(otherwise);
  return operand;
}

function ofStrings(test: (value: string) => boolean): Test {
  return (value) => typeof value === 'string' && test(value);
}

function anyOf(tests: readonly Test[]): Test {
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return only;
  return (value) => tests.some((test) => test(value));
}
