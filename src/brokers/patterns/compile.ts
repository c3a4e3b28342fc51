import { readAlternatives } from './alternatives.ts';
import type { Dialect } from './dialect.ts';
import { fieldTree } from './field-tree.ts';
import { matchesTree } from './matcher.ts';
import { PatternFault } from './pattern-fault.ts';

/**
 * Gives whether an event (plain JSON data) satisfies the pattern.
 * @throws PatternFault
 */
export function compilePattern(pattern: object, dialect: Dialect): (event: unknown) => boolean {
  const trees = readAlternatives(pattern, dialect).map(fieldTree);
  return (event) =>
    typeof event === 'object' &&
    event !== null &&
    !Array.isArray(event) &&
    trees.some((tree) => matchesTree(tree, event));
}

/** A pattern as JSON text and as the object that the text says. @throws PatternFault */
export function readPattern(pattern: object | string): { json: string; object: object } {
  try {
    const json = typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
    const object: unknown = JSON.parse(json);
    if (typeof object === 'object' && object !== null && !Array.isArray(object)) {
      return { json, object };
    }
  } catch (error) {
    throw new PatternFault(error instanceof Error ? error.message : String(error));
  }
  throw new PatternFault('Filter is not an object');
}
