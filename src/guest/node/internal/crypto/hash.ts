import { callableClass } from '../../../cores/callable-class.ts';
import { askHost, type Answer } from '../../../host.ts';
import { part } from '../../../parts.ts';
import { isBufferSource, bytesOf, exactCopy } from '../../../web/internal/bytes.ts';
import { asThrown, callHost, unpack } from '../../../web/internal/host-values.ts';
import { LazyTransform, type Pushing } from './lazy-stream.ts';
import { PendingBytes, inPieces } from './pending-bytes.ts';
import {
  bytesOfText,
  encoded,
  isEncoding,
  viewBytes,
  warnDeprecated,
  type Bytes,
} from './values.ts';

const errors = () => part('node/internal/errors') as typeof import('../errors.ts');
const validators = () => part('node/internal/validators') as typeof import('../validators.ts');
type Validators = typeof import('../validators.ts');
const keys = () => part('node/internal/crypto/keys') as typeof import('./keys.ts');

/** What stays here until the digest; longer data goes to a running hash on the host. */
const mostPending = 1_048_576;
const pieceSize = 4_194_304;

/** Digests that need no question whether the host has them. */
const known = new Set(['sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'md5']);
/** Encodings in which the host writes the digest itself. */
const written: Readonly<Record<string, string>> = {
  hex: 'hex',
  base64: 'base64',
  base64url: 'base64url',
  latin1: 'binary',
  binary: 'binary',
};

/** The data of a hash so far: a text as it is, bytes, or a running hash on the host. */
class HashState {
  readonly algorithm: string;
  readonly outputLength: number | undefined;
  /** Of an HMAC. */
  readonly key: Bytes | undefined;
  #text: string | undefined = '';
  #pending = new PendingBytes();
  #handle: string | undefined;

  constructor(algorithm: string, outputLength: number | undefined, key: Bytes | undefined) {
    this.algorithm = algorithm;
    this.outputLength = outputLength;
    this.key = key;
  }

  update(data: unknown, encoding: unknown): void {
    if (typeof data === 'string' && this.#takesText(data, encoding)) {
      this.#text += data;
      return;
    }
    const bytes = viewBytes(data, 'data', encoding);
    if (this.#text !== undefined) {
      const before = this.#text;
      this.#text = undefined;
      if (before !== '') this.#append(bytesOfText(before));
    }
    this.#append(bytes);
  }

  /** Two texts are one only if no character lies across them. */
  #takesText(data: string, encoding: unknown): boolean {
    if (this.#text === undefined || data.length + this.#text.length > mostPending / 4) return false;
    const isUtf8 = encoding === undefined || encoding === 'utf8' || encoding === 'utf-8';
    if (!isUtf8) return false;
    const last = this.#text === '' ? 0 : this.#text.charCodeAt(this.#text.length - 1);
    return last < 0xd800 || last > 0xdbff;
  }

  #append(bytes: Bytes): void {
    if (this.#handle === undefined && this.#pending.length + bytes.length <= mostPending) {
      this.#pending.append(bytes);
      return;
    }
    this.#handle ??= callHost('crypto.hashOpen', this.#opening()) as string;
    const handle = this.#handle;
    if (this.#pending.length > 0) askHost('crypto.hashUpdate', handle, this.#pending.take());
    if (bytes.length < mostPending / 4) this.#pending.append(bytes);
    else inPieces(bytes, pieceSize, (piece) => askHost('crypto.hashUpdate', handle, piece));
  }

  #opening(): readonly unknown[] {
    return [this.algorithm, this.outputLength ?? null, this.key ?? null];
  }

  digest(encoding: string): Answer {
    try {
      return this.#digest(encoding);
    } catch (error) {
      throw asThrown(error);
    }
  }

  #digest(encoding: string): Answer {
    if (this.#handle !== undefined) {
      if (this.#pending.length > 0)
        askHost('crypto.hashUpdate', this.#handle, this.#pending.take());
      return askHost('crypto.hashDigest', `${this.#handle} ${encoding}`);
    }
    const head = `${this.algorithm} ${encoding}`;
    if (this.#text !== undefined && this.outputLength === undefined) {
      return this.key === undefined
        ? askHost('crypto.hashText', `${head} ${this.#text}`)
        : askHost('crypto.hmacText', `${head} ${this.#text}`, exactCopy(this.key));
    }
    if (this.#text !== undefined) this.#pending.append(bytesOfText(this.#text));
    if (this.key === undefined) {
      return askHost('crypto.hash', `${head} ${this.outputLength ?? ''}`, this.#pending.take());
    }
    const whole = new PendingBytes();
    whole.append(this.key);
    whole.append(bytesOf(this.#pending.take()));
    return askHost('crypto.hmac', `${head} ${this.key.length}`, whole.take());
  }

  copy(outputLength: number | undefined): HashState {
    const copy = new HashState(this.algorithm, outputLength, this.key);
    copy.#text = this.#text;
    copy.#pending = this.#pending.copy();
    if (this.#handle !== undefined) {
      const values = [Number(this.#handle), outputLength ?? null];
      copy.#handle = callHost('crypto.hashCopy', values) as string;
    }
    return copy;
  }
}

/** The digest in the user's encoding. */
function digestOf(state: HashState, encoding: unknown): unknown {
  const name = typeof encoding === 'string' ? encoding.toLowerCase() : '';
  const hosts = Object.hasOwn(written, name) ? written[name] : undefined;
  const answer = state.digest(hosts ?? '');
  return hosts === undefined ? encoded(answer, encoding) : answer;
}

abstract class HashStream extends LazyTransform {
  abstract update(data: unknown, encoding?: unknown): this;
  abstract digest(encoding?: unknown): unknown;

  _transform(chunk: unknown, encoding: unknown, done: () => void): void {
    this.update(chunk, encoding);
    done();
  }

  _flush(done: () => void): void {
    (this as unknown as Pushing).push(this.digest());
    done();
  }
}

interface HashOptions {
  readonly outputLength?: unknown;
}

class HashOfNode extends HashStream {
  #state: HashState | undefined;
  /** What the stream gave; `digest()` may be asked for it once more. */
  #flushed: Uint8Array | undefined;

  constructor(algorithm: unknown, options?: HashOptions) {
    super(options);
    if (algorithm instanceof HashState) {
      this.#state = algorithm;
      return;
    }
    const name = text(algorithm, 'algorithm');
    const outputLength = checkedLength(options?.outputLength);
    if (!known.has(name) || outputLength !== undefined) checkAlgorithm(name, outputLength);
    this.#state = new HashState(name, outputLength, undefined);
  }

  override update(data: unknown, encoding?: unknown): this {
    if (this.#state === undefined) throw finalized();
    this.#state.update(data, encoding);
    return this;
  }

  override digest(encoding?: unknown): unknown {
    if (this.#state === undefined) throw finalized();
    const state = this.#state;
    if (this.#flushed !== undefined) {
      this.#state = undefined;
      return encoded(exactCopy(this.#flushed), encoding);
    }
    const name = encoding === undefined || encoding === null ? encoding : String(encoding);
    if (name === 'buffer' || name === undefined || name === null) {
      this.#state = undefined;
      return digestOf(state, undefined);
    }
    this.#state = undefined;
    return digestOf(state, name);
  }

  override _flush(done: () => void): void {
    if (this.#state !== undefined) this.#flushed = digestOf(this.#state, undefined) as Uint8Array;
    (this as unknown as Pushing).push(this.#flushed);
    done();
  }

  copy(options?: HashOptions): HashOfNode {
    if (this.#state === undefined) throw finalized();
    // The length of the output is not copied along.
    return new HashOfNode(this.#state.copy(checkedLength(options?.outputLength)), options);
  }
}

class HmacOfNode extends HashStream {
  readonly #state: HashState;
  #isFinal = false;

  constructor(algorithm: unknown, key: unknown, options?: { readonly encoding?: unknown }) {
    super(options);
    const name = text(algorithm, 'hmac');
    const secret = secretBytes(key, options?.encoding);
    if (!known.has(name)) callHost('crypto.checkHash', [name, null, secret]);
    this.#state = new HashState(name, undefined, bytesOf(exactCopy(secret)));
  }

  override update(data: unknown, encoding?: unknown): this {
    if (this.#isFinal) throw finalized();
    this.#state.update(data, encoding);
    return this;
  }

  override digest(encoding?: unknown): unknown {
    const name = encoding ? String(encoding) : undefined;
    const isText = name !== undefined && name !== 'buffer';
    // As in Node, a second digest is empty.
    if (this.#isFinal) return isText ? '' : encoded(undefined, undefined);
    this.#isFinal = true;
    return digestOf(this.#state, isText ? name : undefined);
  }
}

function secretBytes(key: unknown, encoding: unknown): Bytes {
  if (typeof key === 'string') return bytesOfText(key, encoding);
  if (isBufferSource(key)) return bytesOf(key);
  return keys().secretOf(key);
}

const checked = new Set<string>();

/** Throws unless the host has the digest. */
function checkAlgorithm(algorithm: string, outputLength: number | undefined): void {
  if (outputLength === undefined && checked.has(algorithm)) return;
  callHost('crypto.checkHash', [algorithm, outputLength ?? null, null]);
  if (outputLength === undefined && checked.size < 256) checked.add(algorithm);
}

const longestOutput = 4_294_967_295;

function checkedLength(length: unknown): number | undefined {
  if (length === undefined) return undefined;
  const checks: Validators = validators();
  checks.validateInteger(length, 'options.outputLength', 0, longestOutput);
  return length;
}

function text(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw new (errors().ERR_INVALID_ARG_TYPE)(name, 'string', value);
}

function finalized(): Error {
  return errors().errorWithCode('ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');
}

/** The classes themselves are deprecated, `createHash` and `createHmac` are not. */
function deprecated(name: string, code: string): void {
  warnDeprecated(`crypto.${name} constructor is deprecated.`, code);
}

export const Hash = callableClass(HashOfNode, 'Hash', () => deprecated('Hash', 'DEP0179'));
export const Hmac = callableClass(HmacOfNode, 'Hmac', () => deprecated('Hmac', 'DEP0181'));

export function createHash(algorithm: unknown, options?: HashOptions): HashOfNode {
  return new HashOfNode(algorithm, options);
}

export function createHmac(
  algorithm: unknown,
  key: unknown,
  options?: { encoding?: unknown },
): HmacOfNode {
  return new HmacOfNode(algorithm, key, options);
}

/** The digest of data that is all there. */
export function hash(
  algorithm: unknown,
  input: unknown,
  options: string | { outputEncoding?: unknown; outputLength?: unknown } = {},
): unknown {
  const name = text(algorithm, 'algorithm');
  if (typeof input !== 'string' && !ArrayBuffer.isView(input)) {
    const types = ['string', 'Buffer', 'TypedArray', 'DataView'];
    throw new (errors().ERR_INVALID_ARG_TYPE)('input', types, input);
  }
  const checks: Validators = validators();
  if (typeof options !== 'string') checks.validateObject(options, 'options');
  const given = typeof options === 'string' ? { outputEncoding: options } : options;
  const { outputEncoding = 'hex', outputLength } = given;
  const encoding = outputName(text(outputEncoding, 'outputEncoding'));
  const state = new HashState(name, checkedLength(outputLength), undefined);
  if (!known.has(name)) {
    try {
      checkAlgorithm(name, undefined);
    } catch {
      throw new Error(`Digest method ${name} is not supported`);
    }
  }
  state.update(input, undefined);
  try {
    return digestOf(state, encoding);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_OSSL_EVP_NOT_XOF_OR_INVALID_LENGTH')
      throw error;
    const length = String(outputLength);
    throw new Error(`Output length ${length} is invalid for ${name}, which does not support XOF`, {
      cause: error,
    });
  }
}

/** In Node, the empty name is UTF-8 here. */
function outputName(encoding: string): string {
  const name = encoding.toLowerCase();
  if (name === '') return 'utf8';
  if (name === 'buffer' || isEncoding(name)) return name;
  throw new (errors().ERR_INVALID_ARG_VALUE)('outputEncoding', encoding);
}

let names: string[] | undefined;

export function getHashes(): string[] {
  names ??= unpack(askHost('crypto.hashes')) as string[];
  return names.slice();
}
