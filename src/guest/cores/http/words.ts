import { ERR_INVALID_ARG_TYPE, errorWithCode } from '../../node/internal/errors.ts';

/** What llhttp, Node's parser, knows; in the order of `http.METHODS`. */
export const METHODS: readonly string[] = (
  'ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL ' +
  'MOVE NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE ' +
  'SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE'
).split(' ');

export const STATUS_CODES: Readonly<Record<number, string>> = {
  100: 'Continue',
  101: 'Switching Protocols',
  102: 'Processing',
  103: 'Early Hints',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  203: 'Non-Authoritative Information',
  204: 'No Content',
  205: 'Reset Content',
  206: 'Partial Content',
  207: 'Multi-Status',
  208: 'Already Reported',
  226: 'IM Used',
  300: 'Multiple Choices',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  305: 'Use Proxy',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Payload Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  417: 'Expectation Failed',
  418: "I'm a Teapot",
  421: 'Misdirected Request',
  422: 'Unprocessable Entity',
  423: 'Locked',
  424: 'Failed Dependency',
  425: 'Too Early',
  426: 'Upgrade Required',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  451: 'Unavailable For Legal Reasons',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
  506: 'Variant Also Negotiates',
  507: 'Insufficient Storage',
  508: 'Loop Detected',
  509: 'Bandwidth Limit Exceeded',
  510: 'Not Extended',
  511: 'Network Authentication Required',
};

const token = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
const forbidden = /[^\t\x20-\x7e\x80-\xff]/;

export function isToken(value: string): boolean {
  return token.test(value);
}

export function hasInvalidChar(value: string): boolean {
  return forbidden.test(value);
}

export function validateHeaderName(name: unknown, label = 'Header name'): asserts name is string {
  if (typeof name === 'string' && name !== '' && isToken(name)) return;
  throw errorWithCode(
    'ERR_INVALID_HTTP_TOKEN',
    `${label} must be a valid HTTP token ["${String(name)}"]`,
    TypeError,
  );
}

export function validateHeaderValue(name: string, value: unknown): void {
  if (value === undefined) {
    throw errorWithCode(
      'ERR_HTTP_INVALID_HEADER_VALUE',
      `Invalid value "undefined" for header "${name}"`,
      TypeError,
    );
  }
  if (hasInvalidChar(String(value))) throw invalidChar('header content', name);
}

export function invalidChar(where: string, name?: string): Error {
  const which = name === undefined ? '' : ` ["${name}"]`;
  return errorWithCode('ERR_INVALID_CHAR', `Invalid character in ${where}${which}`, TypeError);
}

export function headersSent(verb: string): Error {
  return errorWithCode(
    'ERR_HTTP_HEADERS_SENT',
    `Cannot ${verb} headers after they are sent to the client`,
  );
}

/** What a body may be made of. */
export function checkChunk(chunk: unknown): asserts chunk is string | Uint8Array {
  if (chunk === null) {
    throw errorWithCode('ERR_STREAM_NULL_VALUES', 'May not write null values to stream', TypeError);
  }
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) return;
  throw new ERR_INVALID_ARG_TYPE('chunk', ['string', 'Buffer', 'Uint8Array'], chunk);
}
