import { createHash, createHmac, generateKeyPairSync, pbkdf2Sync, webcrypto } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { cryptoService } from '../../src/host/crypto/crypto-service.ts';
import { callsOf, packArguments, unpackAnswer } from './packed-arguments.ts';

const mb = 1_048_576;
const service = cryptoService(128 * mb);
const { raw, packed, later } = callsOf(service);
afterEach(() => service.close?.());

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

describe('hashes', () => {
  test('bytes and text in one call, in the encoding that was asked for', () => {
    const expected = createHash('sha256').update('héllo').digest();
    expect(raw('crypto.hash', 'sha256  ', bytes('héllo'))).toEqual(expected);
    expect(raw('crypto.hash', 'sha256 hex', bytes('héllo'))).toBe(expected.toString('hex'));
    expect(raw('crypto.hashText', 'sha256 base64url héllo')).toBe(expected.toString('base64url'));
    const mac = createHmac('sha1', 'key').update(' a b ').digest('hex');
    expect(raw('crypto.hmac', 'sha1 hex 3', bytes('key a b '))).toBe(mac);
    expect(raw('crypto.hmacText', 'sha1 hex  a b ', bytes('key'))).toBe(mac);
  });

  test('a running hash goes on after a copy of it was finished', () => {
    const id = raw('crypto.hashOpen', '["md5",null,null]') as string;
    raw('crypto.hashUpdate', id, bytes('a'));
    const copy = raw('crypto.hashCopy', `[${id},null]`) as string;
    raw('crypto.hashUpdate', id, bytes('b'));
    expect(raw('crypto.hashDigest', `${copy} hex`)).toBe(
      createHash('md5').update('a').digest('hex'),
    );
    expect(raw('crypto.hashDigest', `${id} hex`)).toBe(
      createHash('md5').update('ab').digest('hex'),
    );
    expect(() => raw('crypto.hashDigest', `${id} hex`)).toThrow(/gone/);
  });

  test('abandoned hashes make room for new ones', () => {
    const first = raw('crypto.hashOpen', '["md5",null,null]') as string;
    for (let count = 0; count < 1_000; count += 1) raw('crypto.hashOpen', '["md5",null,null]');
    expect(() => raw('crypto.hashUpdate', first, bytes('a'))).toThrow(/made room/);
  });

  test.each([
    ['an unknown digest', 'crypto.hash', 'nonsense hex', /Digest method not supported/],
    ['an output longer than allowed', 'crypto.hash', 'shake128 hex 99999999', /out of range/],
    ['a length that is no number', 'crypto.hash', 'shake128 hex x', /out of range/],
    ['a key longer than the bytes', 'crypto.hmac', 'sha1 hex 9', /longer/],
    ['a text without words', 'crypto.hashText', 'sha256', /missing/],
    ['a handle that is none', 'crypto.hashUpdate', '__proto__', /gone/],
  ])('%s is refused', (_name, call, text, message) => {
    expect(() => raw(call, text, new Uint8Array())).toThrow(message);
  });
});

describe('hostile arguments', () => {
  test.each([
    ['no JSON', 'x'],
    ['no list', '{}'],
    ['more bytes than came', '[{"$bytes":10}]'],
    ['a negative number of bytes', '[{"$bytes":-1}]'],
    ['half a byte', '[{"$bytes":0.5}]'],
    ['deep nesting', `${'['.repeat(50)}${']'.repeat(50)}`],
  ])('%s', (_name, text) => {
    expect(() => raw('crypto.parseKey', text, new Uint8Array(1))).toThrow(/malformed/);
  });

  test('sizes that are not sizes', () => {
    for (const size of ['0', '-1', '1.5', '1e9', 'NaN', '']) {
      expect(() => raw('crypto.random', size)).toThrow(/Random bytes/);
    }
  });
});

