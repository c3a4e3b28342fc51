import { isIP } from 'node:net';

/**
 * Whether the `Host` header of a request is one that no web page can bring about. A page whose own name
 * was rebound to 127.0.0.1 sends that name; an address or `localhost` cannot be rebound. As Node's own
 * inspector does: https://nodejs.org/en/learn/getting-started/debugging#security-implications
 */
export function isTrustedHostHeader(header: string | undefined): boolean {
  if (header === undefined) return false;
  const name = header.replace(/:\d{1,5}$/, '');
  if (name === 'localhost') return true;
  if (name.startsWith('[') && name.endsWith(']')) return isIP(name.slice(1, -1)) === 6;
  return isIP(name) === 4;
}

/** A host as it stands in a URL. */
export function urlHost(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}
