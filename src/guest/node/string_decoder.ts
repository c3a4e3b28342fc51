import { Buffer } from './buffer.ts';
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_THIS, ERR_UNKNOWN_ENCODING } from './internal/errors.ts';

const names: Readonly<Record<string, string>> = {
  utf8: 'utf8',
  'utf-8': 'utf8',
  ucs2: 'utf16le',
  'ucs-2': 'utf16le',
  utf16le: 'utf16le',
  'utf-16le': 'utf16le',
  latin1: 'latin1',
  binary: 'latin1',
  base64: 'base64',
  base64url: 'base64url',
  ascii: 'ascii',
  hex: 'hex',
};

/** What is left of a character whose other bytes are yet to come. */
interface Rest {
  readonly length: number;
  /** Bytes of the whole character, by what is there of it. */
  readonly total: number;
}

const nothing: Rest = { length: 0, total: 0 };

interface State {
  kept: Uint8Array & { readonly length: number };
  total: number;
}

/** Beside the object: `StringDecoder.call(this)` makes decoders of the objects of old packages. */
const states = new WeakMap<object, State>();

function stateOf(decoder: object): State {
  const state = states.get(decoder);
  if (state === undefined) throw new ERR_INVALID_THIS('StringDecoder');
  return state;
}

/** https://nodejs.org/docs/latest-v24.x/api/string_decoder.html */
interface Decoder {
  encoding: string;
  write(chunk: unknown): string;
}

const methods = {
  write(this: Decoder, chunk: unknown): string {
    if (typeof chunk === 'string') return chunk;
    if (!ArrayBuffer.isView(chunk)) {
      throw new ERR_INVALID_ARG_TYPE('buf', ['Buffer', 'TypedArray', 'DataView'], chunk);
    }
    const state = stateOf(this);
    const fresh = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const bytes = state.kept.length === 0 ? fresh : Buffer.concat([state.kept, fresh]);
    const rest = restOf(bytes, this.encoding, state.kept.length);
    state.total = rest.total;
    const end = bytes.length - rest.length;
    state.kept = Buffer.from(bytes.subarray(end));
    return textOf(bytes, this.encoding, end);
  },

  end(this: Decoder, chunk?: unknown): string {
    const text = chunk === undefined ? '' : this.write(chunk);
    const state = stateOf(this);
    const { kept } = state;
    state.kept = Buffer.alloc(0);
    state.total = 0;
    return kept.length === 0 ? text : text + textOf(kept, this.encoding, kept.length);
  },

  text(this: Decoder, bytes: Uint8Array, offset: number): string {
    const state = stateOf(this);
    state.kept = Buffer.alloc(0);
    state.total = 0;
    return this.write(bytes.subarray(offset));
  },

  get lastChar(): Uint8Array {
    const shown = Buffer.alloc(4);
    shown.set(stateOf(this).kept);
    return shown;
  },

  get lastNeed(): number {
    const { kept, total } = stateOf(this);
    return total === 0 ? 0 : total - kept.length;
  },

  get lastTotal(): number {
    return stateOf(this).total;
  },
};

function textOf(bytes: Uint8Array, encoding: string, end: number): string {
  return (bytes as Uint8Array & { toString(...args: unknown[]): string }).toString(
    encoding,
    0,
    end,
  );
}

function restOf(bytes: Uint8Array, encoding: string, keptBefore: number): Rest {
  if (encoding === 'utf8') return restOfUtf8(bytes);
  if (encoding === 'utf16le') return restOfUtf16(bytes, keptBefore);
  if (encoding !== 'base64' && encoding !== 'base64url') return nothing;
  const length = bytes.length % 3;
  return length === 0 ? nothing : { length, total: 3 };
}

/** The start of a character at the end, as long as it can still become one. */
function restOfUtf8(bytes: Uint8Array): Rest {
  const last = bytes.length - 1;
  for (let at = last; at >= 0 && at > last - 3; at -= 1) {
    const byte = bytes[at] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const total =
      (byte & 0xe0) === 0xc0 ? 2 : (byte & 0xf0) === 0xe0 ? 3 : (byte & 0xf8) === 0xf0 ? 4 : 0;
    const length = last - at + 1;
    return length < total ? { length, total } : nothing;
  }
  return nothing;
}

/** A high surrogate waits for its low one; Node looks for it only when no byte is left over. */
function restOfUtf16(bytes: Uint8Array, keptBefore: number): Rest {
  if (keptBefore >= 2 && bytes.length < 4) return { length: bytes.length, total: 4 };
  if (bytes.length % 2 === 1) return { length: 1, total: 2 };
  const high = bytes[bytes.length - 1] ?? 0;
  return high >= 0xd8 && high <= 0xdb ? { length: 2, total: 4 } : nothing;
}

interface StringDecoderFunction {
  (this: unknown, encoding?: unknown): void;
  new (encoding?: unknown): Decoder & typeof methods;
  prototype: Decoder & typeof methods;
}

/** A function and no class: see `states`. */
export const StringDecoder: StringDecoderFunction = function StringDecoder(
  this: Decoder,
  encoding?: unknown,
): void {
  const name =
    encoding === undefined || encoding === null || encoding === ''
      ? 'utf8'
      : names[String(encoding).toLowerCase()];
  if (name === undefined) throw new ERR_UNKNOWN_ENCODING(String(encoding));
  this.encoding = name;
  states.set(this, { kept: Buffer.alloc(0), total: 0 });
} as unknown as StringDecoderFunction;
Object.defineProperties(StringDecoder.prototype, Object.getOwnPropertyDescriptors(methods));

export const builtin: { StringDecoder: StringDecoderFunction } = { StringDecoder };
