import { part } from '../../../parts.ts';
import { bytesOf, exactCopy, isBufferSource } from '../../../web/internal/bytes.ts';
import { callHost, unpack } from '../../../web/internal/host-values.ts';
import type { Answer } from '../../../host.ts';
import { bufferOf, encoded, bufferBytes, bytesOfText, type Bytes } from './values.ts';
import {
  ERR_ILLEGAL_CONSTRUCTOR,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  errorWithCode,
} from '../errors.ts';
import { validateObject, validateString } from '../validators.ts';

/**
 * Keys are made of their material, which the user brought or may export: the host parses it anew, or finds
 * it among the last ones (src/host/crypto/keys.ts).
 */
export interface KeyRecord {
  readonly letter: 's' | 'u' | 'r';
  readonly bytes: ArrayBuffer;
  readonly asymmetricKeyType?: string;
  readonly details?: Record<string, unknown>;
}

const webKeys = () => part('web/crypto-key') as typeof import('../../../web/crypto-key.ts');
const permit = {};
const typeOf = { s: 'secret', u: 'public', r: 'private' } as const;

let recordOf: (key: unknown) => KeyRecord | undefined;

export class KeyObject {
  readonly #record: KeyRecord;

  constructor(token: unknown, record: unknown) {
    if (token !== permit) {
      if (!['secret', 'public', 'private'].includes(token as string)) {
        throw new ERR_INVALID_ARG_VALUE('type', token);
      }
      if (typeof record !== 'object') throw new ERR_INVALID_ARG_TYPE('handle', 'object', record);
      throw new ERR_ILLEGAL_CONSTRUCTOR();
    }
    this.#record = record as KeyRecord;
  }

  static {
    recordOf = (key) =>
      typeof key === 'object' && key !== null && #record in key ? key.#record : undefined;
  }

  static from(key: unknown): KeyObject {
    if (!webKeys().isCryptoKey(key)) throw new ERR_INVALID_ARG_TYPE('key', 'CryptoKey', key);
    const { sealed } = webKeys().recordOf(key);
    return keyFrom(callHost('subtle.toKey', [sealed]));
  }

  get type(): string {
    return typeOf[this.#record.letter];
  }

  equals(other: unknown): boolean {
    const record = recordOf(other);
    if (record === undefined) throw new ERR_INVALID_ARG_TYPE('otherKeyObject', 'KeyObject', other);
    const own = this.#record;
    if (own.letter !== record.letter) return false;
    if (own.asymmetricKeyType !== record.asymmetricKeyType) return false;
    return (
      callHost('crypto.equalKeys', [own.letter, own.bytes, record.letter, record.bytes]) === '1'
    );
  }

  toCryptoKey(algorithm: unknown, isExtractable: unknown, usages: unknown): object {
    const { letter, bytes } = this.#record;
    const { algorithmRecord } = part(
      'web/internal/subtle-arguments',
    ) as typeof import('../../../web/internal/subtle-arguments.ts');
    const list = Array.from(usages as Iterable<unknown>, String);
    const values = [letter, bytes, algorithmRecord(algorithm), Boolean(isExtractable), list];
    const record = unpack(callHost('subtle.fromKey', values));
    return webKeys().makeCryptoKey(
      record as Parameters<ReturnType<typeof webKeys>['makeCryptoKey']>[0],
    );
  }

  get [Symbol.toStringTag](): string {
    return 'KeyObject';
  }
}

export class SecretKeyObject extends KeyObject {
  get symmetricKeySize(): number {
    return materialOf(this)[1].byteLength;
  }

  export(options?: unknown): unknown {
    const [, bytes] = materialOf(this);
    const buffer = bufferOf(exactCopy(bytes));
    if (options === undefined) return buffer;
    validateObject(options, 'options');
    const { format } = options as { format?: unknown };
    if (format === undefined || format === 'buffer') return buffer;
    if (format === 'jwk') return { kty: 'oct', k: encoded(bytes, 'base64url') };
    throw new ERR_INVALID_ARG_VALUE(
      'options.format',
      format,
      "must be one of: undefined, 'buffer', 'jwk'",
    );
  }
}

class AsymmetricKeyObject extends KeyObject {
  get asymmetricKeyType(): string {
    return requiredRecord(this).asymmetricKeyType ?? '';
  }

  get asymmetricKeyDetails(): object {
    const details = { ...requiredRecord(this).details };
    const { publicExponent } = details;
    // A bigint does not cross as one.
    if (publicExponent !== undefined) details['publicExponent'] = BigInt(publicExponent as string);
    return details;
  }

