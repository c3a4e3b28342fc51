import { isBufferSource, bytesOf, exactCopy } from '../../../web/internal/bytes.ts';
import { callHost, unpack } from '../../../web/internal/host-values.ts';
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } from '../errors.ts';
import { validateObject, validateString } from '../validators.ts';
import { isKeyObject, keyOf, materialOf, type KeyObject, type KeyRecord } from './keys.ts';
import { bufferBytes, bufferOf, bytesOfText, encoded } from './values.ts';

interface Fields {
  readonly [name: string]: unknown;
  readonly raw: ArrayBuffer;
  readonly publicKey: KeyRecord | null;
  readonly legacy: Record<string, unknown>;
}

/** Fields that the host reads once, as they are. */
const plainFields = [
  'subject',
  'subjectAltName',
  'issuer',
  'infoAccess',
  'validFrom',
  'validTo',
  'fingerprint',
  'fingerprint256',
  'fingerprint512',
  'keyUsage',
  'serialNumber',
  'signatureAlgorithm',
  'signatureAlgorithmOid',
  'ca',
];

/** A certificate; its fields are the host's reading of it. */
export class X509Certificate {
  readonly #fields: Fields;

  constructor(input: unknown) {
    if (typeof input !== 'string' && !ArrayBuffer.isView(input)) {
      const types = ['string', 'Buffer', 'TypedArray', 'DataView'];
      throw new ERR_INVALID_ARG_TYPE('buffer', types, input);
    }
    const bytes = typeof input === 'string' ? bytesOfText(input) : input;
    this.#fields = unpack(callHost('crypto.certificate', [bytes])) as Fields;
  }

  static fieldOf(certificate: X509Certificate, name: string): unknown {
    return certificate.#fields[name];
  }
  static isCertificate(value: unknown): value is X509Certificate {
    return typeof value === 'object' && value !== null && #fields in value;
  }

  get raw(): unknown {
    return bufferOf(exactCopy(this.#fields.raw));
  }
  get publicKey(): KeyObject {
    const { publicKey } = this.#fields;
    if (publicKey === null) throw new ERR_INVALID_ARG_VALUE('publicKey', publicKey);
    return keyOf(publicKey);
  }
  get validFromDate(): Date {
    return new Date(this.#fields['validFrom'] as string);
  }
  get validToDate(): Date {
    return new Date(this.#fields['validTo'] as string);
  }
  get issuerCertificate(): undefined {
    return undefined;
  }

  toString(): string {
    return this.#fields['pem'] as string;
  }
  toJSON(): string {
    return this.toString();
  }
  toLegacyObject(): object {
    const legacy: Record<string, unknown> = { ...this.#fields.legacy };
    for (const [name, value] of Object.entries(legacy)) {
      if (isBufferSource(value)) legacy[name] = bufferOf(bytesOf(value));
    }
    return legacy;
  }

  checkHost(name: unknown, options?: unknown): string | undefined {
    return this.#checkName('checkHost', name, options);
  }
  checkEmail(email: unknown, options?: unknown): string | undefined {
    return this.#checkName('checkEmail', email, options);
  }
  checkIP(address: unknown): string | undefined {
    return this.#checkName('checkIP', address, undefined);
  }

  #checkName(check: string, name: unknown, options: unknown = {}): string | undefined {
    validateString(name, check === 'checkIP' ? 'ip' : check === 'checkEmail' ? 'email' : 'name');
    validateObject(options, 'options');
    const values = [this.#fields.raw, check, name, { ...options }];
    return (unpack(callHost('crypto.certificateName', values)) as string | null) ?? undefined;
  }

  checkIssued(other: unknown): boolean {
    if (!X509Certificate.isCertificate(other)) {
      throw new ERR_INVALID_ARG_TYPE('otherCert', 'X509Certificate', other);
    }
    return callHost('crypto.certificateIssued', [this.#fields.raw, other.#fields.raw]) === '1';
  }

  checkPrivateKey(key: unknown): boolean {
    return this.#checkKey('checkPrivateKey', key, 'private');
  }
  verify(key: unknown): boolean {
    return this.#checkKey('verify', key, 'public');
  }

  #checkKey(check: string, key: unknown, type: string): boolean {
    if (!isKeyObject(key)) throw new ERR_INVALID_ARG_TYPE('pkey', 'KeyObject', key);
    if (key.type !== type) throw new ERR_INVALID_ARG_VALUE('pkey', key);
    const values = [this.#fields.raw, check, ...materialOf(key)];
    return callHost('crypto.certificateKey', values) === '1';
  }
}

const { fieldOf } = X509Certificate;
for (const name of ['fieldOf', 'isCertificate']) Reflect.deleteProperty(X509Certificate, name);
for (const name of plainFields) {
  Object.defineProperty(X509Certificate.prototype, name, {
    get(this: X509Certificate) {
      return fieldOf(this, name);
    },
    enumerable: false,
    configurable: true,
  });
}
Object.defineProperty(X509Certificate, 'name', { value: 'X509Certificate' });

function spkac(action: string) {
  return (input: unknown, encoding?: unknown): unknown => {
    const bytes = bufferBytes(input, 'spkac', encoding);
    const answer = callHost('crypto.spkac', [action, bytes]);
    if (action === 'verifySpkac') return answer === 'true';
    const found = encoded(answer, undefined);
    return found.length === 0 ? '' : found;
  };
}

/** SPKAC, which browsers made for `<keygen>`. */
export const Certificate = function Certificate(this: unknown): object {
  return Object.create(Certificate.prototype as object) as object;
} as unknown as { new (): object; prototype: object };
// In this order Node lists them on the prototype, and the other way round on the class itself.
const actions = ['verifySpkac', 'exportPublicKey', 'exportChallenge'];
const methods = actions.map((action) => {
  const method = spkac(action);
  Object.defineProperty(method, 'name', { value: action });
  return [action, method] as const;
});
Object.defineProperty(Certificate, 'name', { value: 'Certificate' });
Object.assign(Certificate.prototype, Object.fromEntries(methods));
Object.assign(Certificate, Object.fromEntries(methods.toReversed()));
