import { NativeTypeError } from '../primordials.ts';
import { Blob, File, blobChunks, fileOf, isFile } from './blob.ts';
import { defineBrand, isOf } from './internal/brands.ts';
import { usvString } from './internal/conversions.ts';
import { defineInterface, inspectSymbol, setLengths } from './internal/interfaces.ts';
import { definePairIterators } from './internal/pair-iterator.ts';
import { definePlatformKind } from './internal/platform-kinds.ts';

type Entry = [name: string, value: string | File];

/** https://xhr.spec.whatwg.org/#interface-formdata */
export class FormData {
  #entries: Entry[] = [];

  constructor(form?: unknown) {
    if (form !== undefined) {
      throw new NativeTypeError(
        'FormData constructor: Argument 1 could not be converted to: undefined.',
      );
    }
  }

  append(name: unknown, value: unknown, filename?: unknown): void {
    checkCount('append', arguments.length, 2);
    this.#entries.push(entry('append', name, value, arguments.length > 2, filename));
  }

  delete(name: unknown): void {
    checkCount('delete', arguments.length, 1);
    const key = usvString(name);
    this.#entries = this.#entries.filter(([known]) => known !== key);
  }

  get(name: unknown): string | File | null {
    checkCount('get', arguments.length, 1);
    const key = usvString(name);
    return this.#entries.find(([known]) => known === key)?.[1] ?? null;
  }

  getAll(name: unknown): (string | File)[] {
    checkCount('getAll', arguments.length, 1);
    const key = usvString(name);
    return this.#entries.filter(([known]) => known === key).map(([, value]) => value);
  }

  has(name: unknown): boolean {
    checkCount('has', arguments.length, 1);
    const key = usvString(name);
    return this.#entries.some(([known]) => known === key);
  }

  set(name: unknown, value: unknown, filename?: unknown): void {
    checkCount('set', arguments.length, 2);
    const replacement = entry('set', name, value, arguments.length > 2, filename);
    const first = this.#entries.findIndex(([known]) => known === replacement[0]);
    if (first < 0) {
      this.#entries.push(replacement);
      return;
    }
    this.#entries[first] = replacement;
    this.#entries = this.#entries.filter(
      ([known], index) => index <= first || known !== replacement[0],
    );
  }

  /** Taken away from the class below. */
  static internals = {
    isFormData: (value: object): boolean => #entries in value,
    entriesOf: (form: FormData): Entry[] => form.#entries,
  };
}

const { internals } = FormData;
delete (FormData as { internals?: unknown }).internals;

/** Names and values in their order. */
export const formEntries: (form: FormData) => readonly Entry[] = internals.entriesOf;

/** A form of entries that are in order already. */
export function formOf(entries: Iterable<Entry>): FormData {
  const form = new FormData();
  internals.entriesOf(form).push(...entries);
  return form;
}

function entry(
  method: string,
  name: unknown,
  value: unknown,
  hasFilename: boolean,
  filename: unknown,
): Entry {
  const key = usvString(name);
  if (!isOf('Blob', value)) {
    if (!hasFilename) return [key, usvString(value)];
    const shown = typeof value === 'string' ? `"${value}"` : String(value);
    throw new NativeTypeError(
      `FormData.${method}: Expected value ("${shown}") to be an instance of Blob.`,
    );
  }
  const blob = value as Blob;
  if (isFile(blob) && !hasFilename) return [key, blob];
  const givenName = hasFilename ? usvString(filename) : 'blob';
  const lastModified = isFile(blob) ? blob.lastModified : undefined;
  return [key, fileOf(blobChunks(blob), givenName, blob.type, lastModified)];
}

function checkCount(method: string, count: number, needed: number): void {
  if (count >= needed) return;
  const nouns = needed === 1 ? 'argument' : 'arguments';
  const found = count === 0 ? '0' : `only ${count}`;
  throw new NativeTypeError(`FormData.${method}: ${needed} ${nouns} required, but ${found} found.`);
}

defineBrand('FormData', internals.isFormData);
defineInterface(FormData, 'FormData', ['append', 'delete', 'get', 'getAll', 'has', 'set']);
Object.defineProperty(FormData, 'length', { value: 0, configurable: true });
setLengths(FormData.prototype, { append: 2, set: 2 });
definePairIterators(FormData, 'FormData', internals.entriesOf);
Object.defineProperty(FormData.prototype, inspectSymbol, {
  value(
    this: FormData,
    _depth: number,
    options: object,
    inspect: (value: unknown, options: object) => string,
  ): string {
    const shown: Record<string, unknown> = {};
    for (const [name, value] of internals.entriesOf(this)) {
      const known = shown[name];
      shown[name] =
        known === undefined ? value : Array.isArray(known) ? [...known, value] : [known, value];
    }
    return `FormData ${inspect(shown, options)}`;
  },
  writable: true,
  configurable: true,
  enumerable: false,
});
definePlatformKind({ isOf: internals.isFormData });
