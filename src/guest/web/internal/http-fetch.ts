import { part } from '../../parts.ts';
import { NativeTypeError } from '../../primordials.ts';
import { headersFrom, headerValue, rawHeaders, type HeaderPair } from '../headers.ts';
import type { RequestState } from '../request.ts';
import { responseFrom, type Response } from '../response.ts';
import { Body, giveUp } from './body.ts';
import type { ByteReader } from './chunks.ts';
import { decoded } from './content-decoding.ts';
import { exchange, type FetchedResponse } from './exchange.ts';
import { isBadPort } from './bad-ports.ts';
import { parseUrl, type UrlRecord } from './url-record.ts';

const mostRedirects = 20;
/** What is read of a response that nobody wants, to keep its connection. */
const mostDrained = 65_536;

/** What changes from one request of a fetch to the next. */
interface Hop {
  readonly url: UrlRecord;
  readonly method: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Body | undefined;
}

/** One fetch over HTTP: the request, and those that redirects ask for. */
export async function httpFetch(state: RequestState): Promise<Response> {
  const urls: string[] = [];
  let hop: Hop = {
    url: urlOf(state.url, undefined),
    method: state.method,
    headers: rawHeaders(state.headers),
    body: state.body,
  };
  for (;;) {
    urls.push(hop.url.href);
    // A body that is text or bytes can be sent again.
    const again = hop.body?.isReplayable === true ? hop.body.clone() : undefined;
    const { fetched, finished } = await send(hop, state);
    const location = isRedirect(fetched.head.status) ? locationOf(fetched) : undefined;
    if (location === undefined || state.redirect === 'manual') {
      return makeResponse(hop, fetched, finished, urls, state);
    }
    finished();
    void drain(fetched);
    if (state.redirect === 'error') throw new Error('unexpected redirect');
    if (urls.length > mostRedirects) throw new Error('redirect count exceeded');
    hop = redirected(hop, fetched.head.status, location, again);
  }
}

async function send(
  hop: Hop,
  { signal }: RequestState,
): Promise<{ fetched: FetchedResponse; finished: () => void }> {
  const { url, method, body } = hop;
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  if (isBadPort(port)) throw new Error('bad port');
  const isStream = body !== undefined && !body.isReplayable;
  const bytes = body === undefined || isStream ? undefined : await body.bytes();
  const reader = isStream ? body.reader() : undefined;
  const request = {
    protocol: url.protocol as 'http:' | 'https:',
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    method,
    path: `${url.pathname}${url.query}`,
    headers: wireHeaders(hop, bytes?.length),
  };
  let finished = (): void => {};
  const content = reader === undefined ? bytes : async () => await reader.read();
  const fetched = await exchange(request, content, (abort) => {
    if (signal === undefined) return;
    const { addAbortAlgorithm } = part('web/abort') as typeof import('../abort.ts');
    finished = addAbortAlgorithm(signal, () => {
      abort(signal.reason);
      if (reader !== undefined) void giveUp(reader, signal.reason);
    });
  });
  return { fetched, finished };
}

/** Names and values in turn, with what Node adds. */
function wireHeaders({ url, method, headers, body }: Hop, length: number | undefined): string[] {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const flat: string[] = [];
  const add = (name: string, value: string): void => {
    if (!names.has(name)) flat.push(name, value);
  };
  add('host', url.port === '' ? url.hostname : `${url.hostname}:${url.port}`);
  add('connection', 'keep-alive');
  for (const [name, value] of headers) {
    if (!/^(?:content-length|transfer-encoding)$/i.test(name)) flat.push(name, value);
  }
  add('accept', '*/*');
  add('accept-language', '*');
  add('sec-fetch-mode', 'cors');
  add('user-agent', 'node');
  add('accept-encoding', url.protocol === 'https:' ? 'br, gzip, deflate' : 'gzip, deflate');
  if (length !== undefined) flat.push('content-length', `${length}`);
  else if (body !== undefined) flat.push('transfer-encoding', 'chunked');
  else if (method === 'POST' || method === 'PUT') flat.push('content-length', '0');
  return flat;
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

function locationOf({ head }: FetchedResponse): string | undefined {
  return headerValue(headersFrom(pairsOf(head.headers), 'none'), 'location') ?? undefined;
}

function pairsOf(flat: readonly string[]): HeaderPair[] {
  const pairs: HeaderPair[] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    pairs.push([flat[index] ?? '', flat[index + 1] ?? '']);
  }
  return pairs;
}

