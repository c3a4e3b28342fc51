import { Buffer } from '../../node/buffer.ts';

type Certificate = Record<string, unknown> & { issuerCertificate?: Certificate };

/** The certificate of the other side, as Node shows it; `isDetailed` adds its issuers. */
export function readCertificates(chain: Record<string, unknown>[], isDetailed: boolean): object {
  const certificates: Certificate[] = chain.map((fields) => ({
    ...fields,
    raw: Buffer.from(String(fields['raw']), 'base64'),
    ...(typeof fields['pubkey'] === 'string' && {
      pubkey: Buffer.from(fields['pubkey'], 'base64'),
    }),
  }));
  const [own] = certificates;
  if (own === undefined) return {};
  if (!isDetailed) return own;
  for (const [index, certificate] of certificates.entries()) {
    certificate.issuerCertificate = certificates[index + 1] ?? certificate;
  }
  return own;
}
