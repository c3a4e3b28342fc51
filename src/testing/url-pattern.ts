import { InvalidOptionError } from '../core/errors.ts';

/**
 * Which URLs are meant: a text with `:name` for one segment of the path and `*` for anything, a regular
 * expression that sees the whole URL, or a function. A text without `?` means any query.
 * @example
 * 'https://api.example.com/users/:id'
 * 'https://*.amazonaws.com/*'
 */
export type UrlMatcher = string | RegExp | ((url: URL) => boolean);

const rule =
  'a URL with protocol and host, such as "https://api.example.com/users/:id", a RegExp or a function';

/** A `UrlMatcher` made ready. */
export class UrlPattern {
  /** As it was given, for messages. */
  readonly text: string;
  /** What `:name` stands for in a URL; `undefined` when it does not match. */
  readonly match: (url: URL) => Readonly<Record<string, string>> | undefined;
  readonly #host: RegExp | undefined;

  /** @throws InvalidOptionError */
  constructor(matcher: UrlMatcher) {
    this.text = describe(matcher);
    if (typeof matcher === 'function') {
      this.match = (url) => (matcher(url) ? {} : undefined);
      return;
    }
    if (matcher instanceof RegExp) {
      // A copy each time: `lastIndex` of a sticky or global one would tell of the call before.
      this.match = ({ href }) => named(new RegExp(matcher).exec(href));
      return;
    }
    const { host, whole } = compile(matcher);
    this.#host = host;
    this.match = matcher.includes('?')
      ? ({ href }) => named(whole.exec(href))
      : ({ origin, pathname }) => named(whole.exec(origin + pathname));
  }

  /** Whether URLs of that host can match; of expressions and functions nobody knows. */
  mayMatchHost(host: string): boolean {
    return this.#host?.test(host.toLowerCase()) ?? false;
  }
}

function describe(matcher: unknown): string {
  if (typeof matcher === 'string') return matcher;
  if (matcher instanceof RegExp) return String(matcher);
  if (typeof matcher === 'function') return matcher.name === '' ? 'a function' : matcher.name;
  throw new InvalidOptionError('url', rule, matcher);
}

function named(found: RegExpExecArray | null): Record<string, string> | undefined {
  if (found === null) return undefined;
  const values = Object.entries(found.groups ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(values.map(([name, value]) => [name, decoded(value)]));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not an encoded text: it stands for itself.
    return text;
  }
}

const usualPorts: Readonly<Record<string, string>> = { http: ':80', https: ':443' };

function compile(text: string): { host: RegExp; whole: RegExp } {
  const parts = /^(https?|\*):\/\/([^/?#:]+|\[[^\]]+\])(:(?:\d+|\*))?((?:[/?][^#]*)?)$/.exec(text);
  if (parts === null) throw new InvalidOptionError('url', rule, text);
  const [, protocol = '', host = '', port = '', path = ''] = parts;
  const hostSource = wild(host.toLowerCase(), '[^/:]*');
  const source = [
    protocol === '*' ? 'https?' : protocol,
    '://',
    hostSource,
    // A URL does not show the usual port of its protocol.
    port === usualPorts[protocol] ? '' : port === ':*' ? '(?::\\d+)?' : port,
    path.startsWith('/') ? '' : '/',
    pathSource(path),
  ].join('');
  return { host: new RegExp(`^${hostSource}$`), whole: new RegExp(`^${source}$`) };
}

function pathSource(path: string): string {
  return path
    .split(/(:[A-Za-z_]\w*)/)
    .map((part, index) => (index % 2 === 1 ? `(?<${part.slice(1)}>[^/?&]+)` : wild(part, '.*')))
    .join('');
}

function wild(text: string, anything: string): string {
  return text
    .split('*')
    .map((part) => part.replaceAll(/[\\^$.+?()[\]{}|/]/g, '\\$&'))
    .join(anything);
}
