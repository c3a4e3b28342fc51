import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Lambda } from '../../src/index.ts';
import { sameAsNode } from './node-table.ts';

const crypto = `require('node:crypto')`;
/** An expression whose value is that of a function body with `crypto` in scope. */
const using = (body: string): string => `(async (crypto) => { ${body} })(${crypto})`;
const failing = (expression: string): string =>
  `thrown(() => { const crypto = ${crypto}; ${expression} })`;

sameAsNode('the module', [
  `Object.keys(${crypto}).sort()`,
  `Object.entries(${crypto}.constants).filter(([name]) => name !== 'defaultCipherList' && !name.startsWith('OPENSSL')).map(([name, value]) => name + value)`,
  `${crypto}.webcrypto === globalThis.crypto`,
  `${crypto} === require('crypto')`,
]);

sameAsNode('hash', [
  ...['md5', 'sha1', 'SHA256', 'sha512', 'sha3-256', 'RSA-SHA256', 'sha512-256', 'ripemd160'].map(
    (name) => `${crypto}.createHash('${name}').update('abc').digest('hex')`,
  ),
  ...['hex', 'base64', 'base64url', 'latin1', 'binary', 'utf8', 'ucs2', 'buffer', 'HEX'].map(
    (encoding) => `${crypto}.createHash('md5').update('abc').digest('${encoding}')`,
  ),
  `${crypto}.createHash('sha256').update('').digest('hex')`,
  `${crypto}.createHash('sha256').digest()`,
  `${crypto}.createHash('sha256').update('a').update('ä', 'latin1').update('616263', 'hex').update(Buffer.from('x')).digest('hex')`,
  `${crypto}.createHash('sha256').update('\\ud83d').update('\\ude00').digest('hex')`,
  `${crypto}.createHash('sha256').update('\\ud83d\\ude00').update('ü').digest('hex')`,
  `${crypto}.createHash('sha256').update(new Uint16Array([1, 2, 3]).subarray(1)).update(new DataView(new ArrayBuffer(3), 1)).digest('hex')`,
  `${crypto}.createHash('sha256').update(Buffer.alloc(3000000, 'abc')).update('tail').update(Buffer.alloc(900000)).digest('hex')`,
  `${crypto}.createHash('sha256').update('long '.repeat(100000)).update('x'.repeat(1000000)).digest('hex')`,
  using(
    `const hash = crypto.createHash('sha1').update('a'); const copy = hash.copy().update('b'); return [hash.digest('hex'), copy.digest('hex')]`,
  ),
  using(
    `const hash = crypto.createHash('sha1').update(Buffer.alloc(2000000)); const copy = hash.copy().update('b'); return [hash.update('c').digest('hex'), copy.digest('hex')]`,
  ),
  using(
    `const data = Buffer.from('abc'); const hash = crypto.createHash('sha1').update(data); data[0] = 0; return hash.digest('hex')`,
  ),
  `${crypto}.createHash('shake128', { outputLength: 40 }).update('abc').digest('hex')`,
  `${crypto}.createHash('shake256', { outputLength: 0 }).update('abc').digest('hex')`,
  `${crypto}.createHash('shake256', { outputLength: 5 }).copy({ outputLength: 7 }).digest('hex')`,
  `${crypto}.getHashes()`,
  `[${crypto}.hash('sha1', 'abc'), ${crypto}.hash('sha1', Buffer.from('abc'), 'base64'), ${crypto}.hash('sha1', 'abc', 'buffer')]`,
  `[${crypto}.Hash('md5').update('x').digest('hex'), ${crypto}.createHash('md5') instanceof ${crypto}.Hash, ${crypto}.createHash('md5').constructor.name]`,
  failing(`crypto.createHash('bogus')`),
  failing(`crypto.createHash()`),
  failing(`crypto.createHash('md5').update()`),
  failing(`crypto.createHash('md5').update(5)`),
  failing(`const hash = crypto.createHash('md5'); hash.digest(); hash.digest()`),
  failing(`const hash = crypto.createHash('md5'); hash.digest(); hash.update('x')`),
  failing(`const hash = crypto.createHash('md5'); hash.digest(); hash.copy()`),
  failing(`crypto.createHash('shake128', { outputLength: -1 })`),
  failing(`crypto.createHash('shake128', { outputLength: 'x' })`),
  failing(`crypto.createHash('shake128', { outputLength: 1.5 })`),
  failing(`crypto.hash('bogus', 'abc')`),
  failing(`crypto.hash('sha1', 5)`),
  failing(`crypto.hash('sha1', 'abc', 5)`),
]);

