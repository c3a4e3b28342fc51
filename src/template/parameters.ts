import { InvalidOptionError } from '../core/errors.ts';
import type { TemplateText } from './template-text.ts';
import {
  describeKind,
  isList,
  isMap,
  Unresolved,
  type TemplateMap,
  type TemplatePath,
  type TemplateValue,
} from './template-value.ts';

/** Values for the parameters of a template; lists as lists, or as a text with commas. */
export type ParameterValues = Readonly<
  Record<string, string | number | boolean | readonly (string | number)[]>
>;

/**
 * What each parameter stands for: what was given, or its default. A number becomes a text, as on AWS.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
 */
export function resolveParameters(
  text: TemplateText,
  given: ParameterValues,
): ReadonlyMap<string, TemplateValue> {
  const definitions = text.section('Parameters');
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(definitions, name));
  if (unknown.length > 0) {
    const known = Object.keys(definitions).map((name) => `\`${name}\``);
    const rule = known.length === 0 ? 'left out' : `an object with the keys ${known.join(', ')}`;
    const hint = `Parameters: [${unknown.join(', ')}] do not exist in the template`;
    throw new InvalidOptionError('parameters', rule, given, hint);
  }

  const values = new Map<string, TemplateValue>();
  for (const [name, definition] of Object.entries(definitions)) {
    const path = ['Parameters', name];
    if (!isMap(definition)) {
      throw text.error(path, `Expected a map, got ${describeKind(definition)}`);
    }
    values.set(name, valueOf(text, path, definition, given[name]));
  }
  return values;
}

function valueOf(
  text: TemplateText,
  path: TemplatePath,
  definition: TemplateMap,
  given: ParameterValues[string] | undefined,
): TemplateValue {
  const name = path.at(-1);
  const { Type: type = 'String', Default: fallback } = definition;
  if (typeof type !== 'string') {
    throw text.error([...path, 'Type'], `Expected a text, got ${describeKind(type)}`);
  }
  const value = given ?? fallback;
  if (value === undefined || value === null) {
    throw text.error(path, `Parameters: [${name}] must have values: pass it in \`parameters\``);
  }
  if (given === undefined && type.startsWith('AWS::SSM::Parameter::Value<')) {
    return new Unresolved(
      `the parameter ${name} is ${describeKind(value)} of Systems Manager; pass its value in \`parameters\``,
    );
  }
  const items = itemsOf(text, path, value, isListType(type));
  for (const item of items) checkItem(text, path, definition, item, type);
  return isListType(type) ? items : (items[0] ?? '');
}

function isListType(type: string): boolean {
  return type === 'CommaDelimitedList' || /(?:^|<)List<|<CommaDelimitedList>/.test(type);
}

function itemsOf(
  text: TemplateText,
  path: TemplatePath,
  value: TemplateValue | ParameterValues[string],
  isOfList: boolean,
): string[] {
  if (isOfList && isList(value)) {
    return value.map((item) => textOf(text, path, item));
  }
  const whole = textOf(text, path, value);
  if (!isOfList) return [whole];
  return whole === '' ? [] : whole.split(',').map((item) => item.trim());
}

function textOf(text: TemplateText, path: TemplatePath, value: TemplateValue): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  throw text.error(path, `Expected a text or a number, got ${describeKind(value)}`);
}

/** In CloudFormation's words. */
function checkItem(
  text: TemplateText,
  path: TemplatePath,
  definition: TemplateMap,
  value: string,
  type: string,
): void {
  const name = path.at(-1);
  const { AllowedValues: allowed, AllowedPattern: pattern } = definition;
  const refuse = (rule: string): never => {
    const explained = definition['ConstraintDescription'];
    const more = typeof explained === 'string' ? `: ${explained}` : '';
    throw text.error(path, `Parameter '${name}' ${rule}, not "${value}"${more}`);
  };
  if (/\bNumber\b/.test(type) && (value.trim() === '' || !Number.isFinite(Number(value)))) {
    refuse('must be a number');
  }
  const choices = isList(allowed) ? allowed.map((one) => textOf(text, path, one)) : [value];
  if (!choices.includes(value)) {
    refuse(`must be one of AllowedValues: ${choices.join(', ')}`);
  }
  if (typeof pattern === 'string' && !fullMatch(text, path, pattern).test(value)) {
    refuse(`must match pattern ${pattern}`);
  }
  const bounds = [
    ['MinLength', value.length, -1, 'must contain at least', ' characters'],
    ['MaxLength', value.length, 1, 'must contain at most', ' characters'],
    ['MinValue', Number(value), -1, 'must be a number not less than', ''],
    ['MaxValue', Number(value), 1, 'must be a number not greater than', ''],
  ] as const;
  for (const [key, measured, side, rule, unit] of bounds) {
    const bound = definition[key];
    if (bound === undefined) continue;
    if ((measured - Number(bound)) * side > 0)
      refuse(`${rule} ${textOf(text, path, bound)}${unit}`);
  }
}

function fullMatch(text: TemplateText, path: TemplatePath, pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch (cause) {
    const problem = `${JSON.stringify(pattern)} is no regular expression`;
    throw text.error([...path, 'AllowedPattern'], problem, cause);
  }
}
