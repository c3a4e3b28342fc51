import { InvalidOptionError } from '../../core/errors.ts';

/** Any part of an event; what is left out stays, and `undefined` takes a field away. */
export type Overrides<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: Overrides<T[K]> | undefined }
    : // Any text where the event always has the same one: `eventVersion: '2.2'`.
      T extends string
      ? string
      : T;

/** The event with some of its fields replaced; lists are replaced as a whole. */
export function overridden<T extends object>(
  event: T,
  overrides: Overrides<NoInfer<T>> | undefined,
): T {
  if (overrides === undefined) return event;
  if (!isRecord(overrides)) throw new InvalidOptionError('overrides', 'an object', overrides);
  return merge(event, overrides) as T;
}

function merge(base: object, overrides: object): object {
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(overrides)) {
    const before = merged[name];
    if (value === undefined) delete merged[name];
    else merged[name] = isRecord(before) && isRecord(value) ? merge(before, value) : value;
  }
  return merged;
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