sameAsNode('hash as a stream', [
  using(
    `const hash = crypto.createHash('sha1'); hash.setEncoding('hex'); hash.write('a'); hash.end('b'); let text = ''; for await (const chunk of hash) text += chunk; return text`,
  ),
  using(
    `const hash = crypto.createHash('sha1'); require('stream').Readable.from(['a', 'b']).pipe(hash); return await new Promise((resolve) => hash.on('readable', () => { const data = hash.read(); if (data) resolve(data.toString('hex')); }))`,
  ),
  using(
    `const { pipeline } = require('stream/promises'); const hmac = crypto.createHmac('sha1', 'key'); await pipeline(require('stream').Readable.from(['a', 'b']), hmac); return hmac.read().toString('hex')`,
  ),
  using(
    `const cipher = crypto.createCipheriv('aes-128-cbc', '0123456789abcdef', 'fedcba9876543210'); cipher.end('hello'); const chunks = []; for await (const chunk of cipher) chunks.push(chunk); return Buffer.concat(chunks).toString('hex')`,
  ),
  using(
    `const verify = crypto.createVerify('sha256'); return typeof verify.pipe + typeof verify.write + (verify instanceof require('stream').Writable)`,
  ),
]);

sameAsNode('hmac', [
  ...['md5', 'sha1', 'sha256', 'sha512', 'sha3-256'].map(
    (name) => `${crypto}.createHmac('${name}', 'key').update('abc').digest('hex')`,
  ),
  `${crypto}.createHmac('sha256', Buffer.alloc(200, 7)).update(Buffer.from('abc')).digest('base64')`,
  `${crypto}.createHmac('sha256', '').update('').digest('base64')`,
  `${crypto}.createHmac('sha256', new Uint8Array([1]).buffer).update(Buffer.alloc(3000000)).digest('base64')`,
  `${crypto}.createHmac('sha256', ${crypto}.createSecretKey(Buffer.from('key'))).update('abc').digest()`,
  using(
    `const hmac = crypto.createHmac('md5', 'a').update('b'); return [hmac.digest('hex'), hmac.digest('hex'), hmac.digest()]`,
  ),
  failing(`crypto.createHmac('bogus', 'key')`),
  failing(`crypto.createHmac('sha1')`),
  failing(`crypto.createHmac('sha1', 5)`),
  failing(`crypto.createHmac(5, 'key')`),
  failing(`const hmac = crypto.createHmac('md5', 'a'); hmac.digest(); hmac.update('x')`),
]);

