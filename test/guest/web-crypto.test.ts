import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Lambda } from '../../src/index.ts';
import { sameAsNode } from './node-table.ts';

/** Helpers that the expressions use, as text, since they run in both places. */
const hex = `(bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')`;
const bytes = `(text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))`;
const using = (body: string): string =>
  `(async (hex, bytes, subtle) => { ${body} })(${hex}, ${bytes}, globalThis.crypto.subtle)`;
const failing = (body: string): string =>
  using(
    `try { await (async () => { ${body} })(); } catch (error) { return [error.name, error.code, error.message, error instanceof DOMException]; }`,
  );

sameAsNode('digests', [
  ...['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'].flatMap((name) => [
    using(`return hex(await subtle.digest('${name}', bytes('abc')))`),
    using(
      `return hex(await subtle.digest({ name: '${name.toLowerCase()}' }, new Uint8Array(100000)))`,
    ),
    using(`return hex(await subtle.digest('${name}', new DataView(bytes('xabcx').buffer, 1, 3)))`),
  ]),
  failing(`await subtle.digest()`),
  failing(`await subtle.digest('SHA-256', 'text')`),
  failing(`await subtle.digest('MD5', bytes('abc'))`),
  failing(`await subtle.digest({}, bytes('abc'))`),
]);

sameAsNode('keys that were brought', [
  using(`const key = await subtle.importKey('raw', bytes('secret'), { name: 'HMAC', hash: 'SHA-256' }, true, ['sign', 'verify']);
    const signature = await subtle.sign('HMAC', key, bytes('data'));
    return [key.type, key.extractable, key.algorithm, key.usages, hex(signature), String(key),
      await subtle.verify('HMAC', key, signature, bytes('data')), await subtle.verify('HMAC', key, signature, bytes('date')),
      hex(await subtle.exportKey('raw', key)), await subtle.exportKey('jwk', key)]`),
  ...['AES-GCM', 'AES-CBC'].map((name) =>
    using(`const key = await subtle.importKey('raw', bytes('0123456789abcdef'), '${name}', false, ['encrypt', 'decrypt']);
      const algorithm = { name: '${name}', iv: bytes('fedcba9876543210') };
      const secret = await subtle.encrypt(algorithm, key, bytes('hello'));
      return [hex(secret), hex(await subtle.decrypt(algorithm, key, secret)), key.algorithm]`),
  ),
  using(`const key = await subtle.importKey('raw', bytes('0123456789abcdef'), 'AES-CTR', false, ['encrypt']);
    return hex(await subtle.encrypt({ name: 'AES-CTR', counter: new Uint8Array(16), length: 64 }, key, bytes('hello')))`),
  using(`const outer = await subtle.importKey('raw', bytes('0123456789abcdef'), 'AES-KW', false, ['wrapKey', 'unwrapKey']);
    const inner = await subtle.importKey('raw', bytes('fedcba9876543210'), 'AES-GCM', true, ['encrypt']);
    const wrapped = await subtle.wrapKey('raw', inner, outer, 'AES-KW');
    const again = await subtle.unwrapKey('raw', wrapped, outer, 'AES-KW', 'AES-GCM', true, ['encrypt']);
    return [hex(wrapped), hex(await subtle.exportKey('raw', again))]`),
  using(`const key = await subtle.importKey('raw', bytes('password'), 'PBKDF2', false, ['deriveBits', 'deriveKey']);
    const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt: bytes('salt'), iterations: 1000 };
    const aes = await subtle.deriveKey(algorithm, key, { name: 'AES-GCM', length: 256 }, true, ['encrypt']);
    return [hex(await subtle.deriveBits(algorithm, key, 256)), hex(await subtle.exportKey('raw', aes))]`),
  using(`const key = await subtle.importKey('raw', bytes('input'), 'HKDF', false, ['deriveBits']);
    return hex(await subtle.deriveBits({ name: 'HKDF', hash: 'SHA-512', salt: bytes('salt'), info: new Uint8Array() }, key, 512))`),
]);

