import { NativeTypeError } from '../primordials.ts';
import { domString } from './internal/conversions.ts';
import {
  defineInterface,
  inspectSymbol,
  setConstructorLength,
  type InspectOptions,
} from './internal/interfaces.ts';
import { definePairIterators } from './internal/pair-iterator.ts';
import { definePlatformKind } from './internal/platform-kinds.ts';

/** What may be changed: nothing of an immutable list. Node has no forbidden names. */
export type Guard = 'none' | 'request' | 'request-no-cors' | 'response' | 'immutable';

export type HeaderPair = readonly [name: string, value: string];

interface Entry {
  /** As it was first written; HTTP/1 servers may see it so. */
  readonly name: string;
  readonly value: string;
}

/** https://fetch.spec.whatwg.org/#headers-class */
export class Headers {
  /** By the name in lower case; `set-cookie` has a list of its own. */
  #entries: Map<string, Entry> = new Map();
  #cookies: string[] = [];
  #guard: Guard = 'none';
  #sorted: HeaderPair[] | undefined;

  constructor(init?: unknown) {
    if (init !== undefined) fill(this, init);
  }

  append(name: unknown, value: unknown): void {
    checkCount('append', arguments.length, 2);
    this.#change('append', byteString(name), byteString(value), true);
  }

  delete(name: unknown): void {
    checkCount('delete', arguments.length, 1);
    const text = byteString(name);
    if (!isToken(text))
      throw new NativeTypeError(`Headers.delete: ${text} is an invalid header name.`);
    this.#checkGuard();
    const key = text.toLowerCase();
    this.#sorted = undefined;
    if (key === 'set-cookie') this.#cookies = [];
    else this.#entries.delete(key);
  }

  get(name: unknown): string | null {
    checkCount('get', arguments.length, 1);
    const text = byteString(name);
    if (!isToken(text))
      throw new NativeTypeError(`Headers.get: ${text} is an invalid header name.`);
    return internals.get(this, text.toLowerCase());
  }

  has(name: unknown): boolean {
    checkCount('has', arguments.length, 1);
    const text = byteString(name);
    if (!isToken(text))
      throw new NativeTypeError(`Headers.has: ${text} is an invalid header name.`);
    const key = text.toLowerCase();
    return key === 'set-cookie' ? this.#cookies.length > 0 : this.#entries.has(key);
  }

  set(name: unknown, value: unknown): void {
    checkCount('set', arguments.length, 2);
    this.#change('set', byteString(name), byteString(value), false);
  }

  getSetCookie(): string[] {
    return [...this.#cookies];
  }

  #checkGuard(): void {
    if (this.#guard === 'immutable') throw new NativeTypeError('immutable');
  }

  #change(method: string, name: string, value: string, appends: boolean): void {
    const normal = trimmed(value);
    if (!isToken(name)) throw invalid(method, name, 'name');
    if (!isValue(normal)) throw invalid(method, normal, 'value');
    this.#checkGuard();
    this.#put(name, normal, appends);
  }

