import type { Alternative } from './alternatives.ts';
import type { Condition } from './operators.ts';

/** A field of a pattern. */
export interface Field extends Condition {
  readonly segments: readonly string[];
}

/** The fields of one alternative as a tree. */
export interface FieldNode {
  /** Last part of the path. */
  readonly key: string;
  /** Number of parts of the path. */
  readonly depth: number;
  /** The field that ends here. */
  readonly field: Field | undefined;
  readonly children: readonly FieldNode[];
  /** All fields from here on, in the order of their dotted paths. */
  readonly fields: readonly Field[];
}

/** Dots in keys part them like levels: `{ "a.b": [1] }` is `{ "a": { "b": [1] } }`, as on AWS. */
export function fieldTree(alternative: Alternative): FieldNode {
  const fields = [...alternative.keys()].sort().map((path) => {
    // The key is from the map itself.
    const condition = alternative.get(path) as Condition;
    return { ...condition, segments: path.split('.') };
  });
  return node('', 0, fields);
}

function node(key: string, depth: number, fields: readonly Field[]): FieldNode {
  const below = Map.groupBy(
    fields.filter(({ segments }) => segments.length > depth),
    // Longer than `depth`, so the segment is there.
    ({ segments }) => segments[depth] as string,
  );
  return {
    key,
    depth,
    field: fields.find(({ segments }) => segments.length === depth),
    children: [...below].map(([name, own]) => node(name, depth + 1, own)),
    fields,
  };
}
