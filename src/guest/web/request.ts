import { part } from '../parts.ts';
import { NativeTypeError } from '../primordials.ts';
import type { AbortSignal } from './abort.ts';
import { Headers, copyHeaders, fill, guardHeaders, headerValue, putHeader } from './headers.ts';
import type { Body } from './internal/body.ts';
import { extractBody, isStreamInit } from './internal/body.ts';
import { defineBodyMixin } from './internal/body-mixin.ts';
import { isOf } from './internal/brands.ts';
import { domString, usvString } from './internal/conversions.ts';
import { defineInspect, defineInterface, setConstructorLength } from './internal/interfaces.ts';
import {
  checkedEnum,
  normalMethod,
  parsedReferrer,
  requestInit,
  type RequestInit,
} from './internal/request-init.ts';
import { parseUrl } from './internal/url-record.ts';
import { definePlatformKind } from './internal/platform-kinds.ts';

const abortPart = () => part('web/abort') as typeof import('./abort.ts');

/** All of a request, as `fetch` reads it with `requestState`. */
export interface RequestState {
  method: string;
  /** In its normal form, with its fragment. */
  url: string;
  headers: Headers;
  body: Body | undefined;
  /** What aborts it: the caller's own signal, or nothing when there is none. */
  signal: AbortSignal | undefined;
  redirect: string;
  mode: string;
  credentials: string;
  cache: string;
  referrer: string;
  referrerPolicy: string;
  integrity: string;
  keepalive: boolean;
}

/** https://fetch.spec.whatwg.org/#request-class, with the rules of Node: no origin, no forbidden headers. */
export class Request {
  readonly #state: RequestState;
  /** Made when it is asked for; it follows the signal of the state. */
  #signal: AbortSignal | undefined;

  constructor(input: unknown, init?: unknown) {
    if (arguments.length === 0) {
      throw new NativeTypeError('Request constructor: 1 argument required, but 0 found.');
    }
    const options = requestInit(init);
    const isRequest = typeof input === 'object' && input !== null && #state in input;
    const from = isRequest ? input.#state : undefined;
    const state: RequestState =
      from === undefined ? freshState(input) : copyOf(input as Request, from);
    this.#state = state;
    if (options !== undefined) applyOptions(state, options);
    if (options?.headers !== undefined) {
      state.headers = new Headers();
      guardHeaders(state.headers, guardFor(state.mode));
      fill(state.headers, options.headers);
    } else {
      guardHeaders(state.headers, guardFor(state.mode));
    }
    this.#takeBody(from, options);
  }

  #takeBody(from: RequestState | undefined, options: RequestInit | undefined): void {
    const state = this.#state;
    const given = options?.body;
    const hasGiven = given !== undefined && given !== null;
    const isBodiless = state.method === 'GET' || state.method === 'HEAD';
    if (isBodiless && (hasGiven || (from?.body !== undefined && given === undefined))) {
      throw new NativeTypeError('Request with GET/HEAD method cannot have body.');
    }
    if (hasGiven) {
      const { body, contentType } = extractBody(given, state.keepalive);
      if (isStreamInit(given) && options?.duplex === undefined) {
        throw new NativeTypeError('RequestInit: duplex option is required when sending a body.');
      }
      state.body = body;
      if (contentType !== undefined && headerValue(state.headers, 'content-type') === null) {
        putHeader(state.headers, 'content-type', contentType);
      }
      return;
    }
    if (from?.body === undefined) return;
    if (given === null) {
      state.body = undefined;
      return;
    }
    if (from.body.isUnusable) {
      throw new NativeTypeError(
        'Cannot construct a Request with a Request object that has already been used.',
      );
    }
    state.body = from.body.moved();
  }

  get method(): string {
    return this.#state.method;
  }
  get url(): string {
    return this.#state.url;
  }
  get headers(): Headers {
    return this.#state.headers;
  }
  get destination(): string {
    void this.#state;
    return '';
  }
  get referrer(): string {
    return this.#state.referrer;
  }
  get referrerPolicy(): string {
    return this.#state.referrerPolicy;
  }
  get mode(): string {
    return this.#state.mode;
  }
  get credentials(): string {
    return this.#state.credentials;
  }
  get cache(): string {
    return this.#state.cache;
  }
  get redirect(): string {
    return this.#state.redirect;
  }
  get integrity(): string {
    return this.#state.integrity;
  }
  get keepalive(): boolean {
    return this.#state.keepalive;
  }
  get isReloadNavigation(): boolean {
    void this.#state;
    return false;
  }
  get isHistoryNavigation(): boolean {
    void this.#state;
    return false;
  }
  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      const { signal } = this.#state;
      this.#signal = abortPart().AbortSignal.any(signal === undefined ? [] : [signal]);
    }
    return this.#signal;
  }
  get duplex(): string {
    void this.#state;
    return 'half';
  }

  clone(): Request {
    const state = this.#state;
    if (state.body?.isUnusable === true) throw new NativeTypeError('unusable');
    const clone = new Request(state.url);
    Object.assign(clone.#state, state, {
      headers: copyHeaders(state.headers, guardFor(state.mode)),
      body: state.body?.clone(),
      signal: this.#signal ?? state.signal,
    });
    return clone;
  }

  /** Taken away from the class below. */
  static internals = {
    isRequest: (value: object): value is Request => #state in value,
    stateOf: (request: Request): RequestState => request.#state,
  };
}

