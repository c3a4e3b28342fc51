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

const { locked } = Object.getOwnPropertyDescriptors(ReadableStream.prototype);
const isLocked = locked.get as () => boolean;

/** By the getter's own check of its receiver. */
export function isReadableStream(value: object): value is ReadableStream {
  try {
    Reflect.apply(isLocked, value, []);
    return true;
  } catch {
    return false;
  }
}
defineBrand('ReadableStream', isReadableStream);

// The package has an %AsyncIteratorPrototype% of its own, for engines without async generators.
const iteratorPrototype = Object.getPrototypeOf(new ReadableStream().values()) as object;
const asyncGenerator = Object.getPrototypeOf(async function* () {}) as { prototype: object };
Object.setPrototypeOf(iteratorPrototype, Object.getPrototypeOf(asyncGenerator.prototype) as object);

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
