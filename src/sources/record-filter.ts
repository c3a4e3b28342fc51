import { compileMappingPattern } from '../brokers/event-pattern.ts';

/** Decides which records reach a function. Every record does where there is no pattern. */
export class RecordFilter {
  readonly #matchers: readonly ((record: unknown) => boolean)[];

  /** @param patterns JSON texts that were checked before */
  constructor(patterns: readonly string[]) {
    this.#matchers = patterns.map((pattern) => {
      const compiled = compileMappingPattern(pattern);
      return (record) => compiled.matches(record);
    });
  }

  get isOpen(): boolean {
    return this.#matchers.length === 0;
  }

  /** @param view makes what patterns see of the record; not called when nothing is filtered */
  passes(view: () => unknown): boolean {
    if (this.isOpen) return true;
    const seen = view();
    return this.#matchers.some((matches) => matches(seen));
  }
}

/**
 * What a pattern sees of a record's data: an object where the text is one in JSON, else the text. So a pattern for
 * JSON never fits plain text, nor one for plain text JSON.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
 */
export function filteredData(text: string): unknown {
  if (!/^\s*\{/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
