import type { NumberRule } from './dialect.ts';
import { PatternFault } from './pattern-fault.ts';

/**
 * A number in units of the last decimal that counts, so that equal means equal whatever the bits are;
 * undefined outside the bounds, where AWS does not compare numbers.
 */
export function comparable(value: number, { max, decimals }: NumberRule): number | undefined {
  return Math.abs(value) <= max ? Math.round(value * 10 ** decimals) : undefined;
}

/** As `comparable`, for numbers of a pattern, which are refused outside the bounds. */
export function comparableOrRefuse(value: number, rule: NumberRule): number {
  const found = comparable(value, rule);
  if (found !== undefined) return found;
  const bound = `${rule.max / 1e9}.0E9`;
  throw new PatternFault(`Value must be between -${bound} and ${bound}, inclusive`);
}

/** Compiles `["=", 5]` or `[">", 0, "<=", 5]`: one comparison, or a range with its lower bound first. */
export function compileNumeric(operand: unknown, rule: NumberRule): (value: number) => boolean {
  if (!Array.isArray(operand)) throw new PatternFault('Value of numeric must be an array.');
  const [first, bound, second, otherBound, ...rest]: unknown[] = operand;
  if (typeof first !== 'string') {
    throw new PatternFault(`Invalid member in numeric match: ${tokenOf(operand, 0)}`);
  }
  if (!['=', '<', '<=', '>', '>='].includes(first)) {
    throw new PatternFault(`Unrecognized numeric range operator: ${first}`);
  }
  const one = boundOf(first === '=' ? 'equals' : first, bound, rule);
  if (operand.length === 2) return comparison(first, one, rule);
  if (!first.startsWith('>')) throw new PatternFault('Too many elements in numeric expression');

  if (typeof second !== 'string') {
    throw new PatternFault(`Bad value in numeric range: ${tokenOf(operand, 2)}`);
  }
  if (second !== '<' && second !== '<=') {
    throw new PatternFault(`Bad numeric range operator: ${second}`);
  }
  const other = boundOf(second, otherBound, rule);
  if (rest.length > 0) throw new PatternFault('Too many terms in numeric range expression');
  if (one >= other) throw new PatternFault('Bottom must be less than top');
  const isAbove = comparison(first, one, rule);
  const isBelow = comparison(second, other, rule);
  return (value) => isAbove(value) && isBelow(value);
}

function comparison(operator: string, bound: number, rule: NumberRule): (value: number) => boolean {
  return (value) => {
    const found = comparable(value, rule);
    if (found === undefined) return false;
    switch (operator) {
      case '<':
        return found < bound;
      case '<=':
        return found <= bound;
      case '>':
        return found > bound;
      case '>=':
        return found >= bound;
      default:
        return found === bound;
    }
  };
}

function boundOf(operator: string, value: unknown, rule: NumberRule): number {
  if (typeof value !== 'number') throw new PatternFault(`Value of ${operator} must be numeric`);
  return comparableOrRefuse(value, rule);
}

/** As AWS's parser names what it met. */
function tokenOf(list: readonly unknown[], index: number): string {
  const value = list[index];
  if (index >= list.length) return ']';
  if (Array.isArray(value)) return '[';
  return typeof value === 'object' && value !== null ? '{' : String(value);
}
