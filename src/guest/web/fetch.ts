import { part } from '../parts.ts';
import { NativeTypeError } from '../primordials.ts';
import { headersFrom } from './headers.ts';
import { Body, giveUp } from './internal/body.ts';
import { setLength } from './internal/interfaces.ts';
import { parseUrl } from './internal/url-record.ts';
import { Request, requestState, type RequestState } from './request.ts';
import { responseBody, responseFrom, type Response } from './response.ts';

/**
 * https://fetch.spec.whatwg.org/#fetch-method as Node has it: no origin, no CORS, no cache, no cookies.
 * Connections are the host's (web/internal/exchange.ts), redirects and decoding are done here.
 */
export async function fetch(input: unknown, init?: unknown): Promise<Response> {
  const state = requestState(new Request(input, init));
  const { signal } = state;
  if (signal?.aborted === true) {
    if (state.body !== undefined) await giveUp(state.body.reader(), signal.reason);
    throw signal.reason;
  }
  try {
    const response = await fetchByScheme(state);
    if (state.integrity !== '') await checkIntegrity(response, state.integrity);
    return response;
  } catch (error) {
    // Whoever aborts gets the own reason back, everybody else one error with a cause.
    if (isAborted(state)) throw signal?.reason;
    throw new NativeTypeError('fetch failed', { cause: error });
  }
}

function isAborted({ signal }: RequestState): boolean {
  return signal?.aborted === true;
}

// oxlint-disable-next-line typescript/promise-function-async -- each branch gives a promise or throws
function fetchByScheme(state: RequestState): Promise<Response> {
  const scheme = parseUrl(state.url)?.protocol;
  switch (scheme) {
    case 'http:':
    case 'https:': {
      const http = part('web/internal/http-fetch') as typeof import('./internal/http-fetch.ts');
      return http.httpFetch(state);
    }
    case 'data:':
      return fetchData(state.url);
    case 'blob:':
      return fetchBlob(state);
    default:
      throw new Error(scheme === 'about:' ? 'about scheme is not supported' : 'unknown scheme');
  }
}

/** Reads all of a copy before the caller gets anything. */
async function checkIntegrity(response: Response, integrity: string): Promise<void> {
  const { isIntact } = part('web/internal/integrity') as typeof import('./internal/integrity.ts');
  const bytes = (await responseBody(response.clone())?.bytes()) ?? new Uint8Array(0);
  if (!(await isIntact(bytes, integrity))) throw new Error('integrity mismatch');
}

async function fetchData(url: string): Promise<Response> {
  const { parseDataUrl } = part('web/internal/data-url') as typeof import('./internal/data-url.ts');
  const data = parseDataUrl(url);
  if (data === undefined) throw new Error('invalid data url');
  const headers = headersFrom([['content-type', data.type]], 'immutable');
  const body = Body.fromChunks([data.bytes]);
  return responseFrom({ type: 'basic', urls: [url], status: 200, statusText: 'OK', headers, body });
}

async function fetchBlob({ url, method }: RequestState): Promise<Response> {
  const { blobChunks, resolveBlob } = part('web/blob') as typeof import('./blob.ts');
  const blob = resolveBlob(url.replace(/#.*$/s, ''));
  if (blob === undefined || method !== 'GET') throw new Error('invalid method');
  const headers = headersFrom(
    [
      ['content-length', `${blob.size}`],
      ['content-type', blob.type],
    ],
    'immutable',
  );
  const body = Body.fromChunks(blobChunks(blob));
  return responseFrom({ type: 'basic', urls: [url], status: 200, statusText: 'OK', headers, body });
}

setLength(fetch, 1);
