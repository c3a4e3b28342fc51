import { errorWithCode, ERR_INVALID_ARG_TYPE } from '../../node/internal/errors.ts';
import type { Lookup } from '../net/connect-options.ts';
import type { TlsOptions } from '../tls/options.ts';
import { isToken } from './words.ts';

/** https://nodejs.org/api/http.html#httprequesturl-options-callback */
export interface RequestOptions extends TlsOptions {
  family?: number;
  localAddress?: string;
  agent?: unknown;
  auth?: string | null;
  createConnection?: (
    options: object,
    created: (error: Error | null, socket?: unknown) => void,
  ) => unknown;
  defaultPort?: number;
  headers?: unknown;
  host?: string;
  hostname?: string | null;
  joinDuplicateHeaders?: boolean;
  lookup?: Lookup;
  maxHeaderSize?: number;
  method?: string;
  path?: string;
  port?: number | string;
  protocol?: string | null;
  setDefaultHeaders?: boolean;
  setHost?: boolean;
  signal?: unknown;
  socketPath?: string;
  timeout?: number;
  _defaultAgent?: unknown;
}

type UrlLike = {
  readonly protocol: string;
  readonly hostname: string;
  readonly hash: string;
  readonly search: string;
  readonly pathname: string;
  readonly href: string;
  readonly port: string;
  readonly username: string;
  readonly password: string;
};

type Callback = (...args: never[]) => void;

/** `(url, options?, done?)` or `(options, done?)`. */
export function readRequestArguments(args: readonly unknown[]): {
  options: RequestOptions;
  done: Callback | undefined;
} {
  const [input, second, third] = args;
  const done = [second, third].find((arg) => typeof arg === 'function') as Callback | undefined;
  if (typeof input === 'string' || isUrl(input)) {
    const more = typeof second === 'object' && second !== null ? second : {};
    return { options: { ...urlToHttpOptions(input), ...more }, done };
  }
  return { options: { ...(input as RequestOptions | undefined) }, done };
}

function isUrl(value: unknown): value is UrlLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'href' in value &&
    'protocol' in value &&
    !('auth' in value) &&
    !('path' in value)
  );
}

/** https://nodejs.org/api/url.html#urlurltohttpoptionsurl */
function urlToHttpOptions(input: string | UrlLike): RequestOptions {
  const { URL } = globalThis as unknown as { URL: new (text: string) => UrlLike };
  const url = typeof input === 'string' ? new URL(input) : input;
  const { protocol, hostname, hash, search, pathname, href, port, username, password } = url;
  const options: RequestOptions & Record<string, unknown> = {
    protocol,
    hostname: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    hash,
    search,
    pathname,
    path: `${pathname}${search}`,
    href,
  };
  if (port !== '') options.port = Number(port);
  if (username !== '' || password !== '') {
    options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  }
  return options;
}

export function readMethod(method: unknown): string {
  if (method === undefined || method === null || method === '') return 'GET';
  if (typeof method !== 'string')
    throw new ERR_INVALID_ARG_TYPE('options.method', 'string', method);
  if (isToken(method)) return method.toUpperCase();
  throw errorWithCode(
    'ERR_INVALID_HTTP_TOKEN',
    `Method must be a valid HTTP token ["${method}"]`,
    TypeError,
  );
}

export function checkPath(path: unknown): void {
  if (path === undefined || path === null || !/[^\u0021-\u00ff]/.test(String(path))) return;
  throw errorWithCode(
    'ERR_UNESCAPED_CHARACTERS',
    'Request path contains unescaped characters',
    TypeError,
  );
}

export function readHost(host: unknown, name: string): string | undefined {
  if (host === undefined || host === null || host === '') return undefined;
  if (typeof host === 'string') return host;
  throw new ERR_INVALID_ARG_TYPE(`options.${name}`, ['string', 'undefined', 'null'], host);
}
