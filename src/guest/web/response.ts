import { JsonStringify, NativeRangeError, NativeTypeError } from '../primordials.ts';
import {
  Headers,
  byteString,
  copyHeaders,
  fill,
  guardHeaders,
  headerValue,
  putHeader,
  type Guard,
} from './headers.ts';
import { Body, extractBody } from './internal/body.ts';
import { defineBodyMixin } from './internal/body-mixin.ts';
import { usvString } from './internal/conversions.ts';
import {
  defineInspect,
  defineInterface,
  setConstructorLength,
  setLengths,
} from './internal/interfaces.ts';
import { parseUrl } from './internal/url-record.ts';
import { definePlatformKind } from './internal/platform-kinds.ts';

export type ResponseType = 'basic' | 'cors' | 'default' | 'error' | 'opaque' | 'opaqueredirect';

/** All of a response. `fetch` makes responses of it with `responseFrom`. */
export interface ResponseState {
  readonly type: ResponseType;
  /** The URLs of the request and its redirects; the last one is the response's. */
  readonly urls: readonly string[];
  readonly status: number;
  readonly statusText: string;
  /** Left out: none yet, they are made when they are asked for. */
  readonly headers?: Headers | undefined;
  readonly body?: Body | undefined;
}

interface ResponseInit {
  readonly status?: unknown;
  readonly statusText?: unknown;
  readonly headers?: unknown;
}

/** Stands in the place of `body` when the whole state is there already. */
class Given {
  readonly state: ResponseState;
  constructor(state: ResponseState) {
    this.state = state;
  }
}

/** https://fetch.spec.whatwg.org/#response-class */
export class Response {
  readonly #type: ResponseType;
  readonly #urls: readonly string[];
  readonly #status: number;
  readonly #statusText: string;
  readonly #body: Body | undefined;
  #headers: Headers | undefined;
  /** The only header of most responses: no object is made for it before somebody asks. */
  readonly #contentType: string | undefined;