  #put(name: string, value: string, appends: boolean): void {
    this.#sorted = undefined;
    const key = name.toLowerCase();
    if (key === 'set-cookie') {
      if (appends) this.#cookies.push(value);
      else this.#cookies = [value];
      return;
    }
    const known = this.#entries.get(key);
    if (known === undefined || !appends) {
      this.#entries.set(key, { name, value });
    } else {
      const delimiter = key === 'cookie' ? '; ' : ', ';
      this.#entries.set(key, { name: known.name, value: `${known.value}${delimiter}${value}` });
    }
  }

  /** What other parts do with headers; taken away from the class below. */
  static internals = {
    isHeaders: (value: object): boolean => #entries in value,
    /** Sorted by name, as iteration shows them. */
    sorted: (headers: Headers): HeaderPair[] => {
      if (headers.#sorted !== undefined) return headers.#sorted;
      const pairs: HeaderPair[] = [];
      for (const [key, { value }] of headers.#entries) pairs.push([key, value]);
      for (const cookie of headers.#cookies) pairs.push(['set-cookie', cookie]);
      pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      headers.#sorted = pairs;
      return pairs;
    },
    raw: (headers: Headers): HeaderPair[] => {
      const pairs: HeaderPair[] = [];
      for (const { name, value } of headers.#entries.values()) pairs.push([name, value]);
      for (const cookie of headers.#cookies) pairs.push(['set-cookie', cookie]);
      return pairs;
    },
    get: (headers: Headers, key: string): string | null => {
      if (key !== 'set-cookie') return headers.#entries.get(key)?.value ?? null;
      return headers.#cookies.length > 0 ? headers.#cookies.join(', ') : null;
    },
    put: (headers: Headers, name: string, value: string): void => {
      headers.#put(name, value, true);
    },
    guard: (headers: Headers, guard: Guard): Headers => {
      headers.#guard = guard;
      return headers;
    },
    guardOf: (headers: Headers): Guard => headers.#guard,
    copy: (headers: Headers, guard: Guard): Headers => {
      const copy = new Headers();
      copy.#entries = new Map(headers.#entries);
      copy.#cookies = [...headers.#cookies];
      copy.#guard = guard;
      return copy;
    },
  };
}

const { internals } = Headers;
delete (Headers as { internals?: unknown }).internals;

/** Pairs for the wire: names as they were first written, each cookie on its own. */
export const rawHeaders = internals.raw;
/** A value by its name in lower case; no checks. */
export const headerValue = internals.get;
/** Appends without any check: what the wire brought, or what the platform itself says. */
export const putHeader = internals.put;
/** Sets the guard and returns the headers. */
export const guardHeaders = internals.guard;
export const copyHeaders = internals.copy;
export const guardOfHeaders = internals.guardOf;

/** Headers as the wire brought them. */
export function headersFrom(pairs: Iterable<HeaderPair>, guard: Guard): Headers {
  const headers = new Headers();
  for (const [name, value] of pairs) internals.put(headers, name, value);
  return internals.guard(headers, guard);
}

const token = /^[!#$%&'*+\-.^`|~\w]+$/;

function isToken(text: string): boolean {
  return token.test(text);
}

function isValue(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- those that would end a header
  return !/[\0\r\n]/.test(text);
}

/** Without the white space of HTTP around it. */
function trimmed(value: string): string {
  return /^[\t\n\r ]|[\t\n\r ]$/.test(value)
    ? value.replaceAll(/^[\t\n\r ]+|[\t\n\r ]+$/g, '')
    : value;
}

function invalid(method: string, text: string, what: string): Error {
  return new NativeTypeError(`Headers.${method}: "${text}" is an invalid header ${what}.`);
}

/** Web IDL's ByteString. */
export function byteString(value: unknown): string {
  const text = domString(value);
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit <= 0xff) continue;
    throw new NativeTypeError(
      'Cannot convert argument to a ByteString because the character at index ' +
        `${index} has a value of ${unit} which is greater than 255.`,
    );
  }
  return text;
}

function checkCount(method: string, count: number, needed: number): void {
  if (count >= needed) return;
  const nouns = needed === 1 ? 'argument' : 'arguments';
  const found = count === 0 ? '0' : `only ${count}`;
  throw new NativeTypeError(`Headers.${method}: ${needed} ${nouns} required, but ${found} found.`);
}

/** Fills headers from a `HeadersInit`. */
export function fill(headers: Headers, init: unknown): void {
  if (init === null || (typeof init !== 'object' && typeof init !== 'function')) {
    throw new NativeTypeError(
      'Headers constructor: Argument 1 could not be converted to one of: ' +
        'sequence<sequence<ByteString>>, record<ByteString, ByteString>.',
    );
  }
  const method = (init as Partial<Iterable<unknown>>)[Symbol.iterator];
  if (method === undefined || method === null) {
    fillFromRecord(headers, init);
    return;
  }
  const isPlain =
    internals.isHeaders(init) &&
    method === (Headers.prototype as unknown as Iterable<unknown>)[Symbol.iterator];
  const pairs = isPlain ? internals.raw(init as Headers) : (init as Iterable<Iterable<unknown>>);
  for (const item of pairs) {
    if (typeof item !== 'object' || typeof item[Symbol.iterator] !== 'function') {
      throw new NativeTypeError('Headers constructor: init[0] is not iterable.');
    }
    const pair = [...item];
    if (pair.length !== 2) {
      throw new NativeTypeError(
        `Headers constructor: expected name/value pair to be length 2, found ${pair.length}.`,
      );
    }
    headers.append(pair[0], pair[1]);
  }
}

function fillFromRecord(headers: Headers, init: object): void {
  for (const key of Reflect.ownKeys(init)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(init, key);
    if (descriptor?.enumerable !== true) continue;
    // The name is checked before the value is read.
    headers.append(byteString(key), (init as Record<PropertyKey, unknown>)[key]);
  }
}

defineInterface(Headers, 'Headers', ['append', 'delete', 'get', 'has', 'set', 'getSetCookie']);
setConstructorLength(Headers, 0);
definePairIterators(Headers, 'Headers', internals.sorted);
Object.defineProperty(Headers.prototype, inspectSymbol, {
  value(
    this: Headers,
    _depth: number,
    options: InspectOptions,
    inspect: (value: unknown, options: object) => string,
  ): string {
    const shown: Record<string, unknown> = {};
    for (const [name, value] of internals.raw(this)) {
      const known = shown[name];
      shown[name] = known === undefined ? value : [known, value].flat();
    }
    return `Headers ${inspect(shown, options)}`;
  },
  writable: true,
  configurable: true,
  enumerable: false,
});
definePlatformKind({ isOf: internals.isHeaders });
