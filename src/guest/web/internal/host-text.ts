import { ArrayIsArray, JsonParse, ObjectKeys, quote } from '../../primordials.ts';

/**
 * JSON of plain data for the host, written by hand: what users put on prototypes (`toJSON`, setters,
 * iterators) does not change it. Fields that are undefined are left out.
 */
export function hostText(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`;
  if (typeof value !== 'object' || value === null) return 'null';
  let text = '';
  if (ArrayIsArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      text += `${index === 0 ? '' : ','}${hostText(value[index])}`;
    }
    return `[${text}]`;
  }
  const keys = ObjectKeys(value);
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] ?? '';
    const field = (value as Record<string, unknown>)[key];
    if (field !== undefined) text += `${text === '' ? '' : ','}${quote(key)}:${hostText(field)}`;
  }
  return `{${text}}`;
}

/** What the host answered with `hostText`'s like. */
export function hostData(text: unknown): unknown {
  return JsonParse(text as string);
}
