import { attributeList } from './short-forms.ts';
import { partsOfSub, referenceOf } from './substitution.ts';
import type { TemplateResource } from './template-resource.ts';
import type { TemplateText } from './template-text.ts';
import {
  intrinsicOf,
  isList,
  isMap,
  type TemplatePath,
  type TemplateValue,
} from './template-value.ts';

/** A reference to a resource, as a value makes it. */
export interface Reference {
  readonly logicalId: string;
  /** Undefined for `Ref`. */
  readonly attribute: string | undefined;
  readonly path: TemplatePath;
}

/** Every reference in a value. `names`: parameters and pseudo parameters, which are no resources. */
export function referencesIn(
  value: TemplateValue,
  path: TemplatePath,
  names: ReadonlyMap<string, TemplateValue>,
): Reference[] {
  if (isList(value)) {
    return value.flatMap((item, index) => referencesIn(item, [...path, index], names));
  }
  if (!isMap(value)) return [];
  const inside = Object.entries(value).flatMap(([key, its]) =>
    referencesIn(its, [...path, key], names),
  );
  const call = intrinsicOf(value);
  if (call === undefined) return inside;
  const found = referencesOf(call.name, call.argument).filter(
    ({ logicalId, attribute }) => attribute !== undefined || !isName(logicalId, names),
  );
  return [...found.map((reference) => ({ ...reference, path })), ...inside];
}

function isName(name: string, names: ReadonlyMap<string, TemplateValue>): boolean {
  return names.has(name) || name === 'AWS::NoValue';
}

function referencesOf(name: string, argument: TemplateValue): Omit<Reference, 'path'>[] {
  if (name === 'Ref' && typeof argument === 'string') {
    return [referenceOf(argument)];
  }
  if (name === 'Fn::GetAtt') {
    const parts = attributeList(argument);
    const [logicalId, attribute] = isList(parts) ? parts : [];
    return typeof logicalId === 'string'
      ? [{ logicalId, attribute: typeof attribute === 'string' ? attribute : '' }]
      : [];
  }
  if (name !== 'Fn::Sub') return [];
  const [text, given] = isList(argument) ? argument : [argument];
  if (typeof text !== 'string') return [];
  return partsOfSub(text)
    .flatMap((part) => ('variable' in part ? [part.variable] : []))
    .filter((variable) => !isMap(given) || !Object.hasOwn(given, variable))
    .map(referenceOf);
}

/**
 * Resources in an order in which each comes after those it needs; otherwise in that of the template.
 * @param needs logical ids that a resource needs
 */
export function inOrder(
  resources: readonly TemplateResource[],
  needs: (resource: TemplateResource) => readonly string[],
  text: TemplateText,
): TemplateResource[] {
  const byId = new Map(resources.map((resource) => [resource.logicalId, resource]));
  const ordered = new Set<TemplateResource>();
  const onTheWay: string[] = [];
  const visit = (resource: TemplateResource): void => {
    if (ordered.has(resource)) return;
    const { logicalId } = resource;
    const at = onTheWay.indexOf(logicalId);
    if (at !== -1) {
      const circle = [...onTheWay.slice(at), logicalId].join(' -> ');
      throw text.error(resource.path, `Circular dependency between resources: ${circle}`);
    }
    onTheWay.push(logicalId);
    for (const needed of needs(resource)) {
      const other = byId.get(needed);
      if (other !== undefined) visit(other);
    }
    onTheWay.pop();
    ordered.add(resource);
  };
  for (const resource of resources) visit(resource);
  return [...ordered];
}
