import { ApiError } from './api-error.ts';
import { modelOf, shapeOf, type OperationName, type Shape } from './model/shapes.ts';

/** Violations that are told at most; a list of a million bad members is one bad request. */
const mostViolations = 20;

/** Texts longer than this are shortened in messages. */
const longestShown = 2_000;

/**
 * Checks input against the rules of the model, before anything else looks at it. AWS counts the violations and
 * joins them: `2 validation errors detected: Value ...; Value ...`.
 * @throws {ApiError} `ValidationException`, 400
 */
export function checkInput(operation: OperationName, input: Record<string, unknown>): void {
  const model = modelOf(operation);
  const found: string[] = [];
  for (const name of model.required ?? []) {
    if (input[name] === undefined) found.push(violation(null, lowerFirst(name), 'not be null'));
  }
  for (const name in input) {
    const shape = model.labels?.[name] ?? model.query?.[name]?.[0] ?? model.headers?.[name]?.[0];
    const known = shape ?? model.body?.[name];
    if (known !== undefined) check(input[name], lowerFirst(name), shapeOf(known), found);
  }
  if (found.length === 0) return;
  const count = `${found.length} validation error${found.length === 1 ? '' : 's'} detected: `;
  throw new ApiError(400, 'ValidationException', count + found.join('; '));
}

function check(value: unknown, path: string, shape: Shape, found: string[]): void {
  if (value === undefined || found.length >= mostViolations) return;
  switch (shape.type) {
    case 'string':
      checkText(value as string, path, shape, found);
      return;
    case 'integer':
    case 'number':
      checkNumber(value as number, path, shape, found);
      return;
    case 'blob':
      checkLength((value as Uint8Array).length, '[binary]', path, shape, found);
      return;
    case 'list':
      checkList(value as unknown[], path, shape, found);
      return;
    case 'map':
      checkMap(value as Record<string, unknown>, path, shape, found);
      return;
    case 'structure':
      checkStructure(value as Record<string, unknown>, path, shape, found);
      return;
    default:
  }
}

function checkText(value: string, path: string, shape: Shape, found: string[]): void {
  for (const rule of brokenRules(value, shape)) found.push(violation(value, path, rule));
}

function checkNumber(value: number, path: string, { min, max }: Shape, found: string[]): void {
  if (min !== undefined && value < min) {
    found.push(violation(value, path, `have value greater than or equal to ${min}`));
  }
  if (max !== undefined && value > max) {
    found.push(violation(value, path, `have value less than or equal to ${max}`));
  }
}

function checkLength(
  length: number,
  shown: string,
  path: string,
  { min, max }: Shape,
  found: string[],
): void {
  if (min !== undefined && length < min) {
    found.push(violation(shown, path, `have length greater than or equal to ${min}`));
  }
  if (max !== undefined && length > max) {
    found.push(violation(shown, path, `have length less than or equal to ${max}`));
  }
}

/** A bad text in a list is told with the list: AWS names the rules of the members in brackets. */
function checkList(value: readonly unknown[], path: string, shape: Shape, found: string[]): void {
  const member = shapeOf(shape.member ?? '');
  const shown = `[${value.map(textOf).join(', ')}]`;
  checkLength(value.length, shown, path, shape, found);
  if (member.type !== 'string') {
    value.forEach((item, index) => check(item, `${path}.${index + 1}.member`, member, found));
    return;
  }
  const isBroken = value.some((item) => brokenRules(item as string, member).length > 0);
  if (isBroken) found.push(violation(shown, path, `satisfy constraint: [${allRules(member)}]`));
}

function checkMap(
  value: Readonly<Record<string, unknown>>,
  path: string,
  shape: Shape,
  found: string[],
): void {
  const key = shapeOf(shape.key ?? '');
  const member = shapeOf(shape.value ?? '');
  const entries = Object.entries(value);
  const shown = `{${entries.map(([name, item]) => `${name}=${textOf(item)}`).join(', ')}}`;
  checkLength(entries.length, shown, path, shape, found);
  if (entries.some(([name]) => brokenRules(name, key).length > 0)) {
    found.push(
      violation(
        shown,
        path,
        `satisfy constraint: [Map keys must satisfy constraint: [${allRules(key)}]]`,
      ),
    );
  }
  if (member.type === 'string') {
    if (!entries.some(([, item]) => brokenRules(item as string, member).length > 0)) return;
    found.push(
      violation(
        shown,
        path,
        `satisfy constraint: [Map value must satisfy constraint: [${allRules(member)}]]`,
      ),
    );
    return;
  }
  for (const [name, item] of entries) check(item, `${path}.${name}.member`, member, found);
}

function checkStructure(
  value: Readonly<Record<string, unknown>>,
  path: string,
  shape: Shape,
  found: string[],
): void {
  for (const name of shape.required ?? []) {
    if (value[name] === undefined) {
      found.push(violation(null, `${path}.${lowerFirst(name)}`, 'not be null'));
    }
  }
  for (const [name, member] of Object.entries(shape.members ?? {})) {
    check(value[name], `${path}.${lowerFirst(name)}`, shapeOf(member), found);
  }
}

function brokenRules(value: string, shape: Shape): string[] {
  const { min, max, pattern, values } = shape;
  const broken: string[] = [];
  if (values !== undefined && !values.includes(value)) broken.push(enumRule(values));
  const isTooLong = max !== undefined && value.length > max;
  if (isTooLong) broken.push(`have length less than or equal to ${max}`);
  if (min !== undefined && value.length < min) {
    broken.push(`have length greater than or equal to ${min}`);
  }
  // Some of AWS's patterns take quadratic time, which a text of megabytes must not find out.
  if (pattern !== undefined && !isTooLong && !compiled(pattern).test(value)) {
    broken.push(`satisfy regular expression pattern: ${pattern}`);
  }
  return broken;
}

function allRules({ min, max, pattern, values }: Shape): string {
  const rules: string[] = [];
  if (max !== undefined) rules.push(`have length less than or equal to ${max}`);
  if (max !== undefined || min !== undefined) {
    rules.push(`have length greater than or equal to ${min ?? 0}`);
  }
  if (pattern !== undefined) rules.push(`satisfy regular expression pattern: ${pattern}`);
  if (values !== undefined) rules.push(enumRule(values));
  return rules.map((rule) => `Member must ${rule}`).join(', ');
}

function enumRule(values: readonly string[]): string {
  return `satisfy enum value set: [${values.join(', ')}]`;
}

function violation(value: unknown, path: string, rule: string): string {
  const shown = value === null ? 'null' : `'${shorten(textOf(value))}'`;
  return `Value ${shown} at '${path}' failed to satisfy constraint: Member must ${rule}`;
}

const patterns = new Map<string, RegExp>();

/** AWS's patterns are Java's, and hold for the whole text. */
function compiled(pattern: string): RegExp {
  let regex = patterns.get(pattern);
  if (regex === undefined) {
    const needsUnicode = pattern.includes('\\p{');
    // A hyphen between classes, as in `[\p{N}_+\-@]`, has to be escaped in one mode and must not be in the other.
    regex = new RegExp(`^(?:${pattern})$`, needsUnicode ? 'u' : '');
    patterns.set(pattern, regex);
  }
  return regex;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return JSON.stringify(value) ?? String(value);
}

function shorten(text: string): string {
  return text.length <= longestShown ? text : `${text.slice(0, longestShown)}...`;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
