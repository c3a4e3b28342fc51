/** A request of a guest that an embedder answers in place of the network. */
export interface InterceptedRequest {
  readonly method: string;
  /** Absolute, with protocol, host and query. */
  readonly url: string;
  /** Names and values in turn, as the guest sent them. */
  readonly headers: readonly string[];
  /** All of it. */
  readonly body: Uint8Array;
}

export interface InterceptedAnswer {
  /** 200 to 599. */
  readonly status: number;
  /** @default the usual one of the status */
  readonly statusText?: string | undefined;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

/** Where a request comes from, and how its answer may take its time. */
export interface InterceptContext {
  readonly functionName: string;
  /** `undefined` during init. */
  readonly requestId: string | undefined;
  /** Aborts when the guest gave the request up, or its environment ended. */
  readonly signal: AbortSignal;
  /** Waits on the clock of the `Lambda`; virtual time does not wait for the request meanwhile. */
  sleep(ms: number): Promise<void>;
  /**
   * Waits for work that goes by the clock of the `Lambda` itself, such as another function; virtual time does not
   * wait for the request meanwhile.
   */
  waitFor<T>(work: Promise<T>): Promise<T>;
}

/**
 * Answers what guests ask for over HTTP (`fetch`, `node:http`, `node:https`, `node:http2`) before there is a
 * connection, a name to look up or a certificate to check. Functions whose `network` is `none` are refused
 * before they get here.
 */
export interface Interceptor {
  /** Whether it answers that request; what it does not take goes to the network. */
  takesRequest(request: { readonly method: string; readonly url: string }): boolean;
  /**
   * Whether it stands for that host. It can answer HTTP only: other connections to such a host are refused,
   * and those of `node:http2` carry requests for `answer` only.
   */
  takesHost(host: string, port: number): boolean;
  /** @throws EgressError for a network that fails: the guest gets its code and its message */
  answer(request: InterceptedRequest, context: InterceptContext): Promise<InterceptedAnswer>;
}
