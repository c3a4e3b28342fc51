import Stream from 'readable-stream/lib/stream.js';

/**
 * `node:stream` is readable-stream 4, Node's own code kept for other places.
 * https://nodejs.org/docs/latest-v24.x/api/stream.html
 */
export const builtin: typeof Stream = Stream;

export const {
  Duplex,
  PassThrough,
  Readable,
  Transform,
  Writable,
  addAbortSignal,
  compose,
  finished,
  pipeline,
  promises,
} = Stream;
