import {
  NativeUint8Array,
  TypedArrayBuffer,
  TypedArrayByteLength,
  TypedArraySet,
} from '../../../primordials.ts';
import { bytesOf, exactPart } from '../../../web/internal/bytes.ts';
import type { Bytes } from './values.ts';

/** Bytes that wait for the host, so that many small updates become one call. */
export class PendingBytes {
  #bytes: Bytes = new NativeUint8Array(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Copies the bytes: their owner may write to them afterwards. */
  append(bytes: Bytes): void {
    const size = TypedArrayByteLength(bytes);
    const needed = this.#length + size;
    if (needed > TypedArrayByteLength(this.#bytes)) {
      // The first piece is often the only one: then the buffer fits it, and goes out as it is.
      const grown = new NativeUint8Array(this.#length === 0 ? size : needed * 2);
      TypedArraySet(grown, this.#part());
      this.#bytes = grown;
    }
    TypedArraySet(this.#bytes, bytes, this.#length);
    this.#length = needed;
  }

  /** All of it as a buffer of its own; nothing waits afterwards. */
  take(): ArrayBuffer {
    const taken =
      TypedArrayByteLength(this.#bytes) === this.#length
        ? TypedArrayBuffer(this.#bytes)
        : exactPart(this.#bytes, 0, this.#length);
    this.#bytes = new NativeUint8Array(0);
    this.#length = 0;
    return taken;
  }

  copy(): PendingBytes {
    const copy = new PendingBytes();
    copy.append(this.#part());
    return copy;
  }

  #part(): Bytes {
    return new NativeUint8Array(TypedArrayBuffer(this.#bytes), 0, this.#length);
  }
}

/** Sends long bytes in pieces that the host takes at a time. */
export function inPieces(
  bytes: Bytes,
  pieceSize: number,
  send: (piece: ArrayBuffer) => void,
): void {
  const all = bytesOf(bytes);
  const size = TypedArrayByteLength(all);
  for (let start = 0; start < size; start += pieceSize) {
    send(exactPart(all, start, Math.min(pieceSize, size - start)));
  }
}
