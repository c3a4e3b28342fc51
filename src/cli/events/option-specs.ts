import { InvalidArgumentError } from 'commander';
import type { EventOrigin } from '../../testing/index.ts';
import { json, list, pairs, wholeNumber } from '../values.ts';

/** One option of an event, as the command line has it. */
export interface OptionSpec {
  /** As commander writes it: `--key <text>`. */
  readonly flags: string;
  readonly says: string;
  /** Text as it is where there is none. */
  readonly read?: (text: string, before: never) => unknown;
}

/** An option for each that the builder takes: a new one there does not compile without one here. */
export type SpecsOf<Options, Preset extends PropertyKey = never> = {
  readonly [Key in Exclude<keyof Options, 'overrides' | keyof EventOrigin | Preset>]-?: OptionSpec;
};

export function text(flags: string, says: string): OptionSpec {
  return { flags, says };
}

export function integer(flags: string, says: string): OptionSpec {
  return { flags, says, read: wholeNumber(0, Number.MAX_SAFE_INTEGER) };
}

export function jsonValue(flags: string, says: string): OptionSpec {
  return { flags, says, read: json };
}

/** One `NAME=value`; repeated for more names. */
export function pair(flags: string, says: string): OptionSpec {
  return { flags, says: `${says}; may be repeated`, read: pairs };
}

/** Repeated for more of them. */
export function many(flags: string, says: string): OptionSpec {
  return { flags, says: `${says}; may be repeated`, read: list };
}

/** As `pair`, and a name that comes again has several values. */
export function manyPairs(flags: string, says: string): OptionSpec {
  return { flags, says: `${says}; may be repeated`, read: addPair };
}

/** A JSON object or list is one; anything else is text. */
export function content(flags: string, says: string): OptionSpec {
  return { flags, says, read: contentOf };
}

export function contentOf(given: string): unknown {
  if (!/^\s*[[{]/.test(given)) return given;
  try {
    return JSON.parse(given);
  } catch {
    // Text that only begins like JSON.
    return given;
  }
}

function addPair(given: string, before: Record<string, readonly string[]> = {}) {
  const equals = given.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('Expected NAME=value.');
  const name = given.slice(0, equals);
  return { ...before, [name]: [...(before[name] ?? []), given.slice(equals + 1)] };
}
