import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { InvalidOptionError } from '../../core/errors.ts';
import { checkKnownKeys, checkString } from '../../core/options.ts';

/**
 * Guards the key of a file, as a key of KMS would: it never sees what is in the file. `wrap` and `unwrap` are
 * called once when a file is opened.
 */
export interface KeyProvider {
  /** Kept in the file, readable, so that a later opening knows which key it needs. */
  readonly id: string;
  wrap(fileKey: Uint8Array): Promise<Uint8Array>;
  /** Rejects when it is not what `wrap` gave. */
  unwrap(wrapped: Uint8Array): Promise<Uint8Array>;
}

/** A key of 32 bytes; without an id of its own it is known by a digest. */
export type EncryptionKey =
  | Uint8Array
  | { readonly id: string; readonly key: Uint8Array }
  | KeyProvider;

/** The first one encrypts; the others are for files that were encrypted with them. */
export type EncryptionKeyOption = EncryptionKey | readonly EncryptionKey[];

export const keyBytes = 32;

/** Checks the option `encryptionKey` of a `Lambda`. No error shows a key. */
export function resolveEncryptionKeys(
  option: EncryptionKeyOption | undefined,
): readonly KeyProvider[] {
  if (option === undefined) return [];
  const keys = Array.isArray(option) ? (option as readonly EncryptionKey[]) : [option];
  if (keys.length === 0) {
    throw new InvalidOptionError('encryptionKey', 'a key, or a list that begins with one', []);
  }
  const providers = (keys as readonly EncryptionKey[]).map(resolveKey);
  const ids = providers.map(({ id }) => id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice === undefined) return Object.freeze(providers);
  throw new InvalidOptionError('encryptionKey', 'keys with different ids', twice);
}

function resolveKey(key: EncryptionKey): KeyProvider {
  if (key instanceof Uint8Array) return new LocalKey(checkedKey(key));
  if (typeof key !== 'object' || key === null) {
    const rule = '32 bytes, { id, key }, or an object with `id`, `wrap()` and `unwrap()`';
    throw new InvalidOptionError('encryptionKey', rule, typeof key);
  }
  checkString('encryptionKey.id', key.id, {
    maxLength: 2_048,
    pattern: /./,
    says: 'a string of 1 to 2048 characters',
  });
  if ('key' in key) {
    checkKnownKeys('encryptionKey', key, ['id', 'key']);
    return new LocalKey(checkedKey(key.key), key.id);
  }
  const { wrap, unwrap } = key as Partial<KeyProvider>;
  if (typeof wrap === 'function' && typeof unwrap === 'function') return key;
  const rule = 'an object with `key`, or with `wrap()` and `unwrap()`';
  throw new InvalidOptionError('encryptionKey', rule, Object.keys(key));
}

function checkedKey(key: unknown): Uint8Array {
  if (key instanceof Uint8Array && key.byteLength === keyBytes) return Uint8Array.from(key);
  const found = key instanceof Uint8Array ? `${key.byteLength} bytes` : typeof key;
  throw new InvalidOptionError('encryptionKey', `a Uint8Array of ${keyBytes} bytes`, found);
}

const ivBytes = 12;
const tagBytes = 16;

/** Wraps with AES-256-GCM in the process. */
class LocalKey implements KeyProvider {
  readonly id: string;
  readonly #key: Uint8Array;

  constructor(key: Uint8Array, id: string = digestOf(key)) {
    this.id = id;
    this.#key = key;
  }

  async wrap(fileKey: Uint8Array): Promise<Uint8Array> {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv);
    const wrapped = [cipher.update(fileKey), cipher.final()];
    return Buffer.concat([iv, ...wrapped, cipher.getAuthTag()]);
  }

  async unwrap(wrapped: Uint8Array): Promise<Uint8Array> {
    const iv = wrapped.subarray(0, ivBytes);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, iv, {
      authTagLength: tagBytes,
    });
    decipher.setAuthTag(wrapped.subarray(-tagBytes));
    const fileKey = decipher.update(wrapped.subarray(ivBytes, -tagBytes));
    return Buffer.concat([fileKey, decipher.final()]);
  }
}

/** Says nothing about the key but whether it is the same. */
function digestOf(key: Uint8Array): string {
  return createHmac('sha256', key).update('isolambda key id').digest('hex').slice(0, 16);
}
