import {
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  ReadableByteStreamController,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  TransformStream,
  TransformStreamDefaultController,
  WritableStream,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
} from 'web-streams-polyfill';
import { defineBrand } from './internal/brands.ts';
import type { ByteReader } from './internal/chunks.ts';
import { codedError } from './internal/errors.ts';
import { defineInspect } from './internal/interfaces.ts';
import { definePlatformKind } from './internal/platform-kinds.ts';
import { domException } from './dom-exception.ts';
import { part } from '../parts.ts';

/** The web's streams, from the package that follows the standard's reference implementation. */
export {
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  ReadableByteStreamController,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  TransformStream,
  TransformStreamDefaultController,
  WritableStream,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
};

/** By a getter's own check of its receiver. */
function brandOf(constructor: { readonly prototype: object }, getter: string) {
  const get = Object.getOwnPropertyDescriptor(constructor.prototype, getter)?.get as () => unknown;
  return (value: object): boolean => {
    try {
      Reflect.apply(get, value, []);
      return true;
    } catch {
      return false;
    }
  };
}

const isReadableStream = brandOf(ReadableStream, 'locked');
defineBrand('ReadableStream', isReadableStream);

// The package has an %AsyncIteratorPrototype% of its own, for engines without async generators.
const iteratorPrototype = Object.getPrototypeOf(new ReadableStream().values()) as object;
const asyncGenerator = Object.getPrototypeOf(async function* () {}) as { prototype: object };
Object.setPrototypeOf(iteratorPrototype, Object.getPrototypeOf(asyncGenerator.prototype) as object);

/**
 * A stream that is transferred stays behind, locked, and is piped into its copy, through clones of its
 * chunks. https://streams.spec.whatwg.org/#rs-transfer
 */
function cloningPair(): TransformStream<unknown, unknown> {
  const { structuredClone } = part(
    'web/structured-clone',
  ) as typeof import('./structured-clone.ts');
  return new TransformStream<unknown, unknown>({
    transform: (chunk, controller) => controller.enqueue(structuredClone(chunk)),
  });
}

function checkUnlocked(stream: { readonly locked: boolean }): void {
  if (stream.locked) throw domException('A locked stream cannot be transferred', 'DataCloneError');
}

definePlatformKind({
  isOf: isReadableStream,
  transfer: (value) => {
    const original = value as ReadableStream;
    checkUnlocked(original);
    const { readable, writable } = cloningPair();
    // The copy reports what goes wrong.
    return { copy: readable, finish: () => void original.pipeTo(writable).catch(() => {}) };
  },
});
definePlatformKind({
  isOf: brandOf(WritableStream, 'locked'),
  transfer: (value) => {
    const original = value as WritableStream;
    checkUnlocked(original);
    const { readable, writable } = cloningPair();
    return { copy: writable, finish: () => void readable.pipeTo(original).catch(() => {}) };
  },
});
definePlatformKind({ isOf: brandOf(TransformStream, 'readable') });

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(stream: object): Fields {
  return stream as Fields;
}

defineInspect(ReadableStream.prototype, (stream) => ({
  locked: stream.locked,
  state: fieldsOf(stream)['_state'],
  supportsBYOB:
    fieldsOf(stream)['_readableStreamController'] instanceof ReadableByteStreamController,
}));
defineInspect(WritableStream.prototype, (stream) => ({
  locked: stream.locked,
  state: fieldsOf(stream)['_state'],
}));
defineInspect(TransformStream.prototype, (stream) => ({
  readable: stream.readable,
  writable: stream.writable,
  backpressure: fieldsOf(stream)['_backpressure'],
}));
for (const { prototype } of [
  ReadableByteStreamController,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  TransformStreamDefaultController,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
]) {
  defineInspect(prototype, () => ({}));
}

/** Whether somebody has read from the stream or cancelled it; the package keeps it in a field. */
export function isDisturbed(stream: object): boolean {
  return (stream as Readonly<Record<string, unknown>>)['_disturbed'] === true;
}

/** A byte stream that pulls from a reader. */
export function byteStreamOf(reader: ByteReader): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    type: 'bytes',
    pull(controller) {
      const give = (piece: Uint8Array<ArrayBuffer> | undefined): Promise<void> | undefined => {
        if (piece === undefined) {
          controller.close();
          controller.byobRequest?.respond(0);
          return undefined;
        }
        // A byte stream takes no empty pieces.
        if (piece.length === 0) return next();
        controller.enqueue(piece);
        return undefined;
      };
      // Pieces that are there already go through no promise: somebody could give arrays a `then`.
      const next = (): Promise<void> | undefined => {
        const piece = reader.read();
        return piece instanceof Promise ? piece.then(give) : give(piece);
      };
      return next();
    },
    cancel: async (reason) => {
      await reader.cancel(reason);
    },
  });
}

/** How the package keeps what has become of a stream; `_ending` is for its amendments (.ci/amendments.ts). */
interface Inner {
  readonly _state: string;
  readonly _storedError: unknown;
  _ending?: PromiseWithResolvers<void>;
}

function endingOf(stream: Inner): PromiseWithResolvers<void> {
  if (stream._ending !== undefined) return stream._ending;
  const ending = Promise.withResolvers<void>();
  ending.promise.catch(() => {});
  if (stream._state === 'closed') ending.resolve();
  if (stream._state === 'errored') ending.reject(stream._storedError);
  Object.defineProperty(stream, '_ending', { value: ending });
  return ending;
}

interface Controlled {
  readonly _readableStreamController?: { error(reason: unknown): void };
  readonly _writableStreamController?: { error(reason: unknown): void };
}

/** What node:stream asks of streams of the web, under Node's symbols. */
for (const { prototype } of [ReadableStream, WritableStream]) {
  Object.defineProperty(prototype, Symbol.for('nodejs.webstream.isClosedPromise'), {
    get(this: unknown) {
      return endingOf(this as Inner);
    },
    configurable: true,
  });
  Object.defineProperty(prototype, Symbol.for('nodejs.webstream.controllerErrorFunction'), {
    value(this: unknown, reason: unknown) {
      const { _readableStreamController, _writableStreamController } = this as Controlled;
      (_readableStreamController ?? _writableStreamController)?.error(reason);
    },
    configurable: true,
  });
}

const { from } = ReadableStream;
Object.defineProperty(ReadableStream, 'from', {
  value: {
    from(this: unknown, iterable: unknown) {
      const { [Symbol.asyncIterator]: later, [Symbol.iterator]: now } = (iterable ?? {}) as Partial<
        AsyncIterable<unknown> & Iterable<unknown>
      >;
      if (typeof (later ?? now) !== 'function') {
        const message = `${String(iterable)} must be iterable`;
        throw codedError(TypeError, 'ERR_ARG_NOT_ITERABLE', message);
      }
      return Reflect.apply(from, this, [iterable]) as unknown;
    },
  }.from,
  writable: true,
  enumerable: true,
  configurable: true,
});
