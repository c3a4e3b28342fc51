import { Buffer } from '../../node/buffer.ts';
import { ERR_INVALID_ARG_TYPE } from '../../node/internal/errors.ts';
import { textOf } from '../net/bytes.ts';
import { isIP } from '../net/ip.ts';

/** Options of `tls.connect` and of `https` that reach the host. */
export interface TlsOptions {
  ca?: unknown;
  cert?: unknown;
  key?: unknown;
  pfx?: unknown;
  passphrase?: unknown;
  ciphers?: unknown;
  ecdhCurve?: unknown;
  sigalgs?: unknown;
  minVersion?: unknown;
  maxVersion?: unknown;
  secureProtocol?: unknown;
  servername?: string;
  host?: string;
  ALPNProtocols?: unknown;
  rejectUnauthorized?: boolean;
  checkServerIdentity?: (host: string, certificate: object) => Error | undefined;
  secureContext?: unknown;
}

/** `tls.createSecureContext`: the options, to be used with a connection. */
export class SecureContext {
  readonly context: TlsOptions;

  constructor(options: TlsOptions = {}) {
    this.context = { ...options };
  }
}

/** What the host is told (`host/network/tls-options.ts`). `isPlain`: the program checks nothing itself. */
export function tlsQuestion(options: TlsOptions): Record<string, unknown> {
  const { secureContext } = options;
  const context = secureContext instanceof SecureContext ? secureContext.context : {};
  const all: TlsOptions = { ...context, ...withoutUndefined(options) };
  const { servername, host } = all;
  return {
    ca: pems('ca', all.ca),
    cert: pems('cert', all.cert),
    key: pems('key', all.key),
    pfx: base64(all.pfx),
    passphrase: text('passphrase', all.passphrase) ?? passphraseOfKey(all.key),
    ciphers: text('ciphers', all.ciphers),
    ecdhCurve: all.ecdhCurve === 'auto' ? undefined : text('ecdhCurve', all.ecdhCurve),
    sigalgs: text('sigalgs', all.sigalgs),
    ...versions(all),
    alpn: alpn(all.ALPNProtocols),
    servername: servername ?? (host === undefined || isIP(host) !== 0 ? '' : host),
    identity: servername !== undefined && servername !== '' ? servername : (host ?? 'localhost'),
    acceptsAnyone: !rejectsUnauthorized(all),
    checksIdentity: typeof all.checkServerIdentity === 'function',
  };
}

export function rejectsUnauthorized(options: TlsOptions): boolean {
  if (options.rejectUnauthorized !== undefined) return options.rejectUnauthorized;
  const { process } = globalThis as unknown as { process: { env: Record<string, string> } };
  return process.env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0';
}

function withoutUndefined(options: TlsOptions): TlsOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** A PEM text, a buffer, or a list of them; keys may be `{ pem, passphrase }`. */
function pems(name: string, value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  return list.map((one) => {
    const pem = typeof one === 'object' && one !== null && 'pem' in one ? one.pem : one;
    if (typeof pem === 'string') return pem;
    if (pem instanceof Uint8Array) return textOf(pem, 'latin1');
    throw new ERR_INVALID_ARG_TYPE(`options.${name}`, ['string', 'Buffer', 'TypedArray'], pem);
  });
}

function passphraseOfKey(key: unknown): string | undefined {
  const [first] = Array.isArray(key) ? (key as unknown[]) : [key];
  const { passphrase } = (typeof first === 'object' && first !== null ? first : {}) as {
    passphrase?: unknown;
  };
  return text('passphrase', passphrase);
}

function base64(value: unknown): string | undefined {
  const [first] = Array.isArray(value) ? (value as unknown[]) : [value];
  const pfx = typeof first === 'object' && first !== null && 'buf' in first ? first.buf : first;
  if (pfx === undefined || pfx === null) return undefined;
  return textOf(
    typeof pfx === 'string' ? Buffer.from(pfx, 'latin1') : (pfx as Uint8Array),
    'base64',
  );
}

function text(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new ERR_INVALID_ARG_TYPE(`options.${name}`, 'string', value);
}

function versions({ minVersion, maxVersion, secureProtocol }: TlsOptions): object {
  const exact =
    typeof secureProtocol === 'string' ? /^TLSv1(?:_([12]))?_/.exec(secureProtocol) : null;
  if (exact !== null) {
    const version = exact[1] === undefined ? 'TLSv1' : `TLSv1.${exact[1]}`;
    return { minVersion: version, maxVersion: version };
  }
  return { minVersion: text('minVersion', minVersion), maxVersion: text('maxVersion', maxVersion) };
}

/** A list of names, or a buffer of names with their lengths in front. */
function alpn(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.map(String);
  if (!(value instanceof Uint8Array)) {
    throw new ERR_INVALID_ARG_TYPE('options.ALPNProtocols', ['Array', 'Buffer'], value);
  }
  const names: string[] = [];
  for (let at = 0; at < value.byteLength; at += (value[at] ?? 0) + 1) {
    names.push(textOf(value.subarray(at + 1, at + 1 + (value[at] ?? 0)), 'latin1'));
  }
  return names;
}
