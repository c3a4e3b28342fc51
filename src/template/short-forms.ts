import type { CollectionTag, ScalarTag } from 'yaml';
import type { TemplateMap, TemplateValue } from './template-value.ts';

/** The short forms (tags of YAML) and the functions that they stand for. */
const functions = [
  'And',
  'Base64',
  'Cidr',
  'Equals',
  'FindInMap',
  'GetAtt',
  'GetAZs',
  'If',
  'ImportValue',
  'Join',
  'Length',
  'Not',
  'Or',
  'Select',
  'Split',
  'Sub',
  'ToJsonString',
  'Transform',
] as const;

const names: ReadonlyMap<string, string> = new Map([
  ['!Ref', 'Ref'],
  ['!Condition', 'Condition'],
  ...functions.map((name): [string, string] => [`!${name}`, `Fn::${name}`]),
]);

/** Tells the parser that each tag may stand before a text, a list or a map; what they mean is `longForm`'s. */
export const shortFormTags: (ScalarTag | CollectionTag)[] = [...names.keys()].flatMap((tag) => [
  { tag, resolve: (text: string) => text } satisfies ScalarTag,
  { tag, collection: 'seq' } satisfies CollectionTag,
  { tag, collection: 'map' } satisfies CollectionTag,
]);

/** `!Sub text` as `{ 'Fn::Sub': 'text' }`; undefined for other tags. */
export function longForm(tag: string | undefined, value: TemplateValue): TemplateMap | undefined {
  const name = names.get(tag ?? '');
  if (name === undefined) return undefined;
  return { [name]: tag === '!GetAtt' ? attributeList(value) : value };
}

/** The attribute may have points of its own: `Table.Outputs.Arn`. */
export function attributeList(value: TemplateValue): TemplateValue {
  if (typeof value !== 'string') return value;
  const point = value.indexOf('.');
  return point === -1 ? value : [value.slice(0, point), value.slice(point + 1)];
}
