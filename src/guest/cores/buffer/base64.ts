import { latin1Slice } from './utf8.ts';

const standard = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const codesOf = (alphabet: string): Uint8Array =>
  Uint8Array.from({ length: 64 }, (_, index) => alphabet.charCodeAt(index));
const standardCodes = codesOf(standard);
const urlCodes = codesOf(standard.replace('+/', '-_'));

/** Value of each character, in both alphabets; 0xff for what is none. */
const values: Uint8Array = new Uint8Array(256).fill(0xff);
for (let value = 0; value < 64; value += 1) {
  values[standardCodes[value] as number] = value;
  values[urlCodes[value] as number] = value;
}

/** An upper bound of the bytes in a text, exact for well-formed ones. */
export function base64ByteLength(text: string): number {
  let length = text.length;
  if (length > 0 && text.charCodeAt(length - 1) === 0x3d) length -= 1;
  if (length > 1 && text.charCodeAt(length - 1) === 0x3d) length -= 1;
  return Math.floor((length * 3) / 4);
}

/** Reads both alphabets, skips what belongs to none and stops at `=`, as Node does. */
export function base64Write(
  target: Uint8Array,
  text: string,
  offset: number,
  maxLength: number,
): number {
  const end = offset + maxLength;
  let at = offset;
  let bits = 0;
  let count = 0;
  for (let index = 0; index < text.length && at < end; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === 0x3d) break;
    const value = unit < 256 ? (values[unit] as number) : 0xff;
    if (value === 0xff) continue;
    bits = ((bits << 6) | value) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      target[at++] = bits >> count;
    }
  }
  return at - offset;
}

export function base64Slice(bytes: Uint8Array, start: number, end: number): string {
  return encode(bytes, start, end, standardCodes, true);
}

export function base64urlSlice(bytes: Uint8Array, start: number, end: number): string {
  return encode(bytes, start, end, urlCodes, false);
}

function encode(
  bytes: Uint8Array,
  start: number,
  end: number,
  codes: Uint8Array,
  isPadded: boolean,
): string {
  const length = end - start;
  const rest = length % 3;
  const out = new Uint8Array(Math.ceil(length / 3) * 4);
  let used = 0;
  let at = start;
  for (; at + 2 < end; at += 3) {
    const three =
      ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
    out[used++] = codes[three >> 18] as number;
    out[used++] = codes[(three >> 12) & 63] as number;
    out[used++] = codes[(three >> 6) & 63] as number;
    out[used++] = codes[three & 63] as number;
  }
  if (rest > 0) {
    const two = ((bytes[at] as number) << 8) | (rest === 2 ? (bytes[at + 1] as number) : 0);
    out[used++] = codes[two >> 10] as number;
    out[used++] = codes[(two >> 4) & 63] as number;
    if (rest === 2) out[used++] = codes[(two << 2) & 63] as number;
    if (isPadded) out.fill(0x3d, used);
    if (isPadded) used = out.length;
  }
  return latin1Slice(out, 0, used);
}
