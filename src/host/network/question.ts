import { ServiceError } from '../service.ts';

/** Characters of one question; headers and certificates are the longest things in there. */
const longestQuestion = 1_048_576;

/** What a guest asks: a JSON object of which nothing is believed before it was checked. */
export class Question {
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(fields: unknown) {
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
      throw invalid('The question must be an object');
    }
    this.#fields = fields as Record<string, unknown>;
  }

  static parse(text: string): Question {
    if (text.length > longestQuestion) throw invalid('The question is too long');
    let fields: unknown;
    try {
      fields = JSON.parse(text);
    } catch {
      throw invalid('The question is no JSON');
    }
    return new Question(fields);
  }

  has(field: string): boolean {
    return this.#get(field) !== undefined;
  }

  integer(field: string, range: { readonly min: number; readonly max: number }): number {
    const value = this.#get(field);
    const isInteger = typeof value === 'number' && Number.isInteger(value);
    if (isInteger && value >= range.min && value <= range.max) return value;
    throw invalid(`"${field}" must be an integer from ${range.min} to ${range.max}`);
  }

  string(field: string, maxLength: number): string {
    const value = this.#get(field);
    if (typeof value === 'string' && value.length <= maxLength) return value;
    throw invalid(`"${field}" must be a string of at most ${maxLength} characters`);
  }

  /** `undefined` when the field is absent. */
  optionalString(field: string, maxLength: number): string | undefined {
    return this.has(field) ? this.string(field, maxLength) : undefined;
  }

  /** False when the field is absent. */
  flag(field: string): boolean {
    const value = this.#get(field) ?? false;
    if (typeof value === 'boolean') return value;
    throw invalid(`"${field}" must be true or false`);
  }

  oneOf<const T extends string>(field: string, allowed: readonly T[]): T {
    const value = this.#get(field);
    const found = allowed.find((one) => one === value);
    if (found !== undefined) return found;
    throw invalid(`"${field}" must be one of ${allowed.join(', ')}`);
  }

  /** An empty list when the field is absent; `maxLength` is for all strings together. */
  strings(field: string, most: { readonly count: number; readonly maxLength: number }): string[] {
    const value = this.#get(field) ?? [];
    if (!Array.isArray(value) || value.length > most.count) {
      throw invalid(`"${field}" must be a list of at most ${most.count} strings`);
    }
    let length = 0;
    return (value as unknown[]).map((entry) => {
      if (typeof entry !== 'string') throw invalid(`"${field}" must be a list of strings`);
      length += entry.length;
      if (length > most.maxLength) throw invalid(`"${field}" is too long`);
      return entry;
    });
  }

  /** A question inside of this one; an empty one when the field is absent. */
  inner(field: string): Question {
    return new Question(this.#get(field) ?? {});
  }

  #get(field: string): unknown {
    return Object.hasOwn(this.#fields, field) ? (this.#fields[field] ?? undefined) : undefined;
  }
}

/** Only a guest that goes around our own code inside of it sees this. */
function invalid(message: string): ServiceError {
  return new ServiceError('ERR_INVALID_ARG_VALUE', message, { name: 'TypeError' });
}
