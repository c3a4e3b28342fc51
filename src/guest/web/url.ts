import { askHost } from '../host.ts';
import { part } from '../parts.ts';
import { NativeTypeError } from '../primordials.ts';
import { isOf } from './internal/brands.ts';
import { usvString } from './internal/conversions.ts';
import { invalidArgType, requireArguments } from './internal/errors.ts';
import {
  defineInspector,
  defineInterface,
  setConstructorLength,
  setLengths,
} from './internal/interfaces.ts';
import { parseUrl, setByHost, withParts, type UrlRecord } from './internal/url-record.ts';
import type { URLSearchParams } from './url-search-params.ts';
import { definePlatformKind } from './internal/platform-kinds.ts';

const paramsPart = () => part('web/url-search-params') as typeof import('./url-search-params.ts');
const blobPart = () => part('web/blob') as typeof import('./blob.ts');

/** Stands in the place of the input when it is parsed already. */
class Given {
  readonly record: UrlRecord;
  constructor(record: UrlRecord) {
    this.record = record;
  }
}

/** https://url.spec.whatwg.org/#url-class */
export class URL {
  #record: UrlRecord;
  #params: URLSearchParams | undefined;

  constructor(input: unknown, base?: unknown) {
    if (input instanceof Given) {
      this.#record = input.record;
      return;
    }
    requireArguments(arguments.length, 'url');
    const text = usvString(input);
    const baseText = base === undefined ? undefined : usvString(base);
    const record = parseUrl(text, baseText);
    if (record === undefined) throw invalidUrl(text, baseText);
    this.#record = record;
  }

  static parse(input: unknown, base?: unknown): URL | null {
    requireArguments(arguments.length, 'url');
    const record = parseUrl(usvString(input), base === undefined ? undefined : usvString(base));
    return record === undefined ? null : urlOf(record);
  }

  static canParse(input: unknown, base?: unknown): boolean {
    requireArguments(arguments.length, 'url');
    const text = usvString(input);
    return parseUrl(text, base === undefined ? undefined : usvString(base)) !== undefined;
  }

  static createObjectURL(blob: unknown): string {
    requireArguments(arguments.length, 'obj');
    if (!isOf('Blob', blob)) throw invalidArgType('obj', 'an instance of Blob', blob);
    return blobPart().registerBlob(blob);
  }

  static revokeObjectURL(url: unknown): void {
    requireArguments(arguments.length, 'url');
    const text = usvString(url);
    if (text.startsWith('blob:')) blobPart().unregisterBlob(text);
  }

