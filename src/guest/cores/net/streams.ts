import { EventEmitter as emitters } from '../../node/events.ts';
import { builtin as streams } from '../../node/stream.ts';

/** As much of Node's events and streams as the network builtins use, in types that classes can derive from. */
type Listener = (...args: never[]) => void;
type WriteDone = (error?: Error | null) => void;

interface StreamOptions {
  readonly highWaterMark?: number | undefined;
  readonly allowHalfOpen?: boolean;
  readonly autoDestroy?: boolean;
  readonly emitClose?: boolean;
  readonly decodeStrings?: boolean;
}

declare class EmitterClass {
  on(name: string | symbol, listener: Listener): this;
  once(name: string | symbol, listener: Listener): this;
  off(name: string | symbol, listener: Listener): this;
  addListener(name: string | symbol, listener: Listener): this;
  removeListener(name: string | symbol, listener: Listener): this;
  removeAllListeners(name?: string | symbol): this;
  emit(name: string | symbol, ...args: unknown[]): boolean;
  listenerCount(name: string | symbol): number;
}

declare class StreamClass extends EmitterClass {
  pipe<T>(destination: T, options?: object): T;
}

declare class ReadableClass extends StreamClass {
  constructor(options?: StreamOptions);
  readonly destroyed: boolean;
  readonly readable: boolean;
  readonly readableEnded: boolean;
  readonly readableFlowing: boolean | null;
  readonly readableLength: number;
  push(chunk: unknown, encoding?: string): boolean;
  read(size?: number): unknown;
  resume(): this;
  pause(): this;
  setEncoding(encoding: string): this;
  destroy(error?: Error | null): this;
  _read(size: number): void;
  _destroy(error: Error | null, done: WriteDone): void;
}

declare class DuplexClass extends ReadableClass {
  readonly writable: boolean;
  readonly writableEnded: boolean;
  readonly writableFinished: boolean;
  readonly writableLength: number;
  readonly writableHighWaterMark: number;
  write(chunk: unknown, encodingOrDone?: unknown, done?: unknown): boolean;
  end(chunk?: unknown, encoding?: unknown, done?: unknown): this;
  cork(): void;
  uncork(): void;
  _write(chunk: Uint8Array, encoding: string, done: WriteDone): void;
  _writev?(chunks: { chunk: Uint8Array }[], done: WriteDone): void;
  _final(done: WriteDone): void;
}

export const EventEmitter = emitters as unknown as typeof EmitterClass;
export const Stream = streams as unknown as typeof StreamClass;
export const Readable = streams.Readable as unknown as typeof ReadableClass;
export const Duplex = streams.Duplex as unknown as typeof DuplexClass;
export const addAbortSignal = streams.addAbortSignal as unknown as (
  signal: unknown,
  stream: object,
) => void;
