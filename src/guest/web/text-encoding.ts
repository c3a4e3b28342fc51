import { askHost } from '../host.ts';
import { NativeRangeError, NativeTypeError } from '../primordials.ts';
import { codedError, invalidArgType } from './internal/errors.ts';
import { domString, usvString } from './internal/conversions.ts';
import { defineInspect, defineInterface, setLengths } from './internal/interfaces.ts';
import { decoderFor, type Decoder } from './internal/decoders.ts';
import { bytesOf, isBufferSource } from './internal/bytes.ts';
import { utf8Encode, utf8Write } from './internal/utf8.ts';

/** https://encoding.spec.whatwg.org/#interface-textencoder */
export class TextEncoder {
  readonly #encoding = 'utf-8';

  get encoding(): string {
    return this.#encoding;
  }

  encode(input: unknown = ''): Uint8Array {
    void this.#encoding;
    return utf8Encode(domString(input));
  }

  encodeInto(source: unknown, destination: unknown): { read: number; written: number } {
    void this.#encoding;
    if (typeof source !== 'string') throw invalidArgType('src', 'of type string', source);
    if (!isUint8Array(destination)) {
      throw invalidArgType('dest', 'an instance of Uint8Array', destination);
    }
    return utf8Write(source, destination);
  }
}

const typedArrayTag = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  Symbol.toStringTag,
)?.get as (this: unknown) => string | undefined;

function isUint8Array(value: unknown): value is Uint8Array {
  return Reflect.apply(typedArrayTag, value, []) === 'Uint8Array';
}

/** Labels that programs write; the host knows the other two hundred. */
const commonLabels: Readonly<Record<string, string>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'utf-16le': 'utf-16le',
  'utf-16': 'utf-16le',
  'utf-16be': 'utf-16be',
  latin1: 'windows-1252',
  ascii: 'windows-1252',
  'us-ascii': 'windows-1252',
  'iso-8859-1': 'windows-1252',
  'windows-1252': 'windows-1252',
};

interface DecoderOptions {
  readonly fatal?: unknown;
  readonly ignoreBOM?: unknown;
}

/** https://encoding.spec.whatwg.org/#interface-textdecoder */
export class TextDecoder {
  readonly #encoding: string;
  readonly #isFatal: boolean;
  readonly #ignoresMark: boolean;
  readonly #decoder: Decoder;
  /** Between calls with `stream: true`, a byte order mark has been seen or there is none. */
  #isPastMark = false;
  #isStreaming = false;

  constructor(label: unknown = 'utf-8', options: unknown = {}) {
    const text = domString(label);
    const { fatal, ignoreBOM } = dictionary(options) as DecoderOptions;
    this.#encoding = encodingOf(text);
    this.#isFatal = Boolean(fatal);
    this.#ignoresMark = Boolean(ignoreBOM);
    this.#decoder = decoderFor(this.#encoding, this.#isFatal ? () => this.#fail() : undefined);
  }

  get encoding(): string {
    return this.#encoding;
  }
  get fatal(): boolean {
    return this.#isFatal;
  }
  get ignoreBOM(): boolean {
    return this.#ignoresMark;
  }

  decode(input?: unknown, options: unknown = {}): string {
    if (input !== undefined && !isBufferSource(input)) {
      const message =
        'The "list" argument must be an instance of SharedArrayBuffer, ArrayBuffer or ArrayBufferView.';
      throw Object.assign(new NativeTypeError(message), { code: 'ERR_INVALID_ARG_TYPE' });
    }
    const isLast = !(dictionary(options) as { readonly stream?: unknown }).stream;
    if (!this.#isStreaming) {
      this.#decoder.reset();
      this.#isPastMark = this.#ignoresMark;
    }
    this.#isStreaming = !isLast;
    try {
      const bytes = input === undefined ? new Uint8Array(0) : bytesOf(input);
      return this.#withoutMark(this.#decoder.decode(bytes, isLast));
    } catch (error) {
      this.#isStreaming = false;
      throw error;
    }
  }

  #withoutMark(text: string): string {
    if (this.#isPastMark || text === '' || !this.#decoder.hasMark) return text;
    this.#isPastMark = true;
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }

  #fail(): never {
    const message = `The encoded data was not valid for encoding ${this.#encoding}`;
    throw Object.assign(new NativeTypeError(message), {
      code: 'ERR_ENCODING_INVALID_ENCODED_DATA',
    });
  }
}

function encodingOf(label: string): string {
  const plain = label.replaceAll(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, '').toLowerCase();
  if (Object.hasOwn(commonLabels, plain)) return commonLabels[plain] ?? plain;
  const found = /^[a-z0-9_:.-]{1,40}$/.test(plain) ? askHost('text.encoding', plain) : '';
  if (typeof found === 'string' && found !== '') return found;
  const message = `The "${usvString(label)}" encoding is not supported`;
  throw codedError(NativeRangeError, 'ERR_ENCODING_NOT_SUPPORTED', message);
}

function dictionary(options: unknown): object {
  if (options === null || options === undefined) return {};
  if (typeof options === 'object' || typeof options === 'function') return options;
  throw invalidArgType('options', 'of type object', options);
}

defineInterface(TextEncoder, 'TextEncoder', ['encoding', 'encode', 'encodeInto']);
defineInspect(TextEncoder.prototype, ({ encoding }) => ({ encoding }));
defineInterface(TextDecoder, 'TextDecoder', ['decode', 'encoding', 'fatal', 'ignoreBOM']);
defineInspect(TextDecoder.prototype, ({ encoding, fatal, ignoreBOM }) => ({
  encoding,
  fatal,
  ignoreBOM,
}));
setLengths(TextDecoder.prototype, { decode: 0 });
