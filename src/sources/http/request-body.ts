import { noBytes } from './http-reply.ts';

/** What APIs take; function URLs take less. */
export const mostBodyBytes = 10_485_760;

/**
 * All of a body, or one byte more than any front takes: whoever serves the request says then that it is too large.
 */
export async function readBody(body: AsyncIterable<Uint8Array> | null): Promise<Uint8Array> {
  if (body === null) return noBytes;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > mostBodyBytes) return Buffer.concat(chunks, mostBodyBytes + 1);
  }
  const [first = noBytes] = chunks;
  return chunks.length <= 1 ? first : Buffer.concat(chunks, size);
}
