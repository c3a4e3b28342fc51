import { askHost, type Answer } from '../host.ts';
import { makeCryptoKey, type CryptoKey, type KeyRecord } from './crypto-key.ts';
import { bytesOf, exactCopy } from './internal/bytes.ts';
import { illegalConstructor, invalidThis } from './internal/errors.ts';
import { callHostLater, unpack } from './internal/host-values.ts';
import { defineInterface } from './internal/interfaces.ts';
import { SubtleArguments } from './internal/subtle-arguments.ts';

/** Digests that the host computes in one short call. */
const digests: Readonly<Record<string, string>> = {
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};
/** Bytes that such a call hashes while the guest waits; more goes to the pool. */
const shortData = 65_536;
const formats = [
  'raw',
  'pkcs8',
  'spki',
  'jwk',
  'raw-secret',
  'raw-public',
  'raw-private',
  'raw-seed',
];

const permit = {};
type Key = CryptoKey | { publicKey: CryptoKey; privateKey: CryptoKey };

/** WebCrypto: Node's own on the host. https://w3c.github.io/webcrypto/#subtlecrypto-interface */
export class SubtleCrypto {
  constructor(token?: unknown) {
    if (token !== permit) throw illegalConstructor();
  }

  async digest(...values: unknown[]): Promise<ArrayBuffer> {
    const args = read(this, 'digest', values, 2);
    const data = args.bytes(1);
    const algorithm = args.algorithm(0) as { name: string };
    const name = algorithm.name.toUpperCase();
    if (Object.hasOwn(digests, name) && bytesOf(data).length <= shortData) {
      return askHost('crypto.hash', `${digests[name]}  `, exactCopy(data)) as ArrayBuffer;
    }
    return (await callHostLater('subtle.digest', [algorithm, data])) as ArrayBuffer;
  }

  async sign(...values: unknown[]): Promise<ArrayBuffer> {
    const args = read(this, 'sign', values, 3);
    return await bytesFrom('subtle.sign', [args.algorithm(0), args.key(1), args.bytes(2)]);
  }

  async verify(...values: unknown[]): Promise<boolean> {
    const args = read(this, 'verify', values, 4);
    const sent = [args.algorithm(0), args.key(1), args.bytes(2), args.bytes(3)];
    return (await callHostLater('subtle.verify', sent)) === 'true';
  }

  async encrypt(...values: unknown[]): Promise<ArrayBuffer> {
    const args = read(this, 'encrypt', values, 3);
    return await bytesFrom('subtle.encrypt', [args.algorithm(0), args.key(1), args.bytes(2)]);
  }

  async decrypt(...values: unknown[]): Promise<ArrayBuffer> {
    const args = read(this, 'decrypt', values, 3);
    return await bytesFrom('subtle.decrypt', [args.algorithm(0), args.key(1), args.bytes(2)]);
  }

  async generateKey(...values: unknown[]): Promise<Key> {
    const args = read(this, 'generateKey', values, 3);
    const sent = [args.algorithm(0), args.boolean(1), args.usages(2)];
    return keyFrom(await callHostLater('subtle.generateKey', sent));
  }

  async importKey(...values: unknown[]): Promise<Key> {
    const args = read(this, 'importKey', values, 4);
    const format = args.oneOf(0, 'KeyFormat', formats);
    const data = format === 'jwk' ? args.jwk(1) : args.bytes(1);
    const sent = [format, data, args.algorithm(2), args.boolean(3), args.usages(4)];
    return keyFrom(await callHostLater('subtle.importKey', sent));
  }

  async exportKey(...values: unknown[]): Promise<unknown> {
    const args = read(this, 'exportKey', values, 2);
    const format = args.oneOf(0, 'KeyFormat', formats);
    const answer = await callHostLater('subtle.exportKey', [format, args.key(1)]);
    if (format !== 'jwk') return answer;
    const jwk = unpack(answer) as Record<string, unknown>;
    // The host's copy of the key is extractable, and so is one that may be exported.
    jwk['ext'] = true;
    return jwk;
  }

  async deriveBits(...values: unknown[]): Promise<ArrayBuffer> {
    const args = read(this, 'deriveBits', values, 2);
    const length = args.at(2) === undefined ? null : args.at(2);
    const bits = length === null ? null : Number(length);
    return await bytesFrom('subtle.deriveBits', [args.algorithm(0), args.key(1), bits]);
  }

