'use strict';

module.exports = {
  hasOpenSSL: (major, minor = 0) => {
    const [ownMajor = 3, ownMinor = 0] = (process.versions.openssl ?? '3.0').split('.').map(Number);
    return ownMajor > major || (ownMajor === major && ownMinor >= minor);
  },
  hasOpenSSL3: true,
  hasFipsCrypto: false,
};
