import { part } from '../../../parts.ts';

/**
 * Hashes, ciphers and signatures are streams that hardly anybody uses as streams. Their base classes here
 * become node:stream's Transform and Writable when one of its members is first touched.
 */
type StreamClass = new (options?: object) => object;
type Kind = 'Transform' | 'Writable';

/** Members of streams and emitters; each brings the stream along. */
const members: readonly PropertyKey[] = [
  ...['on', 'once', 'off', 'emit', 'addListener', 'removeListener', 'removeAllListeners'],
  ...['prependListener', 'prependOnceListener', 'listeners', 'rawListeners', 'listenerCount'],
  ...['eventNames', 'setMaxListeners', 'getMaxListeners', 'pipe', 'unpipe', 'read', 'push'],
  ...['unshift', 'pause', 'resume', 'isPaused', 'setEncoding', 'wrap', 'iterator', 'map'],
  ...['filter', 'forEach', 'toArray', 'some', 'find', 'every', 'flatMap', 'drop', 'take'],
  ...['reduce', 'compose', 'write', 'end', 'cork', 'uncork', 'setDefaultEncoding', 'destroy'],
  ...['destroyed', 'closed', 'errored', 'readable', 'readableFlowing', 'readableLength'],
  ...['readableEnded', 'readableAborted', 'readableDidRead', 'readableHighWaterMark'],
  ...['readableObjectMode', 'readableEncoding', 'writable', 'writableLength'],
  ...['writableFinished', 'writableEnded', 'writableNeedDrain', 'writableHighWaterMark'],
  ...['writableObjectMode', 'writableCorked', 'writableAborted'],
  Symbol.asyncIterator,
];
const states = ['_readableState', '_writableState'];

/** A base class that turns into the stream class; `options` are the stream's, for each instance. */
function lazyStream(kind: Kind): new (options?: object) => object {
  class LazyStream {
    #options: object | undefined;

    constructor(options?: object) {
      this.#options = options;
    }

    static optionsOf(value: object): object | undefined {
      return #options in value ? value.#options : undefined;
    }
  }
  const { prototype } = LazyStream;
  let isStream = false;

  const become = (): void => {
    if (isStream) return;
    isStream = true;
    const Base = streamClass(kind);
    for (const name of members) Reflect.deleteProperty(prototype, name);
    Object.setPrototypeOf(prototype, Base.prototype as object);
    Object.setPrototypeOf(LazyStream, Base);
  };
  /** Node's streams are functions: they can start on an object that is there already. */
  const start = (value: object): void => {
    for (const name of states) define(value, name, undefined);
    Reflect.apply(streamClass(kind), value, [LazyStream.optionsOf(value)]);
  };
  for (const name of members) {
    Object.defineProperty(prototype, name, {
      get(this: object) {
        become();
        return Reflect.get(prototype, name, this) as unknown;
      },
      set(this: object, value: unknown) {
        define(this, name, value);
      },
      configurable: true,
      enumerable: false,
    });
  }
  for (const name of states) {
    Object.defineProperty(prototype, name, {
      get(this: object) {
        if (this === prototype) return undefined;
        become();
        start(this);
        return Reflect.get(this, name) as unknown;
      },
      set(this: object, value: unknown) {
        define(this, name, value);
      },
      configurable: true,
      enumerable: false,
    });
  }
  return LazyStream;
}

function streamClass(kind: Kind): StreamClass {
  const stream = part('node/stream') as unknown as Record<Kind, StreamClass>;
  return stream[kind];
}

function define(target: object, name: PropertyKey, value: unknown): void {
  Object.defineProperty(target, name, {
    value,
    writable: true,
    configurable: true,
    enumerable: true,
  });
}

export interface Pushing {
  push(chunk: unknown): boolean;
}

export const LazyTransform: new (options?: object) => object = lazyStream('Transform');
export const LazyWritable: new (options?: object) => object = lazyStream('Writable');
