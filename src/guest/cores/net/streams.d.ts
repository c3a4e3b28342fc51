/** As much of Node's events and streams as the network builtins use; other parts make them. */
declare module 'node:events' {
  type Listener = (...args: never[]) => void;
  export class EventEmitter {
    on(name: string | symbol, listener: Listener): this;
    once(name: string | symbol, listener: Listener): this;
    off(name: string | symbol, listener: Listener): this;
    addListener(name: string | symbol, listener: Listener): this;
    removeListener(name: string | symbol, listener: Listener): this;
    removeAllListeners(name?: string | symbol): this;
    emit(name: string | symbol, ...args: unknown[]): boolean;
    listenerCount(name: string | symbol): number;
  }
}

declare module 'node:stream' {
  import { EventEmitter } from 'node:events';

  type WriteDone = (error?: Error | null) => void;
  interface StreamOptions {
    readonly highWaterMark?: number | undefined;
    readonly allowHalfOpen?: boolean;
    readonly autoDestroy?: boolean;
    readonly emitClose?: boolean;
    readonly decodeStrings?: boolean;
    readonly signal?: unknown;
    readonly objectMode?: boolean;
    write?(chunk: Uint8Array, encoding: string, done: WriteDone): void;
    final?(done: WriteDone): void;
  }
  export class Stream extends EventEmitter {
    pipe<T>(destination: T, options?: object): T;
  }
  export class Readable extends Stream {
    constructor(options?: StreamOptions);
    readonly destroyed: boolean;
    readonly readable: boolean;
    readonly readableEnded: boolean;
    readonly readableFlowing: boolean | null;
    readonly readableLength: number;
    readonly errored: Error | null;
    push(chunk: unknown, encoding?: string): boolean;
    unshift(chunk: unknown): void;
    read(size?: number): unknown;
    resume(): this;
    pause(): this;
    isPaused(): boolean;
    setEncoding(encoding: string): this;
    destroy(error?: Error | null): this;
    _read(size: number): void;
    _destroy(error: Error | null, done: WriteDone): void;
  }
  export class Writable extends Stream {
    constructor(options?: StreamOptions);
    readonly destroyed: boolean;
    readonly writable: boolean;
    readonly writableEnded: boolean;
    readonly writableFinished: boolean;
    readonly writableLength: number;
    readonly writableHighWaterMark: number;
    readonly writableNeedDrain: boolean;
    readonly errored: Error | null;
    write(chunk: unknown, encodingOrDone?: unknown, done?: unknown): boolean;
    end(chunk?: unknown, encoding?: unknown, done?: unknown): this;
    cork(): void;
    uncork(): void;
    destroy(error?: Error | null): this;
    _write(chunk: Uint8Array, encoding: string, done: WriteDone): void;
    _final(done: WriteDone): void;
    _destroy(error: Error | null, done: WriteDone): void;
  }
  export class Duplex extends Readable {
    constructor(options?: StreamOptions);
    allowHalfOpen: boolean;
    readonly writable: boolean;
    readonly writableEnded: boolean;
    readonly writableFinished: boolean;
    readonly writableLength: number;
    readonly writableHighWaterMark: number;
    readonly writableNeedDrain: boolean;
    write(chunk: unknown, encodingOrDone?: unknown, done?: unknown): boolean;
    end(chunk?: unknown, encoding?: unknown, done?: unknown): this;
    cork(): void;
    uncork(): void;
    _write(chunk: Uint8Array, encoding: string, done: WriteDone): void;
    _writev?(chunks: { chunk: Uint8Array }[], done: WriteDone): void;
    _final(done: WriteDone): void;
  }
}
