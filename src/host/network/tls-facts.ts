import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';

/** What a guest sees of a secured connection. */
export function tlsFacts(socket: TLSSocket): Record<string, unknown> {
  const { authorized, authorizationError, alpnProtocol } = socket;
  const { code } = (authorizationError ?? {}) as { code?: string };
  return {
    authorized,
    // Node's type says Error; what is there is the code of the reason.
    authorizationError: code ?? (authorizationError ? String(authorizationError) : null),
    alpnProtocol,
    protocol: socket.getProtocol(),
    cipher: socket.getCipher(),
    sessionReused: socket.isSessionReused(),
    servername: Reflect.get(socket, 'servername') as unknown,
  };
}

const longestChain = 16;

/** The chain of the other side, its own certificate first; certificates in base64. */
export function peerCertificates(socket: TLSSocket): Record<string, unknown>[] {
  const chain: Record<string, unknown>[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (next !== undefined && Object.hasOwn(next, 'raw') && chain.length < longestChain) {
    const { issuerCertificate, raw, pubkey, ...fields }: DetailedPeerCertificate = next;
    chain.push({
      ...fields,
      raw: raw.toString('base64'),
      ...(pubkey !== undefined && { pubkey: pubkey.toString('base64') }),
    });
    // A root is its own issuer.
    next = issuerCertificate === next ? undefined : issuerCertificate;
  }
  return chain;
}
