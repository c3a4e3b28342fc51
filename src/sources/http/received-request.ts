import { cookiesOf, lastValue, type HttpRequest, type Pairs } from './http-request.ts';

/** A request as a host gets it, before anybody has looked at it. */
export interface ReceivedRequest {
  readonly method: string;
  /** Absolute. */
  readonly url: URL;
  /** `cookie` among them; names as they were written. */
  readonly headers: Pairs;
  readonly body: Uint8Array;
  readonly sourceIp: string;
  /** Ends the wait for the answer. */
  readonly signal?: AbortSignal | undefined;
}

/** What a front adds to the headers. */
export interface Forwarding {
  /** For `x-amzn-trace-id`. */
  readonly trace: string;
  /** Which bodies of that content type the event has in base64. */
  readonly isBinary: (body: Uint8Array, headers: Pairs) => boolean;
}

/** Hop by hop, or made anew: no event has them. */
const droppedHeaders: ReadonlySet<string> = new Set([
  'connection',
  'cookie',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-amzn-trace-id',
  'x-forwarded-for',
  'x-forwarded-port',
  'x-forwarded-proto',
]);

/** What an event tells of a request. */
export function readRequest(
  { method, url, headers, body, sourceIp }: ReceivedRequest,
  { trace, isBinary }: Forwarding,
): HttpRequest {
  const isBase64Encoded = body.byteLength > 0 && isBinary(body, headers);
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const before = headers.filter(([name]) => name.toLowerCase() === 'x-forwarded-for');
  const forwarded: Pairs = [
    ['x-amzn-trace-id', trace],
    ['x-forwarded-for', [...before.map(([, address]) => address), sourceIp].join(', ')],
    ['x-forwarded-port', url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port],
    ['x-forwarded-proto', url.protocol.slice(0, -1)],
  ];
  const kept = headers.filter(([name]) => !droppedHeaders.has(name.toLowerCase()));
  // The web's requests have neither; on the wire both are there.
  const size: Pairs = body.byteLength === 0 ? [] : [['content-length', String(body.byteLength)]];
  const usual = [['host', url.host] as const, ...size].filter(
    ([name]) => lastValue(kept, name) === undefined,
  );
  return {
    method: method.toUpperCase(),
    path: url.pathname,
    rawQuery: url.search.slice(1),
    query: [...url.searchParams],
    headers: [...kept, ...usual, ...forwarded],
    cookies: cookiesOf(headers),
    body: body.byteLength === 0 ? undefined : text.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
    sourceIp,
    userAgent: lastValue(kept, 'user-agent') ?? '',
  };
}

/** Content types whose bodies HTTP APIs and function URLs hand on as text; forms are not among them. */
const textTypes =
  /^(?:text\/.*|application\/(?:json|xml|javascript|graphql|.*\+json|.*\+xml))\s*(?:;|$)/i;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Format 2.0: everything that is not plainly text is binary. */
export function isBinaryV2(body: Uint8Array, headers: Pairs): boolean {
  if (lastValue(headers, 'content-encoding') !== undefined) return true;
  return !textTypes.test(lastValue(headers, 'content-type') ?? '') || !isUtf8(body);
}

/** Format 1.0: binary is what the API says. `media` as in its `binaryMediaTypes`: `image/png`, `image/*`. */
export function isBinaryV1(media: readonly string[]): Forwarding['isBinary'] {
  return (_body, headers) =>
    matchesMedia(media, lastValue(headers, 'content-type') ?? 'application/json');
}

/** Whether a content type, parameters aside, is one of a list with wildcards. */
export function matchesMedia(media: readonly string[], contentType: string): boolean {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const family = `${type.split('/')[0]}/*`;
  return media.some((known) => ['*/*', type, family].includes(known.toLowerCase()));
}

function isUtf8(body: Uint8Array): boolean {
  try {
    strictUtf8.decode(body);
    return true;
  } catch {
    return false;
  }
}