  toString(): string {
    return this.#href();
  }
  get href(): string {
    return this.#href();
  }
  set href(value: unknown) {
    void this.#record;
    const text = usvString(value);
    const record = parseUrl(text);
    if (record === undefined) throw invalidUrl(text, undefined);
    this.#become(record);
  }
  get origin(): string {
    const { protocol, pathname } = this.#record;
    if (/^(?:https?|wss?|ftp):$/.test(protocol)) return `${protocol}//${this.host}`;
    if (protocol !== 'blob:') return 'null';
    const inner = parseUrl(pathname);
    return inner !== undefined && /^https?:$/.test(inner.protocol)
      ? `${inner.protocol}//${hostOf(inner)}`
      : 'null';
  }
  get protocol(): string {
    return this.#record.protocol;
  }
  set protocol(value: unknown) {
    const from = this.#record;
    this.#set(from, 'protocol', value);
  }
  get username(): string {
    return this.#record.username;
  }
  set username(value: unknown) {
    const from = this.#record;
    this.#set(from, 'username', value);
  }
  get password(): string {
    return this.#record.password;
  }
  set password(value: unknown) {
    const from = this.#record;
    this.#set(from, 'password', value);
  }
  get host(): string {
    return hostOf(this.#record);
  }
  set host(value: unknown) {
    const from = this.#record;
    this.#set(from, 'host', value);
  }
  get hostname(): string {
    return this.#record.hostname;
  }
  set hostname(value: unknown) {
    const from = this.#record;
    this.#set(from, 'hostname', value);
  }
  get port(): string {
    return this.#record.port;
  }
  set port(value: unknown) {
    const from = this.#record;
    this.#set(from, 'port', value);
  }
  get pathname(): string {
    return this.#record.pathname;
  }
  set pathname(value: unknown) {
    const from = this.#record;
    this.#set(from, 'pathname', value);
  }
  get search(): string {
    return this.#search();
  }
  set search(value: unknown) {
    void this.#record;
    const text = usvString(value);
    const query = text.startsWith('?') ? text.slice(1) : text;
    if (this.#record.hasHost && /^[\w\-.~!$&()*+,;=:@/%?]*$/.test(query)) {
      this.#become(withParts(this.#record, { query: text === '' ? '' : `?${query}` }));
    } else {
      this.#set(this.#record, 'search', text);
    }
  }
  get searchParams(): URLSearchParams {
    if (this.#params === undefined) {
      const { URLSearchParams, connectParams } = paramsPart();
      this.#params = new URLSearchParams(this.search);
      connectParams(this.#params, (query) => this.#setQuery(query));
    }
    return this.#params;
  }
  get hash(): string {
    const { fragment } = this.#record;
    return fragment.length > 1 ? fragment : '';
  }
  set hash(value: unknown) {
    const from = this.#record;
    this.#set(from, 'hash', value);
  }
  toJSON(): string {
    return this.#href();
  }

  #href(): string {
    return this.#record.href;
  }

  #search(): string {
    const { query } = this.#record;
    return query.length > 1 ? query : '';
  }

  /** Taken away from the class below. */
  static isUrl(value: object): boolean {
    return #record in value;
  }

  #become(record: UrlRecord): void {
    this.#record = record;
    if (this.#params !== undefined) paramsPart().resetParams(this.#params, this.search.slice(1));
  }

  #set(from: UrlRecord, name: string, value: unknown): void {
    const text = usvString(value);
    const record = setByHost(from, name, text);
    if (name === 'search') this.#become(record);
    else this.#record = record;
  }

  /** The parameters changed: their text needs no escaping, and they must not be read anew. */
  #setQuery(text: string): void {
    this.#record = this.#record.hasHost
      ? withParts(this.#record, { query: text === '' ? '' : `?${text}` })
      : setByHost(this.#record, 'search', text);
  }
}

function urlOf(record: UrlRecord): URL {
  return new URL(new Given(record));
}

function hostOf({ hostname, port }: UrlRecord): string {
  return port === '' ? hostname : `${hostname}:${port}`;
}

function invalidUrl(input: string, base: string | undefined): Error {
  const error = new NativeTypeError('Invalid URL');
  return Object.assign(
    error,
    { code: 'ERR_INVALID_URL', input },
    base === undefined ? {} : { base },
  );
}

/** For `node:url`: a domain in punycode and back; `''` when it is no domain. */
export function domainToASCII(domain: string): string {
  return textOf(askHost('url.toAscii', domain));
}
export function domainToUnicode(domain: string): string {
  return textOf(askHost('url.toUnicode', domain));
}

function textOf(answer: unknown): string {
  return typeof answer === 'string' ? answer : '';
}

const members = [
  'href',
  'origin',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'searchParams',
  'hash',
] as const;

defineInterface(
  URL,
  'URL',
  ['toString', ...members, 'toJSON'],
  ['parse', 'canParse', 'createObjectURL', 'revokeObjectURL'],
);
defineInspector(URL.prototype, function (depth, options, inspect) {
  if (depth !== null && depth < 0) return this;
  const shown = Object.fromEntries(members.map((name) => [name, this[name]]));
  return `${this.constructor.name} ${inspect(shown, options)}`;
});
setConstructorLength(URL, 1);
setLengths(URL, { parse: 1, canParse: 1 });
definePlatformKind({ isOf: URL.isUrl });
delete (URL as { isUrl?: unknown }).isUrl;