const { internals } = Request;
delete (Request as { internals?: unknown }).internals;

/** All of a request; only to be read. Its body is taken with `state.body.reader()`. */
export const requestState = internals.stateOf;
export const { isRequest } = internals;

function freshState(input: unknown): RequestState {
  const text = usvString(input);
  const record = parseUrl(text);
  if (record === undefined) {
    throw new NativeTypeError(`Failed to parse URL from ${text}`, {
      cause: Object.assign(new NativeTypeError('Invalid URL'), {
        code: 'ERR_INVALID_URL',
        input: text,
      }),
    });
  }
  if (record.username !== '' || record.password !== '') {
    throw new NativeTypeError(
      `Request cannot be constructed from a URL that includes credentials: ${text}`,
    );
  }
  return {
    method: 'GET',
    url: record.href,
    headers: new Headers(),
    body: undefined,
    signal: undefined,
    redirect: 'follow',
    mode: 'cors',
    credentials: 'same-origin',
    cache: 'default',
    referrer: 'about:client',
    referrerPolicy: '',
    integrity: '',
    keepalive: false,
  };
}

function copyOf(request: Request, from: RequestState): RequestState {
  // Its own signal, when it has one, so that whoever holds that is followed.
  const signal = from.signal ?? request.signal;
  return { ...from, headers: copyHeaders(from.headers, 'none'), body: undefined, signal };
}

function applyOptions(state: RequestState, options: RequestInit): void {
  if (options.window !== undefined && options.window !== null) {
    throw new NativeTypeError("'window' option 'client' must be null");
  }
  if (options.mode === 'navigate') {
    throw new NativeTypeError('Request constructor: invalid request mode navigate.');
  }
  if (options.referrer !== undefined) state.referrer = parsedReferrer(options.referrer);
  for (const name of ['referrerPolicy', 'mode', 'credentials', 'cache', 'redirect'] as const) {
    const value = options[name];
    if (value !== undefined) state[name] = checkedEnum(name, value);
  }
  if (options.priority !== undefined) checkedEnum('priority', options.priority);
  if (state.cache === 'only-if-cached' && state.mode !== 'same-origin') {
    throw new NativeTypeError("'only-if-cached' can be set only with 'same-origin' mode");
  }
  if (options.integrity !== undefined) state.integrity = domString(options.integrity);
  if (options.keepalive !== undefined) state.keepalive = Boolean(options.keepalive);
  if (options.method !== undefined) state.method = normalMethod(options.method);
  const { signal } = options;
  if (signal === null) state.signal = undefined;
  else if (isOf('AbortSignal', signal)) state.signal = signal as AbortSignal;
  else if (signal !== undefined) {
    const shown = typeof signal === 'string' ? `"${signal}"` : String(signal);
    throw new NativeTypeError(
      `RequestInit: Expected signal ("${shown}") to be an instance of AbortSignal.`,
    );
  }
  if (state.mode === 'no-cors' && !['GET', 'HEAD', 'POST'].includes(state.method)) {
    throw new NativeTypeError(`'${state.method} is unsupported in no-cors mode.`);
  }
}

function guardFor(mode: string): 'request' | 'request-no-cors' {
  return mode === 'no-cors' ? 'request-no-cors' : 'request';
}

defineBodyMixin(Request, 'Request', (request) => {
  const { body, headers } = internals.stateOf(request);
  return { body, contentType: () => headerValue(headers, 'content-type') };
});
const members = [
  'method',
  'url',
  'headers',
  'destination',
  'referrer',
  'referrerPolicy',
  'mode',
  'credentials',
  'cache',
  'redirect',
  'integrity',
  'keepalive',
  'isReloadNavigation',
  'isHistoryNavigation',
  'signal',
] as const;
defineInterface(Request, 'Request', [...members, 'duplex', 'clone']);
setConstructorLength(Request, 1);
defineInspect(Request.prototype, (request) =>
  Object.fromEntries(members.map((name) => [name, request[name]])),
);
definePlatformKind({ isOf: internals.isRequest });
