import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';

/** One step of a path: a key, an index, or all there are. */
type Step = string | number | typeof all;
const all = Symbol('*');

/** What a path finds: nothing, one value, or (with `*` in the path) a list of them. */
export type JsonPath = (value: unknown) => { readonly found: unknown } | undefined;

/** `.key`, `['key']`, `[0]`, `.*` or `[*]`. */
const stepPattern = /\.(\*|[^.[\]*]+)|\[(?:'([^']+)'|(\d+)|(\*))\]/y;

/**
 * Compiles what EventBridge takes of JSONPath: `$.detail.items[0].id`, `$.detail['some key']`, `$.resources[*]`.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function compileJsonPath(option: string, text: string): JsonPath {
  const maxLength = limits.eventBus.inputPathLength;
  const fits = typeof text === 'string' && text.length <= maxLength;
  const steps = fits ? stepsOf(text) : undefined;
  if (steps === undefined) {
    const rule = `a path such as "$.detail.id" of at most ${maxLength} characters`;
    throw new InvalidOptionError(option, rule, text);
  }
  const isList = steps.includes(all);
  return (value) => {
    let values = [value];
    for (const step of steps) values = values.flatMap((one) => stepInto(one, step));
    if (values.length === 0) return undefined;
    return { found: isList ? values : values[0] };
  };
}

function stepsOf(text: string): readonly Step[] | undefined {
  if (!text.startsWith('$')) return undefined;
  const steps: Step[] = [];
  stepPattern.lastIndex = 1;
  while (stepPattern.lastIndex < text.length) {
    const match = stepPattern.exec(text);
    // A sticky pattern starts anew after a failure.
    if (match === null) return undefined;
    const [, name, quoted, index, star] = match;
    if (name === '*' || star !== undefined) steps.push(all);
    else steps.push(index === undefined ? (name ?? quoted ?? '') : Number(index));
  }
  return steps;
}

function stepInto(value: unknown, step: Step): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (step === all) return Object.values(value);
  if (typeof step === 'number') {
    return Array.isArray(value) && step < value.length ? [value[step]] : [];
  }
  // Own keys alone, and no `length` of arrays.
  if (Array.isArray(value) || !Object.hasOwn(value, step)) return [];
  return [(value as Record<string, unknown>)[step]];
}
