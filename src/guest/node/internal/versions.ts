/** What Node 24.21.0 says of itself; the libraries are the host's, whose versions are no guest's business. */
const versions: Readonly<Record<string, string>> = {
  acorn: '8.18.0',
  ada: '4.0.0',
  amaro: '1.1.11',
  ares: '1.34.8',
  brotli: '1.2.0',
  cldr: '48.0',
  icu: '78.3',
  llhttp: '9.4.3',
  merve: '1.2.2',
  napi: '10',
  nbytes: '0.1.4',
  ncrypto: '0.0.1',
  nghttp2: '1.70.0',
  nghttp3: '',
  ngtcp2: '',
  openssl: '3.5.8',
  simdjson: '4.6.7',
  simdutf: '6.4.0',
  sqlite: '3.53.4',
  tz: '2026c',
  undici: '7.29.1',
  unicode: '17.0',
  uvwasi: '0.0.23',
  zlib: '1.3.2.1-motley-8002e91',
  zstd: '1.5.7',
};

/** Puts the values in the place of their getters. */
export function completeVersions(target: object): void {
  for (const [name, value] of Object.entries(versions)) {
    Object.defineProperty(target, name, {
      value,
      writable: false,
      enumerable: true,
      configurable: true,
    });
  }
}
