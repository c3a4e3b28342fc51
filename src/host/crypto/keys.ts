import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type JsonWebKeyInput,
  type KeyObject,
  type PrivateKeyInput,
} from 'node:crypto';
import { withNode } from '../node-error.ts';
import { isRecord, packAnswer, type Arguments } from '../packed.ts';
import { ServiceError, type HostAnswer } from '../service.ts';
import { checkEncryptedDer, checkEncryptedPem } from './encrypted-keys.ts';

/**
 * Keys of guests are not handles: a guest has no finalizers, and code that makes a key object a request
 * would run out of them. A key crosses as its letter and its material, which the guest brought or may export
 * anyway: `s` and raw bytes, `u` and SPKI, `r` and PKCS #8. What was parsed last is kept.
 */
export interface KeyMaterial {
  readonly letter: 's' | 'u' | 'r';
  readonly bytes: Uint8Array;
}

/** Larger keys take too long on the host's thread. */
const longestModulus = 8_192;
const longestKeyText = 65_536;
/** Key types without a `modulusLength` are judged by their encoding: this is Diffie-Hellman with 8,192 bits. */
const longestDhEncoding = 4_096;
const keptKeys = 64;

/** Parsed keys of one environment. */
export class ParsedKeys {
  readonly #kept = new Map<string, KeyObject>();

  /** The key that an argument names: `[letter, bytes]`. */
  read(args: Arguments, index: number): KeyObject {
    const letter = args.oneOf(index, ['s', 'u', 'r']);
    return this.get({ letter, bytes: args.bytes(index + 1) });
  }

  get({ letter, bytes }: KeyMaterial): KeyObject {
    if (letter === 's') return createSecretKey(bytes);
    if (bytes.byteLength > longestKeyText) throw tooLarge();
    const name = letter + Buffer.from(bytes).toString('latin1');
    const known = this.#kept.get(name);
    if (known !== undefined) return known;
    const key = checkedSize(
      withNode(() =>
        letter === 'u'
          ? createPublicKey({ key: Buffer.from(bytes), format: 'der', type: 'spki' })
          : privateFromDer(bytes),
      ),
    );
    if (this.#kept.size >= keptKeys) {
      for (const oldest of this.#kept.keys()) {
        this.#kept.delete(oldest);
        break;
      }
    }
    this.#kept.set(name, key);
    return key;
  }
}

function privateFromDer(bytes: Uint8Array): KeyObject {
  checkEncryptedDer(bytes);
  return createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' });
}

export function checkedSize(key: KeyObject): KeyObject {
  if (key.type === 'secret') return key;
  const { asymmetricKeyDetails, asymmetricKeyType } = key;
  if ((asymmetricKeyDetails?.modulusLength ?? 0) > longestModulus) throw tooLarge();
  if (asymmetricKeyType === ('dh' as string)) {
    if (materialOf(key).bytes.byteLength > longestDhEncoding) throw tooLarge();
  }
  return key;
}

function tooLarge(): ServiceError {
  return new ServiceError(
    'ERR_OUT_OF_RANGE',
    `The key is too large: at most ${longestModulus} bits are supported`,
    { name: 'RangeError' },
  );
}

/** A key for the guest: what it is, and its material. */
export function keyAnswer(key: KeyObject): HostAnswer {
  return packAnswer(keyRecord(key));
}

export function keyRecord(key: KeyObject): {
  letter: string;
  bytes: Uint8Array;
  asymmetricKeyType?: string;
  details?: object;
} {
  const { letter, bytes } = materialOf(key);
  if (key.type === 'secret') return { letter, bytes };
  return {
    letter,
    bytes,
    asymmetricKeyType: key.asymmetricKeyType ?? '',
    // `publicExponent` is a bigint: the guest makes it one again.
    details: key.asymmetricKeyDetails ?? {},
  };
}

export function materialOf(key: KeyObject): KeyMaterial {
  if (key.type === 'secret') return { letter: 's', bytes: key.export() };
  return withNode(() =>
    key.type === 'public'
      ? { letter: 'u', bytes: key.export({ format: 'der', type: 'spki' }) }
      : { letter: 'r', bytes: key.export({ format: 'der', type: 'pkcs8' }) },
  );
}

/** `[isPrivate, format, type or null, key as bytes or JWK, passphrase or null]` */
export function parseKey(args: Arguments): KeyObject {
  const isPrivate = args.boolean(0);
  const format = args.oneOf(1, ['pem', 'der', 'jwk']);
  if (format === 'jwk') {
    const key = jwkOf(args.record(3));
    return checkedSize(
      withNode(() => {
        const input: JsonWebKeyInput = { key, format };
        return isPrivate ? createPrivateKey(input) : createPublicKey(input);
      }),
    );
  }
  const bytes = args.bytes(3);
  if (bytes.byteLength > longestKeyText) throw tooLarge();
  const key = Buffer.from(bytes);
  if (format === 'pem') checkEncryptedPem(key.toString('latin1'));
  const type = args.has(2) ? args.oneOf(2, ['pkcs1', 'pkcs8', 'sec1', 'spki']) : undefined;
  if (format === 'der' && type === 'pkcs8') checkEncryptedDer(key);
  const input = {
    key,
    format,
    ...(type !== undefined && { type }),
    ...(args.has(4) && { passphrase: Buffer.from(args.bytes(4)) }),
  } as PrivateKeyInput;
  return checkedSize(
    withNode(() =>
      isPrivate
        ? createPrivateKey(input)
        : createPublicKey(input as Parameters<typeof createPublicKey>[0]),
    ),
  );
}

/** A JWK of plain texts; the fields that Node reads are all texts. */
function jwkOf(record: Record<string, unknown>): JsonWebKeyInput['key'] {
  const jwk: Record<string, string> = {};
  for (const [name, value] of Object.entries(record)) {
    if (typeof value === 'string' && value.length <= longestKeyText) jwk[name] = value;
  }
  return jwk;
}

export interface KeyEncoding {
  readonly format: 'pem' | 'der' | 'jwk';
  readonly type?: string;
  readonly cipher?: string;
  readonly passphrase?: Buffer;
}

/** The fields of an encoding as `export()` takes them. */
export function encodingOf(record: Record<string, unknown>): KeyEncoding {
  const { format, type, cipher, passphrase } = record;
  if (format !== 'pem' && format !== 'der' && format !== 'jwk') {
    throw new ServiceError('ERR_INVALID_ARG_VALUE', "The property 'options.format' is invalid", {
      name: 'TypeError',
    });
  }
  return {
    format,
    ...(typeof type === 'string' && { type }),
    ...(typeof cipher === 'string' && { cipher }),
    ...(passphrase instanceof Uint8Array && { passphrase: Buffer.from(passphrase) }),
  };
}

/** A key as text, bytes or JWK. */
export function exported(key: KeyObject, encoding: KeyEncoding): string | Uint8Array | object {
  const value = withNode(
    () => (key as { export(options: unknown): unknown }).export(encoding) as string | Buffer,
  );
  return isRecord(value) || typeof value === 'string' ? value : new Uint8Array(value);
}
