import { askHost } from '../../host.ts';
import {
  NativeUint8Array,
  TypedArrayBuffer,
  TypedArrayByteLength,
  TypedArrayByteOffset,
  TypedArraySet,
} from '../../primordials.ts';

/** A call costs as much as a few KB: small wishes are cut from a block. */
const blockSize = 4_096;
const largestAsk = 1_048_576;

let block = new NativeUint8Array(0);
let used = 0;

/** Fills bytes with random ones of the host's OpenSSL. */
export function fillRandom(target: Uint8Array<ArrayBuffer>): void {
  const size = TypedArrayByteLength(target);
  if (size <= blockSize / 4) {
    const start = take(size);
    for (let index = 0; index < size; index += 1) {
      target[index] = block[start + index] ?? 0;
      // What was handed out is not kept.
      block[start + index] = 0;
    }
    return;
  }
  for (let offset = 0; offset < size; offset += largestAsk) {
    const piece = size - offset < largestAsk ? size - offset : largestAsk;
    const view = new NativeUint8Array(
      TypedArrayBuffer(target),
      TypedArrayByteOffset(target) + offset,
      piece,
    );
    TypedArraySet(view, fromHost(piece));
  }
}

/** Where in the block so many fresh bytes start. */
function take(size: number): number {
  if (TypedArrayByteLength(block) - used < size) {
    block = fromHost(blockSize);
    used = 0;
  }
  used += size;
  return used - size;
}

function fromHost(size: number): Uint8Array<ArrayBuffer> {
  return new NativeUint8Array(askHost('crypto.random', `${size}`) as ArrayBuffer);
}

const hex: Record<number, string> = {};
for (let byte = 0; byte < 256; byte += 1) hex[byte] = (byte + 256).toString(16).slice(1);

/** A random UUID of version 4. */
export function randomUuid(): string {
  const start = take(16);
  let text = '';
  for (let index = 0; index < 16; index += 1) {
    let byte = block[start + index] ?? 0;
    block[start + index] = 0;
    if (index === 6) byte = (byte & 0x0f) | 0x40;
    if (index === 8) byte = (byte & 0x3f) | 0x80;
    text += hex[byte];
    if (index === 3 || index === 5 || index === 7 || index === 9) text += '-';
  }
  return text;
}
