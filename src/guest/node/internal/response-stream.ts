import { operate } from '../../host.ts';
import { JsonStringify, NativeError, StringOf } from '../../primordials.ts';
import { Buffer } from '../buffer.ts';
import { Writable } from '../stream.ts';

type WriteCallback = (error?: Error | null) => void;

const integrationType = 'application/vnd.awslambda.http-integration-response';

/** What `HttpResponseStream.from` puts before the first byte. */
const preludes = new WeakMap<object, Uint8Array>();
const contentTypes = new WeakMap<object, string>();
const opened = new WeakSet();

/** The `responseStream` of a streaming handler: every chunk waits until the caller takes it. */
class ResponseStream extends Writable {
  constructor(highWaterMark: number | undefined) {
    super({ decodeStrings: false, ...(highWaterMark !== undefined && { highWaterMark }) });
  }

  /** Before the first write. */
  setContentType(contentType: unknown): void {
    if (opened.has(this)) throw invalidOperation('Cannot set content-type, too late.');
    contentTypes.set(this, StringOf(contentType));
  }

  /** As AWS's: whatever is neither text nor bytes goes out as JSON. */
  override write(chunk: unknown, ...rest: unknown[]): boolean {
    const isPlain = typeof chunk === 'string' || chunk instanceof Uint8Array;
    const text = isPlain ? chunk : (JsonStringify(chunk) ?? 'null');
    return (super.write as (...args: unknown[]) => boolean).call(this, text, ...rest);
  }

  override _write(chunk: string | Uint8Array, encoding: string, done: WriteCallback): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
    this.#send(opened.has(this) ? [bytes] : [...this.#opening(), bytes], done);
  }

  override _final(done: WriteCallback): void {
    if (opened.has(this)) done();
    else this.#send(this.#opening(), done);
  }

  /** What goes before the first byte. */
  #opening(): Uint8Array[] {
    opened.add(this);
    const prelude = preludes.get(this);
    return prelude === undefined ? [] : [prelude];
  }

  #send(chunks: readonly Uint8Array[], done: WriteCallback): void {
    const contentType = contentTypes.get(this) ?? 'application/octet-stream';
    operate('response.write', contentType, joined(chunks)).then(
      () => done(),
      (error: Error) => done(error),
    );
  }
}

/** One buffer of its own: all of it crosses to the host. */
function joined(chunks: readonly Uint8Array[]): ArrayBuffer {
  let size = 0;
  for (const chunk of chunks) size += chunk.byteLength;
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all.buffer;
}

export function createResponseStream(highWaterMark: number | undefined): ResponseStream {
  return new ResponseStream(highWaterMark);
}

/** Waits until the caller has everything; a stream that the handler did not end never gets there. */
export function finished(stream: ResponseStream): Promise<void> {
  return new Promise((fulfil, reject) => {
    if (stream.errored) {
      reject(stream.errored);
    } else if (!stream.writableEnded) {
      reject(new NativeError('Response stream is not finished.'));
    } else if (stream.writableFinished) {
      fulfil();
    } else {
      stream.once('finish', fulfil);
      stream.once('error', reject);
    }
  });
}

/** Status, headers and cookies go before the body, and 8 NUL bytes between the two. */
export function withPrelude(stream: unknown, metadata: unknown): unknown {
  if (!(stream instanceof ResponseStream)) {
    throw invalidOperation('HttpResponseStream.from takes the responseStream of a handler.');
  }
  stream.setContentType(integrationType);
  preludes.set(stream, Buffer.from(`${JsonStringify(metadata) ?? '{}'}\0\0\0\0\0\0\0\0`));
  return stream;
}

function invalidOperation(message: string): Error {
  const error = new NativeError(message);
  error.name = 'Runtime.InvalidStreamingOperation';
  return error;
}
