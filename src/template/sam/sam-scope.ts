import type { TemplateText } from '../template-text.ts';
import type { TemplateResource } from '../template-resource.ts';
import {
  isMap,
  type TemplateMap,
  type TemplatePath,
  type TemplateValue,
} from '../template-value.ts';
import type { Warnings } from '../warnings.ts';

/** What the transform of SAM makes: resources of CloudFormation, each under its logical id. */
export class SamScope {
  readonly text: TemplateText;
  readonly warnings: Warnings;
  /** `Orders.Alias` is the alias that SAM made for `Orders`. */
  readonly renamed: Map<string, string> = new Map();
  readonly #resources = new Map<string, TemplateResource>();

  constructor(text: TemplateText, warnings: Warnings) {
    this.text = text;
    this.warnings = warnings;
  }

  get resources(): readonly TemplateResource[] {
    return [...this.#resources.values()];
  }

  get(logicalId: string): TemplateResource | undefined {
    return this.#resources.get(logicalId);
  }

  /** Puts a resource, or the same one with other properties. */
  put(resource: TemplateResource): void {
    this.#resources.set(resource.logicalId, resource);
  }

  /** Makes a resource of another one. @throws TemplateError when the template has that logical id itself */
  add(
    origin: Pick<TemplateResource, 'path' | 'dependsOn'>,
    resource: Pick<TemplateResource, 'logicalId' | 'type' | 'properties'>,
  ): void {
    if (this.#resources.has(resource.logicalId)) {
      const problem = `SAM makes a resource ${resource.logicalId} of it, and the template has one already`;
      throw this.text.error(origin.path, problem);
    }
    const { path, dependsOn } = origin;
    this.put({ ...resource, metadata: {}, dependsOn, path });
  }
}

/** A map without what has no value. */
export function compact(properties: Record<string, TemplateValue | undefined>): TemplateMap {
  const given = Object.entries(properties).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as TemplateMap;
}

/** Those of the named properties that are there. */
export function pick(properties: TemplateMap, names: readonly string[]): TemplateMap {
  return compact(Object.fromEntries(names.map((name) => [name, properties[name]])));
}

/** Without the named properties. */
export function omit(properties: TemplateMap, names: readonly string[]): TemplateMap {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));
}

export function mapAt(
  text: TemplateText,
  properties: TemplateMap,
  name: string,
  path: TemplatePath,
): TemplateMap | undefined {
  const value = properties[name];
  if (value === undefined || value === null || isMap(value)) return value ?? undefined;
  throw text.error([...path, name], 'Expected a map');
}

/** The logical id of `{ Ref: id }`. */
export function refTarget(value: TemplateValue | undefined): string | undefined {
  if (!isMap(value) || Object.keys(value).length !== 1) return undefined;
  return typeof value['Ref'] === 'string' ? value['Ref'] : undefined;
}

export function arnOf(logicalId: string): TemplateMap {
  return { 'Fn::GetAtt': [logicalId, 'Arn'] };
}
