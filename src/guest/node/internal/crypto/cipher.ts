import { callableClass } from '../../../cores/callable-class.ts';
import { askHost } from '../../../host.ts';
import { part } from '../../../parts.ts';
import { exactCopy, isBufferSource } from '../../../web/internal/bytes.ts';
import { asThrown, callHost, unpack } from '../../../web/internal/host-values.ts';
import type { FastBuffer } from '../../../cores/buffer/fast-buffer.ts';
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, errorWithCode } from '../errors.ts';
import { validateInt32, validateObject, validateString } from '../validators.ts';
import { secretKey } from './keys.ts';
import { LazyTransform, type Pushing } from './lazy-stream.ts';
import { inPieces } from './pending-bytes.ts';
import { bufferBytes, bufferOf, viewBytes, type Bytes } from './values.ts';

const pieceSize = 1_048_576;
const buffers = () => part('node/buffer') as typeof import('../../buffer.ts');
const decoders = () =>
  part('node/string_decoder') as unknown as { builtin: { StringDecoder: DecoderClass } };

/** Texts in pieces: base64 goes on in the middle of three bytes. */
interface Decoder {
  readonly encoding: string;
  write(bytes: Uint8Array): string;
  end(): string;
}
type DecoderClass = new (encoding: string) => Decoder;

interface CipherOptions {
  readonly authTagLength?: unknown;
}

/** Both directions of a symmetric cipher; the cipher itself runs on the host. */
abstract class Cipher extends LazyTransform {
  readonly #handle: string;
  readonly #encrypts: boolean;
  #isFinal = false;
  #tag: ArrayBuffer | undefined;
  #decoder: Decoder | undefined;

  constructor(
    encrypts: boolean,
    algorithm: unknown,
    key: unknown,
    iv: unknown,
    options?: CipherOptions,
  ) {
    super(options);
    validateString(algorithm, 'cipher');
    const secret = secretKey(key);
    const nonce = iv === null ? null : bufferBytes(iv, 'iv');
    const length = options?.authTagLength;
    if (length !== undefined) checkTagLength(length);
    const values = [encrypts, algorithm, 's', secret, nonce, { authTagLength: length }];
    this.#handle = callHost('crypto.cipherOpen', values) as string;
    this.#encrypts = encrypts;
  }

