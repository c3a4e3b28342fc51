/**
 * What AWS's engine does, written as plainly as possible: the event as a flat list of fields that know their
 * places in arrays, and the fields of the pattern tried one after the other with backtracking. Knows exact
 * values, `exists` and `anything-but`; its time is exponential.
 */
export type Leaf = string | number | boolean | null;
export type Alternative = Leaf | { exists: boolean } | { 'anything-but': Leaf };
export type NaivePattern = { readonly [key: string]: readonly Alternative[] | NaivePattern };

/** Which element of which array (numbered in the order of the text) a field is in. */
type Places = ReadonlyMap<number, number>;
interface FlatField {
  readonly path: string;
  readonly value: Leaf;
  readonly places: Places;
}

export function naiveMatch(pattern: NaivePattern, event: object): boolean {
  const fields = flatten(event);
  const wanted = [...paths(pattern, [])].sort(([a], [b]) => (a < b ? -1 : 1));
  const search = (index: number, places: Places): boolean => {
    const next = wanted[index];
    if (next === undefined) return true;
    const [path, alternatives] = next;
    const inReach = fields.filter((field) => field.path === path && agrees(places, field.places));
    if (inReach.length === 0) {
      return alternatives.some((one) => isExists(one, false)) && search(index + 1, places);
    }
    return inReach
      .filter(({ value }) => alternatives.some((alternative) => satisfies(alternative, value)))
      .some((field) => search(index + 1, new Map([...places, ...field.places])));
  };
  return search(0, new Map());
}

function flatten(event: object): FlatField[] {
  const fields: FlatField[] = [];
  let arrays = 0;
  const visit = (value: unknown, path: readonly string[], places: Places): void => {
    if (Array.isArray(value)) {
      const array = arrays;
      arrays += 1;
      value.forEach((element: unknown, index) => {
        const isLeaf = typeof element !== 'object' || element === null;
        visit(element, path, isLeaf ? places : new Map([...places, [array, index]]));
      });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key], places);
    } else {
      fields.push({ path: path.join('.'), value: value as Leaf, places });
    }
  };
  visit(event, [], new Map());
  return fields;
}

function* paths(
  pattern: NaivePattern,
  path: readonly string[],
): Generator<[string, readonly Alternative[]]> {
  for (const [key, value] of Object.entries(pattern)) {
    if (Array.isArray(value)) yield [[...path, key].join('.'), value as readonly Alternative[]];
    else yield* paths(value as NaivePattern, [...path, key]);
  }
}

function agrees(chosen: Places, places: Places): boolean {
  return [...places].every(([array, index]) => (chosen.get(array) ?? index) === index);
}

function isExists(alternative: Alternative, value: boolean): boolean {
  return typeof alternative === 'object' && alternative !== null && 'exists' in alternative
    ? alternative.exists === value
    : false;
}

function satisfies(alternative: Alternative, value: Leaf): boolean {
  if (typeof alternative !== 'object' || alternative === null) return alternative === value;
  return 'exists' in alternative ? alternative.exists : alternative['anything-but'] !== value;
}
