import { askHost } from '../../host.ts';

/**
 * URL parsing by the WHATWG standard. The everyday URL (http or https, ASCII, nothing to percent-encode, no
 * dot segments) is its own normal form and is recognised here; everything else is the host's to parse.
 */

/** A URL in its normal form and where its parts are. */
export interface UrlRecord {
  readonly href: string;
  /** With the colon. */
  readonly protocol: string;
  readonly username: string;
  readonly password: string;
  /** Whether there is an authority, even an empty one. */
  readonly hasHost: boolean;
  readonly hostname: string;
  readonly port: string;
  readonly pathname: string;
  /** `''`, or with the question mark; alone it stands for an empty query. */
  readonly query: string;
  /** `''`, or with the number sign. */
  readonly fragment: string;
}

/**
 * What needs no change: scheme, domain of ASCII letters, port, path, query, fragment. Left to the host:
 * upper case, a last label that looks like a number (an IPv4 address), punycode, a port with zeros in front.
 */
const everyday =
  /^(https?:)\/\/((?!xn--)[a-z0-9_](?:[a-z0-9_-]*\.(?!xn--)[a-z0-9_])*[a-z0-9_-]*)(?::([1-9]\d{0,4}))?(\/[\w\-.~!$&'()*+,;=:@/%]*)?(\?[\w\-.~!$&()*+,;=:@/%?]*)?(#[\w\-.~!$&'()*+,;=:@/%?]*)?$/;

const numericLabel = /(?:^|\.)(?:\d+|0x[\da-f]*)$/;
const dotSegment = /\/(?:\.|%2e){1,2}(?:\/|$)/i;

function everydayUrl(input: string): UrlRecord | undefined {
  const match = everyday.exec(input);
  if (match === null) return undefined;
  const [, protocol = '', hostname = '', port = '', path = '', query = '', fragment = ''] = match;
  if (numericLabel.test(hostname) && !isPlainAddress(hostname)) return undefined;
  if (dotSegment.test(path)) return undefined;
  const isDefault = port === (protocol === 'http:' ? '80' : '443');
  if (Number(port) > 0xffff) return undefined;
  const pathname = path === '' ? '/' : path;
  const isNormal = path !== '' && !isDefault;
  const authority = port === '' || isDefault ? hostname : `${hostname}:${port}`;
  return {
    href: isNormal ? input : `${protocol}//${authority}${pathname}${query}${fragment}`,
    protocol,
    username: '',
    password: '',
    hasHost: true,
    hostname,
    port: isDefault ? '' : port,
    pathname,
    query,
    fragment,
  };
}

function isPlainAddress(hostname: string): boolean {
  return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(hostname);
}

/** The normal form is unambiguous, so its parts can be read off. */
const parts =
  /^([^:]+:)(\/\/(?:([^:@/?#]*)(?::([^@/?#]*))?@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?)?([^?#]*)(\?[^#]*)?(#.*)?$/s;

export function recordOf(href: string): UrlRecord {
  const match = parts.exec(href) ?? [];
  const [, protocol = '', authority, username = '', password = '', hostname = '', port = ''] =
    match;
  const [path = '', query = '', fragment = ''] = match.slice(7);
  return {
    href,
    protocol,
    username,
    password,
    hasHost: authority !== undefined,
    hostname,
    port,
    // Without an authority, a path with two slashes in front is written with a dot before it.
    pathname: authority === undefined && path.startsWith('/.//') ? path.slice(2) : path,
    query,
    fragment,
  };
}

/** The record as text; the inverse of `recordOf`. */
function hrefOf(record: Omit<UrlRecord, 'href'>): string {
  const { protocol, username, password, hostname, port, pathname, query, fragment } = record;
  let authority = '';
  if (record.hasHost) {
    const secret = password === '' ? '' : `:${password}`;
    const user = username === '' && secret === '' ? '' : `${username}${secret}@`;
    authority = `//${user}${hostname}${port === '' ? '' : `:${port}`}`;
  } else if (pathname.startsWith('//')) {
    authority = '/.';
  }
  return `${protocol}${authority}${pathname}${query}${fragment}`;
}

/** Replaces parts by others that are in normal form already. */
export function withParts(record: UrlRecord, changes: Partial<UrlRecord>): UrlRecord {
  const changed = { ...record, ...changes };
  return { ...changed, href: hrefOf(changed) };
}

const remembered = new Map<string, UrlRecord>();
const maxRemembered = 128;
const maxRememberedLength = 2048;

/** Undefined when the input is no URL. */
export function parseUrl(input: string, base?: string): UrlRecord | undefined {
  const text = input.toWellFormed();
  const quick = base === undefined ? everydayUrl(text) : resolveQuickly(text, base.toWellFormed());
  if (quick !== undefined) return quick;
  // A line feed is dropped by the parser, so it cannot be part of what is told apart here.
  const question = base === undefined ? text.replaceAll('\n', '') : joined(text, base);
  const known = remembered.get(question);
  if (known !== undefined) return known;
  const href = askHost('url.parse', question);
  if (typeof href !== 'string' || href === '') return undefined;
  const record = recordOf(href);
  if (question.length <= maxRememberedLength) {
    if (remembered.size >= maxRemembered) forgetOldest();
    remembered.set(question, record);
  }
  return record;
}

function joined(text: string, base: string): string {
  return `${text.replaceAll('\n', '')}\n${base.toWellFormed().replaceAll('\n', '')}`;
}

function forgetOldest(): void {
  for (const [oldest] of remembered) {
    remembered.delete(oldest);
    return;
  }
}

/** A whole URL, or an absolute path on an everyday base. */
function resolveQuickly(text: string, base: string): UrlRecord | undefined {
  const baseRecord = everydayUrl(base);
  if (baseRecord === undefined) return undefined;
  if (!text.startsWith('/')) return everydayUrl(text);
  if (text.startsWith('//')) return undefined;
  const { protocol, hostname, port } = baseRecord;
  return everydayUrl(`${protocol}//${hostname}${port === '' ? '' : `:${port}`}${text}`);
}

/** What a setter of `URL` makes of the record; the record itself when it refuses the value. */
export function setByHost(record: UrlRecord, part: string, value: string): UrlRecord {
  const text = value.toWellFormed();
  const answer = askHost('url.set', `${part} ${record.href.length} ${record.href}${text}`);
  return typeof answer === 'string' && answer !== record.href ? recordOf(answer) : record;
}
