/** The class that every Buffer is an instance of; `Buffer` itself is a function with its prototype. */
export class FastBuffer extends Uint8Array<ArrayBuffer> {
  constructor(source?: ArrayBuffer | number, byteOffset?: number, length?: number) {
    super(source as ArrayBuffer, byteOffset, length);
  }
}

/** Node's limits of 64-bit platforms. */
export const maxLength: number = Number.MAX_SAFE_INTEGER;
export const maxStringLength: number = 536870888;

const byteLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength')?.get as (
  this: unknown,
) => number;

/** By the internal slot, as Node asks it: an object with that prototype is none. */
export function isAnyArrayBuffer(value: unknown): value is ArrayBuffer {
  if (typeof value !== 'object' || value === null) return false;
  try {
    Reflect.apply(byteLength, value, []);
    return true;
  } catch {
    return false;
  }
}
