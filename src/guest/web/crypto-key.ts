import { isArrayBuffer } from './internal/bytes.ts';
import { illegalConstructor, invalidThis } from './internal/errors.ts';
import { defineInspect, defineInterface } from './internal/interfaces.ts';
import { NativeUint8Array, ObjectKeys } from '../primordials.ts';

/** A key as the host describes it; its material is sealed (src/host/crypto/sealed-keys.ts). */
export interface KeyRecord {
  readonly sealed: ArrayBuffer;
  readonly type: 'secret' | 'public' | 'private';
  readonly algorithm: Record<string, unknown>;
  readonly usages: string[];
  readonly isExtractable: boolean;
}

/** Only this file makes keys. */
const permit = {};

/** Set by the class, whose private field they read. */
export let recordOf: (key: unknown) => KeyRecord;
export let isCryptoKey: (value: unknown) => value is CryptoKey;

/** https://w3c.github.io/webcrypto/#cryptokey-interface */
export class CryptoKey {
  readonly #record!: KeyRecord;

  constructor(token?: unknown, record?: KeyRecord) {
    if (token !== permit || record === undefined) throw illegalConstructor();
    this.#record = record;
  }

  get type(): string {
    return recordOf(this).type;
  }
  get extractable(): boolean {
    return recordOf(this).isExtractable;
  }
  get algorithm(): object {
    return recordOf(this).algorithm;
  }
  get usages(): readonly string[] {
    return recordOf(this).usages;
  }

  static {
    recordOf = (key: unknown): KeyRecord => {
      if (isCryptoKey(key)) return key.#record;
      throw invalidThis('CryptoKey');
    };
    isCryptoKey = (value: unknown): value is CryptoKey =>
      typeof value === 'object' && value !== null && #record in value;
  }
}

defineInterface(CryptoKey, 'CryptoKey', ['type', 'extractable', 'algorithm', 'usages']);
defineInspect(CryptoKey.prototype, ({ type, extractable, algorithm, usages }) => ({
  type,
  extractable,
  algorithm,
  usages,
}));

/** A key object for what the host made. */
export function makeCryptoKey(record: KeyRecord): CryptoKey {
  const { algorithm } = record;
  const keys = ObjectKeys(algorithm);
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as string;
    const value = algorithm[key];
    // The exponent of RSA is the only field with bytes.
    if (isArrayBuffer(value)) algorithm[key] = new NativeUint8Array(value);
  }
  return new CryptoKey(permit, record);
}