  async deriveKey(...values: unknown[]): Promise<Key> {
    const args = read(this, 'deriveKey', values, 5);
    const sent = [
      args.algorithm(0),
      args.key(1),
      args.algorithm(2),
      args.boolean(3),
      args.usages(4),
    ];
    return keyFrom(await callHostLater('subtle.deriveKey', sent));
  }

  async wrapKey(...values: unknown[]): Promise<ArrayBuffer> {
    const args = read(this, 'wrapKey', values, 4);
    const format = args.oneOf(0, 'KeyFormat', formats);
    const sent = [format, args.key(1), args.key(2), args.algorithm(3)];
    return await bytesFrom('subtle.wrapKey', sent);
  }

  async unwrapKey(...values: unknown[]): Promise<Key> {
    const args = read(this, 'unwrapKey', values, 7);
    const format = args.oneOf(0, 'KeyFormat', formats);
    const key = [args.algorithm(4), args.boolean(5), args.usages(6)];
    const sent = [format, args.bytes(1), args.key(2), args.algorithm(3), ...key];
    return keyFrom(await callHostLater('subtle.unwrapKey', sent));
  }

  async getPublicKey(...values: unknown[]): Promise<Key> {
    const args = read(this, 'getPublicKey', values, 2);
    return keyFrom(await callHostLater('subtle.getPublicKey', [args.key(0), args.usages(1)]));
  }

  async encapsulateBits(...values: unknown[]): Promise<Encapsulated<ArrayBuffer>> {
    const args = read(this, 'encapsulateBits', values, 2);
    const answer = await callHostLater('subtle.encapsulateBits', [args.algorithm(0), args.key(1)]);
    return unpack(answer) as Encapsulated<ArrayBuffer>;
  }

  async encapsulateKey(...values: unknown[]): Promise<Encapsulated<CryptoKey>> {
    const args = read(this, 'encapsulateKey', values, 5);
    const sent = [
      args.algorithm(0),
      args.key(1),
      args.algorithm(2),
      args.boolean(3),
      args.usages(4),
    ];
    const answer = await callHostLater('subtle.encapsulateKey', sent);
    const { sharedKey, ciphertext } = unpack(answer) as Encapsulated<KeyRecord>;
    return { sharedKey: makeCryptoKey(sharedKey), ciphertext };
  }

  async decapsulateBits(...values: unknown[]): Promise<ArrayBuffer> {
    const args = read(this, 'decapsulateBits', values, 3);
    const sent = [args.algorithm(0), args.key(1), args.bytes(2)];
    return await bytesFrom('subtle.decapsulateBits', sent);
  }

  async decapsulateKey(...values: unknown[]): Promise<Key> {
    const args = read(this, 'decapsulateKey', values, 6);
    const key = [args.algorithm(3), args.boolean(4), args.usages(5)];
    const sent = [args.algorithm(0), args.key(1), args.bytes(2), ...key];
    return keyFrom(await callHostLater('subtle.decapsulateKey', sent));
  }
}

/** A secret, and what the owner of the private key gets it from. */
interface Encapsulated<Shared> {
  sharedKey: Shared;
  ciphertext: ArrayBuffer;
}

defineInterface(SubtleCrypto, 'SubtleCrypto', [
  'encrypt',
  'decrypt',
  'sign',
  'verify',
  'digest',
  'generateKey',
  'deriveKey',
  'deriveBits',
  'importKey',
  'exportKey',
  'wrapKey',
  'unwrapKey',
  'getPublicKey',
  'encapsulateBits',
  'encapsulateKey',
  'decapsulateBits',
  'decapsulateKey',
]);

export const subtle: SubtleCrypto = new SubtleCrypto(permit);

function read(
  self: unknown,
  method: string,
  values: ArrayLike<unknown>,
  required: number,
): SubtleArguments {
  if (self !== subtle) throw invalidThis('SubtleCrypto');
  return new SubtleArguments(method, values, required);
}

async function bytesFrom(name: string, values: readonly unknown[]): Promise<ArrayBuffer> {
  return (await callHostLater(name, values)) as ArrayBuffer;
}

function keyFrom(answer: Answer): Key {
  const made = unpack(answer) as KeyRecord | { publicKey: KeyRecord; privateKey: KeyRecord };
  if ('sealed' in made) return makeCryptoKey(made);
  return { publicKey: makeCryptoKey(made.publicKey), privateKey: makeCryptoKey(made.privateKey) };
}