sameAsNode('ciphers', [
  ...['aes-128-cbc', 'aes-128-ctr', 'aes-128-gcm', 'chacha20-poly1305', 'aes-256-cbc'].map((name) =>
    using(`const key = Buffer.alloc('${name}'.includes('128') ? 16 : 32, 7); const iv = Buffer.alloc('${name}'.includes('chacha') ? 12 : 16, 9);
      const isAead = /gcm|chacha/.test('${name}');
      const cipher = crypto.createCipheriv('${name}', key, iv, isAead ? { authTagLength: 16 } : undefined);
      if (isAead) cipher.setAAD(Buffer.from('more'));
      const secret = Buffer.concat([cipher.update('hello '), cipher.update('world', 'utf8'), cipher.final()]);
      const decipher = crypto.createDecipheriv('${name}', key, iv, isAead ? { authTagLength: 16 } : undefined);
      if (isAead) { decipher.setAAD(Buffer.from('more')); decipher.setAuthTag(cipher.getAuthTag()); }
      return [secret.toString('hex'), isAead && cipher.getAuthTag().toString('hex'), decipher.update(secret, null, 'utf8') + decipher.final('utf8')]`),
  ),
  using(`const cipher = crypto.createCipheriv('aes-128-ccm', Buffer.alloc(16), Buffer.alloc(12), { authTagLength: 12 });
    cipher.setAAD(Buffer.from('aad'), { plaintextLength: 5 });
    return [cipher.update('hello', 'utf8', 'hex'), cipher.final('hex'), cipher.getAuthTag().toString('hex')]`),
  using(
    `const cipher = crypto.createCipheriv('aes-128-cbc', '0123456789abcdef', '0123456789abcdef'); return cipher.update('a', 'utf8', 'base64') + cipher.update(Buffer.alloc(50), null, 'base64') + cipher.final('base64')`,
  ),
  using(
    `const cipher = crypto.createCipheriv('aes-128-cbc', '0123456789abcdef', '0123456789abcdef').setAutoPadding(false); return cipher.update(Buffer.alloc(32), null, 'hex') + cipher.final('hex')`,
  ),
  using(
    `const cipher = crypto.createCipheriv('aes-128-ecb', '0123456789abcdef', null); return cipher.update('abc', 'utf8', 'hex') + cipher.final('hex')`,
  ),
  `[${crypto}.getCiphers(), ${crypto}.getCipherInfo('aes-128-gcm'), ${crypto}.getCipherInfo('bogus')]`,
  failing(`crypto.createCipheriv('bogus', 'key', 'iv')`),
  failing(`crypto.createCipheriv('aes-128-cbc', 'key', '0123456789abcdef')`),
  failing(`crypto.createCipheriv('aes-128-cbc', '0123456789abcdef', 'iv')`),
  failing(`crypto.createCipheriv('aes-128-cbc', '0123456789abcdef')`),
  failing(`crypto.createCipheriv('aes-128-cbc', 5, null)`),
  failing(`crypto.createCipheriv(5, 5, null)`),
  failing(
    `crypto.createCipheriv('aes-128-gcm', '0123456789abcdef', '0123456789ab', { authTagLength: 1 })`,
  ),
  failing(
    `const c = crypto.createCipheriv('aes-128-cbc', '0123456789abcdef', '0123456789abcdef'); c.final(); c.final()`,
  ),
  failing(
    `const c = crypto.createCipheriv('aes-128-cbc', '0123456789abcdef', '0123456789abcdef'); c.final(); c.update('x')`,
  ),
  failing(
    `const c = crypto.createCipheriv('aes-128-cbc', '0123456789abcdef', '0123456789abcdef'); c.update(5)`,
  ),
  failing(
    `const c = crypto.createCipheriv('aes-128-gcm', '0123456789abcdef', '0123456789ab'); c.getAuthTag()`,
  ),
  failing(
    `const c = crypto.createCipheriv('aes-128-cbc', '0123456789abcdef', '0123456789abcdef'); c.update('a', 'utf8', 'hex'); c.update('a', 'utf8', 'base64')`,
  ),
  failing(
    `const d = crypto.createDecipheriv('aes-128-gcm', '0123456789abcdef', '0123456789ab'); d.setAuthTag(Buffer.alloc(16)); d.update('a'); d.final()`,
  ),
  failing(
    `const d = crypto.createDecipheriv('aes-128-cbc', '0123456789abcdef', '0123456789abcdef'); d.update('a'); d.final()`,
  ),
]);

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const pem = (key: typeof privateKey): string =>
  JSON.stringify(key.export({ format: 'pem', type: key.type === 'public' ? 'spki' : 'pkcs8' }));
const [rsaPrivate, rsaPublic] = [pem(privateKey), pem(publicKey)];
const [ecPrivate, ecPublic] = [pem(ec.privateKey), pem(ec.publicKey)];
const [edPrivate, edPublic] = [pem(ed.privateKey), pem(ed.publicKey)];
const locked = JSON.stringify(
  privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'open' }),
);

/** Comparing keys of two types leaves an error of OpenSSL's behind (Node 24), which reading a locked key would throw. */
const settleOpenssl = 'crypto.randomBytes(1);';

