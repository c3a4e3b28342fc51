import { PassThrough, pipeline, type Readable, type Writable } from 'node:stream';
import { abortable } from '../../network/abortable.ts';
import { ServiceError } from '../service.ts';
import type { Handle } from './handles.ts';
import { hangUp } from './network-failure.ts';
import { PulledStream, PushedStream } from './pulled-stream.ts';

/** Bodies of at most this many bytes are taken off the connection at once. */
const smallBody = 16_384;

/** Interim responses that wait for a guest that does not ask for them. */
const mostInterim = 16;
/** And their characters. */
const mostInterimLength = 32_768;

/** One request and its response, over HTTP/1.1 or as a stream of HTTP/2. */
export class Exchange implements Handle {
  readonly writer: PushedStream;
  readonly #request: Writable;
  readonly #interim: string[] = [];
  readonly #trailersOf: () => readonly string[];
  readonly #onDone: () => void;
  #reader: PulledStream | undefined;
  readonly #connected = Promise.withResolvers<string | undefined>();
  /** Nothing but a small body is left of it. */
  isSpent = false;
  #interimLength = 0;
  #isInterimOver = false;
  #wake: (() => void) | undefined;

  /** `onDone`: both directions have ended, so nobody needs the handle any more. */
  constructor(
    request: Writable,
    parts: { readonly trailers: () => readonly string[]; readonly onDone: () => void },
  ) {
    this.#request = request;
    this.#trailersOf = parts.trailers;
    this.#onDone = parts.onDone;
    this.writer = new PushedStream(request);
    request.on('error', () => {});
    request.once('close', () => {
      this.#connected.resolve(undefined);
      this.#endInterim();
    });
  }

  /** The connection is there; `json` tells about it. */
  connect(json: string): void {
    this.#connected.resolve(json);
  }

  /** What `connect` told; `undefined` when there will be no connection. */
  connected(signal: AbortSignal): Promise<string | undefined> {
    return abortable(this.#connected.promise, signal);
  }

  /**
   * The head has arrived. Many programs never read a small body that says nothing new; it must not keep
   * the connection from the next request.
   */
  respond(response: Readable, length?: number): void {
    const isSmall = length !== undefined && length <= smallBody;
    const source = isSmall ? setAside(response) : response;
    this.#reader = new PulledStream(source);
    source.on('error', () => {});
    if (isSmall) source.once('readable', () => (this.isSpent = true));
    this.#endInterim();
  }

  /** Bytes of the response; at its end the trailers, as a JSON list of names and values. */
  async read(signal: AbortSignal): Promise<Uint8Array | string> {
    if (this.#reader === undefined) {
      throw new ServiceError('EBADF', 'The response has not arrived');
    }
    const chunk = await this.#reader.read(signal);
    if (chunk !== undefined) return chunk;
    if (this.#request.writableFinished) this.#onDone();
    else this.#request.once('finish', this.#onDone);
    return JSON.stringify(this.#trailersOf());
  }

  /** What is too much for a guest that does not ask is dropped; nobody has to put it into words then. */
  addInterim(describe: () => string): void {
    if (this.#interim.length >= mostInterim || this.#interimLength >= mostInterimLength) return;
    const json = describe();
    this.#interim.push(json);
    this.#interimLength += json.length;
    this.#wake?.();
  }

  /** The next response of 1xx; `undefined` when there will be no more. */
  async nextInterim(signal: AbortSignal): Promise<string | undefined> {
    const next = this.#takeInterim();
    if (next !== undefined || this.#isInterimOver) return next;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await abortable(promise, signal);
    return this.#takeInterim();
  }

  #takeInterim(): string | undefined {
    const next = this.#interim.shift();
    this.#interimLength -= next?.length ?? 0;
    return next;
  }

  destroy(): void {
    this.#request.destroy(hangUp());
  }

  #endInterim(): void {
    this.#isInterimOver = true;
    this.#wake?.();
  }
}

/** Reads all of a body into memory. */
function setAside(response: Readable): Readable {
  const aside = new PassThrough({ highWaterMark: smallBody });
  // Whoever reads is told of errors.
  pipeline(response, aside, () => {});
  return aside;
}
