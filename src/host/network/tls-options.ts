import { createHash } from 'node:crypto';
import { createSecureContext, type ConnectionOptions, type SecureContext } from 'node:tls';
import { checkEncryptedPem } from '../crypto/encrypted-keys.ts';
import { ServiceError } from '../service.ts';
import type { Question } from './question.ts';

const versions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;

/** Certificate bundles of large clouds have some 170 KB. */
const longestPem = 524_288;
const contextsKept = 8;

/**
 * The options of `tls.connect` that a guest may choose. Reading certificates takes milliseconds of the
 * host's thread, so the context is kept for the next connection with the same ones.
 */
export class TlsOptions {
  readonly #contexts = new Map<string, SecureContext>();

  /** Without host, port and socket. @throws Node's errors for keys and certificates that are none */
  read(question: Question): ConnectionOptions {
    const identity = question.optionalString('identity', 255);
    const servername = question.optionalString('servername', 255);
    const ALPNProtocols = question.strings('alpn', { count: 16, maxLength: 1_024 });
    return {
      secureContext: this.#context(question),
      rejectUnauthorized: !question.flag('acceptsAnyone'),
      // The name that the certificate must have when no server name is sent.
      ...(identity !== undefined && { host: identity }),
      ...(servername !== undefined && { servername }),
      ...(ALPNProtocols.length > 0 && { ALPNProtocols }),
      // The guest has a check of its own and makes it before it uses the connection.
      ...(question.flag('checksIdentity') && { checkServerIdentity: () => undefined }),
    };
  }

  /** Equal for equal certificates, keys and ciphers; connections may be shared then. */
  contextKey(question: Question): string {
    return createHash('sha256')
      .update(JSON.stringify(contextFields(question)))
      .digest('base64');
  }

  #context(question: Question): SecureContext {
    const key = this.contextKey(question);
    const known = this.#contexts.get(key);
    if (known !== undefined) return known;
    const { ca, cert, key: privateKey, ...fields } = contextFields(question);
    for (const pem of privateKey) checkEncryptedPem(pem);
    const context = createSecureContext({
      ...fields,
      ...(ca.length > 0 && { ca }),
      ...(cert.length > 0 && { cert }),
      ...(privateKey.length > 0 && { key: privateKey }),
    });
    const [oldest] = this.#contexts.keys();
    if (this.#contexts.size >= contextsKept && oldest !== undefined) this.#contexts.delete(oldest);
    this.#contexts.set(key, context);
    return context;
  }
}

function contextFields(question: Question) {
  if (question.has('pfx')) {
    // How often its password is hashed may stand inside of what is encrypted: nothing bounds the host's time.
    throw new ServiceError(
      'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
      'The option "pfx" is not available in this environment: give "cert" and "key" as PEM instead',
    );
  }
  const pems = { count: 512, maxLength: longestPem };
  const passphrase = question.optionalString('passphrase', 1_024);
  const ciphers = question.optionalString('ciphers', 4_096);
  const ecdhCurve = question.optionalString('ecdhCurve', 1_024);
  const sigalgs = question.optionalString('sigalgs', 4_096);
  return {
    ca: question.strings('ca', pems),
    cert: question.strings('cert', pems),
    key: question.strings('key', pems),
    ...(passphrase !== undefined && { passphrase }),
    ...(ciphers !== undefined && { ciphers }),
    ...(ecdhCurve !== undefined && { ecdhCurve }),
    ...(sigalgs !== undefined && { sigalgs }),
    ...(question.has('minVersion') && { minVersion: question.oneOf('minVersion', versions) }),
    ...(question.has('maxVersion') && { maxVersion: question.oneOf('maxVersion', versions) }),
  };
}