  export(options?: unknown): unknown {
    validateObject(options, 'options');
    const { passphrase, encoding, ...rest } = options as Record<string, unknown>;
    const secret =
      passphrase === undefined || passphrase === null
        ? undefined
        : bufferBytes(passphrase, 'options.passphrase', encoding);
    const { format } = rest;
    if (format !== 'pem' && format !== 'der' && format !== 'jwk') {
      throw new ERR_INVALID_ARG_VALUE('options.format', format);
    }
    const values = [...materialOf(this), { ...rest, passphrase: secret }];
    const [exported] = unpack(callHost('crypto.exportKey', values)) as [unknown];
    return isBufferSource(exported) ? bufferOf(bytesOf(exported)) : exported;
  }
}

export class PublicKeyObject extends AsymmetricKeyObject {}
export class PrivateKeyObject extends AsymmetricKeyObject {}
// The bundler renames classes that refer to themselves.
Object.defineProperty(SecretKeyObject, 'name', { value: 'SecretKeyObject' });
Object.defineProperty(PublicKeyObject, 'name', { value: 'PublicKeyObject' });
Object.defineProperty(PrivateKeyObject, 'name', { value: 'PrivateKeyObject' });

export function isKeyObject(value: unknown): value is KeyObject {
  return recordOf(value) !== undefined;
}

function requiredRecord(key: unknown): KeyRecord {
  const record = recordOf(key);
  if (record === undefined) throw new ERR_INVALID_ARG_TYPE('key', 'KeyObject', key);
  return record;
}

/** Letter and bytes, as the host's calls take a key. */
export function materialOf(key: KeyObject): [KeyRecord['letter'], ArrayBuffer] {
  const { letter, bytes } = requiredRecord(key);
  return [letter, bytes];
}

const classes = { s: SecretKeyObject, u: PublicKeyObject, r: PrivateKeyObject };

export function keyOf(record: KeyRecord): KeyObject {
  return new classes[record.letter](permit, record);
}

/** The key that an answer describes. */
export function keyFrom(answer: Answer): KeyObject {
  return keyOf(unpack(answer) as KeyRecord);
}

/** A `KeyObject`, also for a `CryptoKey`. */
function knownKey(value: unknown): KeyObject | undefined {
  if (isKeyObject(value)) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return webKeys().isCryptoKey(value) ? KeyObject.from(value) : undefined;
}

/** The bytes of a secret key object. */
export function secretOf(value: unknown): Bytes {
  const key = knownKey(value);
  if (key === undefined) {
    throw new ERR_INVALID_ARG_TYPE(
      'key',
      ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView', 'KeyObject', 'CryptoKey'],
      value,
    );
  }
  if (key.type !== 'secret') throw invalidKeyType(key.type, 'secret');
  return bytesOf(materialOf(key)[1]);
}

function invalidKeyType(actual: string, expected: string): Error {
  return errorWithCode(
    'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE',
    `Invalid key object type ${actual}, expected ${expected}.`,
    TypeError,
  );
}

export function createSecretKey(key: unknown, encoding?: unknown): KeyObject {
  if (typeof key !== 'string' && !isBufferSource(key)) {
    throw new ERR_INVALID_ARG_TYPE('key', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], key);
  }
  const bytes = typeof key === 'string' ? bytesOfText(key, encoding) : key;
  return keyOf({ letter: 's', bytes: exactCopy(bytes) });
}

export function createPrivateKey(key: unknown): KeyObject {
  if (knownKey(key) !== undefined) {
    const types = ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'];
    throw new ERR_INVALID_ARG_TYPE('key', types, key);
  }
  return parsed(key, true);
}

export function createPublicKey(key: unknown): KeyObject {
  const known = knownKey(key) ?? knownKey((key as { key?: unknown } | null)?.key);
  if (known === undefined) return parsed(key, false);
  if (known.type !== 'private') throw invalidKeyType(known.type, 'private');
  return keyFrom(callHost('crypto.publicKey', materialOf(known)));
}

interface KeyInput {
  readonly key?: unknown;
  readonly format?: unknown;
  readonly type?: unknown;
  readonly encoding?: unknown;
  readonly passphrase?: unknown;
}

function parsed(input: unknown, isPrivate: boolean): KeyObject {
  if (typeof input === 'string' || isBufferSource(input)) {
    return parsedInput({ key: input }, isPrivate);
  }
  if (typeof input !== 'object' || input === null) {
    const types = ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'];
    throw new ERR_INVALID_ARG_TYPE('key', isPrivate ? [...types, 'URL'] : types, input);
  }
  return parsedInput(input, isPrivate);
}

function parsedInput(input: KeyInput, isPrivate: boolean): KeyObject {
  const { key, format = 'pem', type, encoding, passphrase } = input;
  if (format === 'jwk') {
    validateObject(key, 'key.key');
    const jwk = Object.fromEntries(
      Object.entries(key).filter(([, value]) => typeof value === 'string'),
    );
    return keyFrom(callHost('crypto.parseKey', [isPrivate, 'jwk', null, jwk, null]));
  }
  if (format !== 'pem' && format !== 'der') throw new ERR_INVALID_ARG_VALUE('key.format', format);
  if (format === 'der' && type === undefined) throw new ERR_INVALID_ARG_VALUE('key.type', type);
  if (type !== undefined) validateString(type, 'key.type');
  const bytes = bufferBytes(key, 'key.key', encoding);
  const secret =
    passphrase === undefined || passphrase === null
      ? null
      : bufferBytes(passphrase, 'key.passphrase', encoding);
  return keyFrom(callHost('crypto.parseKey', [isPrivate, format, type ?? null, bytes, secret]));
}

/** The key of a signature or the like: a key, its text, or either with options around it. */
export function asymmetricKey(input: unknown, isPrivate: boolean): KeyObject {
  const inner = (input as { key?: unknown } | null)?.key;
  const known = knownKey(input) ?? knownKey(inner);
  if (known === undefined) return parsed(input, isPrivate);
  if (known.type === 'secret' || (isPrivate && known.type !== 'private')) {
    throw invalidKeyType(known.type, isPrivate ? 'private' : 'private or public');
  }
  return known;
}

/** A secret for a cipher or a derivation: bytes, a text, or a key. */
export function secretKey(input: unknown, encoding?: unknown): Bytes {
  if (typeof input === 'string') return bytesOfText(input, encoding);
  if (isBufferSource(input)) return bytesOf(input);
  return secretOf(input);
}
