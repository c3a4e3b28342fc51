import { askHost } from '../../../host.ts';
import { isBufferSource, exactCopy } from '../../../web/internal/bytes.ts';
import { callHost, unpack } from '../../../web/internal/host-values.ts';
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, errorWithCode } from '../errors.ts';
import { validateFunction, validateInt32, validateObject, validateString } from '../validators.ts';
import { KeyObject, isKeyObject, materialOf } from './keys.ts';
import { setImmediate } from '../../../timers.ts';
import {
  bufferBytes,
  bufferOf,
  bytesFromHost,
  encoded,
  isEncoding,
  warnDeprecated,
} from './values.ts';

/** Elliptic-curve Diffie-Hellman; the private key stays here and goes along. */
class EcdhOfNode {
  readonly #curve: string;
  #privateKey: ArrayBuffer | undefined;
  #publicKey: ArrayBuffer | undefined;
  /** A public key that was set need not belong to the private one. */
  #isPair = true;

  constructor(curve: unknown) {
    validateString(curve, 'curve');
    if (!getCurves().includes(curve)) {
      throw errorWithCode('ERR_CRYPTO_INVALID_CURVE', 'Invalid EC curve name', TypeError);
    }
    this.#curve = curve;
  }

  generateKeys(encoding?: unknown, format: unknown = 'uncompressed'): unknown {
    const keys = unpack(callHost('crypto.ecdhGenerate', [this.#curve]));
    [this.#privateKey, this.#publicKey] = keys as [ArrayBuffer, ArrayBuffer];
    this.#isPair = true;
    return this.getPublicKey(encoding, format);
  }

  computeSecret(otherKey: unknown, inputEncoding?: unknown, outputEncoding?: unknown): unknown {
    const other = bufferBytes(otherKey, 'otherPublicKey', inputEncoding);
    if (this.#privateKey === undefined) {
      if (!this.#isPoint(other)) throw invalidPublicKey();
      throw failed('Failed to compute ECDH key');
    }
    if (!this.#isPair) this.#checkPair(this.#privateKey);
    const values = [this.#curve, this.#privateKey, other];
    return encoded(bytesFromHost('crypto.ecdhCompute', values), outputEncoding);
  }

  #isPoint(bytes: Uint8Array): boolean {
    try {
      converted(bytes, this.#curve, 'uncompressed');
      return true;
    } catch {
      return false;
    }
  }

  #checkPair(privateKey: ArrayBuffer): void {
    const own = bytesFromHost('crypto.ecdhPublic', [this.#curve, privateKey]);
    if (encoded(own, 'hex') === encoded(this.#publicKey, 'hex')) return;
    throw errorWithCode('ERR_CRYPTO_INVALID_KEYPAIR', 'Invalid key pair', RangeError);
  }

  getPrivateKey(encoding?: unknown): unknown {
    if (this.#privateKey === undefined) throw noKey('private');
    return encoded(exactCopy(this.#privateKey), encoding);
  }

  getPublicKey(encoding?: unknown, format: unknown = 'uncompressed'): unknown {
    const wanted = checkedFormat(format);
    if (this.#publicKey === undefined) throw noKey('public');
    if (wanted === 'uncompressed') return encoded(exactCopy(this.#publicKey), encoding);
    return encoded(converted(this.#publicKey, this.#curve, wanted), encoding);
  }

  setPrivateKey(key: unknown, encoding?: unknown): this {
    const bytes = exactCopy(bufferBytes(key, 'privateKey', encoding));
    this.#publicKey = callHost('crypto.ecdhPublic', [this.#curve, bytes]) as ArrayBuffer;
    this.#privateKey = bytes;
    this.#isPair = true;
    return this;
  }

  setPublicKey(key: unknown, encoding?: unknown): this {
    warnDeprecated('ecdh.setPublicKey() is deprecated.', 'DEP0031');
    const bytes = bufferBytes(key, 'publicKey', encoding);
    if (!this.#isPoint(bytes)) throw failed('Failed to convert Buffer to EC_POINT');
    this.#publicKey = exactCopy(converted(bytes, this.#curve, 'uncompressed'));
    this.#isPair = false;
    return this;
  }
}

function invalidPublicKey(): Error {
  return errorWithCode(
    'ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY',
    'Public key is not valid for specified curve',
  );
}

const noKey = (which: string): Error => failed(`Failed to get ECDH ${which} key`);

/** OpenSSL's side of Node throws it: the code does not show in its text. */
function failed(message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_CRYPTO_OPERATION_FAILED' });
}

function checkedFormat(format: unknown): string {
  if (format === 'compressed' || format === 'hybrid' || format === 'uncompressed') return format;
  throw errorWithCode(
    'ERR_CRYPTO_ECDH_INVALID_FORMAT',
    `Invalid ECDH format: ${String(format)}`,
    TypeError,
  );
}

/** A point in another form; the host answers in hex. */
function converted(
  key: ArrayBuffer | Uint8Array,
  curve: string,
  format: string,
): Uint8Array<ArrayBuffer> {
  const hex = callHost('crypto.ecdhConvert', [curve, key, format]) as string;
  return bufferBytes(hex, 'key', 'hex');
}

type Callable<Args extends unknown[], Made> = new (...args: Args) => Made;

export const ECDH = function ECDH(curve: unknown): EcdhOfNode {
  return new EcdhOfNode(curve);
} as unknown as Callable<[unknown], EcdhOfNode> & {
  convertKey(...args: [unknown, unknown, unknown?, unknown?, unknown?]): unknown;
};
Object.defineProperty(ECDH, 'prototype', { value: EcdhOfNode.prototype });
ECDH.convertKey = function convertKey(
  key,
  curve,
  inputEncoding,
  outputEncoding,
  format = 'uncompressed',
) {
  validateString(curve, 'curve');
  const bytes = bufferBytes(key, 'key', inputEncoding);
  return encoded(converted(bytes, curve, checkedFormat(format)), outputEncoding);
};

export function createECDH(curve: unknown): EcdhOfNode {
  return new EcdhOfNode(curve);
}

let curves: string[] | undefined;

export function getCurves(): string[] {
  curves ??= unpack(askHost('crypto.curves')) as string[];
  return curves.slice();
}

/** Diffie-Hellman with a prime; it lives on the host. */
class DhGroupOfNode {
  readonly #id: number;
  readonly verifyError: number;

  constructor(opened: string) {
    const [id, verifyError] = opened.split(' ');
    this.#id = Number(id);
    this.verifyError = Number(verifyError);
  }

  generateKeys(encoding?: unknown): unknown {
    return encoded(bytesFromHost('crypto.dhGenerate', [this.#id]), encoding);
  }

  computeSecret(otherKey: unknown, inputEncoding?: unknown, outputEncoding?: unknown): unknown {
    const other = bufferBytes(otherKey, 'otherPublicKey', inputEncoding);
    return encoded(bytesFromHost('crypto.dhCompute', [this.#id, other]), outputEncoding);
  }

  getPrime(encoding?: unknown): unknown {
    return this.#get('getPrime', encoding);
  }
  getGenerator(encoding?: unknown): unknown {
    return this.#get('getGenerator', encoding);
  }
  getPublicKey(encoding?: unknown): unknown {
    return this.#get('getPublicKey', encoding);
  }
  getPrivateKey(encoding?: unknown): unknown {
    return this.#get('getPrivateKey', encoding);
  }

  #get(name: string, encoding: unknown): unknown {
    return encoded(bytesFromHost('crypto.dhGet', [this.#id, name]), encoding);
  }

  protected setKey(name: string, key: unknown, encoding: unknown): void {
    callHost('crypto.dhSet', [this.#id, name, bufferBytes(key, 'key', encoding)]);
  }
}

class DhOfNode extends DhGroupOfNode {
  setPublicKey(key: unknown, encoding?: unknown): this {
    this.setKey('setPublicKey', key, encoding);
    return this;
  }
  setPrivateKey(key: unknown, encoding?: unknown): this {
    this.setKey('setPrivateKey', key, encoding);
    return this;
  }
}

export function createDiffieHellmanGroup(name: unknown): DhGroupOfNode {
  validateString(name, 'name');
  return new DhGroupOfNode(callHost('crypto.dhGroup', [name]) as string);
}

export function createDiffieHellman(
  sizeOrKey: unknown,
  keyEncoding?: unknown,
  generator?: unknown,
  generatorEncoding?: unknown,
): DhOfNode {
  if (
    typeof sizeOrKey !== 'number' &&
    typeof sizeOrKey !== 'string' &&
    !isBufferSource(sizeOrKey)
  ) {
    throw new ERR_INVALID_ARG_TYPE(
      'sizeOrKey',
      ['number', 'string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'],
      sizeOrKey,
    );
  }
  // Whatever is no encoding is the generator already, and a text need not be an encoding.
  const hasEncoding = !keyEncoding || keyEncoding === 'buffer' || isEncoding(keyEncoding);
  const given = hasEncoding ? generator : keyEncoding;
  const givenEncoding = hasEncoding ? generatorEncoding : generator;
  if (typeof sizeOrKey === 'number') validateInt32(sizeOrKey, 'sizeOrKey');
  const size =
    typeof sizeOrKey === 'number'
      ? sizeOrKey
      : bufferBytes(sizeOrKey, 'sizeOrKey', hasEncoding ? keyEncoding || undefined : undefined);
  const values = [size, generatorBytes(given, givenEncoding)];
  return new DhOfNode(callHost('crypto.dhOpen', values) as string);
}

function generatorBytes(generator: unknown, encoding: unknown): Uint8Array<ArrayBuffer> {
  if (!generator) return new Uint8Array([2]);
  if (typeof generator === 'number') {
    validateInt32(generator, 'generator');
    if (generator < 2) throw badGenerator();
    return new Uint8Array([generator >>> 24, generator >>> 16, generator >>> 8, generator]);
  }
  if (typeof generator !== 'string' && !isBufferSource(generator)) {
    const types = ['number', 'string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'];
    throw new ERR_INVALID_ARG_TYPE('generator', types, generator);
  }
  const bytes = bufferBytes(generator, 'generator', encoding || undefined);
  if (bytes.every((byte, index) => byte === 0 || (byte === 1 && index === bytes.length - 1))) {
    throw badGenerator();
  }
  return bytes;
}

function badGenerator(): Error {
  return errorWithCode(
    'ERR_OSSL_DH_BAD_GENERATOR',
    'error:02800065:Diffie-Hellman routines::bad generator',
  );
}

export const DiffieHellman = function DiffieHellman(...args: [unknown]): DhOfNode {
  return createDiffieHellman(...args);
} as unknown as Callable<[unknown], DhOfNode>;
export const DiffieHellmanGroup = function DiffieHellmanGroup(name: unknown): DhGroupOfNode {
  return createDiffieHellmanGroup(name);
} as unknown as Callable<[unknown], DhGroupOfNode>;
Object.defineProperty(DiffieHellman, 'prototype', { value: DhOfNode.prototype });
Object.defineProperty(DiffieHellmanGroup, 'prototype', { value: DhGroupOfNode.prototype });
for (const function_ of [ECDH, DiffieHellman, DiffieHellmanGroup]) {
  Object.defineProperty(function_.prototype as object, 'constructor', {
    value: function_,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

/** The secret of two key objects. */
export function diffieHellman(options: unknown, callback?: unknown): unknown {
  validateObject(options, 'options');
  if (callback !== undefined) validateFunction(callback, 'callback');
  const { privateKey, publicKey } = options as Record<string, unknown>;
  if (!isKeyObject(privateKey)) throw new ERR_INVALID_ARG_VALUE('options.privateKey', privateKey);
  if (!isKeyObject(publicKey)) throw new ERR_INVALID_ARG_VALUE('options.publicKey', publicKey);
  if (privateKey.type !== 'private') throw wrongType(privateKey, 'private');
  if (publicKey.type === 'secret') throw wrongType(publicKey, 'private or public');
  const values = [...materialOf(privateKey), ...materialOf(publicKey)];
  const run = (): unknown => bufferOf(callHost('crypto.diffieHellman', values));
  if (callback === undefined) return run();
  let results: unknown[];
  try {
    results = [null, run()];
  } catch (error) {
    results = [error];
  }
  setImmediate(callback, ...results);
  return undefined;
}

function wrongType(key: KeyObject, expected: string): Error {
  return errorWithCode(
    'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE',
    `Invalid key object type ${key.type}, expected ${expected}.`,
    TypeError,
  );
}
