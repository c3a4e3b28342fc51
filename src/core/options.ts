import { InvalidOptionError } from './errors.ts';

/** Checks of option values; each throws an `InvalidOptionError` that names option, rule and value. */

export function checkInteger(
  option: string,
  value: unknown,
  range: { readonly min: number; readonly max: number },
  hint?: string,
): asserts value is number {
  const isInteger = typeof value === 'number' && Number.isInteger(value);
  if (isInteger && value >= range.min && value <= range.max) return;
  throw new InvalidOptionError(option, `an integer from ${range.min} to ${range.max}`, value, hint);
}

export function checkString(
  option: string,
  value: unknown,
  rule: { readonly maxLength: number; readonly pattern?: RegExp; readonly says: string },
): asserts value is string {
  const fits =
    typeof value === 'string' &&
    value.length <= rule.maxLength &&
    (rule.pattern === undefined || rule.pattern.test(value));
  if (!fits) throw new InvalidOptionError(option, rule.says, value);
}

export function checkOneOf<const T extends string>(
  option: string,
  value: unknown,
  allowed: readonly T[],
): asserts value is T {
  if ((allowed as readonly unknown[]).includes(value)) return;
  throw new InvalidOptionError(option, `one of ${allowed.map((a) => `"${a}"`).join(', ')}`, value);
}

export function checkBoolean(option: string, value: unknown): asserts value is boolean {
  if (typeof value !== 'boolean') throw new InvalidOptionError(option, 'true or false', value);
}

/** A plain object of string values; used for environment variables and tags. */
export function checkStringMap(
  option: string,
  value: unknown,
): asserts value is Record<string, string> {
  // An array, a Map or a Set has no entries that `Object.entries` would show.
  if (typeof value !== 'object' || value === null || Symbol.iterator in value) {
    throw new InvalidOptionError(option, 'an object with string values', value);
  }
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry !== 'string') {
      throw new InvalidOptionError(`${option}.${key}`, 'a string', entry);
    }
  }
}

/** Refuses options that do not exist, so that a typing mistake is not silently ignored. */
export function checkKnownKeys(name: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new InvalidOptionError(name, 'an object', options);
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    throw new InvalidOptionError(
      name,
      `an object with the keys ${known.map((k) => `\`${k}\``).join(', ')}`,
      key,
      `There is no option \`${key}\``,
    );
  }
}
