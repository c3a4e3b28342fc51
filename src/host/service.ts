/**
 * What a guest may ask of the host: hashing, files, sockets and the like. A service is a table of named
 * functions; every one of them checks its arguments, because the guest is hostile by default.
 */
export interface Service {
  /** Questions that block the guest until the answer is there; they must be short. */
  readonly calls?: Readonly<Record<string, HostCall>>;
  /** Operations that the guest awaits; they run beside it. */
  readonly operations?: Readonly<Record<string, HostOperation>>;
  /** The environment ended: sockets close, handles go. */
  close?(): void;
}

/**
 * `text` is whatever guest and service agreed on (mostly JSON), `bytes` what goes along. The bytes belong to
 * the service from now on: they are a copy.
 */
export type HostCall = (text: string, bytes: Uint8Array | undefined) => HostAnswer;

/** `signal` aborts when the guest cancels the operation, at its deadline, or when the environment ends. */
export type HostOperation = (
  text: string,
  bytes: Uint8Array | undefined,
  signal: AbortSignal,
) => Promise<HostAnswer>;

/** Text or bytes; bytes are copied on their way into the guest. */
export type HostAnswer = string | Uint8Array | undefined;

/**
 * The only error of the host whose message a guest sees. Everything else that a service throws reaches the
 * guest as `ERR_INTERNAL` without a text, since it may tell about the host.
 */
export class ServiceError extends Error {
  override readonly name: string;
  readonly code: string;
  /** More fields for the guest's error: `errno`, `syscall`, `path`, `address`... */
  readonly fields: Readonly<Record<string, string | number | boolean>>;

  constructor(
    code: string,
    message: string,
    options: {
      readonly name?: string;
      readonly fields?: Readonly<Record<string, string | number | boolean>>;
    } = {},
  ) {
    super(message);
    this.name = options.name ?? 'Error';
    this.code = code;
    this.fields = options.fields ?? {};
  }
}
