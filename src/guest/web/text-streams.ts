import { TransformStream } from './streams.ts';
import { TextDecoder, TextEncoder } from './text-encoding.ts';
import { bytesOf, isBufferSource } from './internal/bytes.ts';
import { domString } from './internal/conversions.ts';
import { NativeTypeError } from '../primordials.ts';
import { defineInspect, defineInterface, setConstructorLength } from './internal/interfaces.ts';

/** https://encoding.spec.whatwg.org/#interface-textencoderstream */
export class TextEncoderStream {
  readonly #transform: TransformStream<unknown, Uint8Array>;

  constructor() {
    const encoder = new TextEncoder();
    /** The first half of a surrogate pair, when a chunk ended in the middle of one. */
    let lead = '';
    this.#transform = new TransformStream<unknown, Uint8Array>({
      transform: (chunk, controller) => {
        const text = lead + domString(chunk);
        const last = text.charCodeAt(text.length - 1);
        const isSplit = last >= 0xd800 && last <= 0xdbff;
        lead = isSplit ? text.slice(-1) : '';
        const bytes = encoder.encode(isSplit ? text.slice(0, -1) : text);
        if (bytes.length > 0) controller.enqueue(bytes);
      },
      flush: (controller) => {
        if (lead !== '') controller.enqueue(encoder.encode(lead));
      },
    });
  }

  get encoding(): string {
    void this.#transform;
    return 'utf-8';
  }
  get readable(): object {
    return this.#transform.readable;
  }
  get writable(): object {
    return this.#transform.writable;
  }
}

/** https://encoding.spec.whatwg.org/#interface-textdecoderstream */
export class TextDecoderStream {
  readonly #decoder: TextDecoder;
  readonly #transform: TransformStream<unknown, string>;

  constructor(label?: unknown, options?: unknown) {
    const decoder = new TextDecoder(label, options);
    this.#decoder = decoder;
    this.#transform = new TransformStream<unknown, string>({
      transform: (chunk, controller) => {
        if (!isBufferSource(chunk)) {
          throw new NativeTypeError(
            'The chunk must be an instance of ArrayBuffer or ArrayBufferView.',
          );
        }
        const text = decoder.decode(bytesOf(chunk), { stream: true });
        if (text !== '') controller.enqueue(text);
      },
      flush: (controller) => {
        const text = decoder.decode();
        if (text !== '') controller.enqueue(text);
      },
    });
  }

  get encoding(): string {
    return this.#decoder.encoding;
  }
  get fatal(): boolean {
    return this.#decoder.fatal;
  }
  get ignoreBOM(): boolean {
    return this.#decoder.ignoreBOM;
  }
  get readable(): object {
    return this.#transform.readable;
  }
  get writable(): object {
    return this.#transform.writable;
  }
}

defineInterface(TextEncoderStream, 'TextEncoderStream', ['encoding', 'readable', 'writable']);
defineInspect(TextEncoderStream.prototype, ({ encoding, readable, writable }) => ({
  encoding,
  readable,
  writable,
}));
defineInterface(TextDecoderStream, 'TextDecoderStream', [
  'encoding',
  'fatal',
  'ignoreBOM',
  'readable',
  'writable',
]);
setConstructorLength(TextDecoderStream, 0);
defineInspect(TextDecoderStream.prototype, (stream) => ({
  encoding: stream.encoding,
  fatal: stream.fatal,
  ignoreBOM: stream.ignoreBOM,
  readable: stream.readable,
  writable: stream.writable,
}));
// Node's have no string tags.
for (const { prototype } of [TextEncoderStream, TextDecoderStream]) {
  delete (prototype as { [Symbol.toStringTag]?: string })[Symbol.toStringTag];
}
