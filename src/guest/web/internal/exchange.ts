import { startHost, type Answer, type HostOperation } from '../../host.ts';
import { hostData, hostText } from './host-text.ts';
import { mostBytesAtOnce, nextHandle, ownBuffer, releaseHandle } from './host-handles.ts';

/** The head of a request, complete: the host adds nothing that changes its meaning. */
export interface ExchangeRequest {
  readonly protocol: 'http:' | 'https:';
  /** Where to connect to; the header `Host` is the caller's. */
  readonly host: string;
  readonly port: number;
  readonly family?: 0 | 4 | 6 | undefined;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Names and values in turn. `Content-Length` or `Transfer-Encoding` say how long the body is. */
  readonly headers: readonly string[];
  /** Certificates and the like, as `node:tls` describes them to the host. */
  readonly tls?: object | undefined;
  /** Number of a connected socket to use instead of the pool. */
  readonly over?: number | undefined;
  readonly maxHeaderSize?: number | undefined;
}

export interface ResponseHead {
  readonly status: number;
  readonly statusText: string;
  /** Names and values in turn, as they came. */
  readonly headers: readonly string[];
  readonly httpVersion: string;
  /** The connection had served another request before. */
  readonly reusedSocket: boolean;
  /** The number of the exchange is the number of a socket now. */
  readonly isUpgrade: boolean;
  readonly localAddress?: string;
  readonly localPort?: number;
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  readonly remoteFamily?: string;
  readonly tls?: Readonly<Record<string, unknown>>;
}

interface Interim {
  readonly status: number;
  readonly statusText?: string;
  readonly headers: readonly string[];
}

type Done<T> = (error: Error | undefined, value?: T) => void;

/**
 * One HTTP exchange on the host: head out, body out, head in, body in. Bodies go in both directions at one
 * time, in pieces that the other end asks for. No redirects, no decompression.
 */
export class Exchange {
  readonly id: number = nextHandle();
  #opening: HostOperation | undefined;
  #reading: HostOperation | undefined;
  #isOver = false;

  /**
   * Sends head and body, or head and beginning of the body when `isComplete` is false. `done` gets the head
   * of the response.
   */
  open(
    request: ExchangeRequest,
    body: Uint8Array | undefined,
    isComplete: boolean,
    done: Done<ResponseHead>,
  ): void {
    this.start('http.open', request, body, isComplete, (error, answer) => {
      if (error !== undefined) {
        done(error);
        return;
      }
      const head = hostData(answer) as ResponseHead;
      if (head.isUpgrade) this.#isOver = true;
      done(undefined, head);
    });
  }

