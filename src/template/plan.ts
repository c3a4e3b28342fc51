import type { Home } from '../core/arn.ts';
import { inOrder, referencesIn, type Reference } from './dependencies.ts';
import { Evaluator, type FindReference } from './evaluator.ts';
import { Globals } from './globals.ts';
import { resolveParameters, type ParameterValues } from './parameters.ts';
import { Properties } from './properties.ts';
import { isQuiet } from './quiet-resources.ts';
import { SamScope } from './sam/sam-scope.ts';
import { transformSam } from './sam/transform-sam.ts';
import type { TemplateResource } from './template-resource.ts';
import type { TemplateText } from './template-text.ts';
import {
  describeKind,
  isList,
  isMap,
  unresolvedIn,
  Unresolved,
  type TemplateMap,
  type TemplatePath,
  type TemplateValue,
} from './template-value.ts';
import { Warnings } from './warnings.ts';

/** What a template is planned for. */
export interface PlanOptions {
  readonly home: Home;
  /** Of `AWS::StackName`. */
  readonly stackName: string;
  readonly parameters: ParameterValues;
  readonly imports: Readonly<Record<string, string>>;
  /** What `LogicalId` or `LogicalId.Attribute` of resources gives that are not here. */
  readonly standIns: Readonly<Record<string, string>>;
  /** Types of CloudFormation, and SAM's APIs, that can be deployed. */
  readonly deployable: ReadonlySet<string>;
}

/** An output of a template. */
export interface TemplateOutput {
  readonly value: string;
  readonly description: string | undefined;
  /** Under which other stacks import it. */
  readonly exportName: string | undefined;
}

const sections = [
  'AWSTemplateFormatVersion',
  'Conditions',
  'Description',
  'Globals',
  'Mappings',
  'Metadata',
  'Outputs',
  'Parameters',
  'Resources',
  'Transform',
];

/** A template with all in it that does not depend on resources worked out: what to deploy, in which order. */
export class TemplatePlan {
  readonly text: TemplateText;
  readonly warnings: Warnings;
  /** In an order in which each comes after those it refers to. */
  readonly resources: readonly TemplateResource[];
  readonly #options: PlanOptions;
  readonly #names: ReadonlyMap<string, TemplateValue>;
  readonly #renamed: ReadonlyMap<string, string>;
  /** Types of resources that are not here, by logical id. */
  readonly #missing = new Map<string, string>();
  /** Logical ids of all that a reference may name. */
  #known: ReadonlySet<string> = new Set();
  /** Logical ids whose condition does not hold. */
  readonly #disabled = new Set<string>();

