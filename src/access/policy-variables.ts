import type { RequestContext } from './request-context.ts';
import { literal, parseWildcard, type Wildcard } from './wildcard.ts';

/** `${aws:username}`, `${aws:username, 'nobody'}`, and `${*}`, `${?}`, `${$}` for the characters themselves. */
const variable = /\$\{([^}]*)\}/g;
const withDefault = /^([^,]+?)\s*,\s*'(.*)'$/s;

/**
 * Puts the values of a request into a pattern; what a value contains is no wildcard. `undefined` when the request
 * has no value for a variable and the policy names no default: such a pattern fits nothing.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function fillIn(pattern: string, context: RequestContext): Wildcard | undefined {
  const parts: Wildcard[] = [];
  let end = 0;
  for (const match of pattern.matchAll(variable)) {
    const value = valueOf(match[1] ?? '', context);
    if (value === undefined) return undefined;
    parts.push(parseWildcard(pattern.slice(end, match.index)), literal(value));
    end = match.index + match[0].length;
  }
  return [...parts.flat(), ...parseWildcard(pattern.slice(end))];
}

/** As `fillIn`, for operators that know no wildcards. */
export function fillInText(text: string, context: RequestContext): string | undefined {
  let isWhole = true;
  const filled = text.replaceAll(variable, (_, name: string) => {
    const value = valueOf(name, context);
    if (value === undefined) isWhole = false;
    return value ?? '';
  });
  return isWhole ? filled : undefined;
}

function valueOf(name: string, context: RequestContext): string | undefined {
  if (name === '*' || name === '?' || name === '$') return name;
  const [, key = name, otherwise] = withDefault.exec(name) ?? [];
  const values = context.get(key.trim().toLowerCase());
  // A key with several values cannot stand in the place of one.
  return values?.length === 1 ? values[0] : otherwise;
}
