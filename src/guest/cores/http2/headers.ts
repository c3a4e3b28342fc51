import { errorWithCode } from '../../node/internal/errors.ts';
import { hasInvalidChar, isToken } from '../http/words.ts';

export type Http2Headers = Record<string, string | number | readonly string[] | undefined>;

export const sensitiveHeaders: symbol = Symbol('nodejs.http2.sensitiveHeaders');

/** Names that HTTP/2 has no place for. */
const forbidden = new Set([
  'connection',
  'upgrade',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
]);
const single = new Set([
  ':status',
  ':method',
  ':authority',
  ':scheme',
  ':path',
  ':protocol',
  'content-length',
  'content-type',
  'host',
]);

/** Names and values in turn, in lower case; pseudo headers first. @throws Node's errors */
export function listOf(headers: Http2Headers): string[] {
  const pseudo: string[] = [];
  const list: string[] = [];
  for (const [given, value] of Object.entries(headers)) {
    if (value === undefined || value === null) continue;
    const name = given.toLowerCase();
    if (!name.startsWith(':') && !isToken(name)) {
      throw errorWithCode(
        'ERR_INVALID_HTTP_TOKEN',
        `Header name must be a valid HTTP token ["${given}"]`,
        TypeError,
      );
    }
    if (forbidden.has(name)) {
      throw errorWithCode(
        'ERR_HTTP2_INVALID_CONNECTION_HEADERS',
        `HTTP/1 Connection specific headers are forbidden: "${given}"`,
        TypeError,
      );
    }
    const values = Array.isArray(value) ? (value as string[]) : [String(value)];
    if (values.length > 1 && single.has(name)) {
      throw errorWithCode(
        'ERR_HTTP2_HEADER_SINGLE_VALUE',
        `Header field "${name}" must only have a single value`,
        TypeError,
      );
    }
    for (const one of values) {
      if (hasInvalidChar(one)) {
        throw errorWithCode(
          'ERR_INVALID_CHAR',
          `Invalid character in header content ["${name}"]`,
          TypeError,
        );
      }
      (name.startsWith(':') ? pseudo : list).push(name, one);
    }
  }
  return [...pseudo, ...list];
}

/** Headers as Node shows them: `:status` is a number, cookies are lists. */
export function headersOf(list: readonly string[]): object {
  const headers = Object.create(null) as Record<string | symbol, unknown>;
  for (let index = 0; index + 1 < list.length; index += 2) {
    const name = list[index] ?? '';
    const value = list[index + 1] ?? '';
    const known = headers[name];
    if (name === ':status') headers[name] = Number(value);
    else if (name === 'set-cookie')
      headers[name] = [...((known as string[] | undefined) ?? []), value];
    else if (known === undefined) headers[name] = value;
    else headers[name] = `${String(known)}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
  headers[sensitiveHeaders] = [];
  return headers;
}
