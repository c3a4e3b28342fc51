import { domainToASCII, domainToUnicode } from 'node:url';
import { ServiceError, type Service } from './service.ts';

/** Characters of one question: parsing as many takes a few milliseconds of the host's event loop. */
const maxLength = 1_048_576;

const settable = [
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
] as const;
type Settable = (typeof settable)[number];

/** URLs that guests do not parse themselves: everything out of the ordinary. */
export function urlService(): Service {
  return {
    calls: {
      'url.parse': (text) => parse(checked(text)),
      'url.set': (text) => set(checked(text)),
      'url.toAscii': (text) => domainToASCII(checked(text)),
      'url.toUnicode': (text) => domainToUnicode(checked(text)),
    },
  };
}

function checked(text: string): string {
  if (text.length <= maxLength) return text;
  throw new ServiceError('ERR_OUT_OF_RANGE', `A URL must be at most ${maxLength} characters long`, {
    name: 'RangeError',
  });
}

/** `<url>`, or `<url>\n<base>`; the parser ignores line feeds. Answers nothing when it is no URL. */
function parse(text: string): string {
  const end = text.indexOf('\n');
  const url = end < 0 ? URL.parse(text) : URL.parse(text.slice(0, end), text.slice(end + 1));
  return url?.href ?? '';
}

/** `<part> <length of the URL> <URL><value>`: the URL after one of its setters. */
function set(text: string): string {
  const [head, part = '', length = ''] = /^([a-z]{1,9}) (\d{1,7}) /.exec(text) ?? [''];
  const start = head.length;
  const end = start + Number(length);
  const url = URL.parse(text.slice(start, end));
  if (url === null || !isSettable(part)) {
    throw new ServiceError('ERR_INVALID_URL', 'Invalid URL', { name: 'TypeError' });
  }
  url[part] = text.slice(end);
  return url.href;
}

function isSettable(part: string): part is Settable {
  return settable.some((known) => known === part);
}
