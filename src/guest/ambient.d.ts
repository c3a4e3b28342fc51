/** Hands a message to the host and does not wait. Primitives and bytes go out, nothing comes back. */
type Emit = (kind: number, text: string, bytes?: ArrayBuffer) => void;

/** Asks the host and blocks until it answers. */
type Call = (kind: number, text: string, bytes?: ArrayBuffer) => string | ArrayBuffer | undefined;

declare module 'string_decoder/lib/string_decoder.js' {
  export class StringDecoder {
    constructor(encoding?: string);
    write(bytes: Uint8Array): string;
    end(bytes?: Uint8Array): string;
  }
}

declare module 'readable-stream/lib/stream.js' {
  type Done = (error?: Error | null) => void;

  class Events {
    on(name: string, listener: (...args: never[]) => void): this;
    once(name: string, listener: (...args: never[]) => void): this;
    off(name: string, listener: (...args: never[]) => void): this;
    removeListener(name: string, listener: (...args: never[]) => void): this;
    removeAllListeners(name?: string): this;
    emit(name: string, ...args: unknown[]): boolean;
    listenerCount(name: string): number;
  }
  class Stream extends Events {
    pipe<Target extends Stream>(target: Target, options?: { end?: boolean }): Target;
    destroy(error?: Error | null): this;
    readonly destroyed: boolean;
    readonly closed: boolean;
    readonly errored: Error | null;
    _destroy(error: Error | null, done: Done): void;
    _construct?(done: Done): void;
  }
  class Readable extends Stream {
    constructor(options?: object);
    static from(source: unknown, options?: object): Readable;
    readonly readable: boolean;
    readonly readableEnded: boolean;
    readonly readableFlowing: boolean | null;
    readonly readableLength: number;
    readonly readableHighWaterMark: number;
    push(chunk: unknown, encoding?: string): boolean;
    read(size?: number): unknown;
    pause(): this;
    resume(): this;
    setEncoding(encoding: string): this;
    unshift(chunk: unknown): void;
    unpipe(target?: Stream): this;
    _read(size: number): void;
    [Symbol.asyncIterator](): AsyncIterableIterator<unknown>;
  }
  class Writable extends Stream {
    constructor(options?: object);
    readonly writable: boolean;
    readonly writableEnded: boolean;
    readonly writableFinished: boolean;
    readonly writableLength: number;
    readonly writableNeedDrain: boolean;
    readonly writableHighWaterMark: number;
    write(chunk: unknown, encoding?: unknown, done?: Done): boolean;
    end(chunk?: unknown, encoding?: unknown, done?: () => void): this;
    cork(): void;
    uncork(): void;
    _write(chunk: unknown, encoding: string, done: Done): void;
    _writev?(chunks: { chunk: unknown; encoding: string }[], done: Done): void;
    _final(done: Done): void;
  }
  class Duplex extends Readable {
    readonly writable: boolean;
    readonly writableEnded: boolean;
    readonly writableFinished: boolean;
    readonly writableLength: number;
    readonly writableNeedDrain: boolean;
    readonly writableHighWaterMark: number;
    allowHalfOpen: boolean;
    write(chunk: unknown, encoding?: unknown, done?: Done): boolean;
    end(chunk?: unknown, encoding?: unknown, done?: () => void): this;
    cork(): void;
    uncork(): void;
    _write(chunk: unknown, encoding: string, done: Done): void;
    _writev?(chunks: { chunk: unknown; encoding: string }[], done: Done): void;
    _final(done: Done): void;
  }
  class Transform extends Duplex {
    _transform(
      chunk: unknown,
      encoding: string,
      done: (error?: Error | null, chunk?: unknown) => void,
    ): void;
    _flush(done: (error?: Error | null, chunk?: unknown) => void): void;
  }
  class PassThrough extends Transform {}
  interface Promises {
    finished(stream: object, options?: object): Promise<void>;
    pipeline(...streams: unknown[]): Promise<unknown>;
  }
  const stream: typeof Stream & {
    Stream: typeof Stream;
    Readable: typeof Readable;
    Writable: typeof Writable;
    Duplex: typeof Duplex;
    Transform: typeof Transform;
    PassThrough: typeof PassThrough;
    addAbortSignal(signal: object, stream: Stream): Stream;
    compose(...streams: unknown[]): Duplex;
    finished(stream: object, ...rest: unknown[]): () => void;
    pipeline(...streams: unknown[]): Stream;
    promises: Promises;
  };
  export default stream;
}

declare module 'punycode/punycode.js' {
  const punycode: object;
  export default punycode;
}

declare module 'unenv/node/querystring' {
  type Any = (...args: never[]) => unknown;
  export const decode: Any;
  export const encode: Any;
  export const escape: Any;
  export const parse: Any;
  export const stringify: Any;
  export const unescape: Any;
  export function unescapeBuffer(text: unknown, decodesSpaces?: unknown): Uint8Array;
}

declare module 'unenv/node/url' {
  export const Url: { prototype: object };
  export function format(given: unknown): string;
  export function parse(url: unknown, parsesQuery?: unknown, slashesDenoteHost?: unknown): object;
  export function resolve(from: unknown, to: unknown): string;
  export function resolveObject(from: unknown, to: unknown): unknown;
}
