import { NativeTypeError } from '../../primordials.ts';
import { byteString } from '../headers.ts';
import { domString, usvString } from './conversions.ts';
import { parseUrl } from './url-record.ts';

/** The second argument of `Request` and `fetch`. */
export interface RequestInit {
  readonly method?: unknown;
  readonly headers?: unknown;
  readonly body?: unknown;
  readonly referrer?: unknown;
  readonly referrerPolicy?: unknown;
  readonly mode?: unknown;
  readonly credentials?: unknown;
  readonly cache?: unknown;
  readonly redirect?: unknown;
  readonly integrity?: unknown;
  readonly keepalive?: unknown;
  readonly signal?: unknown;
  readonly window?: unknown;
  readonly duplex?: unknown;
  readonly priority?: unknown;
}

const accepted = {
  referrerPolicy: [
    '',
    'no-referrer',
    'no-referrer-when-downgrade',
    'same-origin',
    'origin',
    'strict-origin',
    'origin-when-cross-origin',
    'strict-origin-when-cross-origin',
    'unsafe-url',
  ],
  mode: ['navigate', 'same-origin', 'no-cors', 'cors'],
  credentials: ['omit', 'same-origin', 'include'],
  cache: ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'],
  redirect: ['follow', 'error', 'manual'],
  priority: ['high', 'low', 'auto'],
} as const;

export function requestInit(init: unknown): RequestInit | undefined {
  if (init === undefined || init === null) return undefined;
  if (typeof init === 'object' || typeof init === 'function') {
    const { duplex } = init as RequestInit;
    if (duplex !== undefined && duplex !== 'half') {
      throw new NativeTypeError(
        `Request constructor: ${domString(duplex)} is not an accepted type. Expected one of half.`,
      );
    }
    return init;
  }
  throw new NativeTypeError(
    'Request constructor: Expected init to be one of: Null, Undefined, Object.',
  );
}

export function checkedEnum(name: keyof typeof accepted, value: unknown): string {
  const text = domString(value);
  const known: readonly string[] = accepted[name];
  if (known.includes(text)) return text;
  throw new NativeTypeError(
    `Request constructor: ${text} is not an accepted type. Expected one of ${known.join(', ')}.`,
  );
}

export function normalMethod(value: unknown): string {
  const text = byteString(value);
  if (!/^[!#$%&'*+\-.^`|~\w]+$/.test(text)) {
    throw new NativeTypeError(`'${text}' is not a valid HTTP method.`);
  }
  const upper = text.toUpperCase();
  if (upper === 'CONNECT' || upper === 'TRACE' || upper === 'TRACK') {
    throw new NativeTypeError(`'${text}' HTTP method is unsupported.`);
  }
  const isNormalized = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH'].includes(upper);
  return isNormalized && upper !== 'PATCH' ? upper : text;
}

/** There is no origin here, so a referrer is whatever URL the caller gives. */
export function parsedReferrer(value: unknown): string {
  const text = usvString(value);
  if (text === '') return '';
  const record = parseUrl(text);
  if (record === undefined) throw new NativeTypeError(`Referrer "${text}" is not a valid URL.`);
  return 'about:client';
}
