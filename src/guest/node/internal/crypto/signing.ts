import { callableClass } from '../../../cores/callable-class.ts';
import { askHost } from '../../../host.ts';
import { asThrown, callHost, unpack } from '../../../web/internal/host-values.ts';
import { setImmediate } from '../../../timers.ts';
import { ERR_INVALID_ARG_VALUE, errorWithCode } from '../errors.ts';
import { validateFunction, validateString } from '../validators.ts';
import { asymmetricKey, materialOf } from './keys.ts';
import { LazyWritable } from './lazy-stream.ts';
import { PendingBytes, inPieces } from './pending-bytes.ts';
import {
  bufferBytes,
  bufferOf,
  bytesFromHost,
  encoded,
  later,
  viewBytes,
  type Bytes,
  type Callback,
} from './values.ts';

const mostPending = 1_048_576;
const pieceSize = 4_194_304;

/** The message of a signature: it stays here while it is short. */
abstract class Message extends LazyWritable {
  readonly #algorithm: string;
  readonly #isVerify: boolean;
  #pending = new PendingBytes();
  #handle: string | undefined;

  constructor(isVerify: boolean, algorithm: unknown, options?: object) {
    super(options);
    validateString(algorithm, 'algorithm');
    this.#algorithm = algorithm;
    this.#isVerify = isVerify;
    try {
      callHost('crypto.checkHash', [algorithm, null, null]);
    } catch {
      throw errorWithCode('ERR_CRYPTO_INVALID_DIGEST', 'Invalid digest', TypeError);
    }
  }