  /** The same for another operation that begins an exchange; `done` gets the host's answer as it is. */
  start(
    operation: string,
    request: object,
    body: Uint8Array | undefined,
    isComplete: boolean,
    done: Done<string>,
  ): void {
    const size = body?.byteLength ?? 0;
    const isWhole = isComplete && size <= mostBytesAtOnce;
    const question = hostText({ ...request, id: this.id, end: isWhole });
    const bytes =
      body === undefined || !isWhole || size === 0 ? undefined : ownBuffer(body, 0, size);
    this.#opening = startHost(operation, question, bytes, (error, answer) => {
      this.#opening = undefined;
      if (error !== undefined) this.#isOver = true;
      done(error, answer as string);
    });
    if (isWhole || body === undefined) return;
    // What goes wrong here is told with the head.
    if (isComplete) this.end(body, () => {});
    else this.write(body, () => {});
  }

  /** `done` is called when the host has passed all of it on; one write at a time. */
  write(bytes: Uint8Array, done: Done<void>): void {
    this.#send('http.write', bytes, 0, done);
  }

  end(bytes: Uint8Array | undefined, done: Done<void>): void {
    this.#send('http.end', bytes ?? new Uint8Array(), 0, done);
  }

  #send(name: 'http.write' | 'http.end', bytes: Uint8Array, from: number, done: Done<void>): void {
    const to = Math.min(from + mostBytesAtOnce, bytes.byteLength);
    const isLast = to === bytes.byteLength;
    const buffer = to > from ? ownBuffer(bytes, from, to) : undefined;
    startHost(isLast ? name : 'http.write', `{"id":${this.id}}`, buffer, (error) => {
      if (error !== undefined || isLast) done(error);
      else this.#send(name, bytes, to, done);
    });
  }

  /** The next bytes of the response, or its trailers at the end. */
  read(done: Done<ArrayBuffer | readonly string[]>): void {
    this.#reading = startHost('http.read', `{"id":${this.id}}`, undefined, (error, answer) => {
      this.#reading = undefined;
      if (error !== undefined) done(error);
      else done(undefined, this.#readAnswer(answer));
    });
  }

  #readAnswer(answer: Answer): ArrayBuffer | readonly string[] {
    if (answer instanceof ArrayBuffer) return answer;
    this.#isOver = true;
    return hostData(answer) as readonly string[];
  }

  /** The next response of 1xx; `undefined` when there will be none. */
  interim(done: Done<Interim>): void {
    startHost('http.interim', `{"id":${this.id}}`, undefined, (error, answer) => {
      done(error, typeof answer === 'string' ? (hostData(answer) as Interim) : undefined);
    }).ref(false);
  }

  /** The addresses of both ends, when the connection is there; not called when there will be none. */
  connected(done: (facts: object) => void): void {
    startHost('http.connected', `{"id":${this.id}}`, undefined, (_error, answer) => {
      if (typeof answer === 'string') done(hostData(answer) as object);
    }).ref(false);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Ends it wherever it is; nothing is called back any more. */
  destroy(): void {
    this.#opening?.cancel();
    this.#reading?.cancel();
    this.#opening = undefined;
    this.#reading = undefined;
    if (this.#isOver) return;
    this.#isOver = true;
    releaseHandle(this.id);
  }
}

/** What `fetch` needs: promises, and a body that is pulled. */
export interface FetchedResponse {
  readonly head: ResponseHead;
  /** The next bytes of the body; `undefined` at the end. */
  pull(): Promise<Uint8Array | undefined>;
  /** Nobody wants the rest. */
  cancel(): void;
}

/**
 * One exchange as `fetch` needs it. A body is bytes, or a function that gives the next bytes and `undefined`
 * at the end; it is asked for more when the host has passed on what it gave. `onAbort` is given a function
 * that ends all of it with a reason.
 * @throws Node's error (`code` is `ECONNREFUSED`, `EACCES`...) when there is no response
 */
export async function exchange(
  request: ExchangeRequest,
  body?: Uint8Array | (() => Promise<Uint8Array | undefined>),
  onAbort?: (abort: (reason: unknown) => void) => void,
): Promise<FetchedResponse> {
  const running = new Exchange();
  const { promise, resolve, reject } = Promise.withResolvers<ResponseHead>();
  let failed: { reason: unknown } | undefined;
  let wake: (() => void) | undefined;
  const fail = (reason: unknown): void => {
    failed ??= { reason };
    running.destroy();
    reject(reason);
    wake?.();
  };
  onAbort?.(fail);
  const isStream = typeof body === 'function';
  running.open(request, isStream ? undefined : body, !isStream, (error, head) => {
    if (error !== undefined || head === undefined) fail(error);
    else resolve(head);
  });
  if (isStream) {
    sendAll(running, body, () => failed !== undefined).catch(fail);
  }
  const head = await promise;
  const fetched: FetchedResponse = {
    head,
    pull: () =>
      new Promise((fulfil, refuse) => {
        if (failed !== undefined) {
          refuse(failed.reason);
          return;
        }
        wake = () => refuse(failed?.reason);
        pulling.add(fetched);
        running.read((error, answer) => {
          wake = undefined;
          pulling.delete(fetched);
          if (error !== undefined) refuse(error);
          else fulfil(answer instanceof ArrayBuffer ? new Uint8Array(answer) : undefined);
        });
      }),
    cancel: () => running.destroy(),
  };
  watch(fetched, running);
  return fetched;
}

/** Keeps responses alive while somebody waits for their bytes. */
const pulling = new Set<object>();
let open: { readonly response: WeakRef<object>; readonly running: Exchange }[] = [];
let mostOpen = 16;

/**
 * Programs drop responses that they have not read. Nothing tells when that happens (finalizers never run
 * here), so now and then the ones that are gone are looked for.
 */
function watch(response: object, running: Exchange): void {
  open.push({ response: new WeakRef(response), running });
  if (open.length < mostOpen) return;
  open = open.filter((one) => {
    if (one.running.isOver) return false;
    if (one.response.deref() !== undefined) return true;
    one.running.destroy();
    return false;
  });
  mostOpen = Math.max(open.length * 2, 16);
}

/** Ends with the producer's error. What fails on the way to the host is told with the response. */
async function sendAll(
  running: Exchange,
  next: () => Promise<Uint8Array | undefined>,
  isOver: () => boolean,
): Promise<void> {
  for (;;) {
    const bytes = await next();
    if (isOver()) return;
    const isSent = await new Promise<boolean>((resolve) => {
      const done = (error: Error | undefined): void => resolve(error === undefined);
      if (bytes === undefined) running.end(undefined, done);
      else running.write(bytes, done);
    });
    if (bytes === undefined || !isSent) return;
  }
}
