import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkStringMap } from '../core/options.ts';

/** Checks tags by AWS's rules and returns a frozen copy. https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html */
export function resolveTags(tags: unknown): Readonly<Record<string, string>> {
  const { count, keyLength, valueLength } = limits.tags;
  checkStringMap('tags', tags);
  const entries = Object.entries(tags);
  if (entries.length > count) {
    throw new InvalidOptionError('tags', `at most ${count} tags`, entries.length);
  }
  for (const [key, value] of entries) {
    if (key.length < 1 || key.length > keyLength) {
      throw new InvalidOptionError('tags', `keys of 1 to ${keyLength} characters`, key);
    }
    if (/^aws:/i.test(key)) {
      throw new InvalidOptionError('tags', 'keys without the prefix "aws:"', key);
    }
    if (value.length > valueLength) {
      throw new InvalidOptionError(`tags.${key}`, `at most ${valueLength} characters`, value);
    }
  }
  return Object.freeze({ ...tags });
}