sameAsNode('keys', [
  using(
    `const key = crypto.createPrivateKey(${rsaPrivate}); return [key.type, key.asymmetricKeyType, String(key.asymmetricKeyDetails.publicExponent), key.asymmetricKeyDetails.modulusLength, key.export({ format: 'jwk' }), key.export({ format: 'der', type: 'pkcs1' }).length]`,
  ),
  using(
    `const key = crypto.createPublicKey(${rsaPrivate}); const found = [key.type, key.export({ format: 'pem', type: 'spki' }), key.export({ format: 'pem', type: 'pkcs1' }), key.equals(crypto.createPublicKey(${rsaPublic})), key.equals(crypto.createPublicKey(${ecPublic}))]; ${settleOpenssl} return found`,
  ),
  using(
    `const key = crypto.createPrivateKey({ key: ${locked}, passphrase: 'open' }); return key.equals(crypto.createPrivateKey(${rsaPrivate}))`,
  ),
  using(
    `const key = crypto.createPrivateKey(${ecPrivate}); return [key.asymmetricKeyType, key.asymmetricKeyDetails, key.export({ format: 'jwk' }), crypto.createPrivateKey({ key: key.export({ format: 'jwk' }), format: 'jwk' }).equals(key)]`,
  ),
  using(
    `const key = crypto.createPublicKey({ key: crypto.createPrivateKey(${edPrivate}), format: 'pem' }); return [key.asymmetricKeyType, key.asymmetricKeyDetails, key.export({ format: 'jwk' })]`,
  ),
  using(
    `const key = crypto.createSecretKey('secret', 'utf8'); return [key.type, key.symmetricKeySize, key.export().toString(), key.export({ format: 'jwk' }), key.equals(crypto.createSecretKey(Buffer.from('secret'))), key instanceof crypto.KeyObject, String(key)]`,
  ),
  using(
    `const key = crypto.KeyObject.from(await globalThis.crypto.subtle.importKey('raw', Buffer.from('secret'), { name: 'HMAC', hash: 'SHA-256' }, true, ['sign'])); return key.export().toString()`,
  ),
  using(
    `const key = crypto.createSecretKey(Buffer.alloc(16)).toCryptoKey('AES-GCM', true, ['encrypt']); return [key.type, key.algorithm, key.usages, key instanceof CryptoKey]`,
  ),
  failing(`crypto.createPrivateKey('nonsense')`),
  failing(`crypto.createPrivateKey(5)`),
  failing(`crypto.createPrivateKey({ key: Buffer.from('abc'), format: 'der' })`),
  failing(`crypto.createPrivateKey({ key: ${locked}, passphrase: 'wrong' })`),
  failing(`crypto.createPublicKey(crypto.createPublicKey(${rsaPublic}))`),
  failing(`crypto.createSecretKey()`),
  failing(`crypto.createSecretKey(Buffer.alloc(1)).export({ format: 'pem' })`),
  failing(`new crypto.KeyObject('bogus')`),
  failing(`new crypto.KeyObject('secret', 5)`),
  failing(`crypto.KeyObject.from(5)`),
]);

sameAsNode('signatures', [
  using(`return crypto.createSign('RSA-SHA256').update('data').sign(${rsaPrivate}, 'hex')`),
  using(
    `return crypto.createSign('sha256').update(Buffer.alloc(2000000)).sign(${rsaPrivate}, 'hex')`,
  ),
  using(
    `const signature = crypto.createSign('sha256').update('data').sign(${rsaPrivate}); return [crypto.createVerify('sha256').update('data').verify(${rsaPublic}, signature), crypto.createVerify('sha256').update('date').verify(${rsaPublic}, signature)]`,
  ),
  using(
    `const key = { key: ${rsaPrivate}, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 20 }; const signature = crypto.sign('sha256', Buffer.from('data'), key); return crypto.verify('sha256', Buffer.from('data'), { ...key, key: ${rsaPublic} }, signature)`,
  ),
  using(`return crypto.sign(null, Buffer.from('data'), ${edPrivate}).toString('hex')`),
  using(
    `const signature = crypto.sign('sha256', Buffer.from('data'), { key: ${ecPrivate}, dsaEncoding: 'ieee-p1363' }); return [signature.length, crypto.verify('sha256', Buffer.from('data'), { key: ${ecPublic}, dsaEncoding: 'ieee-p1363' }, signature)]`,
  ),
  using(
    `return await new Promise((resolve) => crypto.sign('sha256', Buffer.from('data'), ${rsaPrivate}, (error, signature) => resolve([error, signature.toString('hex')])))`,
  ),
  using(
    `return await new Promise((resolve) => crypto.verify(null, Buffer.from('data'), ${edPublic}, Buffer.alloc(64), (error, isRight) => resolve([error, isRight])))`,
  ),
  failing(`crypto.createSign('bogus')`),
  failing(`crypto.createSign('sha256').sign()`),
  failing(`crypto.createSign('sha256').update('x').sign(${rsaPublic})`),
  failing(`crypto.createVerify('sha256').verify(${rsaPublic})`),
  failing(`crypto.sign('sha256', 5, ${rsaPrivate})`),
  failing(`crypto.sign('sha256', Buffer.alloc(1), { key: ${rsaPrivate}, padding: 'x' })`),
]);

