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

/** Whether somebody has read from the stream or cancelled it; the package keeps it in a field. */
export function isDisturbed(stream: object): boolean {
  return (stream as Readonly<Record<string, unknown>>)['_disturbed'] === true;
}

/** A byte stream that pulls from a reader. */
export function byteStreamOf(reader: ByteReader): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    type: 'bytes',
    async pull(controller) {
      let piece = await reader.read();
      // A byte stream takes no empty pieces.
      while (piece?.length === 0) piece = await reader.read();
      if (piece === undefined) {
        controller.close();
        controller.byobRequest?.respond(0);
      } else {
        controller.enqueue(piece);
      }
    },
    cancel: async (reason) => {
      await reader.cancel(reason);
    },
  });
}