sameAsNode('keys that were made', [
  using(`const { publicKey, privateKey } = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
    const signature = await subtle.sign(algorithm, privateKey, bytes('data'));
    const jwk = await subtle.exportKey('jwk', publicKey);
    const again = await subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
    return [signature.byteLength, await subtle.verify(algorithm, again, signature, bytes('data')), Object.keys(jwk).sort(), jwk.ext, jwk.key_ops,
      privateKey.extractable, publicKey.extractable, privateKey.usages, publicKey.usages, privateKey.algorithm]`),
  ...['Ed25519'].map((name) =>
    using(`const { publicKey, privateKey } = await subtle.generateKey('${name}', true, ['sign', 'verify']);
      const signature = await subtle.sign('${name}', privateKey, bytes('data'));
      const pkcs8 = await subtle.exportKey('pkcs8', privateKey);
      return [await subtle.verify('${name}', publicKey, signature, bytes('data')), pkcs8.byteLength, privateKey.type]`),
  ),
  ...['X25519', "{ name: 'ECDH', namedCurve: 'P-384' }"].map((algorithm) => {
    const name = algorithm.startsWith('{') ? algorithm : `'${algorithm}'`;
    return using(`const one = await subtle.generateKey(${name}, false, ['deriveBits']);
      const two = await subtle.generateKey(${name}, false, ['deriveBits']);
      const how = (key) => ({ name: key.algorithm.name, public: key });
      const first = await subtle.deriveBits(how(two.publicKey), one.privateKey, 256);
      return hex(first) === hex(await subtle.deriveBits(how(one.publicKey), two.privateKey, 256))`);
  }),
  ...[
    ['RSA-PSS', "{ name: 'RSA-PSS', saltLength: 32 }"],
    ['RSASSA-PKCS1-v1_5', "'RSASSA-PKCS1-v1_5'"],
  ].map(([name, how]) =>
    using(`const pair = await subtle.generateKey({ name: '${name}', hash: 'SHA-256', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) }, false, ['sign', 'verify']);
      const signature = await subtle.sign(${how}, pair.privateKey, bytes('data'));
      const { algorithm } = pair.publicKey;
      return [await subtle.verify(${how}, pair.publicKey, signature, bytes('data')), algorithm, algorithm.publicExponent.constructor.name]`),
  ),
  using(`const { publicKey, privateKey } = await subtle.generateKey({ name: 'RSA-OAEP', hash: 'SHA-1', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) }, true, ['encrypt', 'decrypt']);
    const secret = await subtle.encrypt('RSA-OAEP', publicKey, bytes('hello'));
    const spki = await subtle.exportKey('spki', publicKey);
    return [hex(await subtle.decrypt('RSA-OAEP', privateKey, secret)), secret.byteLength, spki.byteLength]`),
  using(`const key = await subtle.generateKey({ name: 'HMAC', hash: 'SHA-512' }, true, ['sign']);
    return [key.algorithm, key.usages, (await subtle.exportKey('raw', key)).byteLength]`),
]);

sameAsNode('refusals', [
  failing(
    `const key = await subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt']); await subtle.exportKey('raw', key)`,
  ),
  failing(
    `const key = await subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt']); await subtle.decrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, key, new Uint8Array(20))`,
  ),
  failing(
    `const key = await subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['decrypt']); await subtle.decrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, key, new Uint8Array(20))`,
  ),
  failing(`await subtle.generateKey({ name: 'AES-GCM', length: 100 }, false, ['encrypt'])`),
  failing(`await subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, [])`),
  failing(`await subtle.importKey('raw', new Uint8Array(16), 'AES-GCM', true, ['fly'])`),
  failing(`await subtle.importKey('rax', new Uint8Array(16), 'AES-GCM', true, ['encrypt'])`),
  failing(`await subtle.importKey('raw', 'text', 'AES-GCM', true, ['encrypt'])`),
  failing(`await subtle.importKey('raw', new Uint8Array(15), 'AES-GCM', true, ['encrypt'])`),
  failing(`await subtle.importKey('raw', new Uint8Array(16), { name: 'HMAC' }, true, ['sign'])`),
  failing(`await subtle.importKey('pkcs8', new Uint8Array(16), 'Ed25519', true, ['sign'])`),
  failing(`await subtle.sign('HMAC', {}, new Uint8Array(16))`),
  failing(`await subtle.sign.call({}, 'HMAC', {}, new Uint8Array(16))`),
  failing(`new CryptoKey()`),
  failing(`new Crypto()`),
  failing(`new SubtleCrypto()`),
  failing(`CryptoKey.prototype.type`),
]);