sameAsNode('RSA with a few bytes', [
  using(
    `const secret = crypto.publicEncrypt(${rsaPublic}, Buffer.from('hello')); return [secret.length, crypto.privateDecrypt(${rsaPrivate}, secret).toString()]`,
  ),
  using(
    `const secret = crypto.publicEncrypt({ key: ${rsaPublic}, oaepHash: 'sha256', oaepLabel: Buffer.from('l') }, Buffer.from('hello')); return crypto.privateDecrypt({ key: ${rsaPrivate}, oaepHash: 'sha256', oaepLabel: Buffer.from('l') }, secret).toString()`,
  ),
  using(
    `return crypto.publicDecrypt(${rsaPublic}, crypto.privateEncrypt(${rsaPrivate}, Buffer.from('hello'))).toString()`,
  ),
  using(`return crypto.privateEncrypt(${rsaPrivate}, Buffer.from('hello')).toString('hex')`),
  failing(`crypto.publicEncrypt(${rsaPublic}, Buffer.alloc(500))`),
  failing(`crypto.privateDecrypt(${rsaPrivate}, Buffer.alloc(5))`),
]);

const promised = (call: string): string =>
  using(
    `return await new Promise((resolve, reject) => ${call}(error, result) => error ? reject(error) : resolve(Buffer.from(result).toString('hex'))))`,
  );
sameAsNode('derived keys', [
  `${crypto}.pbkdf2Sync('password', 'salt', 1000, 32, 'sha256').toString('hex')`,
  promised(`crypto.pbkdf2('password', 'salt', 1000, 32, 'sha512', `),
  `${crypto}.scryptSync('password', 'salt', 32, { N: 1024 }).toString('hex')`,
  promised(`crypto.scrypt('password', 'salt', 32, `),
  `Buffer.from(${crypto}.hkdfSync('sha256', 'key', 'salt', 'info', 42)).toString('hex')`,
  `Object.prototype.toString.call(${crypto}.hkdfSync('sha256', 'key', 'salt', 'info', 42))`,
  promised(`crypto.hkdf('sha256', 'key', 'salt', 'info', 42, `),
  `${crypto}.argon2Sync('argon2id', { message: 'password', nonce: 'saltsaltsalt', parallelism: 1, tagLength: 32, memory: 64, passes: 2 }).toString('hex')`,
  failing(`crypto.pbkdf2Sync('a', 'b', 0, 1, 'md5')`),
  failing(`crypto.pbkdf2Sync('a', 'b', 1.5, 1, 'md5')`),
  failing(`crypto.pbkdf2Sync('a', 'b', 1, -1, 'md5')`),
  failing(`crypto.pbkdf2Sync('a', 'b', 1, 1, 'bogus')`),
  failing(`crypto.pbkdf2Sync('a', 'b', 1, 1)`),
  failing(`crypto.pbkdf2('a', 'b', 1, 1, 'md5')`),
  failing(`crypto.scryptSync('a', 'b', 1, { N: 3 })`),
  failing(`crypto.scryptSync('a', 'b', 1, { N: 2, cost: 3 })`),
  failing(`crypto.scryptSync('a', 'b', 64, { maxmem: 1 })`),
  failing(`crypto.scryptSync(5, 'b', 64)`),
  failing(`crypto.hkdfSync('md5', 'a', 'b', 'c', 1e6)`),
  failing(`crypto.hkdfSync('bogus', 'a', 'b', 'c', 1)`),
]);

sameAsNode('made keys', [
  using(
    `const { publicKey, privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }); return [publicKey.type, privateKey.asymmetricKeyDetails, crypto.createPublicKey(privateKey).equals(publicKey)]`,
  ),
  using(
    `const { publicKey, privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 1024, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'der' } }); return [publicKey.slice(0, 26), Buffer.isBuffer(privateKey)]`,
  ),
  using(
    `return await new Promise((resolve) => crypto.generateKeyPair('ed25519', (error, publicKey, privateKey) => resolve([error, publicKey.type, privateKey.type])))`,
  ),
  using(
    `const { generateKeyPair } = crypto; return await new Promise((resolve) => generateKeyPair('x25519', { publicKeyEncoding: { type: 'spki', format: 'jwk' } }, (error, publicKey) => resolve([error, Object.keys(publicKey)])))`,
  ),
  using(
    `return [crypto.generateKeySync('aes', { length: 256 }).symmetricKeySize, crypto.generateKeySync('hmac', { length: 123 }).symmetricKeySize]`,
  ),
  using(
    `return await new Promise((resolve) => crypto.generateKey('aes', { length: 128 }, (error, key) => resolve([error, key.type, key.export().length])))`,
  ),
  failing(`crypto.generateKeyPairSync('bogus')`),
  failing(`crypto.generateKeyPairSync('rsa')`),
  failing(`crypto.generateKeyPairSync('rsa', { modulusLength: 'a' })`),
  failing(`crypto.generateKeyPairSync('ec', { namedCurve: 'bogus' })`),
  failing(`crypto.generateKeySync('aes', { length: 5 })`),
  failing(`crypto.generateKeySync('hmac', { length: 5 })`),
]);

