const { generateKeyPairSync } = require('node:crypto');
const jwt = require('jsonwebtoken');

exports.handler = async () => {
  const secret = 'not so secret';
  const token = jwt.sign({ role: 'admin' }, secret, { subject: 'ada', expiresIn: '5m' });
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const signed = jwt.sign({ role: 'user' }, privateKey, { algorithm: 'RS256', keyid: 'k1' });
  const old = jwt.sign({ exp: 1 }, secret);
  const name = (check) => {
    try {
      check();
      return 'accepted';
    } catch (error) {
      return `${error.name}: ${error.message}`;
    }
  };
  return {
    hs256: jwt.verify(token, secret).role,
    rs256: jwt.verify(signed, publicKey, { algorithms: ['RS256'] }).role,
    keyId: jwt.decode(signed, { complete: true }).header.kid,
    expired: name(() => jwt.verify(old, secret)),
    forged: name(() => jwt.verify(token, 'another secret')),
  };
};

exports.expected = {
  hs256: 'admin',
  rs256: 'user',
  keyId: 'k1',
  expired: 'TokenExpiredError: jwt expired',
  forged: 'JsonWebTokenError: invalid signature',
};
