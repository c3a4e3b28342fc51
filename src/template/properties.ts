import type { TemplateText } from './template-text.ts';
import {
  describeKind,
  isList,
  isMap,
  Unresolved,
  type TemplateMap,
  type TemplatePath,
  type TemplateValue,
} from './template-value.ts';
import type { Warnings } from './warnings.ts';

/** JSON, without what is not known. */
export type PlainValue =
  | string
  | number
  | boolean
  | null
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

/** Where properties stand, and who is told what is wrong with them. */
export interface PropertiesFrame {
  readonly text: TemplateText;
  readonly warnings: Warnings;
}

/**
 * Reads the properties of one resource, each by its type. Texts pass for numbers and `true`, as in CloudFormation.
 * What is not known is left out with a warning, or an error where it is needed; `done` warns of what nobody read.
 */
export class Properties {
  readonly path: TemplatePath;
  readonly #frame: PropertiesFrame;
  readonly #map: TemplateMap;
  readonly #read = new Set<string>();
  readonly #parts: Properties[] = [];

  constructor(frame: PropertiesFrame, map: TemplateMap, path: TemplatePath) {
    this.#frame = frame;
    this.#map = map;
    this.path = path;
  }

  /** As they are. */
  get all(): TemplateMap {
    return this.#map;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#map, name);
  }

  /** As it is: for decisions about what it may be. */
  raw(name: string): TemplateValue | undefined {
    this.#read.add(name);
    return this.has(name) ? this.#map[name] : undefined;
  }

  text(name: string): string | undefined {
    const value = this.#known(name);
    if (value === undefined) return undefined;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw this.#wrong(name, 'a text', value);
  }

  neededText(name: string): string {
    return this.#isUnknown(name) ? this.#missing(name) : (this.text(name) ?? this.#missing(name));
  }

  integer(name: string): number | undefined {
    const value = this.#known(name);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number)) return number;
    throw this.#wrong(name, 'a whole number', value);
  }

  /** A number of seconds, in milliseconds. */
  seconds(name: string): number | undefined {
    const value = this.integer(name);
    return value === undefined ? undefined : value * 1_000;
  }

  number(name: string): number | undefined {
    const value = this.#known(name);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    throw this.#wrong(name, 'a number', value);
  }

  boolean(name: string): boolean | undefined {
    const value = this.#known(name);
    if (value === undefined || typeof value === 'boolean') return value;
    const word = typeof value === 'string' ? value.toLowerCase() : undefined;
    if (word === 'true' || word === 'yes') return true;
    if (word === 'false' || word === 'no') return false;
    throw this.#wrong(name, 'true or false', value);
  }

  /** A list of texts; a single text is a list of one. */
  texts(name: string): readonly string[] | undefined {
    const value = this.#known(name);
    if (value === undefined) return undefined;
    const list = isList(value) ? value : [value];
    return list.flatMap((item, index) => {
      if (typeof item === 'string') return item;
      if (typeof item === 'number' || typeof item === 'boolean') return String(item);
      if (!(item instanceof Unresolved)) throw this.#wrong(name, 'a list of texts', value);
      this.#leftOut([...this.path, name, index], item);
      return [];
    });
  }

  map(name: string): Properties | undefined {
    const value = this.#known(name);
    return value === undefined ? undefined : this.#part(name, value, [...this.path, name]);
  }

  neededMap(name: string): Properties {
    return this.#isUnknown(name) ? this.#missing(name) : (this.map(name) ?? this.#missing(name));
  }

