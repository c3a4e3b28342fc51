import { Buffer } from '../../node/buffer.ts';

/** Bytes as text, in one of Buffer's encodings. */
export function textOf(bytes: Uint8Array, encoding: 'latin1' | 'base64' | 'utf8'): string {
  const buffer = Buffer.from(bytes) as unknown as { toString(encoding: string): string };
  return buffer.toString(encoding);
}
