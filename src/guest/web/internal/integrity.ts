import { btoa } from '../base64.ts';
import { crypto } from '../crypto.ts';

const algorithms = ['sha256', 'sha384', 'sha512'] as const;
const subtle = crypto.subtle as {
  digest(name: string, bytes: Uint8Array): Promise<unknown>;
};
const names = { sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' } as const;

/**
 * https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist: whether the bytes
 * have one of the digests of the strongest algorithm; true when there is no digest that can be checked.
 */
export async function isIntact(bytes: Uint8Array, integrity: string): Promise<boolean> {
  const found = [
    ...integrity.matchAll(/(?:^|\s)(sha256|sha384|sha512)-([\w+/-]+)=*(?:\?\S*)?(?=\s|$)/g),
  ];
  const strongest = algorithms.findLast((name) => found.some(([, known]) => known === name));
  if (strongest === undefined) return true;
  const digest = new Uint8Array((await subtle.digest(names[strongest], bytes)) as ArrayBuffer);
  const actual = btoa(String.fromCharCode(...digest)).replaceAll('=', '');
  return found.some(
    ([, name, expected = '']) =>
      name === strongest && expected.replaceAll('-', '+').replaceAll('_', '/') === actual,
  );
}
