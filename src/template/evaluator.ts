import { intrinsics } from './intrinsics.ts';
import type { TemplateText } from './template-text.ts';
import {
  describeKind,
  hasIntrinsic,
  intrinsicOf,
  isList,
  isMap,
  Unresolved,
  type IntrinsicCall,
  type TemplateMap,
  type TemplatePath,
  type TemplateValue,
} from './template-value.ts';

/** What a reference to a resource gives; undefined leaves the reference as it is, to be looked up later. */
export type FindReference = (
  logicalId: string,
  attribute: string | undefined,
  path: TemplatePath,
) => TemplateValue | undefined;

/** What a template means where it is evaluated. */
export interface EvaluatorOptions {
  readonly text: TemplateText;
  /** Parameters and pseudo parameters. */
  readonly names: ReadonlyMap<string, TemplateValue>;
  readonly region: string;
  /** Values for `Fn::ImportValue`. */
  readonly imports: Readonly<Record<string, string>>;
  readonly find: FindReference;
}

/** Evaluates the functions of CloudFormation in values of a template. */
export class Evaluator {
  readonly text: TemplateText;
  readonly names: ReadonlyMap<string, TemplateValue>;
  readonly region: string;
  readonly imports: Readonly<Record<string, string>>;
  readonly mappings: TemplateMap;
  readonly #find: FindReference;
  readonly #conditions: TemplateMap;
  readonly #decided = new Map<string, boolean>();
  readonly #deciding = new Set<string>();

  constructor(options: EvaluatorOptions) {
    this.text = options.text;
    this.names = options.names;
    this.region = options.region;
    this.imports = options.imports;
    this.#find = options.find;
    this.mappings = this.text.section('Mappings');
    this.#conditions = this.text.section('Conditions');
  }

  /** Conditions are decided before there is any resource. */
  readonly find: FindReference = (logicalId, attribute, path) =>
    this.#deciding.size > 0 ? undefined : this.#find(logicalId, attribute, path);

  /** Undefined for `AWS::NoValue`: what has it is not there. */
  evaluate(value: TemplateValue, path: TemplatePath): TemplateValue | undefined {
    if (typeof value === 'string') return dynamicReference(value) ?? value;
    if (isList(value)) {
      const items = value.map((item, index) => this.evaluate(item, [...path, index]));
      return items.filter((item) => item !== undefined);
    }
    if (!isMap(value)) return value;
    const call = intrinsicOf(value);
    return call === undefined ? this.#map(value, path) : this.#call(call, path);
  }

  /** Whether a condition of the section `Conditions` holds. */
  holds(name: string, path: TemplatePath): boolean {
    const decided = this.#decided.get(name);
    if (decided !== undefined) return decided;
    const condition = Object.hasOwn(this.#conditions, name) ? this.#conditions[name] : undefined;
    if (condition === undefined) throw this.text.error(path, `There is no condition "${name}"`);
    const own = ['Conditions', name];
    if (this.#deciding.has(name)) {
      const circle = [...this.#deciding, name].join(' -> ');
      throw this.text.error(own, `Circular dependency between conditions: ${circle}`);
    }
    this.#deciding.add(name);
    const holds = this.decide(condition, own);
    this.#deciding.delete(name);
    this.#decided.set(name, holds);
    return holds;
  }

  /** What a condition comes to. It has no resources to refer to, so it is true or false. */
  decide(condition: TemplateValue, path: TemplatePath): boolean {
    if (isMap(condition) && typeof condition['Condition'] === 'string') {
      return this.holds(condition['Condition'], path);
    }
    const value = this.evaluate(condition, path);
    if (typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    if (value instanceof Unresolved) throw this.text.error(path, `Cannot decide: ${value.reason}`);
    if (value !== undefined && hasIntrinsic(value)) {
      const problem = 'Cannot reference resources in the Conditions block of the template';
      throw this.text.error(path, `Template error: ${problem}`);
    }
    throw this.text.error(path, `Expected a condition, got ${describeKind(value)}`);
  }

  #map(value: TemplateMap, path: TemplatePath): TemplateMap {
    const evaluated = Object.entries(value).flatMap(([key, its]) => {
      const result = this.evaluate(its, [...path, key]);
      return result === undefined ? [] : [[key, result] as const];
    });
    return Object.fromEntries(evaluated);
  }

  #call({ name, argument }: IntrinsicCall, path: TemplatePath): TemplateValue | undefined {
    const evaluate = intrinsics.get(name);
    if (evaluate === undefined) throw this.text.error(path, `There is no function ${name}`);
    return evaluate(this, argument, path);
  }
}

/** `{{resolve:ssm:...}}` and its like are looked up in services that are not here. */
function dynamicReference(text: string): Unresolved | undefined {
  const [found] = /\{\{resolve:(?:ssm|ssm-secure|secretsmanager):[^}]*\}\}/.exec(text) ?? [];
  return found === undefined ? undefined : new Unresolved(`${found} is not looked up here`);
}
