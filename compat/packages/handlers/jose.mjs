import {
  CompactEncrypt,
  compactDecrypt,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
} from 'jose';

async function roundTrip(alg, signingKey, verifyingKey) {
  const token = await new SignJWT({ role: 'admin' })
    .setProtectedHeader({ alg })
    .setSubject('ada')
    .setExpirationTime('5m')
    .sign(signingKey);
  const { payload, protectedHeader } = await jwtVerify(token, verifyingKey, { subject: 'ada' });
  return [protectedHeader.alg, payload.role];
}

export const handler = async () => {
  const secret = new TextEncoder().encode('a secret of at least thirty-two bytes');
  const es256 = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(es256.publicKey);
  const rs256 = await generateKeyPair('RS256');
  const sealed = await new CompactEncrypt(new TextEncoder().encode('hello'))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(secret.subarray(0, 32));
  const { plaintext } = await compactDecrypt(sealed, secret.subarray(0, 32));
  const forged = await jwtVerify('eyJhbGciOiJIUzI1NiJ9.e30.AAAA', secret).catch((error) => error);
  return {
    hs256: await roundTrip('HS256', secret, secret),
    es256: await roundTrip('ES256', es256.privateKey, await importJWK(jwk, 'ES256')),
    rs256: await roundTrip('RS256', rs256.privateKey, rs256.publicKey),
    opened: new TextDecoder().decode(plaintext),
    forged: forged.code,
  };
};

export const expected = {
  hs256: ['HS256', 'admin'],
  es256: ['ES256', 'admin'],
  rs256: ['RS256', 'admin'],
  opened: 'hello',
  forged: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
};
