import { askHost } from '../../../host.ts';
import { isBufferSource, exactCopy } from '../../../web/internal/bytes.ts';
import { callHost, unpack } from '../../../web/internal/host-values.ts';
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, errorWithCode } from '../errors.ts';
import { validateFunction, validateInt32, validateObject, validateString } from '../validators.ts';
import { KeyObject, isKeyObject, materialOf } from './keys.ts';
import { setImmediate } from '../../../timers.ts';
import { bufferBytes, bufferOf, bytesFromHost, encoded } from './values.ts';

/** Elliptic-curve Diffie-Hellman; the private key stays here and goes along. */
class EcdhOfNode {
  readonly #curve: string;
  #privateKey: ArrayBuffer | undefined;
  #publicKey: ArrayBuffer | undefined;

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
    return this.getPublicKey(encoding, format);
  }

  computeSecret(otherKey: unknown, inputEncoding?: unknown, outputEncoding?: unknown): unknown {
    const other = bufferBytes(otherKey, 'otherPublicKey', inputEncoding);
    if (this.#privateKey === undefined) throw invalidPublicKey();
    const values = [this.#curve, this.#privateKey, other];
    return encoded(bytesFromHost('crypto.ecdhCompute', values), outputEncoding);
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
    return this;
  }

  setPublicKey(key: unknown, encoding?: unknown): this {
    const bytes = bufferBytes(key, 'publicKey', encoding);
    this.#publicKey = exactCopy(converted(bytes, this.#curve, 'uncompressed'));
    return this;
  }
}

function invalidPublicKey(): Error {
  return errorWithCode(
    'ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY',
    'Public key is not valid for specified curve',
  );
}

function noKey(which: string): Error {
  // OpenSSL's side of Node throws it: the code does not show in its text.
  const error = new Error(`Failed to get ECDH ${which} key`);
  return Object.assign(error, { code: 'ERR_CRYPTO_OPERATION_FAILED' });
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
  const isEncoding = typeof keyEncoding === 'string';
  const given = isEncoding || keyEncoding === undefined ? generator : keyEncoding;
  const givenEncoding = isEncoding || keyEncoding === undefined ? generatorEncoding : generator;
  if (typeof sizeOrKey === 'number') validateInt32(sizeOrKey, 'sizeOrKey');
  const size =
    typeof sizeOrKey === 'number'
      ? sizeOrKey
      : bufferBytes(sizeOrKey, 'sizeOrKey', isEncoding ? keyEncoding : undefined);
  const values = [size, generatorBytes(given, givenEncoding)];
  return new DhOfNode(callHost('crypto.dhOpen', values) as string);
}

function generatorBytes(generator: unknown, encoding: unknown): Uint8Array<ArrayBuffer> {
  if (generator === undefined || generator === null) return new Uint8Array([2]);
  if (typeof generator !== 'number') return bufferBytes(generator, 'generator', encoding);
  validateInt32(generator, 'generator');
  if (generator <= 0) {
    throw errorWithCode(
      'ERR_OSSL_DH_BAD_GENERATOR',
      'error:02800065:Diffie-Hellman routines::bad generator',
    );
  }
  return new Uint8Array([generator >>> 24, generator >>> 16, generator >>> 8, generator]);
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
