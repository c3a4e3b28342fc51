/** `node:stream/web`: the classes of the web, each made when it is touched. */
const names = [
  'ReadableStream',
  'ReadableStreamDefaultReader',
  'ReadableStreamBYOBReader',
  'ReadableStreamBYOBRequest',
  'ReadableByteStreamController',
  'ReadableStreamDefaultController',
  'TransformStream',
  'TransformStreamDefaultController',
  'WritableStream',
  'WritableStreamDefaultWriter',
  'WritableStreamDefaultController',
  'ByteLengthQueuingStrategy',
  'CountQueuingStrategy',
  'TextEncoderStream',
  'TextDecoderStream',
  'CompressionStream',
  'DecompressionStream',
];

const globals = globalThis as unknown as Record<string, unknown>;

export const builtin: object = Object.defineProperties(
  {},
  Object.fromEntries(
    names.map((name) => [name, { get: () => globals[name], enumerable: true, configurable: true }]),
  ),
);