sameAsNode('random values', [
  using(
    `const array = new Uint32Array(4); return [crypto.getRandomValues(array) === array, array.some(Boolean)]`,
  ),
  using(`const array = crypto.getRandomValues(new Uint8Array(65536)); return new Set(array).size`),
  failing(`crypto.getRandomValues(new Uint8Array(65537))`),
  failing(`crypto.getRandomValues(new Float64Array(1))`),
  failing(`crypto.getRandomValues()`),
  using(
    `return /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(globalThis.crypto.randomUUID())`,
  ),
  using(`return new Set(Array.from({ length: 1000 }, () => globalThis.crypto.randomUUID())).size`),
  `[String(globalThis.crypto), String(globalThis.crypto.subtle), Object.keys(Crypto.prototype), Object.keys(CryptoKey.prototype)]`,
]);

describe.each(['inline', 'thread'] as const)('in the tier %s', (isolation) => {
  test('what users do to classes does not change what the host signs', async () => {
    await using lambda = new Lambda({ blanks: 0 });
    const signer = await lambda.createFunction({
      name: 'signer',
      isolation,
      code: {
        source: `
          const evil = () => { throw new Error('reached'); };
          Uint8Array.prototype.set = evil;
          Object.prototype.toJSON = evil;
          JSON.stringify = evil;
          Object.defineProperty(Object.getPrototypeOf(Uint8Array), Symbol.species, { get: evil });
          Object.defineProperty(Object.getPrototypeOf(Uint8Array.prototype), 'byteLength', { get: () => 1 });
          exports.handler = async () => {
            const { subtle } = globalThis.crypto;
            const bytes = new Uint8Array([1, 2, 3]);
            const key = await subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
            const signature = new Uint8Array(await subtle.sign('HMAC', key, bytes));
            delete Object.prototype.toJSON;
            let text = '';
            for (let index = 0; index < 32; index += 1) text += signature[index] + ' ';
            return text.trim();
          };`,
      },
    });
    const data = Buffer.from([1, 2, 3]);
    const expected = [...createHmac('sha256', data).update(data).digest()].join(' ');
    expect(await signer.call({})).toBe(expected);
  });
});

sameAsNode('keys that are encapsulated', [
  `(async()=>{const s=crypto.subtle;const k=await s.generateKey('ML-KEM-768',true,['encapsulateBits','decapsulateBits','encapsulateKey','decapsulateKey']);const e=await s.encapsulateBits('ML-KEM-768',k.publicKey);const d=await s.decapsulateBits('ML-KEM-768',k.privateKey,e.ciphertext);return [Object.keys(e),e.ciphertext.byteLength,Buffer.from(d).equals(Buffer.from(e.sharedKey))]})()`,
  `(async()=>{const s=crypto.subtle;const k=await s.generateKey('ML-KEM-768',true,['encapsulateBits','decapsulateBits','encapsulateKey','decapsulateKey']);const e=await s.encapsulateKey('ML-KEM-768',k.publicKey,{name:'AES-GCM'},false,['encrypt']);const d=await s.decapsulateKey('ML-KEM-768',k.privateKey,e.ciphertext,'AES-GCM',true,['decrypt']);const iv=new Uint8Array(12);const c=await s.encrypt({name:'AES-GCM',iv},e.sharedKey,Buffer.from('hi'));return [Object.keys(e).sort(),e.sharedKey.algorithm,e.sharedKey.extractable,e.sharedKey.usages,d.extractable,Buffer.from(await s.decrypt({name:'AES-GCM',iv},d,c)).toString(),await rejected(s.exportKey('raw',e.sharedKey)),(await s.exportKey('raw-secret',d)).byteLength]})()`,
  `(async()=>{const s=crypto.subtle;const k=await s.generateKey('ML-KEM-512',true,['encapsulateBits']).catch(()=>0);return [await rejected(s.encapsulateBits()),await rejected(s.encapsulateKey('ML-KEM-768')),await rejected(s.decapsulateBits('ML-KEM-768',k.publicKey,5)),await rejected(s.decapsulateKey('a',1,2)),await rejected(s.encapsulateBits('AES-GCM',k.publicKey)),Object.getOwnPropertyNames(SubtleCrypto.prototype).sort()]})()`,
]);