  constructor(text: TemplateText, options: PlanOptions) {
    this.text = text;
    this.warnings = new Warnings(text);
    this.#options = options;
    this.#warnOfSections();
    this.#names = new Map([
      ...pseudoParameters(options),
      ...resolveParameters(text, options.parameters),
    ]);
    const evaluator = this.#evaluator(() => undefined);
    const scope = new SamScope(text, this.warnings);
    const globals = new Globals(text);
    transformSam(scope, this.#read(evaluator, globals), globals);
    this.#renamed = scope.renamed;
    const transformed = scope.resources.map((resource) => ({
      ...resource,
      properties: evaluatedMap(evaluator, resource.properties, resource.path),
    }));
    this.resources = this.#sort(this.#withoutMissing(transformed));
  }

  /** The properties of a resource, with every reference in them looked up. */
  propertiesOf(resource: TemplateResource, find: FindReference): Properties {
    const evaluator = this.#evaluator(this.#lookUp(find));
    const properties = evaluatedMap(evaluator, resource.properties, resource.path);
    return new Properties({ text: this.text, warnings: this.warnings }, properties, resource.path);
  }

  /** Outputs by their names; those that need what is not here are left out with a warning. */
  outputs(find: FindReference): Readonly<Record<string, TemplateOutput>> {
    const evaluator = this.#evaluator(this.#lookUp(find));
    const outputs: Record<string, TemplateOutput> = {};
    for (const [name, output] of Object.entries(this.text.section('Outputs'))) {
      const path = ['Outputs', name];
      if (!isMap(output))
        throw this.text.error(path, `Expected a map, got ${describeKind(output)}`);
      const condition = output['Condition'];
      if (typeof condition === 'string' && !evaluator.holds(condition, path)) continue;
      const evaluated = evaluatedMap(evaluator, output, path);
      const { Value: value, Description, Export } = evaluated;
      const unknown = unresolvedIn(value ?? null);
      if (unknown !== undefined) {
        this.warnings.add(path, `Left out: ${unknown.reason}`);
        continue;
      }
      if (value === undefined) throw this.text.error(path, 'An output has a `Value`');
      const exported = isMap(Export) ? Export['Name'] : undefined;
      outputs[name] = {
        value: typeof value === 'string' ? value : JSON.stringify(value),
        description: typeof Description === 'string' ? Description : undefined,
        exportName: typeof exported === 'string' ? exported : undefined,
      };
    }
    return outputs;
  }

  #evaluator(find: FindReference): Evaluator {
    const { home, imports } = this.#options;
    return new Evaluator({
      text: this.text,
      names: this.#names,
      region: home.region,
      imports,
      find,
    });
  }

  #lookUp(find: FindReference): FindReference {
    return (logicalId, attribute, path) => {
      const { standIns } = this.#options;
      const asked = attribute === undefined ? logicalId : `${logicalId}.${attribute}`;
      if (Object.hasOwn(standIns, asked)) return standIns[asked] ?? '';
      const renamed = this.#renamed.get(asked);
      if (renamed !== undefined) return find(renamed, undefined, path);
      this.#needed({ logicalId, attribute, path });
      const type = this.#missing.get(logicalId);
      if (type === undefined) return find(logicalId, attribute, path);
      return new Unresolved(
        `${asked} is of an ${type}, which is not here; pass its value in \`standIns\``,
      );
    };
  }

  #read(evaluator: Evaluator, globals: Globals): TemplateResource[] {
    const entries = Object.entries(this.text.section('Resources'));
    if (entries.length === 0) {
      throw this.text.error(['Resources'], 'At least one Resources member must be defined');
    }
    return entries.flatMap(([logicalId, resource]) => {
      const at = ['Resources', logicalId];
      if (logicalId.startsWith('Fn::ForEach')) {
        throw this.text.error(at, 'Fn::ForEach is not supported: write the resources out');
      }
      if (!/^[A-Za-z0-9]+$/.test(logicalId)) {
        throw this.text.error(at, 'A logical id has letters and digits alone');
      }
      if (!isMap(resource)) {
        throw this.text.error(at, `Expected a map, got ${describeKind(resource)}`);
      }
      return this.#readOne(logicalId, resource, evaluator, globals);
    });
  }

  #readOne(
    logicalId: string,
    resource: TemplateMap,
    evaluator: Evaluator,
    globals: Globals,
  ): TemplateResource[] {
    const at = ['Resources', logicalId];
    const { Type: type, Properties: given, Condition: condition, Metadata: metadata } = resource;
    if (typeof type !== 'string') throw this.text.error(at, 'A resource has a `Type`');
    if (condition !== undefined && typeof condition !== 'string') {
      throw this.text.error([...at, 'Condition'], 'Expected the name of a condition');
    }
    if (condition !== undefined && !evaluator.holds(condition, at)) {
      this.#disabled.add(logicalId);
      return [];
    }
    if (given !== undefined && given !== null && !isMap(given)) {
      throw this.text.error([...at, 'Properties'], `Expected a map, got ${describeKind(given)}`);
    }
    const path = [...at, 'Properties'];
    const properties = globals.mergeInto(type, given ?? {}, resource['IgnoreGlobals']);
    return [
      {
        logicalId,
        type,
        properties: evaluatedMap(evaluator, properties, path),
        metadata: isMap(metadata) ? evaluatedMap(evaluator, metadata, [...at, 'Metadata']) : {},
        dependsOn: this.#dependsOn(resource['DependsOn'], at),
        path,
      },
    ];
  }

  #dependsOn(value: TemplateValue | undefined, at: TemplatePath): string[] {
    const list = value === undefined ? [] : isList(value) ? value : [value];
    const known = this.text.section('Resources');
    return list.map((logicalId) => {
      if (typeof logicalId === 'string' && Object.hasOwn(known, logicalId)) return logicalId;
      const problem = `There is no resource ${describeKind(logicalId)}`;
      throw this.text.error([...at, 'DependsOn'], problem);
    });
  }

  /** All that is not here in one warning. */
  #withoutMissing(resources: readonly TemplateResource[]): TemplateResource[] {
    const { deployable } = this.#options;
    const kept: TemplateResource[] = [];
    for (const resource of resources) {
      if (deployable.has(resource.type) || isQuiet(resource.type)) kept.push(resource);
      else this.#missing.set(resource.logicalId, resource.type);
    }
    if (this.#missing.size > 0) {
      const names = [...this.#missing].map(([logicalId, type]) => `${logicalId} (${type})`);
      const problem = `Left out, since there is nothing like it here: ${names.join(', ')}`;
      this.warnings.add(['Resources'], problem);
    }
    return kept;
  }

  #sort(resources: readonly TemplateResource[]): TemplateResource[] {
    this.#known = new Set([...resources.map((one) => one.logicalId), ...this.#missing.keys()]);
    return inOrder(
      resources,
      (resource) => {
        if (isQuiet(resource.type)) return [];
        const references = referencesIn(resource.properties, resource.path, this.#names);
        return [...resource.dependsOn, ...references.map((reference) => this.#needed(reference))];
      },
      this.text,
    );
  }

  #needed({ logicalId, attribute, path }: Reference): string {
    const asked = attribute === undefined ? logicalId : `${logicalId}.${attribute}`;
    const needed = this.#renamed.get(asked) ?? logicalId;
    if (this.#known.has(needed) || Object.hasOwn(this.#options.standIns, asked)) return needed;
    if (this.#disabled.has(needed)) {
      throw this.text.error(path, `${needed} is not made, since its condition does not hold`);
    }
    const problem = `"${asked}" is neither a resource nor a parameter of this template`;
    throw this.text.error(path, problem);
  }

  #warnOfSections(): void {
    for (const section of Object.keys(this.text.root)) {
      if (sections.includes(section)) continue;
      this.warnings.add([section], 'This section makes no difference here');
    }
    const transform = this.text.root['Transform'];
    const macros = transform === undefined ? [] : isList(transform) ? transform : [transform];
    const known = ['AWS::Serverless-2016-10-31', 'AWS::LanguageExtensions'];
    const others = macros.filter((macro) => !known.includes(macro as string));
    if (others.length === 0) return;
    this.warnings.add(
      ['Transform'],
      `Macros are not run here: ${others.map(describeKind).join(', ')}`,
    );
  }
}

function evaluatedMap(evaluator: Evaluator, map: TemplateMap, path: TemplatePath): TemplateMap {
  const value = evaluator.evaluate(map, path);
  return isMap(value) ? value : {};
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html */
function pseudoParameters({ home, stackName }: PlanOptions): [string, TemplateValue][] {
  const { partition, region, accountId } = home;
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const stack = `arn:${partition}:cloudformation:${region}:${accountId}:stack/${stackName}`;
  return [
    ['AWS::AccountId', accountId],
    ['AWS::NotificationARNs', []],
    ['AWS::Partition', partition],
    ['AWS::Region', region],
    ['AWS::StackId', `${stack}/00000000-0000-0000-0000-000000000000`],
    ['AWS::StackName', stackName],
    ['AWS::URLSuffix', suffix],
  ];
}