  update(data: unknown, inputEncoding?: unknown, outputEncoding?: unknown): unknown {
    const bytes = viewBytes(data, 'data', typeof data === 'string' ? inputEncoding : undefined);
    if (this.#isFinal) throw new Error('Trying to add data in unsupported state');
    return this.#encoded(this.#updated(bytes), outputEncoding, false);
  }

  #updated(bytes: Bytes): FastBuffer {
    const outputs: FastBuffer[] = [];
    const send = (piece: ArrayBuffer): void => {
      outputs.push(bufferOf(withErrors(() => askHost('crypto.cipherUpdate', this.#handle, piece))));
    };
    if (bytes.length === 0) send(exactCopy(bytes));
    else inPieces(bytes, pieceSize, send);
    return outputs.length === 1 && outputs[0] !== undefined
      ? outputs[0]
      : buffers().Buffer.concat(outputs);
  }

  final(outputEncoding?: unknown): unknown {
    if (this.#isFinal) throw invalidState();
    this.#isFinal = true;
    const [rest, tag] = unpack(withErrors(() => askHost('crypto.cipherFinal', this.#handle))) as [
      ArrayBuffer,
      ArrayBuffer | null,
    ];
    if (tag !== null) this.#tag = tag;
    return this.#encoded(bufferOf(rest), outputEncoding, true);
  }

  #encoded(output: FastBuffer, encoding: unknown, isLast: boolean): unknown {
    if (encoding === undefined || encoding === null || encoding === 'buffer') return output;
    const wanted = String(encoding);
    if (this.#decoder === undefined) {
      const { StringDecoder } = decoders().builtin;
      this.#decoder = new StringDecoder(wanted);
    } else if (new (decoders().builtin.StringDecoder)(wanted).encoding !== this.#decoder.encoding) {
      throw new ERR_INVALID_ARG_VALUE(
        'outputEncoding',
        encoding,
        `cannot be changed from '${this.#decoder.encoding}'`,
      );
    }
    const text = this.#decoder.write(output);
    return isLast ? text + this.#decoder.end() : text;
  }

  setAutoPadding(isOn?: unknown): this {
    const isPadding = isOn === undefined || Boolean(isOn);
    if (this.#isFinal) throw invalidState('setAutoPadding');
    withErrors(() => askHost('crypto.cipherPadding', `${this.#handle} ${isPadding ? 1 : 0}`));
    return this;
  }

  setAAD(aad: unknown, options?: { plaintextLength?: unknown; encoding?: unknown }): this {
    const bytes = bufferBytes(aad, 'aadbuf', options?.encoding);
    if (this.#isFinal) throw invalidState('setAAD');
    const { plaintextLength } = options ?? {};
    if (plaintextLength !== undefined) validateInt32(plaintextLength, 'options.plaintextLength', 0);
    callHost('crypto.cipherAad', [Number(this.#handle), bytes, plaintextLength ?? null]);
    return this;
  }

  getAuthTag(): FastBuffer {
    if (!this.#encrypts || this.#tag === undefined) throw invalidState('getAuthTag');
    return bufferOf(exactCopy(this.#tag));
  }

  setAuthTag(tag: unknown, encoding?: unknown): this {
    if (typeof tag !== 'string' && !isBufferSource(tag)) {
      throw new ERR_INVALID_ARG_TYPE(
        'buffer',
        ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'],
        tag,
      );
    }
    const bytes = bufferBytes(tag, 'buffer', encoding);
    if (this.#encrypts || this.#isFinal) throw invalidState('setAuthTag');
    withErrors(() => askHost('crypto.cipherTag', this.#handle, exactCopy(bytes)));
    return this;
  }

  _transform(chunk: unknown, encoding: unknown, done: (error?: unknown) => void): void {
    (this as unknown as Pushing).push(this.update(chunk, encoding));
    done();
  }

  _flush(done: (error?: unknown) => void): void {
    try {
      (this as unknown as Pushing).push(this.final());
    } catch (error) {
      done(error);
      return;
    }
    done();
  }
}

class CipherivOfNode extends Cipher {
  constructor(algorithm: unknown, key: unknown, iv: unknown, options?: CipherOptions) {
    super(true, algorithm, key, iv, options);
  }
}
class DecipherivOfNode extends Cipher {
  constructor(algorithm: unknown, key: unknown, iv: unknown, options?: CipherOptions) {
    super(false, algorithm, key, iv, options);
  }
}

function withErrors<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw asThrown(error);
  }
}

function checkTagLength(length: unknown): void {
  if (typeof length === 'number' && Number.isInteger(length) && length >= 0) return;
  throw new ERR_INVALID_ARG_VALUE('options.authTagLength', length);
}

function invalidState(operation?: string): Error {
  const text =
    operation === undefined ? 'Invalid state' : `Invalid state for operation ${operation}`;
  return errorWithCode('ERR_CRYPTO_INVALID_STATE', text);
}

export const Cipheriv = callableClass(CipherivOfNode, 'Cipheriv');
export const Decipheriv = callableClass(DecipherivOfNode, 'Decipheriv');

export function createCipheriv(
  algorithm: unknown,
  key: unknown,
  iv: unknown,
  options?: CipherOptions,
): CipherivOfNode {
  return new CipherivOfNode(algorithm, key, iv, options);
}

export function createDecipheriv(
  algorithm: unknown,
  key: unknown,
  iv: unknown,
  options?: CipherOptions,
): DecipherivOfNode {
  return new DecipherivOfNode(algorithm, key, iv, options);
}

let names: string[] | undefined;

export function getCiphers(): string[] {
  names ??= unpack(askHost('crypto.ciphers')) as string[];
  return names.slice();
}

export function getCipherInfo(nameOrNid: unknown, options?: unknown): object | undefined {
  if (typeof nameOrNid !== 'string' && typeof nameOrNid !== 'number') {
    throw new ERR_INVALID_ARG_TYPE('nameOrNid', ['string', 'number'], nameOrNid);
  }
  if (typeof nameOrNid === 'number') validateInt32(nameOrNid, 'nameOrNid');
  if (options !== undefined) validateObject(options, 'options');
  const { keyLength, ivLength } = (options ?? {}) as { keyLength?: unknown; ivLength?: unknown };
  if (keyLength !== undefined) validateInt32(keyLength, 'options.keyLength');
  if (ivLength !== undefined) validateInt32(ivLength, 'options.ivLength');
  const which = typeof nameOrNid === 'string' ? { name: nameOrNid } : { nid: nameOrNid };
  const info = unpack(callHost('crypto.cipherInfo', [which, { keyLength, ivLength }]));
  return (info as object | null) ?? undefined;
}
