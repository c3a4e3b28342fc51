/** Pieces of a body or a blob; nobody writes to them, so several may share them. */
export type Chunks = readonly Uint8Array<ArrayBuffer>[];

/** Reads bytes piece by piece; nothing is the end. Whoever reads owns the piece. */
export interface ByteReader {
  read(): Promise<Uint8Array<ArrayBuffer> | undefined> | Uint8Array<ArrayBuffer> | undefined;
  /** Nobody will read on. */
  cancel(reason?: unknown): unknown;
}

export function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy;
}

/** One new buffer with all of the bytes. */
export function joinChunks(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const chunk of chunks) length += chunk.length;
  const bytes = new Uint8Array(length);
  let start = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, start);
    start += chunk.length;
  }
  return bytes;
}

const bytesPerRead = 65_536;

/** Reads pieces as copies of at most 64 KB. */
export function chunkReader(chunks: Chunks): ByteReader {
  let index = 0;
  let offset = 0;
  return {
    read: () => {
      for (;;) {
        const chunk = chunks[index];
        if (chunk === undefined) return undefined;
        if (offset < chunk.length) {
          const piece = copyOf(chunk.subarray(offset, offset + bytesPerRead));
          offset += piece.length;
          return piece;
        }
        index += 1;
        offset = 0;
      }
    },
    cancel: () => {
      index = chunks.length;
    },
  };
}