  update(data: unknown, encoding?: unknown): this {
    const bytes = viewBytes(data, 'data', encoding);
    if (this.#handle === undefined && this.#pending.length + bytes.length <= mostPending) {
      this.#pending.append(bytes);
      return this;
    }
    const values = [this.#isVerify, this.#algorithm];
    this.#handle ??= callHost('crypto.signOpen', values) as string;
    const handle = this.#handle;
    const send = (piece: ArrayBuffer): unknown => askHost('crypto.signUpdate', handle, piece);
    try {
      if (this.#pending.length > 0) send(this.#pending.take());
      inPieces(bytes, pieceSize, send);
    } catch (error) {
      throw asThrown(error);
    }
    return this;
  }

  /** Signs, or verifies the signature that is given. */
  protected finish(key: ReturnType<typeof keyWithOptions>, signature: Bytes | null): unknown {
    const { material, options } = key;
    if (this.#handle !== undefined) {
      const handle = Number(this.#handle);
      return callHost('crypto.signFinal', [handle, ...material, options, signature]);
    }
    const data = this.#pending.take();
    return signature === null
      ? callHost('crypto.sign', [this.#algorithm, data, ...material, options])
      : callHost('crypto.verify', [this.#algorithm, data, ...material, options, signature]);
  }

  _write(chunk: unknown, encoding: unknown, done: () => void): void {
    this.update(chunk, encoding);
    done();
  }
}

class SignOfNode extends Message {
  constructor(algorithm: unknown, options?: object) {
    super(false, algorithm, options);
  }

  sign(key: unknown, encoding?: unknown): unknown {
    if (!key) throw keyRequired();
    return encoded(this.finish(keyWithOptions(key, true), null) as ArrayBuffer, encoding);
  }
}

class VerifyOfNode extends Message {
  constructor(algorithm: unknown, options?: object) {
    super(true, algorithm, options);
  }

  verify(key: unknown, signature: unknown, encoding?: unknown): boolean {
    const prepared = keyWithOptions(key, false);
    return this.finish(prepared, bufferBytes(signature, 'signature', encoding)) === '1';
  }
}

export const Sign = callableClass(SignOfNode, 'Sign');
export const Verify = callableClass(VerifyOfNode, 'Verify');

export function createSign(algorithm: unknown, options?: object): SignOfNode {
  return new SignOfNode(algorithm, options);
}

export function createVerify(algorithm: unknown, options?: object): VerifyOfNode {
  return new VerifyOfNode(algorithm, options);
}

function keyRequired(): Error {
  return errorWithCode('ERR_CRYPTO_SIGN_KEY_REQUIRED', 'No key provided to sign');
}

/** A key, and how to use it. */
function keyWithOptions(
  input: unknown,
  isPrivate: boolean,
): { material: ReturnType<typeof materialOf>; options: object } {
  const material = materialOf(asymmetricKey(input, isPrivate));
  const { padding, saltLength, dsaEncoding, context } = optionsOf(input);
  for (const [name, value] of Object.entries({ padding, saltLength })) {
    if (value === undefined || Number.isInteger(value)) continue;
    throw new ERR_INVALID_ARG_VALUE(`options.${name}`, value);
  }
  if (dsaEncoding !== undefined && dsaEncoding !== 'der' && dsaEncoding !== 'ieee-p1363') {
    throw new ERR_INVALID_ARG_VALUE('options.dsaEncoding', dsaEncoding);
  }
  return { material, options: { padding, saltLength, dsaEncoding, context } };
}

function optionsOf(input: unknown): Record<string, unknown> {
  return typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {};
}

/** A signature in one go. */
export function sign(algorithm: unknown, data: unknown, key: unknown, callback?: unknown): unknown {
  if (algorithm !== null && algorithm !== undefined) validateString(algorithm, 'algorithm');
  if (callback !== undefined) validateFunction(callback, 'callback');
  const bytes = oneShotBytes(data, 'data');
  if (!key) throw keyRequired();
  const { material, options } = keyWithOptions(key, true);
  const values = [algorithm ?? null, bytes, ...material, options];
  if (callback === undefined) return bytesFromHost('crypto.sign', values);
  later('crypto.sign', values, callback);
  return undefined;
}

export function verify(
  algorithm: unknown,
  data: unknown,
  key: unknown,
  signature: unknown,
  callback?: unknown,
): unknown {
  if (algorithm !== null && algorithm !== undefined) validateString(algorithm, 'algorithm');
  if (callback !== undefined) validateFunction(callback, 'callback');
  const bytes = oneShotBytes(data, 'data');
  const { material, options } = keyWithOptions(key, false);
  const wanted = oneShotBytes(signature, 'signature');
  const values = [algorithm ?? null, bytes, ...material, options, wanted];
  if (callback === undefined) return callHost('crypto.verify', values) === '1';
  later('crypto.verify', values, callback, (answer) => [answer === '1']);
  return undefined;
}

function oneShotBytes(value: unknown, name: string): Bytes {
  return bufferBytes(value, name);
}

/** What RSA does with a few bytes. */
function rsa(name: string, isPrivate: boolean) {
  return (key: unknown, data: unknown): unknown => {
    const material = materialOf(asymmetricKey(key, isPrivate));
    const { padding, oaepHash, oaepLabel, encoding } = optionsOf(key);
    if (oaepHash !== undefined) validateString(oaepHash, 'key.oaepHash');
    const label =
      oaepLabel === undefined ? undefined : bufferBytes(oaepLabel, 'key.oaepLabel', encoding);
    const bytes = bufferBytes(data, 'buffer', encoding);
    const options = { padding, oaepHash, oaepLabel: label };
    return bytesFromHost('crypto.rsa', [name, ...material, options, bytes]);
  };
}

export const publicEncrypt = rsa('publicEncrypt', false);
export const publicDecrypt = rsa('publicDecrypt', false);
export const privateEncrypt = rsa('privateEncrypt', true);
export const privateDecrypt = rsa('privateDecrypt', true);

/** Key encapsulation: a secret, and what tells it to the owner of the private key. */
export function encapsulate(key: unknown, callback?: unknown): unknown {
  const material = materialOf(asymmetricKey(key, false));
  if (callback !== undefined) validateFunction(callback, 'callback');
  const run = (): object => {
    const secret = unpack(callHost('crypto.encapsulate', material)) as Record<string, ArrayBuffer>;
    const { sharedKey, ciphertext } = secret;
    return { sharedKey: bufferOf(sharedKey), ciphertext: bufferOf(ciphertext) };
  };
  return inTurn(run, callback);
}

export function decapsulate(key: unknown, ciphertext: unknown, callback?: unknown): unknown {
  const values = [...materialOf(asymmetricKey(key, true)), bufferBytes(ciphertext, 'ciphertext')];
  if (callback !== undefined) validateFunction(callback, 'callback');
  return inTurn(() => bytesFromHost('crypto.decapsulate', values), callback);
}

/** Quick work: a callback gets it in a turn of its own. */
function inTurn(run: () => unknown, callback: Callback | undefined): unknown {
  if (callback === undefined) return run();
  let results: [Error | null, unknown?];
  try {
    results = [null, run()];
  } catch (error) {
    results = [error as Error];
  }
  setImmediate(callback, ...results);
  return undefined;
}
