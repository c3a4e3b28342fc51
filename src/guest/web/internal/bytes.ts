import {
  ArrayBufferByteLength,
  ArrayBufferIsView,
  DataViewBuffer,
  DataViewByteLength,
  DataViewByteOffset,
  NativeArrayBuffer,
  NativeUint8Array,
  TypedArrayBuffer,
  TypedArrayByteLength,
  TypedArrayByteOffset,
  TypedArrayName,
  TypedArraySet,
} from '../../primordials.ts';

/** Bytes of users for the host, whatever users did to the classes that hold them. */
export type BufferSource = ArrayBuffer | ArrayBufferView;

export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  if (typeof value !== 'object' || value === null) return false;
  try {
    ArrayBufferByteLength(value);
    return true;
  } catch {
    return false;
  }
}

export function isBufferSource(value: unknown): value is BufferSource {
  return ArrayBufferIsView(value) || isArrayBuffer(value);
}

/** The same memory as plain bytes; none where the buffer was detached. */
export function bytesOf(source: BufferSource): Uint8Array<ArrayBuffer> {
  if (!ArrayBufferIsView(source)) {
    const size = ArrayBufferByteLength(source);
    return size === 0 ? new NativeUint8Array(0) : new NativeUint8Array(source);
  }
  if (TypedArrayName(source) !== undefined) {
    const size = TypedArrayByteLength(source);
    if (size === 0) return new NativeUint8Array(0);
    return new NativeUint8Array(TypedArrayBuffer(source), TypedArrayByteOffset(source), size);
  }
  try {
    const size = DataViewByteLength(source);
    return new NativeUint8Array(DataViewBuffer(source), DataViewByteOffset(source), size);
  } catch {
    // A view of a detached buffer has no length to ask for.
    return new NativeUint8Array(0);
  }
}

/** A buffer of its own with these bytes and nothing else, as the host takes them. */
export function exactCopy(source: BufferSource): ArrayBuffer {
  const bytes = bytesOf(source);
  const copy = new NativeArrayBuffer(TypedArrayByteLength(bytes));
  TypedArraySet(new NativeUint8Array(copy), bytes);
  return copy;
}

/** A copy of a part; `start` and `size` must lie within. */
export function exactPart(
  bytes: Uint8Array<ArrayBuffer>,
  start: number,
  size: number,
): ArrayBuffer {
  const copy = new NativeArrayBuffer(size);
  const part = new NativeUint8Array(
    TypedArrayBuffer(bytes),
    TypedArrayByteOffset(bytes) + start,
    size,
  );
  TypedArraySet(new NativeUint8Array(copy), part);
  return copy;
}
