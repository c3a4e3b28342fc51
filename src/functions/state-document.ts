import { InvalidOptionError, LambdaError } from '../core/errors.ts';
import { checkString } from '../core/options.ts';
import type { StateDocument } from '../storage/state-store.ts';

/** What is kept in a storage cannot be used: damaged, or written by a later release. */
export class StateError extends LambdaError<'ERR_STATE'> {
  override readonly name: string = 'StateError';
  /** Of the document, such as `function/orders`. */
  readonly key: string;

  constructor(key: string, problem: string, options?: { cause?: unknown }) {
    super('ERR_STATE', `"${key}" in the storage cannot be used: ${problem}`, options);
    this.key = key;
  }
}

/** The content of a document before anybody has checked it. */
export type Content = Readonly<Record<string, unknown>>;

/** Grows when older releases can no longer read what is written. */
const currentFormat = 1;

/** For sizes and numbers that have no bound of their own. */
export const anyCount: { readonly min: number; readonly max: number } = {
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
};

const longestText = 2_048;

/** `blobs`: hashes of the bytes that the content names. */
export function writeDocument(
  key: string,
  content: object,
  blobs: readonly string[] = [],
): StateDocument {
  const json = JSON.stringify({ format: currentFormat, ...content }, refuseWhatIsNoData);
  return { key, json, blobs: [...new Set(blobs)] };
}

/** `read` checks the content with what `core/options.ts` has; throws a `StateError` that names the key. */
export function readDocument<T>({ key, json }: StateDocument, read: (content: Content) => T): T {
  try {
    const content: unknown = JSON.parse(json);
    checkContent('document', content);
    const { format } = content;
    if (format !== currentFormat) {
      throw new InvalidOptionError('format', `${currentFormat}`, format, laterRelease(format));
    }
    return read(content);
  } catch (cause) {
    throw new StateError(key, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

export function checkContent(option: string, value: unknown): asserts value is Content {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new InvalidOptionError(option, 'an object', value);
}

export function checkList(option: string, value: unknown): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) throw new InvalidOptionError(option, 'an array', value);
}

export function checkText(option: string, value: unknown): asserts value is string {
  const rule = `a string of 1 to ${longestText} characters`;
  checkString(option, value, { maxLength: longestText, pattern: /./, says: rule });
}

function laterRelease(format: unknown): string | undefined {
  return typeof format === 'number' ? 'A later release of isolambda has written it' : undefined;
}

/** JSON leaves such values out, and after a restart they would be gone without a word. */
function refuseWhatIsNoData(name: string, value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new InvalidOptionError(name, 'a value that a storage can keep', value);
  }
  return value;
}
