import { errorWithCode } from '../../node/internal/errors.ts';
import { isIP, parseIPv6 } from '../net/ip.ts';

interface Certificate {
  readonly subject?: { readonly CN?: string | string[] };
  readonly subjectaltname?: string;
}

/**
 * Whether a certificate belongs to a host: `undefined`, or the error that says why not.
 * https://nodejs.org/api/tls.html#tlscheckserveridentityhostname-cert and RFC 6125.
 */
export function checkServerIdentity(hostname: string, certificate: Certificate): Error | undefined {
  const host = String(hostname);
  const reason = mismatch(host, certificate);
  if (reason === undefined) return undefined;
  const error = errorWithCode(
    'ERR_TLS_CERT_ALTNAME_INVALID',
    `Hostname/IP does not match certificate's altnames: ${reason}`,
  );
  return Object.assign(error, { reason, host, cert: certificate });
}

function mismatch(host: string, { subject, subjectaltname }: Certificate): string | undefined {
  const names = splitNames(subjectaltname ?? '');
  const dns = names.filter(([kind]) => kind === 'DNS').map(([, name]) => name);
  const addresses = names.filter(([kind]) => kind === 'IP Address').map(([, name]) => name);
  const bare = host.endsWith('.') ? host.slice(0, -1) : host;
  if (isIP(bare) !== 0) {
    const isListed = addresses.some((address) => isSameAddress(address, bare));
    return isListed ? undefined : `IP: ${bare} is not in the cert's list: ${addresses.join(', ')}`;
  }
  if (dns.length > 0) {
    return dns.some((pattern) => matches(bare, pattern))
      ? undefined
      : `Host: ${bare}. is not in the cert's altnames: ${subjectaltname}`;
  }
  const common = subject?.CN;
  if (common === undefined) return 'Cert does not contain a DNS name';
  const isNamed = (Array.isArray(common) ? common : [common]).some((one) => matches(bare, one));
  return isNamed ? undefined : `Host: ${bare}. is not cert's CN: ${String(common)}`;
}

/** `DNS:a, IP Address:b`; a name with special characters is a JSON string. */
function splitNames(text: string): [kind: string, name: string][] {
  const found: [string, string][] = [];
  for (const [, kind = '', quoted, plain] of text.matchAll(
    /(?:^|, )([A-Za-z ]+):(?:("(?:[^"\\]|\\.)*")|([^,]*))/g,
  )) {
    found.push([kind, quoted === undefined ? (plain ?? '') : (JSON.parse(quoted) as string)]);
  }
  return found;
}

/** A wildcard stands for (a part of) the leftmost label. */
function matches(host: string, pattern: string): boolean {
  const labels = host.toLowerCase().split('.');
  const wanted = pattern.toLowerCase().replace(/\.$/, '').split('.');
  if (wanted.length !== labels.length || wanted.includes('')) return false;
  const [first = '', ...rest] = wanted;
  if (rest.some((label, index) => label !== labels[index + 1])) return false;
  const star = first.indexOf('*');
  if (star === -1) return first === labels[0];
  if (rest.length < 2 || first.includes('*', star + 1) || first.startsWith('xn--')) return false;
  const before = first.slice(0, star);
  const after = first.slice(star + 1);
  const label = labels[0] ?? '';
  return (
    label.length >= before.length + after.length &&
    label.startsWith(before) &&
    label.endsWith(after)
  );
}

function isSameAddress(a: string, b: string): boolean {
  return a === b || (isIP(b) === 6 && String(parseIPv6(a)) === String(parseIPv6(b)));
}
