import type { Field, FieldNode } from './field-tree.ts';
import type { Primitive } from './operators.ts';

/**
 * Matches an event as AWS's engine does (https://github.com/aws/event-ruler): the fields of an alternative are
 * looked for one after the other, in the order of their dotted paths. Arrays are looked through at any depth,
 * but fields that lie in the same array have to be found in the same element of it. A field is absent when
 * nothing in reach has it: the whole array as long as no earlier field chose an element, then that element.
 *
 * Only fields below the same array depend on each other, so the tree of fields and the event are walked together
 * and each part is decided by itself: the time grows with the event times the fields, never exponentially.
 */
export function matchesTree(tree: FieldNode, event: unknown): boolean {
  return matchesNode(tree, { values: [event], views: [] }, undefined, 0);
}

/** How deep arrays may lie directly in arrays; what is deeper is not found. */
const maxNesting = 200;

/** What an event has at a path: mostly one value, more where its keys have dots, none where it is absent. */
interface Found {
  readonly values: readonly unknown[];
  /** Objects whose keys may go on with a dot behind what was read of the path. */
  readonly views: readonly View[];
}

interface View {
  readonly object: object;
  readonly prefix: string;
}

/** @param chosen the field that made an array around here choose this element, and so has to be here */
function matchesNode(
  node: FieldNode,
  found: Found,
  chosen: Field | undefined,
  nesting: number,
): boolean {
  if (found.values.some((value) => Array.isArray(value))) {
    return matchesArray(node, elementsOf(found.values), found.views, node.field, chosen, nesting);
  }
  if (node.field !== undefined) {
    const leaves = found.values.filter(isPrimitive);
    const isSatisfied =
      leaves.length === 0 ? mayBeAbsent(node.field, chosen) : leaves.some(node.field.test);
    if (!isSatisfied) return false;
  }
  return matchesChildren(node, found, chosen, nesting);
}

function matchesChildren(
  node: FieldNode,
  found: Found,
  chosen: Field | undefined,
  nesting: number,
): boolean {
  return node.children.every((child) =>
    matchesNode(child, descend(found, child.key, child.children.length > 0), chosen, nesting),
  );
}

/** @param leaf the field that ends at this path, unless it is dealt with */
function matchesArray(
  node: FieldNode,
  elements: readonly unknown[],
  views: readonly View[],
  leaf: Field | undefined,
  chosen: Field | undefined,
  nesting: number,
): boolean {
  if (nesting >= maxNesting) return false;
  if (leaf !== undefined) {
    const leaves = elements.filter(isPrimitive);
    const nested = elements.filter((element) => Array.isArray(element));
    const chosenElsewhere = chosen === leaf ? undefined : chosen;
    // A plain value among the elements chooses none of them: the other fields are free.
    if (
      leaves.some(leaf.test) &&
      matchesArray(node, elements, views, undefined, chosenElsewhere, nesting)
    ) {
      return true;
    }
    if (nested.some((inner) => matchesArray(node, inner, views, leaf, leaf, nesting + 1))) {
      return true;
    }
    if (leaves.length > 0 || !mayBeAbsent(leaf, chosen) || hasPrimitive(nested)) return false;
  }
  const others = node.fields.filter((field) => field !== node.field);
  const first =
    chosen !== undefined && others.includes(chosen)
      ? chosen
      : others.find((field) => occurs(node, { values: elements, views }, field));
  const before = first === undefined ? others : others.slice(0, others.indexOf(first));
  if (!before.every((field) => mayBeAbsent(field, chosen))) return false;
  if (first === undefined) return true;

  return elements.some((element) => {
    if (Array.isArray(element)) {
      return matchesArray(node, element, views, undefined, first, nesting + 1);
    }
    return (
      !isPrimitive(element) && matchesChildren(node, { values: [element], views }, first, nesting)
    );
  });
}

function mayBeAbsent(field: Field, chosen: Field | undefined): boolean {
  return field.acceptsAbsence && field !== chosen;
}

/** Whether the event has the field anywhere below, in whatever elements. */
function occurs(node: FieldNode, from: Found, { segments }: Field): boolean {
  let found = from;
  for (let depth = node.depth; depth < segments.length; depth += 1) {
    const objects = { values: objectsIn(found.values), views: found.views };
    // Within the segments by the condition of the loop.
    found = descend(objects, segments[depth] as string, depth + 1 < segments.length);
  }
  return hasPrimitive(found.values);
}

/** What is at a key of what was found; `goesOn` where keys below it are of interest. */
function descend({ values, views }: Found, key: string, goesOn: boolean): Found {
  const next: unknown[] = [];
  const nextViews: View[] = [];
  const look = (object: object, name: string): void => {
    // Checked one line above; events are plain data, so a key is a string.
    if (Object.hasOwn(object, name)) next.push((object as Record<string, unknown>)[name]);
    if (goesOn) nextViews.push({ object, prefix: `${name}.` });
  };
  for (const value of values) {
    if (typeof value === 'object' && value !== null) look(value, key);
  }
  for (const { object, prefix } of views) look(object, prefix + key);
  return { values: next, views: nextViews };
}

/** The elements of all arrays among the values; a value that is none stands for itself. */
function elementsOf(values: readonly unknown[]): readonly unknown[] {
  const [only] = values;
  return values.length === 1 && Array.isArray(only) ? only : values.flat();
}

function objectsIn(values: readonly unknown[]): object[] {
  const objects: object[] = [];
  const waiting = [...values];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (Array.isArray(value)) for (const element of value) waiting.push(element);
    else if (typeof value === 'object' && value !== null) objects.push(value);
  }
  return objects;
}

function hasPrimitive(values: readonly unknown[]): boolean {
  const waiting = [...values];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (isPrimitive(value)) return true;
    if (Array.isArray(value)) for (const element of value) waiting.push(element);
  }
  return false;
}

function isPrimitive(value: unknown): value is Primitive {
  return value === null || (typeof value !== 'object' && value !== undefined);
}
