import { InvalidArgumentError } from 'commander';

/** Readers of option values; what they throw becomes `option '--x' argument 'y' is invalid. <rule>`. */

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

/** `NAME=value`, collected over repeated options. */
export function pairs(text: string, before: Record<string, string> = {}): Record<string, string> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('Expected NAME=value.');
  return { ...before, [text.slice(0, equals)]: text.slice(equals + 1) };
}

/** Collects repeated options. */
export function list(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Any JSON. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`Expected JSON: ${(error as Error).message}.`);
  }
}
