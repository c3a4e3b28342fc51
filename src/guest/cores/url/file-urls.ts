import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } from '../../node/internal/errors.ts';
import { validateObject, validateString } from '../../node/internal/validators.ts';
import { part } from '../../parts.ts';
import {
  ERR_INVALID_FILE_URL_HOST,
  ERR_INVALID_FILE_URL_PATH,
  ERR_INVALID_URL_SCHEME,
} from './package-errors.ts';

interface UrlLike {
  readonly protocol: string;
  readonly hostname: string;
  readonly pathname: string;
  readonly href: string;
  readonly hash: string;
  readonly search: string;
  readonly port: string;
  readonly username: string;
  readonly password: string;
}

interface Options {
  readonly windows?: boolean;
}

type UrlClass = new (input: string) => UrlLike & { hostname: string };

const urlClass = (): UrlClass => (globalThis as unknown as { URL: UrlClass }).URL;

interface Paths {
  resolve(...paths: string[]): string;
  readonly sep: string;
  readonly win32: Paths;
}
const paths = (): Paths => (part('node/path') as { builtin: unknown }).builtin as Paths;

/** What Node takes for a URL object: anything that has its fields. */
export function isUrl(value: unknown): value is UrlLike {
  const url = value as Partial<UrlLike> & { auth?: unknown; path?: unknown };
  return Boolean(url?.href && url.protocol && url.auth === undefined && url.path === undefined);
}

export function fileURLToPath(given: unknown, options?: Options | null): string {
  const url = checkedFileUrl(given);
  return options?.windows ? windowsPath(url) : posixPath(url);
}

/** The bytes of the path, for names that are not UTF-8. */
export function fileURLToPathBuffer(given: unknown, options?: Options | null): Uint8Array {
  const { Buffer } = part('node/buffer') as typeof import('../../node/buffer.ts');
  const url = checkedFileUrl(given);
  const { pathname, hostname } = url;
  if (options?.windows) return Buffer.from(fileURLToPath(given, options));
  if (hostname !== '') throw new ERR_INVALID_FILE_URL_HOST('linux');
  checkEncodedSeparators(url, /%2f/i, 'must not include encoded / characters');
  const bytes: number[] = [];
  for (let at = 0; at < pathname.length; at += 1) {
    const hex = /^%([0-9a-fA-F]{2})/.exec(pathname.slice(at, at + 3))?.[1];
    bytes.push(hex === undefined ? pathname.charCodeAt(at) : Number.parseInt(hex, 16));
    if (hex !== undefined) at += 2;
  }
  return Buffer.from(bytes);
}

function checkedFileUrl(given: unknown): UrlLike {
  const url = typeof given === 'string' ? new (urlClass())(given) : given;
  if (!isUrl(url)) throw new ERR_INVALID_ARG_TYPE('path', ['string', 'URL'], url);
  if (url.protocol !== 'file:') throw new ERR_INVALID_URL_SCHEME('file');
  return url;
}

function checkEncodedSeparators(url: UrlLike, pattern: RegExp, reason: string): void {
  if (!pattern.test(url.pathname)) return;
  throw Object.assign(new ERR_INVALID_FILE_URL_PATH(reason), { input: url });
}

function posixPath(url: UrlLike): string {
  if (url.hostname !== '') throw new ERR_INVALID_FILE_URL_HOST('linux');
  checkEncodedSeparators(url, /%2f/i, 'must not include encoded / characters');
  return decodeURIComponent(url.pathname);
}

function windowsPath(url: UrlLike): string {
  const { hostname, pathname } = url;
  checkEncodedSeparators(url, /%2f|%5c/i, String.raw`must not include encoded \ or / characters`);
  const path = decodeURIComponent(pathname.replaceAll('/', '\\'));
  if (hostname !== '') {
    const { domainToUnicode } = part('web/url') as typeof import('../../web/url.ts');
    return `\\\\${domainToUnicode(hostname)}${path}`;
  }
  if (!/^\\[A-Za-z]:/.test(path)) {
    throw Object.assign(new ERR_INVALID_FILE_URL_PATH('must be absolute'), { input: url });
  }
  return path.slice(1);
}

export function pathToFileURL(path: unknown, given?: Options | null): unknown {
  const options = given ?? {};
  validateString(path, 'path');
  const URL = urlClass();
  if (options.windows === true && path.startsWith('\\\\')) {
    const isExtended = path.startsWith('\\\\?\\UNC\\');
    const start = isExtended ? 8 : 2;
    const hostEnd = path.indexOf('\\', start);
    if (hostEnd === -1) {
      throw new ERR_INVALID_ARG_VALUE('path', path, 'Missing UNC resource path');
    }
    if (hostEnd === 2) throw new ERR_INVALID_ARG_VALUE('path', path, 'Empty UNC servername');
    const url = new URL(`file://${encodePath(path.slice(hostEnd), true).replaceAll('\\', '/')}`);
    url.hostname = path.slice(start, hostEnd);
    return url;
  }
  const { resolve, sep } = options.windows === true ? paths().win32 : paths();
  let resolved = resolve(path);
  // `resolve` drops the separator at the end.
  const last = path.at(-1);
  const isFolder = last === '/' || (options.windows === true && last === '\\');
  if (isFolder && !resolved.endsWith(sep)) resolved += '/';
  const encoded = encodePath(resolved, options.windows === true);
  return new URL(
    `file://${options.windows === true ? `/${encoded.replaceAll('\\', '/')}` : encoded}`,
  );
}

/** What a URL's parser would take for something else than a part of the path. */
function encodePath(path: string, isWindows: boolean): string {
  return path.replaceAll(isWindows ? /[%\n\r\t?#[\]^|~]/g : /[%\n\r\t?#[\]^|~\\]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase();
    return `%${code.padStart(2, '0')}`;
  });
}

/** What `http.request` takes, from a URL object. */
export function urlToHttpOptions(url: UrlLike): object {
  validateObject(url, 'url', { array: true, function: true });
  const { hostname, pathname, port, username, password, search } = url;
  return {
    __proto__: null,
    ...url,
    protocol: url.protocol,
    hostname: hostname?.startsWith('[') ? hostname.slice(1, -1) : hostname,
    hash: url.hash,
    search,
    pathname,
    path: `${pathname || ''}${search || ''}`,
    href: url.href,
    ...(port === '' ? {} : { port: Number(port) }),
    ...(username || password
      ? { auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}` }
      : {}),
  };
}