describe('keys', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = bytes(privateKey.export({ format: 'pem', type: 'pkcs8' }) as string);

  test('a key crosses as its material and signs again when it comes back', () => {
    const key = unpackAnswer(packed('crypto.parseKey', true, 'pem', null, pem, null)) as {
      letter: string;
      bytes: Buffer;
      asymmetricKeyType: string;
      details: object;
    };
    expect(key).toMatchObject({
      letter: 'r',
      asymmetricKeyType: 'ec',
      details: { namedCurve: 'prime256v1' },
    });
    const signature = packed('crypto.sign', 'sha256', bytes('m'), 'r', key.bytes, {});
    const spki = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }));
    expect(packed('crypto.verify', 'sha256', bytes('m'), 'u', spki, {}, signature)).toBe('1');
    expect(packed('crypto.verify', 'sha256', bytes('n'), 'u', spki, {}, signature)).toBe('0');
  });

  test('a passphrase with endless rounds is refused before it is tried', () => {
    // EncryptedPrivateKeyInfo: PBES2 with PBKDF2 of 2^31 - 1 rounds.
    const der = privateKey.export({
      format: 'der',
      type: 'pkcs8',
      cipher: 'aes-128-cbc',
      passphrase: 'p',
    });
    const rounds = Buffer.from('02020800', 'hex');
    const at = der.indexOf(rounds);
    expect(at).toBeGreaterThan(0);
    expect(
      unpackAnswer(
        packed('crypto.parseKey', true, 'der', 'pkcs8', new Uint8Array(der), bytes('p')),
      ),
    ).toMatchObject({ letter: 'r' });
    const hostile = widen(der, at);
    expect(() => packed('crypto.parseKey', true, 'der', 'pkcs8', hostile, bytes('p'))).toThrow(
      /too many rounds/,
    );
    const text = `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${Buffer.from(hostile).toString('base64')}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
    expect(() => packed('crypto.parseKey', true, 'pem', null, bytes(text), bytes('p'))).toThrow(
      /too many rounds/,
    );
  });

  /** The iteration count 2048 (`02 02 08 00`) as 2147483647 (`02 04 7f ff ff ff`); all lengths around it grow by two. */
  function widen(der: Buffer, at: number): Uint8Array {
    const grown = Buffer.concat([
      der.subarray(0, at),
      Buffer.from('02047fffffff', 'hex'),
      der.subarray(at + 4),
    ]);
    for (let offset = 0; offset < at;) {
      const first = grown[offset + 1]!;
      const lengthAt = first >= 0x80 ? offset + 1 + (first & 0x7f) : offset + 1;
      const header = lengthAt + 1;
      const size = first >= 0x80 ? grown.readUIntBE(offset + 2, first & 0x7f) : first;
      if (header + size <= at) {
        offset = header + size;
        continue;
      }
      grown[lengthAt] = grown[lengthAt]! + 2;
      offset = header;
    }
    return new Uint8Array(grown);
  }

  test.each([
    ['RSA keys of 4096 bits', 'rsa', { modulusLength: 4_096 }],
    ['DSA keys of 2048 bits', 'dsa', { modulusLength: 2_048 }],
    ['new groups for Diffie-Hellman', 'dh', { primeLength: 1_024 }],
  ])('%s are made on the pool only', (_name, type, options) => {
    expect(() => packed('crypto.generateKeyPair', type, options)).toThrow(
      /crypto.generateKeyPair\(\)/,
    );
  });

  test('nobody makes keys of any size', async () => {
    await expect(later('crypto.generateKeyPair', 'rsa', { modulusLength: 65_536 })).rejects.toThrow(
      /out of range/,
    );
  });
});

describe('keys from passwords', () => {
  test('cheap ones block, dear ones are refused and name the way out', async () => {
    const args = ['p', 's'].map(bytes);
    expect(packed('crypto.pbkdf2', ...args, 1_000, 32, 'sha256')).toEqual(
      pbkdf2Sync('p', 's', 1_000, 32, 'sha256'),
    );
    expect(() => packed('crypto.pbkdf2', ...args, 2_000_000, 32, 'sha256')).toThrow(
      /use crypto.pbkdf2\(\)/,
    );
    expect(() => packed('crypto.scrypt', ...args, 32, 2 ** 20, 8, 1, 2 ** 31)).toThrow(
      /use crypto.scrypt\(\)/,
    );
    await expect(later('crypto.pbkdf2', ...args, 2 ** 31 - 1, 1_000, 'sha256')).rejects.toThrow(
      /too long/,
    );
  });

  test('scrypt takes no more memory than the function has', async () => {
    await expect(
      later('crypto.scrypt', bytes('p'), bytes('s'), 32, 2 ** 18, 8, 1, 2 ** 40),
    ).rejects.toThrow(/memory limit/i);
  });
});

describe('subtle', () => {
  const hmac = { name: 'HMAC', hash: 'SHA-256' };

  test('a sealed key signs, and shows nothing of itself', async () => {
    const secret = bytes('a secret that must not show');
    const key = unpackAnswer(
      await later('subtle.importKey', 'raw', secret, hmac, false, ['sign']),
    ) as { sealed: Buffer };
    expect(key.sealed.includes(Buffer.from(secret))).toBe(false);
    const signature = await later('subtle.sign', hmac, key.sealed, bytes('m'));
    expect(signature).toEqual(new Uint8Array(createHmac('sha256', secret).update('m').digest()));
    await expect(later('subtle.exportKey', 'raw', key.sealed)).rejects.toMatchObject({
      fields: { domName: 'InvalidAccessError' },
    });
  });

  test('a sealed key works after many others, and not in another environment', async () => {
    const make = async () =>
      unpackAnswer(
        await later('subtle.generateKey', { name: 'AES-GCM', length: 128 }, true, ['encrypt']),
      ) as { sealed: Buffer };
    const first = await make();
    for (let count = 0; count < 300; count += 1) await make();
    expect(await later('subtle.exportKey', 'raw', first.sealed)).toHaveLength(16);
    const other = callsOf(cryptoService(128 * mb));
    await expect(other.later('subtle.exportKey', 'raw', first.sealed)).rejects.toThrow(/CryptoKey/);
    const forged = Buffer.from(first.sealed);
    forged[forged.length - 1]! ^= 1;
    await expect(later('subtle.exportKey', 'raw', forged)).rejects.toThrow(/CryptoKey/);
  });

  test('a pair of RSA keys wraps a key', async () => {
    const oaep = {
      name: 'RSA-OAEP',
      hash: 'SHA-256',
      modulusLength: 2_048,
      publicExponent: new Uint8Array([1, 0, 1]),
    };
    const pair = unpackAnswer(
      await later('subtle.generateKey', oaep, false, ['wrapKey', 'unwrapKey']),
    ) as Record<'publicKey' | 'privateKey', { sealed: Buffer; algorithm: object }>;
    const inner = unpackAnswer(
      await later('subtle.generateKey', { name: 'AES-CBC', length: 256 }, true, ['encrypt']),
    ) as { sealed: Buffer };
    const wrapped = await later('subtle.wrapKey', 'raw', inner.sealed, pair.publicKey.sealed, {
      name: 'RSA-OAEP',
    });
    const again = unpackAnswer(
      await later(
        'subtle.unwrapKey',
        'raw',
        wrapped,
        pair.privateKey.sealed,
        { name: 'RSA-OAEP' },
        { name: 'AES-CBC' },
        false,
        ['encrypt'],
      ),
    );
    expect(again).toMatchObject({ type: 'secret', isExtractable: false, usages: ['encrypt'] });
  });

  test('costs are limited', async () => {
    const key = unpackAnswer(
      await later('subtle.importKey', 'raw', bytes('p'), { name: 'PBKDF2' }, false, ['deriveBits']),
    ) as { sealed: Buffer };
    const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt: bytes('s'), iterations: 10_000_000 };
    await expect(later('subtle.deriveBits', algorithm, key.sealed, 4_096)).rejects.toMatchObject({
      fields: { domName: 'OperationError' },
    });
  });

  test('a digest is Node’s', async () => {
    const expected = new Uint8Array(await webcrypto.subtle.digest('SHA-512', bytes('x')));
    expect(await later('subtle.digest', { name: 'SHA-512' }, bytes('x'))).toEqual(expected);
  });
});

test('errors of OpenSSL keep their code and nothing of the host', () => {
  const [text, data] = packArguments([
    true,
    'pem',
    null,
    bytes('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'),
    null,
  ]);
  expect(() => raw('crypto.parseKey', text, data)).toThrow(
    expect.objectContaining({ code: expect.stringMatching(/^ERR_OSSL/) }),
  );
});

describe('what OpenSSL would look for in vain', () => {
  const search = (size: number, safe: boolean, add: number[], rem?: number[]): unknown =>
    packed('crypto.generatePrime', size, {
      safe,
      add: new Uint8Array(add),
      ...(rem !== undefined && { rem: new Uint8Array(rem) }),
    });

  test.each([
    ['even numbers', 64, false, [4], [2]],
    ['multiples of three', 64, false, [9], [3]],
    ['safe primes that are one more than a multiple of three', 64, true, [12], [7]],
    ['safe primes that are one more than a multiple of four', 64, true, [12], [5]],
    ['one of few candidates', 64, false, [0x7f, 1, 1, 1, 1, 1, 1, 1], [2]],
    ['a number that is too small', 3, false, [9], [1]],
  ] as const)('%s', (_what, size, safe, add, rem) => {
    expect(() => search(size, safe, [...add], [...rem])).toThrow(/too few primes/);
  });

  test.each([
    ['one more than a multiple of twelve', 64, false, [12], undefined],
    ['safe primes', 48, true, [12], [11]],
    ['safe primes without a remainder', 48, true, [4], undefined],
    ['a small prime', 3, false, [5], [2]],
  ] as const)('and what it finds: %s', (_what, size, safe, add, rem) => {
    const found = search(size, safe, [...add], rem && [...rem]) as Uint8Array;
    const number = BigInt(`0x${Buffer.from(found).toString('hex')}`);
    expect(number % BigInt(add[0])).toBe(BigInt(rem?.[0] ?? (safe ? 3 : 1)));
  });

  test('on the pool as well', async () => {
    const options = { safe: false, add: bytes('\u0004'), rem: bytes('\u0002') };
    await expect(later('crypto.generatePrime', 64, options)).rejects.toThrow(/too few primes/);
  });
});

test('a PEM text of nothing but beginnings is refused', () => {
  const pem = bytes('-----BEGIN ENCRYPTED PRIVATE KEY-----\n'.repeat(1_600));
  expect(() => packed('crypto.parseKey', true, 'pem', null, pem, null)).toThrow(/unsupported/);
});

test('ciphers that go bit by bit take little at a time: they would hold the host for seconds', () => {
  const key = new Uint8Array(24).fill(1);
  const iv = new Uint8Array(8);
  const id = packed('crypto.cipherOpen', true, 'des-ede3-cfb1', 's', key, iv, {}) as string;
  expect(() => raw('crypto.cipherUpdate', id, new Uint8Array(16_385))).toThrow(/16384 bytes/);
  expect(raw('crypto.cipherUpdate', id, new Uint8Array(100))).toHaveLength(100);
});