  /** A list of maps; a single map is a list of one. */
  maps(name: string): readonly Properties[] {
    const value = this.#known(name);
    if (value === undefined) return [];
    const list = isList(value) ? value : [value];
    return list.map((item, index) => this.#part(name, item, [...this.path, name, index]));
  }

  /** A map of maps, such as events by their names. */
  named(name: string): readonly (readonly [string, Properties])[] {
    const value = this.#known(name);
    if (value === undefined) return [];
    if (!isMap(value)) throw this.#wrong(name, 'a map', value);
    return Object.entries(value).map(([key, its]) => [
      key,
      this.#part(`${name}.${key}`, its, [...this.path, name, key]),
    ]);
  }

  /** A map of texts, such as environment variables. */
  textMap(name: string): Readonly<Record<string, string>> | undefined {
    const value = this.plain(name);
    if (value === undefined) return undefined;
    if (!isMap(value)) throw this.#wrong(name, 'a map', value);
    const entries = Object.entries(value as Readonly<Record<string, PlainValue>>);
    return Object.fromEntries(
      entries.map(([key, its]) => {
        if (typeof its === 'object') {
          throw this.#wrong(`${name}.${key}`, 'a text', its);
        }
        return [key, String(its)];
      }),
    );
  }

  /** The tags of a resource: a map, or CloudFormation's list of `Key` and `Value`. */
  tags(name: string): Readonly<Record<string, string>> | undefined {
    if (!isList(this.raw(name))) return this.textMap(name);
    return Object.fromEntries(
      this.maps(name).map((tag) => [tag.neededText('Key'), tag.text('Value') ?? '']),
    );
  }

  /** Any value, without what is not known. */
  plain(name: string): PlainValue | undefined {
    const value = this.#known(name);
    return value === undefined ? undefined : this.#plain(value, [...this.path, name]);
  }

  /** A JSON document: a map, or a text that holds one. */
  document(name: string): PlainValue | undefined {
    const value = this.plain(name);
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value) as PlainValue;
    } catch {
      throw this.#wrong(name, 'a map or the text of one in JSON', value);
    }
  }

  /** Properties that make no difference here. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#read.add(name);
  }

  /** Warns of what is there and was not read. */
  done(): void {
    for (const name of Object.keys(this.#map)) {
      if (this.#read.has(name)) continue;
      this.warn(name, 'This property is not supported and makes no difference here');
    }
    for (const part of this.#parts) part.done();
  }

  warn(name: string, problem: string): void {
    this.#frame.warnings.add([...this.path, name], problem);
  }

  error(name: string, problem: string, cause?: unknown): Error {
    return this.#frame.text.error([...this.path, name], problem, cause);
  }

  /** For what cannot be without a value that nobody knows here. */
  unknown(name: string, problem: string): Error {
    return this.#frame.text.unknown([...this.path, name], problem);
  }

  #isUnknown(name: string): boolean {
    return this.raw(name) instanceof Unresolved;
  }

  #part(name: string, value: TemplateValue, path: TemplatePath): Properties {
    if (!isMap(value)) throw this.#wrong(name, 'a map', value);
    const part = new Properties(this.#frame, value, path);
    this.#parts.push(part);
    return part;
  }

  #known(name: string): Exclude<TemplateValue, null> | undefined {
    const value = this.raw(name);
    if (value === undefined || value === null) return undefined;
    if (!(value instanceof Unresolved)) return value;
    this.#leftOut([...this.path, name], value);
    return undefined;
  }

  #plain(value: TemplateValue, path: TemplatePath): PlainValue {
    if (isList(value)) {
      const items = value.map((item, index) => this.#plainPart(item, [...path, index]));
      return items.filter((item) => item !== undefined);
    }
    if (!isMap(value)) return value as PlainValue;
    const entries = Object.entries(value).flatMap(([key, its]) => {
      const plain = this.#plainPart(its, [...path, key]);
      return plain === undefined ? [] : [[key, plain] as const];
    });
    return Object.fromEntries(entries);
  }

  #plainPart(value: TemplateValue, path: TemplatePath): PlainValue | undefined {
    if (!(value instanceof Unresolved)) return this.#plain(value, path);
    this.#leftOut(path, value);
    return undefined;
  }

  #leftOut(path: TemplatePath, { reason }: Unresolved): void {
    this.#frame.warnings.add(path, `Left out: ${reason}`);
  }

  #missing(name: string): never {
    const value = this.raw(name);
    if (!(value instanceof Unresolved)) throw this.error(name, 'This property is needed');
    throw this.unknown(name, value.reason);
  }

  #wrong(name: string, rule: string, value: TemplateValue): Error {
    return this.error(name, `Expected ${rule}, got ${describeKind(value)}`);
  }
}
