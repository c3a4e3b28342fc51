import { Url, format, parse as parseUrl, resolve, resolveObject } from 'unenv/node/url';
import {
  fileURLToPath,
  fileURLToPathBuffer,
  isUrl,
  pathToFileURL,
  urlToHttpOptions,
} from '../cores/url/file-urls.ts';
import { part } from '../parts.ts';
import { errorWithCode } from './internal/errors.ts';
import { restoreNames } from './internal/names.ts';

const globals = globalThis as unknown as Record<string, unknown>;
const web = (): typeof import('../web/url.ts') => part('web/url') as typeof import('../web/url.ts');

function missing(name: string): Error {
  return errorWithCode('ERR_MISSING_ARGS', `The "${name}" argument must be specified`, TypeError);
}

export { fileURLToPath, pathToFileURL, urlToHttpOptions };

/** `node:url`: the old functions are Node's own code, as unenv keeps it; the classes are the web's. */
export const builtin: object = restoreNames(
  Object.defineProperties(
    {},
    Object.getOwnPropertyDescriptors({
      Url,
      parse,
      resolve,
      resolveObject,
      format: (given: unknown, options?: object) =>
        isUrl(given) ? formatUrl(given, options) : format(given as never),
      get URL(): unknown {
        return globals['URL'];
      },
      get URLPattern(): unknown {
        return globals['URLPattern'];
      },
      get URLSearchParams(): unknown {
        return globals['URLSearchParams'];
      },
      domainToASCII: (...args: unknown[]) => {
        if (args.length === 0) throw missing('domain');
        return web().domainToASCII(args[0] as string);
      },
      domainToUnicode: (...args: unknown[]) => {
        if (args.length === 0) throw missing('domain');
        return web().domainToUnicode(args[0] as string);
      },
      pathToFileURL,
      fileURLToPath,
      fileURLToPathBuffer,
      urlToHttpOptions,
    }),
  ),
);

/** Node's order of the fields, which shows in logs and in JSON. */
const fields = [
  'protocol',
  'slashes',
  'auth',
  'host',
  'port',
  'hostname',
  'hash',
  'search',
  'query',
  'pathname',
  'path',
  'href',
] as const;

function parse(url: unknown, parsesQuery?: unknown, slashesDenoteHost?: unknown): object {
  const parsed = parseUrl(url, parsesQuery, slashesDenoteHost) as Record<string, unknown>;
  if (parsed === url) return parsed;
  const ordered = Object.create(Url.prototype) as Record<string, unknown>;
  for (const field of fields) ordered[field] = parsed[field];
  return ordered;
}

interface FormatOptions {
  readonly fragment?: unknown;
  readonly unicode?: unknown;
  readonly search?: unknown;
  readonly auth?: unknown;
}

/** A WHATWG URL as text, with parts left out. */
function formatUrl(given: { readonly href: string }, options: FormatOptions = {}): string {
  if (typeof options !== 'object') {
    throw errorWithCode(
      'ERR_INVALID_ARG_TYPE',
      'The "options" argument must be of type object.',
      TypeError,
    );
  }
  const { fragment = true, unicode = false, search = true, auth = true } = options;
  const URL = globals['URL'] as new (text: string) => Record<string, string>;
  const url = new URL(given.href);
  if (!fragment) url['hash'] = '';
  if (!search) url['search'] = '';
  if (!auth) {
    url['username'] = '';
    url['password'] = '';
  }
  const href = String(url);
  if (!unicode) return href;
  const { hostname = '' } = url;
  return href.replace(hostname, web().domainToUnicode(hostname));
}
