import { limits } from '../core/limits.ts';
import { checkString } from '../core/options.ts';

/** A text for people, of a function, a version or a layer. */
export function checkDescription(description: unknown): asserts description is string {
  checkString('description', description, {
    maxLength: limits.descriptionLength,
    says: `a string of at most ${limits.descriptionLength} characters`,
  });
}
