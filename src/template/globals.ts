import type { TemplateText } from './template-text.ts';
import {
  describeKind,
  intrinsicOf,
  isList,
  isMap,
  type TemplateMap,
  type TemplateValue,
} from './template-value.ts';

/** What each section of `Globals` is about. */
const types: ReadonlyMap<string, string> = new Map(
  [
    'Function',
    'Api',
    'HttpApi',
    'WebSocketApi',
    'SimpleTable',
    'StateMachine',
    'LayerVersion',
    'CapacityProvider',
  ].map((section) => [`AWS::Serverless::${section}`, section]),
);

/**
 * Properties that hold for all resources of a type of SAM.
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
 */
export class Globals {
  readonly #sections: TemplateMap;

  constructor(text: TemplateText) {
    this.#sections = text.section('Globals');
    const known = [...types.values()];
    for (const [section, properties] of Object.entries(this.#sections)) {
      if (!known.includes(section)) {
        const problem = `'${section}' is not supported. Must be one of: ${known.join(', ')}`;
        throw text.error(['Globals', section], problem);
      }
      if (!isMap(properties)) {
        const problem = `Expected a map, got ${describeKind(properties)}`;
        throw text.error(['Globals', section], problem);
      }
    }
  }

  /** Properties of a resource with what holds for all of its type. `ignored`: its `IgnoreGlobals`. */
  mergeInto(
    type: string,
    properties: TemplateMap,
    ignored: TemplateValue | undefined,
  ): TemplateMap {
    const section = types.get(type);
    const globals = section === undefined ? undefined : this.#sections[section];
    if (!isMap(globals) || ignored === '*') return properties;
    const left = isList(ignored) ? ignored : [];
    const taken = Object.entries(globals).filter(([name]) => !left.includes(name));
    return mergeGlobals(Object.fromEntries(taken), properties) as TemplateMap;
  }
}

/** Maps merge, lists follow each other, anything else of the resource takes the place of the global one. */
export function mergeGlobals(global: TemplateValue, own: TemplateValue): TemplateValue {
  if (isList(global) && isList(own)) return [...global, ...own];
  if (!isPlainMap(global) || !isPlainMap(own)) return own;
  const merged: Record<string, TemplateValue> = { ...global };
  for (const [key, value] of Object.entries(own)) {
    const below = Object.hasOwn(global, key) ? global[key] : undefined;
    merged[key] = below === undefined ? value : mergeGlobals(below, value);
  }
  return merged;
}

/** A call of a function is one value. */
function isPlainMap(value: TemplateValue): value is TemplateMap {
  return isMap(value) && intrinsicOf(value) === undefined;
}
