/** The class that every Buffer is an instance of; `Buffer` itself is a function with its prototype. */
export class FastBuffer extends Uint8Array<ArrayBuffer> {
  constructor(source?: ArrayBuffer | number, byteOffset?: number, length?: number) {
    super(source as ArrayBuffer, byteOffset, length);
  }
}

/** Node's limits of 64-bit platforms. */
export const maxLength: number = Number.MAX_SAFE_INTEGER;
export const maxStringLength: number = 536870888;

export function isAnyArrayBuffer(value: unknown): value is ArrayBuffer {
  return (
    value instanceof ArrayBuffer ||
    (typeof value === 'object' &&
      value !== null &&
      Object.prototype.toString.call(value) === '[object ArrayBuffer]')
  );
}
