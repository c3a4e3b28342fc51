import { defineLazyExport } from '../cores/lazy-export.ts';
import { part } from '../parts.ts';
import { notOffered } from './internal/errors.ts';

/**
 * `node:crypto`: OpenSSL on the host (src/host/crypto/). Each group of functions is a part of its own, so a
 * program that only hashes loads nothing else.
 * https://nodejs.org/docs/latest-v24.x/api/crypto.html
 */
const groups: Readonly<Record<string, readonly string[]>> = {
  'node/internal/crypto/agreement': [
    'createDiffieHellman',
    'createDiffieHellmanGroup',
    'createECDH',
    'diffieHellman',
    'getCurves',
    'DiffieHellman',
    'DiffieHellmanGroup',
    'ECDH',
  ],
  'node/internal/crypto/certificate': ['Certificate', 'X509Certificate'],
  'node/internal/crypto/cipher': [
    'createCipheriv',
    'createDecipheriv',
    'getCiphers',
    'getCipherInfo',
    'Cipheriv',
    'Decipheriv',
  ],
  'node/internal/crypto/constants': ['constants'],
  'node/internal/crypto/derivation': [
    'argon2',
    'argon2Sync',
    'hkdf',
    'hkdfSync',
    'pbkdf2',
    'pbkdf2Sync',
    'scrypt',
    'scryptSync',
  ],
  'node/internal/crypto/hash': ['createHash', 'createHmac', 'getHashes', 'hash', 'Hash', 'Hmac'],
  'node/internal/crypto/key-generation': [
    'generateKeyPair',
    'generateKeyPairSync',
    'generateKey',
    'generateKeySync',
  ],
  'node/internal/crypto/keys': [
    'createPrivateKey',
    'createPublicKey',
    'createSecretKey',
    'KeyObject',
  ],
  'node/internal/crypto/primes': [
    'checkPrime',
    'checkPrimeSync',
    'generatePrime',
    'generatePrimeSync',
  ],
  'node/internal/crypto/random': [
    'randomBytes',
    'randomFill',
    'randomFillSync',
    'randomInt',
    'randomUUID',
    'randomUUIDv7',
    'timingSafeEqual',
  ],
  'node/internal/crypto/signing': [
    'createSign',
    'createVerify',
    'sign',
    'verify',
    'privateDecrypt',
    'privateEncrypt',
    'publicDecrypt',
    'publicEncrypt',
    'encapsulate',
    'decapsulate',
    'Sign',
    'Verify',
  ],
};

export const builtin: Record<string, unknown> = {
  getFips: () => 0,
  setFips: (isOn: unknown) => {
    if (isOn) throw notOffered('crypto.setFips()', 'the mode of OpenSSL is the host’s');
  },
  setEngine: () => {
    throw notOffered('crypto.setEngine()', 'OpenSSL is the host’s');
  },
  /** Keys of guests are on the ordinary heap. */
  secureHeapUsed: () => ({ total: 0, used: 0, utilization: 0, min: 2 }),
};

for (const [group, names] of Object.entries(groups)) {
  for (const name of names) {
    defineLazyExport(builtin, name, () => (part(group) as Record<string, unknown>)[name]);
  }
}
defineLazyExport(builtin, 'getDiffieHellman', () => builtin['createDiffieHellmanGroup']);

const webCrypto = () => (part('web/crypto') as typeof import('../web/crypto.ts')).crypto;
defineLazyExport(builtin, 'webcrypto', webCrypto);
defineLazyExport(builtin, 'subtle', () => webCrypto().subtle);
defineLazyExport(
  builtin,
  'getRandomValues',
  () => (array: unknown) => webCrypto().getRandomValues(array),
);
Object.defineProperty(builtin, 'fips', {
  get: () => 0,
  set: (isOn: unknown) => {
    (builtin['setFips'] as (isOn: unknown) => void)(isOn);
  },
  configurable: true,
  enumerable: false,
});
