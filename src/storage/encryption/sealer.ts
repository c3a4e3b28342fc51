import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const saltBytes = 16;
const counterBytes = 8;
const tagBytes = 16;
const headBytes = saltBytes + counterBytes;

/**
 * Encrypts values with AES-256-GCM. Each sealer has a key of its own, made of the file's key and a random salt,
 * and counts its values for the initialisation vector, so that no pair of the two ever comes twice: not after a
 * restart, and not when two copies of a file go different ways. What is sealed: salt, count, cipher text, tag.
 *
 * `place` says what a value belongs to; it opens nowhere else.
 */
export class Sealer {
  readonly #fileKey: Uint8Array;
  readonly #prefix: string;
  readonly #salt = randomBytes(saltBytes);
  readonly #key: Buffer;
  #count = 0n;
  /** Keys of the openings before, by salt. */
  readonly #keys = new Map<string, Buffer>();

  /** `fileKeyId`: random, so that nothing that was there before the key looks as if it were sealed. */
  constructor(fileKey: Uint8Array, fileKeyId: string) {
    this.#fileKey = fileKey;
    this.#prefix = `sealed:${fileKeyId}:`;
    this.#key = this.#derive(this.#salt);
  }

  seal(value: Uint8Array, place: string): Buffer {
    const head = Buffer.alloc(headBytes);
    this.#salt.copy(head);
    head.writeBigUInt64BE(this.#count, saltBytes);
    this.#count += 1n;
    const cipher = createCipheriv('aes-256-gcm', this.#key, ivOf(head));
    cipher.setAAD(Buffer.from(place));
    const sealed = [cipher.update(value), cipher.final()];
    return Buffer.concat([Buffer.from(this.#prefix), head, ...sealed, cipher.getAuthTag()]);
  }

  /** Undefined for what was never sealed. Throws for what was changed since, or belongs elsewhere. */
  open(sealed: Uint8Array, place: string): Buffer | undefined {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    const prefixBytes = this.#prefix.length;
    if (bytes.toString('latin1', 0, prefixBytes) !== this.#prefix) return undefined;
    const head = bytes.subarray(prefixBytes, prefixBytes + headBytes);
    const decipher = createDecipheriv('aes-256-gcm', this.#keyOf(head), ivOf(head), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(Buffer.from(place));
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    const content = bytes.subarray(prefixBytes + headBytes, -tagBytes);
    return Buffer.concat([decipher.update(content), decipher.final()]);
  }

  /** As `seal`, for text; a third longer. */
  sealText(text: string, place: string): string {
    const sealed = this.seal(Buffer.from(text), place);
    return this.#prefix + sealed.toString('base64', this.#prefix.length);
  }

  openText(sealed: string, place: string): string | undefined {
    if (!sealed.startsWith(this.#prefix)) return undefined;
    const content = Buffer.from(sealed.slice(this.#prefix.length), 'base64');
    return this.open(Buffer.concat([Buffer.from(this.#prefix), content]), place)?.toString();
  }

  #keyOf(head: Buffer): Buffer {
    const salt = head.subarray(0, saltBytes);
    const name = salt.toString('latin1');
    const key = this.#keys.get(name) ?? this.#derive(salt);
    this.#keys.set(name, key);
    return key;
  }

  #derive(salt: Uint8Array): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#fileKey, salt, 'isolambda storage', 32));
  }
}

function ivOf(head: Buffer): Buffer {
  const iv = Buffer.alloc(12);
  head.copy(iv, 4, saltBytes);
  return iv;
}
