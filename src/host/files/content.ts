import { pageBytes, type Volume } from './volume.ts';

/** The bytes of a file. */
export interface Content {
  readonly size: number;
  /** What they take of the volume; less than the size where the file has holes. */
  readonly allocatedBytes: number;
  /** A copy of what is there, shorter at the end of the file. */
  read(position: number, length: number): Uint8Array;
}

/** Bytes of a deployment: shared by every environment, never changed. */
export class FixedContent implements Content {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.byteLength;
  }

  get allocatedBytes(): number {
    return toPages(this.size);
  }

  read(position: number, length: number): Uint8Array {
    // Not Buffer's `slice`, which would give the guest a view of what all environments share.
    return Uint8Array.prototype.slice.call(this.#bytes, position, position + length);
  }
}

/** Content is kept in pieces of this length; the last one is only as long as its pages. */
const chunkBytes = 65_536;

/** Bytes that a guest writes. Holes cost nothing; everything else is charged to the volume by the page. */
export class WritableContent implements Content {
  readonly #volume: Volume;
  readonly #chunks = new Map<number, Uint8Array>();
  #size = 0;
  #allocatedBytes = 0;

  constructor(volume: Volume) {
    this.#volume = volume;
  }

  get size(): number {
    return this.#size;
  }

  get allocatedBytes(): number {
    return this.#allocatedBytes;
  }

  read(position: number, length: number): Uint8Array {
    const end = Math.min(position + length, this.#size);
    const result = new Uint8Array(Math.max(0, end - position));
    for (let at = position; at < end;) {
      const { index, offset, span } = chunkAt(at, end);
      const chunk = this.#chunks.get(index);
      if (chunk !== undefined) result.set(chunk.subarray(offset, offset + span), at - position);
      at += span;
    }
    return result;
  }

  /** Writes what the volume has room for and returns how much that was. */
  write(position: number, bytes: Uint8Array): number {
    const end = position + bytes.byteLength;
    let at = position;
    while (at < end) {
      const { index, offset, span } = chunkAt(at, end);
      if (span === chunkBytes && this.#adopt(index, bytes, at - position)) {
        at += span;
        continue;
      }
      const chunk = this.#grow(index, offset + span);
      const fits = Math.min(span, chunk.byteLength - offset);
      if (fits <= 0) break;
      chunk.set(bytes.subarray(at - position, at - position + fits), offset);
      at += fits;
      if (fits < span) break;
    }
    if (at > position) this.#size = Math.max(this.#size, at);
    return at - position;
  }

  /** Makes a whole new chunk at once, which need not be zeroed first; not if there is one, or no room. */
  #adopt(index: number, bytes: Uint8Array, from: number): boolean {
    if (this.#chunks.has(index)) return false;
    const taken = this.#volume.takePages(chunkBytes);
    if (taken < chunkBytes) {
      this.#volume.give(taken);
      return false;
    }
    this.#chunks.set(index, Uint8Array.prototype.slice.call(bytes, from, from + chunkBytes));
    this.#allocatedBytes += chunkBytes;
    return true;
  }

  /** Cuts the file, or lengthens it with a hole. */
  truncate(size: number): void {
    if (size < this.#size) this.#cut(size);
    this.#size = size;
  }

  #cut(size: number): void {
    const { index: last, offset } = chunkAt(size, size);
    for (const [index, chunk] of this.#chunks) {
      if (index < last) continue;
      const kept = index > last ? 0 : Math.min(toPages(offset), chunk.byteLength);
      this.#replace(index, chunk, kept);
      // What is cut off must read as zeros when the file grows again.
      if (kept > 0) this.#chunks.get(index)?.fill(0, offset);
    }
  }

  #replace(index: number, chunk: Uint8Array, kept: number): void {
    const freed = chunk.byteLength - kept;
    if (freed === 0) return;
    if (kept === 0) this.#chunks.delete(index);
    else this.#chunks.set(index, chunk.slice(0, kept));
    this.#allocatedBytes -= freed;
    this.#volume.give(freed);
  }

  /** The chunk with at least `length` bytes, or with as many as there is room for. */
  #grow(index: number, length: number): Uint8Array {
    const chunk = this.#chunks.get(index);
    const before = chunk?.byteLength ?? 0;
    const missing = toPages(length) - before;
    const taken = missing > 0 ? this.#volume.takePages(missing) : 0;
    if (taken === 0) return chunk ?? new Uint8Array(0);

    const grown = new Uint8Array(before + taken);
    if (chunk !== undefined) grown.set(chunk);
    this.#chunks.set(index, grown);
    this.#allocatedBytes += taken;
    return grown;
  }
}

/** The chunk of a position, and how much of it lies before `end`. */
function chunkAt(position: number, end: number): { index: number; offset: number; span: number } {
  const index = Math.floor(position / chunkBytes);
  const offset = position - index * chunkBytes;
  return { index, offset, span: Math.min(end - position, chunkBytes - offset) };
}

function toPages(bytes: number): number {
  return Math.ceil(bytes / pageBytes) * pageBytes;
}
