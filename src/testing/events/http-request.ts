import { InvalidOptionError } from '../../core/errors.ts';
import { checkString } from '../../core/options.ts';
import type { HttpRequest, Pairs } from '../../sources/http/http-request.ts';
import { checkText, checkTexts, exampleHex, textOf, type EventOrigin } from './event-origin.ts';

/** A value, or several of the same name. */
export type ManyValues = Readonly<Record<string, string | readonly string[]>>;

/** What a browser or a program asked an API, a function URL or a load balancer for. */
export interface HttpRequestOptions extends EventOrigin {
  /** @default 'GET' */
  readonly method?: string;
  /** With or without a query. @default '/' */
  readonly path?: string;
  /** Besides what `path` has. @default {} */
  readonly query?: ManyValues;
  /** Besides those that every request has, such as `host`. @default {} */
  readonly headers?: ManyValues;
  /** `name=value`, one each. @default [] */
  readonly cookies?: readonly string[];
  /** Text as it is, bytes as base64, everything else as JSON with its content type. @default none */
  readonly body?: unknown;
  /** @default '203.0.113.12' */
  readonly sourceIp?: string;
}

/** The keys of `HttpRequestOptions` besides those of `EventOrigin`. */
export const requestKeys: readonly string[] = Object.keys({
  method: true,
  path: true,
  query: true,
  headers: true,
  cookies: true,
  body: true,
  sourceIp: true,
} satisfies Record<keyof Omit<HttpRequestOptions, keyof EventOrigin>, true>);

/** `host` is where the request went. @throws InvalidOptionError */
export function requestOf(options: HttpRequestOptions, host: string, atMs: number): HttpRequest {
  const { method = 'GET', path = '/', sourceIp = '203.0.113.12', cookies = [] } = options;
  checkString('method', method, {
    maxLength: 32,
    pattern: /^[A-Za-z-]+$/,
    says: 'a method of HTTP',
  });
  checkString('path', path, {
    maxLength: 10_240,
    pattern: /^\//,
    says: 'a path that begins with "/"',
  });
  checkTexts('cookies', cookies);
  const question = path.indexOf('?');
  const inPath = question < 0 ? [] : [...new URLSearchParams(path.slice(question + 1))];
  const { text, isBase64Encoded, type } = bodyOf(options.body);
  const given = pairsOf('headers', options.headers).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  const has = (name: string): boolean => given.some(([known]) => known === name);
  const usual: Pairs = [
    ['accept', '*/*'],
    ...(type === undefined ? [] : [['content-type', type] as const]),
    ...(text === undefined
      ? []
      : [
          [
            'content-length',
            String(Buffer.byteLength(text, isBase64Encoded ? 'base64' : 'utf8')),
          ] as const,
        ]),
    ['host', host],
    ['user-agent', 'Mozilla/5.0'],
    ['x-amzn-trace-id', `Root=1-${hexSeconds(atMs)}-${exampleHex(24, 'trace', path)}`],
    ['x-forwarded-for', sourceIp],
    ['x-forwarded-port', '443'],
    ['x-forwarded-proto', 'https'],
  ];
  const headers = [...usual.filter(([name]) => !has(name)), ...given].toSorted(byName);
  const query: Pairs = [...inPath, ...pairsOf('query', options.query)];
  return {
    method: method.toUpperCase(),
    path: question < 0 ? path : path.slice(0, question),
    rawQuery: String(
      new URLSearchParams(query.map(([name, value]): [string, string] => [name, value])),
    ),
    query,
    headers: headers.filter(([name]) => name !== 'cookie'),
    cookies: [...valuesOf(headers, 'cookie').flatMap((line) => line.split(/; */)), ...cookies],
    body: text,
    isBase64Encoded,
    sourceIp,
    userAgent: lastOf(headers, 'user-agent') ?? '',
  };
}

/** What `{name}` and `{name+}` of a route (of the option `option`) stand for; `undefined` when there are none. */
export function pathParameters(
  option: 'resource' | 'routeKey',
  given: string,
  path: string,
): Record<string, string> | undefined {
  checkText(option, given);
  // `GET /users/{id}`
  const route = option === 'routeKey' ? given.slice(given.indexOf(' ') + 1) : given;
  const names: string[] = [];
  const source = route
    .split(/(\{[^}]+\})/)
    .map((part) => {
      if (!part.startsWith('{')) return part.replaceAll(/[\\^$.*+?()[\]|]/g, '\\$&');
      const isGreedy = part.endsWith('+}');
      names.push(part.slice(1, isGreedy ? -2 : -1));
      return isGreedy ? '(.+)' : '([^/]+)';
    })
    .join('');
  if (names.length === 0) return undefined;
  const found = new RegExp(`^${source}$`).exec(path);
  if (found === null) {
    throw new InvalidOptionError('path', `one that the route "${route}" takes`, path);
  }
  return Object.fromEntries(names.map((name, index) => [name, decoded(found[index + 1] ?? '')]));
}

function bodyOf(body: unknown): {
  text: string | undefined;
  isBase64Encoded: boolean;
  type?: string;
} {
  if (body === undefined) return { text: undefined, isBase64Encoded: false };
  if (body instanceof Uint8Array) {
    const text = Buffer.from(body).toString('base64');
    return { text, isBase64Encoded: true, type: 'application/octet-stream' };
  }
  const type = typeof body === 'string' ? 'text/plain' : 'application/json';
  return { text: textOf(body), isBase64Encoded: false, type };
}

function pairsOf(option: string, values: ManyValues | undefined): (readonly [string, string])[] {
  if (values === undefined) return [];
  if (typeof values !== 'object' || values === null) {
    throw new InvalidOptionError(option, 'an object of names and values', values);
  }
  return Object.entries(values).flatMap(([name, value]) => {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    return list.map((one) => {
      if (typeof one === 'string') return [name, one] as const;
      throw new InvalidOptionError(`${option}.${name}`, 'a string or a list of strings', value);
    });
  });
}

function valuesOf(pairs: Pairs, name: string): string[] {
  return pairs.filter(([known]) => known === name).map(([, value]) => value);
}

function lastOf(pairs: Pairs, name: string): string | undefined {
  return valuesOf(pairs, name).at(-1);
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function hexSeconds(ms: number): string {
  return Math.floor(ms / 1_000).toString(16);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not an encoded text: it stands for itself.
    return text;
  }
}