  constructor(body?: unknown, init?: unknown) {
    if (body instanceof Given) {
      const { state } = body;
      this.#type = state.type;
      this.#urls = state.urls;
      this.#status = state.status;
      this.#statusText = state.statusText;
      this.#headers = state.headers;
      this.#body = state.body;
      return;
    }
    const { status, statusText, headers } = responseInit(init);
    this.#type = 'default';
    this.#urls = [];
    this.#status = status;
    this.#statusText = statusText;
    if (headers !== undefined) {
      this.#headers = guardHeaders(new Headers(), 'response');
      fill(this.#headers, headers);
    }
    if (body === undefined || body === null) return;
    const extracted = extractBody(body);
    if (isNullBodyStatus(status)) {
      throw new NativeTypeError(`Response constructor: Invalid response status code ${status}`);
    }
    this.#body = extracted.body;
    const { contentType } = extracted;
    if (contentType === undefined) return;
    if (this.#headers === undefined) this.#contentType = contentType;
    else if (headerValue(this.#headers, 'content-type') === null) {
      putHeader(this.#headers, 'content-type', contentType);
    }
  }

  static error(): Response {
    return responseFrom({
      type: 'error',
      urls: [],
      status: 0,
      statusText: '',
      headers: guardHeaders(new Headers(), 'immutable'),
    });
  }

  static json(data: unknown, init?: unknown): Response {
    if (arguments.length === 0) {
      throw new NativeTypeError('Response.json: 1 argument required, but 0 found.');
    }
    const text = JsonStringify(data);
    if (text === undefined) throw new NativeTypeError('Value is not JSON serializable');
    const { status, statusText, headers } = responseInit(init);
    if (isNullBodyStatus(status)) {
      throw new NativeTypeError(`Response constructor: Invalid response status code ${status}`);
    }
    const filled = guardHeaders(new Headers(), 'response');
    if (headers !== undefined) fill(filled, headers);
    if (headerValue(filled, 'content-type') === null) {
      putHeader(filled, 'content-type', 'application/json');
    }
    const body = Body.fromText(text.toWellFormed());
    return responseFrom({ type: 'default', urls: [], status, statusText, headers: filled, body });
  }

  static redirect(url: unknown, status: unknown = 302): Response {
    if (arguments.length === 0) {
      throw new NativeTypeError('Response.redirect: 1 argument required, but 0 found.');
    }
    const text = usvString(url);
    const code = Number(status) & 0xffff;
    const record = parseUrl(text);
    if (record === undefined) throw new NativeTypeError(`Failed to parse URL from ${text}`);
    if (![301, 302, 303, 307, 308].includes(code)) {
      throw new NativeRangeError(`Invalid status code ${code}`);
    }
    const headers = new Headers();
    putHeader(headers, 'location', record.href);
    guardHeaders(headers, 'immutable');
    return responseFrom({ type: 'default', urls: [], status: code, statusText: '', headers });
  }

  get type(): ResponseType {
    return this.#type;
  }
  get url(): string {
    return this.#urls.at(-1)?.replace(/#.*$/s, '') ?? '';
  }
  get redirected(): boolean {
    return this.#urls.length > 1;
  }
  get status(): number {
    return this.#status;
  }
  get ok(): boolean {
    return this.#status >= 200 && this.#status <= 299;
  }
  get statusText(): string {
    return this.#statusText;
  }
  get headers(): Headers {
    if (this.#headers === undefined) {
      this.#headers = new Headers();
      if (this.#contentType !== undefined) {
        putHeader(this.#headers, 'content-type', this.#contentType);
      }
      guardHeaders(this.#headers, 'response');
    }
    return this.#headers;
  }

  clone(): Response {
    if (this.#body?.isUnusable === true) {
      throw new NativeTypeError('Response.clone: Body has already been consumed.');
    }
    const guard: Guard = this.#type === 'default' ? 'response' : 'immutable';
    return responseFrom({
      type: this.#type,
      urls: this.#urls,
      status: this.#status,
      statusText: this.#statusText,
      headers: copyHeaders(this.headers, guard),
      body: this.#body?.clone(),
    });
  }

  /** Taken away from the class below. */
  static internals = {
    stateOf: (response: Response) => ({
      body: response.#body,
      contentType: (): string | null =>
        response.#headers === undefined
          ? (response.#contentType ?? null)
          : headerValue(response.#headers, 'content-type'),
    }),
    isResponse: (value: object): value is Response => #type in value,
  };
}

const { internals } = Response;
delete (Response as { internals?: unknown }).internals;

export const { isResponse } = internals;

/** The body of a response, for who wants to send it on: `undefined` when there is none. */
export function responseBody(response: Response): Body | undefined {
  return internals.stateOf(response).body;
}

/** What `fetch` answers with. */
export function responseFrom(state: ResponseState): Response {
  return new Response(new Given(state));
}

function isNullBodyStatus(status: number): boolean {
  return status === 204 || status === 205 || status === 304 || status === 101 || status === 103;
}

function responseInit(init: unknown): { status: number; statusText: string; headers: unknown } {
  if (init === undefined || init === null)
    return { status: 200, statusText: '', headers: undefined };
  if (typeof init !== 'object' && typeof init !== 'function') {
    throw new NativeTypeError(
      'Response constructor: Expected init ("' +
        `${JSON.stringify(init) ?? typeof init}") to be one of: Null, Undefined, Object.`,
    );
  }
  const { status = 200, statusText = '', headers } = init as ResponseInit;
  const code = Number(status) & 0xffff;
  const text = reasonPhrase(statusText);
  if (code < 200 || code > 599) {
    throw new NativeRangeError('init["status"] must be in the range of 200 to 599, inclusive.');
  }
  return { status: code, statusText: text, headers };
}

function reasonPhrase(statusText: unknown): string {
  if (statusText === '') return '';
  const text = byteString(statusText);
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) throw new NativeTypeError('Invalid statusText');
  return text;
}

defineBodyMixin(Response, 'Response', internals.stateOf);
defineInterface(
  Response,
  'Response',
  ['type', 'url', 'redirected', 'status', 'ok', 'statusText', 'headers', 'clone'],
  ['error', 'json', 'redirect'],
);
setConstructorLength(Response, 0);
setLengths(Response, { json: 1 });
defineInspect(Response.prototype, (response) => ({
  status: response.status,
  statusText: response.statusText,
  headers: response.headers,
  body: (response as Response & { body: unknown }).body,
  bodyUsed: (response as Response & { bodyUsed: boolean }).bodyUsed,
  ok: response.ok,
  redirected: response.redirected,
  type: response.type,
  url: response.url,
}));
definePlatformKind({ isOf: internals.isResponse });
