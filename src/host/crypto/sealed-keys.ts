import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  randomBytes,
  KeyObject,
  type webcrypto,
} from 'node:crypto';
import { joined } from '../packed.ts';
import { ServiceError } from '../service.ts';
import { materialOf } from './keys.ts';

type CryptoKey = webcrypto.CryptoKey;

/** A key as the host sees it: always extractable, with what the guest was promised beside it. */
export interface OpenedKey {
  readonly key: CryptoKey;
  /** Whether the guest may export it. */
  readonly isExtractable: boolean;
}

const ivSize = 12;
const tagSize = 16;
const keptKeys = 256;

/**
 * WebCrypto keys stay with the host, and yet nothing is kept for them: the guest holds each key encrypted
 * under a secret of its environment, and sends it along when it is used. So a key that is not extractable
 * never shows, and none has to be freed. The last ones are kept ready for use.
 */
export class SealedKeys {
  readonly #secret = randomBytes(32);
  readonly #kept = new Map<string, OpenedKey>();

  /** `brought` are the bytes of a key to derive from: Node would rather not export that one again. */
  seal(opened: OpenedKey, brought?: Uint8Array): Uint8Array {
    const { key, isExtractable } = opened;
    const { letter, bytes } =
      brought === undefined ? materialOf(KeyObject.from(key)) : { letter: 's', bytes: brought };
    const { algorithm, usages } = key;
    const head = Buffer.from(JSON.stringify({ letter, algorithm, usages, isExtractable }));
    const size = Buffer.alloc(2);
    size.writeUInt16LE(head.byteLength);
    const iv = randomBytes(ivSize);
    const cipher = createCipheriv('aes-256-gcm', this.#secret, iv);
    const sealed = [cipher.update(joined([size, head, bytes])), cipher.final()];
    const whole = joined([iv, cipher.getAuthTag(), ...sealed]);
    this.#keep(whole, opened);
    return whole;
  }

  open(sealed: Uint8Array): OpenedKey {
    const plain = this.#decrypt(sealed);
    const known = this.#kept.get(nameOf(sealed));
    if (known !== undefined) return known;
    const size = plain.readUInt16LE();
    const head = JSON.parse(plain.toString('utf8', 2, 2 + size)) as Head;
    const material = plain.subarray(2 + size);
    const key = keyObject(head.letter, material).toCryptoKey(
      head.algorithm,
      !isSourceOfKeys(head.algorithm.name),
      head.usages as webcrypto.KeyUsage[],
    );
    const opened = { key, isExtractable: head.isExtractable };
    this.#keep(sealed, opened);
    return opened;
  }

  #decrypt(sealed: Uint8Array): Buffer {
    try {
      const iv = sealed.subarray(0, ivSize);
      const tag = sealed.subarray(ivSize, ivSize + tagSize);
      const decipher = createDecipheriv('aes-256-gcm', this.#secret, iv, {
        authTagLength: tagSize,
      });
      decipher.setAuthTag(tag);
      const rest = decipher.update(sealed.subarray(ivSize + tagSize));
      return Buffer.concat([rest, decipher.final()]);
    } catch {
      throw new ServiceError('ERR_INVALID_THIS', 'Value of "this" must be of type CryptoKey', {
        name: 'TypeError',
      });
    }
  }

  #keep(sealed: Uint8Array, opened: OpenedKey): void {
    if (this.#kept.size >= keptKeys) {
      for (const oldest of this.#kept.keys()) {
        this.#kept.delete(oldest);
        break;
      }
    }
    this.#kept.set(nameOf(sealed), opened);
  }
}

interface Head {
  readonly letter: 's' | 'u' | 'r';
  readonly algorithm: { readonly name: string };
  readonly usages: readonly string[];
  readonly isExtractable: boolean;
}

/** Passwords and the like, from which keys are derived: WebCrypto has them only as not extractable. */
export function isSourceOfKeys(name: string): boolean {
  return /^(?:pbkdf2|hkdf|argon2)/i.test(name);
}

/** Nonce and tag: no two sealed keys share them. */
function nameOf(sealed: Uint8Array): string {
  return Buffer.from(sealed.subarray(0, ivSize + tagSize)).toString('latin1');
}

function keyObject(letter: Head['letter'], material: Buffer): KeyObject {
  if (letter === 's') return createSecretKey(material);
  return letter === 'u'
    ? createPublicKey({ key: material, format: 'der', type: 'spki' })
    : createPrivateKey({ key: material, format: 'der', type: 'pkcs8' });
}