sameAsNode('agreement', [
  using(
    `const [one, two] = [crypto.createECDH('secp256k1'), crypto.createECDH('secp256k1')]; one.generateKeys(); two.generateKeys(); return [one.computeSecret(two.getPublicKey(), null, 'hex') === two.computeSecret(one.getPublicKey('hex', 'compressed'), 'hex', 'hex'), one.getPublicKey().length, one.getPublicKey(null, 'compressed').length]`,
  ),
  using(
    `const ecdh = crypto.createECDH('secp256k1'); ecdh.setPrivateKey('aa'.repeat(32), 'hex'); return [ecdh.getPublicKey('hex'), ecdh.getPublicKey('hex', 'hybrid'), ecdh.getPrivateKey('base64'), crypto.ECDH.convertKey(ecdh.getPublicKey(), 'secp256k1', undefined, 'hex', 'compressed')]`,
  ),
  using(
    `const [one, two] = [crypto.getDiffieHellman('modp14'), crypto.getDiffieHellman('modp14')]; one.generateKeys(); two.generateKeys(); return [one.computeSecret(two.getPublicKey()).equals(two.computeSecret(one.getPublicKey())), one.getPrime('hex'), one.getGenerator('hex'), one.verifyError]`,
  ),
  using(`const prime = 'ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a63a3620ffffffffffffffff';
    const dh = crypto.createDiffieHellman(prime, 'hex'); dh.setPrivateKey('05', 'hex'); dh.generateKeys(); return [dh.getPublicKey('hex'), dh.getPrivateKey('hex')]`),
  using(
    `const one = crypto.generateKeyPairSync('x25519'); const two = crypto.generateKeyPairSync('x25519'); return crypto.diffieHellman({ privateKey: one.privateKey, publicKey: two.publicKey }).equals(crypto.diffieHellman({ privateKey: two.privateKey, publicKey: one.publicKey }))`,
  ),
  `${crypto}.getCurves()`,
  failing(`crypto.createECDH('bogus')`),
  failing(`crypto.createECDH('secp256k1').computeSecret('a')`),
  failing(`crypto.createECDH('secp256k1').getPublicKey()`),
  failing(`crypto.getDiffieHellman('bogus')`),
  failing(`crypto.createDiffieHellman()`),
]);

sameAsNode('random', [
  using(
    `return [crypto.randomBytes(0).length, crypto.randomBytes(100000).length, Buffer.isBuffer(crypto.randomBytes(1)), new Set(crypto.randomBytes(5000)).size]`,
  ),
  using(
    `return await new Promise((resolve) => crypto.randomBytes(8, (error, bytes) => resolve([error, bytes.length])))`,
  ),
  using(
    `const numbers = Array.from({ length: 500 }, () => crypto.randomInt(3, 7)); return [Math.min(...numbers), Math.max(...numbers)]`,
  ),
  using(
    `return await new Promise((resolve) => crypto.randomInt(1, (error, value) => resolve([error === undefined, value])))`,
  ),
  using(
    `const bytes = new Uint32Array(4); crypto.randomFillSync(bytes, 1, 2); return [bytes[0], bytes[3], bytes[1] !== 0 || bytes[2] !== 0]`,
  ),
  using(
    `return await new Promise((resolve) => crypto.randomFill(Buffer.alloc(10), 2, (error, bytes) => resolve([error, bytes.length, bytes[0]])))`,
  ),
  using(
    `return [/^[0-9a-f-]{36}$/.test(crypto.randomUUID()), crypto.randomUUIDv7()[14], crypto.randomUUID({ disableEntropyCache: true }).length]`,
  ),
  using(
    `return [crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('a')), crypto.timingSafeEqual(Buffer.from('a'), new Uint8Array([1]))]`,
  ),
  ...['-1', "'a'", '2 ** 32', 'NaN'].map((size) => failing(`crypto.randomBytes(${size})`)),
  failing(`crypto.randomBytes(1, 5)`),
  ...['5, 2', '2 ** 50', "'a'", '1.5', '0'].map((range) => failing(`crypto.randomInt(${range})`)),
  failing(`crypto.randomFillSync('a')`),
  failing(`crypto.randomFillSync(Buffer.alloc(3), 5)`),
  failing(`crypto.randomFillSync(Buffer.alloc(3), 1, 5)`),
  failing(`crypto.randomFill(Buffer.alloc(3))`),
  failing(`crypto.randomUUID('a')`),
  failing(`crypto.randomUUID({ disableEntropyCache: 1 })`),
  failing(`crypto.timingSafeEqual(Buffer.alloc(1), Buffer.alloc(2))`),
  failing(`crypto.timingSafeEqual('a', 'b')`),
]);

