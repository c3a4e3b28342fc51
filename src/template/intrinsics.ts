import type { Evaluator } from './evaluator.ts';
import { attributeList } from './short-forms.ts';
import { partsOfSub, referenceOf } from './substitution.ts';
import {
  describeKind,
  hasIntrinsic,
  isList,
  isMap,
  unresolvedIn,
  Unresolved,
  type TemplateMap,
  type TemplatePath,
  type TemplateValue,
} from './template-value.ts';

/**
 * A function of CloudFormation. Gives its own call again where it refers to what is known later, and undefined for
 * `AWS::NoValue`.
 */
type Intrinsic = (
  evaluator: Evaluator,
  argument: TemplateValue,
  path: TemplatePath,
) => TemplateValue | undefined;

/** A function of arguments that are all known. */
type Computation = (at: Place, argument: TemplateValue) => TemplateValue;

/** Where a call is, for errors. */
interface Place {
  readonly evaluator: Evaluator;
  readonly name: string;
  readonly path: TemplatePath;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
export const intrinsics: ReadonlyMap<string, Intrinsic> = new Map([
  ['Ref', ref],
  ['Fn::GetAtt', getAtt],
  ['Fn::Sub', sub],
  ['Fn::If', choose],
  [
    'Fn::And',
    (evaluator, argument, path) => {
      const at = { evaluator, name: 'Fn::And', path };
      return parts(at, argument, 2, 10).every((part) => evaluator.decide(part, path));
    },
  ],
  [
    'Fn::Or',
    (evaluator, argument, path) => {
      const at = { evaluator, name: 'Fn::Or', path };
      return parts(at, argument, 2, 10).some((part) => evaluator.decide(part, path));
    },
  ],
  [
    'Fn::Not',
    (evaluator, argument, path) => {
      const [part = null] = parts({ evaluator, name: 'Fn::Not', path }, argument, 1, 1);
      return !evaluator.decide(part, path);
    },
  ],
  ...computed('Fn::Equals', equals),
  ...computed('Fn::Join', join),
  ...computed('Fn::Split', split),
  ...computed('Fn::Select', select),
  ...computed('Fn::FindInMap', findInMap),
  ...computed('Fn::ImportValue', importValue),
  ...computed('Fn::Base64', (at, argument) => Buffer.from(textOf(at, argument)).toString('base64')),
  ...computed('Fn::GetAZs', (at, argument) => {
    const region = argument === '' || argument === null ? at.evaluator.region : argument;
    return ['a', 'b', 'c'].map((zone) => `${textOf(at, region)}${zone}`);
  }),
  ...computed('Fn::Length', (at, argument) => listOf(at, argument).length),
  ...computed('Fn::ToJsonString', (_, argument) => JSON.stringify(argument)),
  ...computed('Fn::Cidr', () => new Unresolved('Fn::Cidr is not computed here')),
  ...computed('Fn::Transform', () => new Unresolved('macros are not run here')),
]);

function ref(
  evaluator: Evaluator,
  argument: TemplateValue,
  path: TemplatePath,
): TemplateValue | undefined {
  const at = { evaluator, name: 'Ref', path };
  if (typeof argument !== 'string')
    throw wrong(at, 'the name of a parameter or resource', argument);
  // `Ref` of what SAM made: `Orders.Alias`.
  const { logicalId, attribute } = referenceOf(argument);
  return refer(at, logicalId, attribute);
}

function refer(
  { evaluator, name, path }: Place,
  logicalId: string,
  attribute: string | undefined,
): TemplateValue | undefined {
  if (attribute === undefined) {
    if (logicalId === 'AWS::NoValue') return undefined;
    const value = evaluator.names.get(logicalId);
    if (value !== undefined) return value;
    if (logicalId.startsWith('AWS::')) {
      throw evaluator.text.error(path, `${name}: there is no pseudo parameter ${logicalId}`);
    }
  }
  const found = evaluator.find(logicalId, attribute, path);
  if (found !== undefined) return found;
  return attribute === undefined ? { Ref: logicalId } : { 'Fn::GetAtt': [logicalId, attribute] };
}

function getAtt(
  evaluator: Evaluator,
  argument: TemplateValue,
  path: TemplatePath,
): TemplateValue | undefined {
  const at = { evaluator, name: 'Fn::GetAtt', path };
  const [logicalId, attribute] = parts(at, attributeList(argument), 2, 2);
  const name = attribute === undefined ? attribute : evaluator.evaluate(attribute, path);
  if (typeof logicalId === 'string' && typeof name === 'string') return refer(at, logicalId, name);
  throw wrong(at, 'a resource and an attribute of it', argument);
}

/** Stays as it is when a part is known later, so that its text is not read twice. */
function sub(evaluator: Evaluator, argument: TemplateValue, path: TemplatePath): TemplateValue {
  const at = { evaluator, name: 'Fn::Sub', path };
  const [text, given] = isList(argument) ? argument : [argument, {}];
  if (typeof text !== 'string') throw wrong(at, 'a text, or a text and a map', argument);
  if (!isMap(given)) throw wrong(at, 'a map of variables', given);
  let result = '';
  for (const part of partsOfSub(text)) {
    const value = 'text' in part ? part.text : variable(at, part.variable, given);
    if (value instanceof Unresolved) return value;
    if (hasIntrinsic(value)) return { 'Fn::Sub': argument };
    result += textOf(at, value);
  }
  return result;
}

function variable(at: Place, name: string, given: TemplateMap): TemplateValue {
  const { evaluator, path } = at;
  if (!/^[\w.:]+$/.test(name)) {
    const rule =
      'variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons';
    throw evaluator.text.error(path, `Template error: ${rule}, not "${name}"`);
  }
  const own = Object.hasOwn(given, name) ? given[name] : undefined;
  if (own !== undefined) return evaluator.evaluate(own, path) ?? '';
  const { logicalId, attribute } = referenceOf(name);
  return refer(at, logicalId, attribute) ?? '';
}

/** The branch that is not taken is not looked at. */
function choose(
  evaluator: Evaluator,
  argument: TemplateValue,
  path: TemplatePath,
): TemplateValue | undefined {
  const at = { evaluator, name: 'Fn::If', path };
  const [condition, yes = null, no = null] = parts(at, argument, 3, 3);
  if (typeof condition !== 'string') throw wrong(at, 'the name of a condition', condition);
  return evaluator.evaluate(evaluator.holds(condition, path) ? yes : no, path);
}

function equals(at: Place, argument: TemplateValue): TemplateValue {
  const [one, other] = parts(at, argument, 2, 2);
  if (isList(one) || isMap(one) || isList(other) || isMap(other)) {
    return JSON.stringify(one) === JSON.stringify(other);
  }
  return textOf(at, one) === textOf(at, other);
}

function join(at: Place, argument: TemplateValue): TemplateValue {
  const [delimiter, values] = parts(at, argument, 2, 2);
  return listOf(at, values)
    .map((value) => textOf(at, value))
    .join(textOf(at, delimiter));
}

function split(at: Place, argument: TemplateValue): TemplateValue {
  const [delimiter, text] = parts(at, argument, 2, 2);
  return textOf(at, text).split(textOf(at, delimiter));
}

function select(at: Place, argument: TemplateValue): TemplateValue {
  const [index, values] = parts(at, argument, 2, 2);
  const list = listOf(at, values);
  const position = Number(textOf(at, index));
  const value = Number.isInteger(position) ? list[position] : undefined;
  if (value !== undefined && value !== null) return value;
  const problem = `Template error: Fn::Select cannot select nonexistent value at index ${textOf(at, index)}`;
  throw at.evaluator.text.error(at.path, problem);
}

function findInMap(at: Place, argument: TemplateValue): TemplateValue {
  const { evaluator, path } = at;
  const [map, top, second, fallback] = parts(at, argument, 3, 4);
  const keys = [map, top, second].map((key) => textOf(at, key));
  let found: TemplateValue | undefined = evaluator.mappings;
  for (const key of keys)
    found = isMap(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  if (found !== undefined) return found;
  if (isMap(fallback) && fallback['DefaultValue'] !== undefined) return fallback['DefaultValue'];
  const problem = `Template error: Unable to get mapping for ${keys.join('::')}`;
  throw evaluator.text.error(path, problem);
}

function importValue(at: Place, argument: TemplateValue): TemplateValue {
  const name = textOf(at, argument);
  const { imports } = at.evaluator;
  if (Object.hasOwn(imports, name)) return imports[name] ?? '';
  return new Unresolved(`the import "${name}" is of another stack; pass its value in \`imports\``);
}

/** Evaluates the arguments first; a call with one that is known later stays a call. */
function computed(name: string, compute: Computation): [string, Intrinsic][] {
  const intrinsic: Intrinsic = (evaluator, argument, path) => {
    const evaluated = evaluator.evaluate(argument, path) ?? null;
    if (hasIntrinsic(evaluated)) return { [name]: evaluated };
    return unresolvedIn(evaluated) ?? compute({ evaluator, name, path }, evaluated);
  };
  return [[name, intrinsic]];
}

function parts(
  at: Place,
  argument: TemplateValue,
  min: number,
  max: number,
): readonly TemplateValue[] {
  if (isList(argument) && argument.length >= min && argument.length <= max) return argument;
  const count = min === max ? String(min) : `${min} to ${max}`;
  throw wrong(at, `a list of ${count}`, argument);
}

function listOf(at: Place, value: TemplateValue | undefined): readonly TemplateValue[] {
  if (isList(value)) return value;
  throw wrong(at, 'a list', value);
}

function textOf(at: Place, value: TemplateValue | undefined): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  throw wrong(at, 'a text', value);
}

function wrong(
  { evaluator, name, path }: Place,
  rule: string,
  value: TemplateValue | undefined,
): Error {
  return evaluator.text.error(path, `${name} takes ${rule}, got ${describeKind(value)}`);
}