const ofBody = /^content-(?:encoding|language|location|type|length)$/i;
const ofOrigin = /^(?:authorization|proxy-authorization|cookie|host)$/i;

/** https://fetch.spec.whatwg.org/#http-redirect-fetch */
function redirected(hop: Hop, status: number, location: string, again: Body | undefined): Hop {
  const url = urlOf(location, hop.url);
  if (status !== 303 && hop.body !== undefined && again === undefined) {
    throw new Error('A body that is a stream cannot be sent again after a redirect');
  }
  const isPost = (status === 301 || status === 302) && hop.method === 'POST';
  const becomesGet = isPost || (status === 303 && hop.method !== 'GET' && hop.method !== 'HEAD');
  const isSameOrigin =
    url.protocol === hop.url.protocol &&
    url.hostname === hop.url.hostname &&
    url.port === hop.url.port;
  return {
    url,
    method: becomesGet ? 'GET' : hop.method,
    headers: hop.headers.filter(
      ([name]) => !(becomesGet && ofBody.test(name)) && (isSameOrigin || !ofOrigin.test(name)),
    ),
    body: becomesGet ? undefined : again,
  };
}

function urlOf(text: string, before: UrlRecord | undefined): UrlRecord {
  const url = parseUrl(text, before?.href);
  if (url === undefined) throw new NativeTypeError('Invalid URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error('URL scheme must be a HTTP(S) scheme');
  }
  if (url.fragment !== '' || before === undefined || before.fragment === '') return url;
  return { ...url, href: url.href + before.fragment, fragment: before.fragment };
}

function makeResponse(
  { method }: Hop,
  fetched: FetchedResponse,
  finished: () => void,
  urls: readonly string[],
  { signal }: RequestState,
): Response {
  const { status, statusText } = fetched.head;
  const headers = headersFrom(pairsOf(fetched.head.headers), 'immutable');
  const isBodiless = method === 'HEAD' || [101, 204, 205, 304].includes(status);
  let body: Body | undefined;
  if (isBodiless) {
    finished();
    void drain(fetched);
  } else {
    const reader = guarded(fetched, finished, () => signal);
    body = Body.fromReader(decoded(reader, headerValue(headers, 'content-encoding')));
  }
  return responseFrom({ type: 'basic', urls, status, statusText, headers, body });
}

/** The bytes of the response; what goes wrong on the way is Node's `terminated`, or the reason of an abort. */
function guarded(
  fetched: FetchedResponse,
  finished: () => void,
  signalOf: () => RequestState['signal'],
): ByteReader {
  return {
    read: async () => {
      try {
        const bytes = await fetched.pull();
        if (bytes === undefined) finished();
        return bytes as Uint8Array<ArrayBuffer> | undefined;
      } catch (error) {
        finished();
        const signal = signalOf();
        if (signal?.aborted === true) throw signal.reason;
        throw new NativeTypeError('terminated', { cause: error });
      }
    },
    cancel: () => {
      finished();
      fetched.cancel();
    },
  };
}

/** Reads the rest of a short body, so that its connection can be used again. */
async function drain(fetched: FetchedResponse): Promise<void> {
  let length = 0;
  try {
    for (;;) {
      const bytes = await fetched.pull();
      if (bytes === undefined) return;
      length += bytes.length;
      if (length > mostDrained) break;
    }
  } catch {
    // Nobody wants these bytes, nor to know what became of them.
  }
  fetched.cancel();
}