sameAsNode('primes', [
  using(
    `return [crypto.checkPrimeSync(13n), crypto.checkPrimeSync(Buffer.from([15])), crypto.generatePrimeSync(32).byteLength, typeof crypto.generatePrimeSync(16, { bigint: true }), crypto.generatePrimeSync(8, { add: 16n, rem: 13n, bigint: true }) % 16n === 13n]`,
  ),
  using(
    `return await new Promise((resolve) => crypto.generatePrime(64, { bigint: true }, (error, prime) => crypto.checkPrime(prime, (failure, isPrime) => resolve([error, isPrime]))))`,
  ),
  failing(`crypto.checkPrimeSync('a')`),
  failing(`crypto.generatePrimeSync(0)`),
]);

const certificate = JSON.stringify(`-----BEGIN CERTIFICATE-----
MIIBfTCCASOgAwIBAgIUGa8ULXwLr5qhvcA4s1dLqA5tKNcwCgYIKoZIzj0EAwIw
-----END CERTIFICATE-----`);
sameAsNode('certificates', [
  failing(`new crypto.X509Certificate(${certificate})`),
  failing(`new crypto.X509Certificate('nonsense')`),
  failing(`new crypto.X509Certificate(5)`),
  `[${crypto}.Certificate.verifySpkac(Buffer.from('nonsense')), ${crypto}.Certificate.exportPublicKey('nonsense').length]`,
]);

describe('what blocks for too long is refused, and the other form works', () => {
  test('keys from passwords and key pairs', async () => {
    await using lambda = new Lambda({ blanks: 0 });
    const probe = await lambda.createFunction({
      name: 'probe',
      timeoutMs: 20_000,
      code: {
        source: `
          const crypto = require('node:crypto');
          const refused = (run) => { try { run(); } catch (error) { return error.message; } };
          exports.handler = async () => [
            refused(() => crypto.pbkdf2Sync('p', 's', 3000000, 32, 'sha256')),
            refused(() => crypto.generateKeyPairSync('rsa', { modulusLength: 4096 })),
            refused(() => crypto.createDiffieHellman(1024)),
            refused(() => crypto.setFips(true)),
            await new Promise((resolve) => crypto.scrypt('p', 's', 32, { N: 2 ** 16, maxmem: 2 ** 27 }, (error, key) => resolve(error?.message ?? key.length))),
          ];`,
      },
    });
    expect(await probe.call({})).toEqual([
      expect.stringContaining('use crypto.pbkdf2()'),
      expect.stringContaining('use crypto.generateKeyPair()'),
      expect.stringContaining("crypto.getDiffieHellman('modp14')"),
      expect.stringContaining('not available'),
      32,
    ]);
  });
});

