import type { Dialect } from './dialect.ts';
import { compileCondition, type Condition } from './operators.ts';
import { ComplexityFault, PatternFault } from './pattern-fault.ts';

/** One way to satisfy a pattern: what each field has to be, by the dotted path of the field. */
export type Alternative = ReadonlyMap<string, Condition>;

/** AWS: a pattern with `$or` stands for at most 1,000 patterns without. */
const maxAlternatives = 1_000;
/** No limit of AWS; its patterns are too short to go so deep. */
const maxDepth = 500;

/** What may not be a field within `$or`, so that a misplaced operator does not become one. */
const reservedInOr = new Set(
  'exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr = < <= > >= regex not-wildcard not-equals-ignore-case date-after date-on-or-after date-before date-on-or-before in-date-range ip-address-in-range ip-address-not-in-range'.split(
    ' ',
  ),
);

/**
 * Reads a pattern. `$or` is taken apart here: each of its branches makes a copy of what was read so far, so
 * where a field is named within and without, the later one counts. Where `$or` does not have the form of the
 * operator (two or more objects) it is a field like others, as it was before AWS had the operator.
 */
export function readAlternatives(pattern: object, dialect: Dialect): readonly Alternative[] {
  try {
    return new Reader(dialect, true).read(pattern);
  } catch (fault) {
    if (!(fault instanceof PatternFault) || fault instanceof ComplexityFault) throw fault;
    try {
      return new Reader(dialect, false).read(pattern);
    } catch {
      // As an ordinary field it is no better: then what is wrong with the operator is worth telling.
      throw fault;
    }
  }
}

class Reader {
  readonly #dialect: Dialect;
  readonly #hasOr: boolean;
  #found: Map<string, Condition>[] = [new Map()];

  constructor(dialect: Dialect, hasOr: boolean) {
    this.#dialect = dialect;
    this.#hasOr = hasOr;
  }

  read(pattern: object): readonly Alternative[] {
    this.#readObject(pattern, [], false);
    return this.#found;
  }

  #readObject(pattern: object, path: readonly string[], isInOr: boolean): void {
    const entries = Object.entries(pattern) as [string, unknown][];
    if (entries.length === 0) throw new PatternFault('Empty objects are not allowed');
    if (path.length > maxDepth) throw new ComplexityFault('Event pattern is nested too deeply');
    for (const [key, value] of entries) {
      if (key === '$or' && this.#hasOr) {
        this.#readOr(value, path);
        continue;
      }
      if (isInOr && reservedInOr.has(key)) {
        throw new PatternFault(
          `${key} is Ruler reserved fieldName which cannot be used inside $or.`,
        );
      }
      this.#readField(value, [...path, key], isInOr);
    }
  }

  #readField(value: unknown, path: readonly string[], isInOr: boolean): void {
    if (Array.isArray(value)) {
      const condition = compileCondition(value, this.#dialect);
      for (const alternative of this.#found) alternative.set(path.join('.'), condition);
    } else if (typeof value === 'object' && value !== null) {
      this.#readObject(value, path, isInOr);
    } else {
      throw new PatternFault(`"${path.at(-1) ?? ''}" must be an object or an array`);
    }
  }

  #readOr(branches: unknown, path: readonly string[]): void {
    if (!Array.isArray(branches)) {
      throw new PatternFault('It must be an Array followed with $or.');
    }
    const before = this.#found;
    const after: Map<string, Condition>[] = [];
    for (const branch of branches as unknown[]) {
      if (typeof branch !== 'object' || branch === null || Array.isArray(branch)) {
        throw new PatternFault('Only JSON object is allowed in array of $or relationship.');
      }
      this.#found = before.map((alternative) => new Map(alternative));
      this.#readObject(branch, path, true);
      after.push(...this.#found);
      if (after.length > maxAlternatives) {
        throw new ComplexityFault(
          `Event pattern has more than ${maxAlternatives} rule combinations`,
        );
      }
    }
    if (branches.length < 2) {
      throw new PatternFault('There must have at least 2 Objects in $or relationship.');
    }
    this.#found = after;
  }
}