sameAsNode('arguments of old key exchanges, whose errors are OpenSSL’s', [
  using(
    `const group = crypto.createDiffieHellmanGroup('modp2'); const prime = group.getPrime();
     const views = [Int8Array, Uint16Array, Float64Array, DataView, BigInt64Array].map((View) => new View(prime.buffer, prime.byteOffset, prime.byteLength / (View.BYTES_PER_ELEMENT ?? 1)));
     group.generateKeys();
     return [prime, ...views].map((view) => {
       const other = crypto.createDiffieHellman(view, '02', 'hex'); other.generateKeys();
       return [other.getGenerator('hex'), group.computeSecret(other.getPublicKey(), null, 'hex') === other.computeSecret(group.getPublicKey(), null, 'hex')];
     });`,
  ),
  using(
    `const rows = [['abcdef', -1], ['abcdef', 1], ['abcdef', 'hex', 1], ['abcdef', Buffer.from([])], ['abcdef', Buffer.from([0])], ['abcdef', 'hex', Buffer.from([1])], ['', true], ['', 'base64', {}], ['', 'base64', Symbol()], ['abcdef', 0], ['abcdef', 'buffer'], ['abcdef', 'hex', '03', 'hex'], ['abcdef', 'hex', null, 'hex'], ['abcdef', '', '05'], ['abcdef', 13.37], [1.5], [-1], [0]];
     return rows.map((row) => thrown(() => { const dh = crypto.createDiffieHellman(...row); return [dh.getPrime('hex'), dh.getGenerator('hex'), dh.verifyError]; }));`,
  ),
  using(
    `const one = crypto.createECDH('secp256k1'); const other = crypto.createECDH('secp256k1'); other.generateKeys();
     const results = [() => one.computeSecret(Buffer.alloc(65)), () => one.computeSecret(other.getPublicKey()), () => one.setPublicKey(Buffer.alloc(65))].map(thrown);
     one.setPrivateKey('cafebabe'.repeat(8), 'hex'); const own = one.getPublicKey();
     one.setPublicKey(other.getPublicKey()); results.push(thrown(() => one.computeSecret(other.getPublicKey())));
     one.setPublicKey(own); results.push(thrown(() => one.computeSecret(own, null, 'hex')));
     return [...results, thrown(() => one.setPrivateKey(Buffer.alloc(32))), thrown(() => one.computeSecret(Buffer.alloc(65)))];`,
  ),
  using(
    `const rows = [{ N: 2 ** 16, p: 1, r: 1 }, { r: 2 ** 30, p: 1 }, { N: 2 ** 20 }, { N: 2, p: 2 ** 30, r: 1 }, { r: 0 }, { p: 2 ** 31, r: 1, N: 2 }, { N: 2 ** 10, p: 1, r: 8, maxmem: 2 ** 20 }, { N: 2 ** 31, r: 8 }];
     return rows.map((row) => [thrown(() => crypto.scryptSync('p', 's', 3, row).toString('hex')), thrown(() => crypto.scrypt('p', 's', 3, row, () => {}))]);`,
  ),
  // What is behind the message depends on what failed before it.
  using(
    `return [{ N: 3 }, { N: 1 }].map((row) => thrown(() => crypto.scryptSync('p', 's', 3, row)).join().slice(0, 60))`,
  ),
  using(
    `return ['not an encoding', '', 'UTF-8', 'HEX', 'BUFFER', 'latin1'].map((name) => thrown(() => crypto.hash('sha1', 'x', name)))`,
  ),
  using(
    `const { Certificate } = crypto; const one = new Certificate();
     return [Certificate.name, Certificate.length, Object.getOwnPropertyNames(Certificate), Object.getOwnPropertyNames(Certificate.prototype), Certificate() instanceof Certificate, one.constructor === Certificate, one.verifySpkac.name, Certificate.exportPublicKey('x'), one.exportChallenge(Buffer.from('y')), one.verifySpkac('z')];`,
  ),
]);

sameAsNode('keys of a curve without a name', [
  using(`const options = {
      namedCurve: 'Oakley-EC2N-3',
      publicKeyEncoding: { type: 'spki', format: 'der' },
      privateKeyEncoding: { type: 'pkcs8', format: 'der' },
    };
    return await require('util').promisify(crypto.generateKeyPair)('ec', options).catch(({ code }) => code)`),
]);

// Node warns of such tags; the guest's must not do so on the console of the host.
const shortTag = (length: number, order: string): string => `
  const key = Buffer.alloc(16, 1); const iv = Buffer.alloc(12, 2);
  const cipher = crypto.createCipheriv('aes-128-gcm', key, iv).setAAD(Buffer.from('aad'));
  const data = Buffer.concat([cipher.update('secret'), cipher.final()]);
  const tag = cipher.getAuthTag().subarray(0, ${length});
  const decipher = crypto.createDecipheriv('aes-128-gcm', key, iv);
  return thrown(() => { ${order}; return decipher.update(data, null, 'utf8') + decipher.final('utf8'); });`;
const orders = [
  `decipher.setAAD(Buffer.from('aad')); decipher.setAuthTag(tag)`,
  `decipher.setAuthTag(tag); decipher.setAAD(Buffer.from('aad'))`,
  `decipher.setAuthTag(tag)`,
];

sameAsNode(
  'tags of any length',
  [4, 8, 12, 15, 16, 3, 5, 0].flatMap((length) =>
    orders.map((order) => using(shortTag(length, order))),
  ),
);
