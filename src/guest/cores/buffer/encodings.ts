import { base64ByteLength, base64Slice, base64Write, base64urlSlice } from './base64.ts';
import { latin1Slice, utf8ByteLength, utf8Slice, utf8Write } from './utf8.ts';

export type EncodingName = 'utf8' | 'utf16le' | 'latin1' | 'ascii' | 'base64' | 'base64url' | 'hex';

/** How one encoding turns text into bytes and back. Both `write`s cut at whole characters. */
export interface Encoding {
  readonly name: EncodingName;
  byteLength(text: string): number;
  write(target: Uint8Array, text: string, offset: number, maxLength: number): number;
  slice(bytes: Uint8Array, start: number, end: number): string;
}

function latin1Write(target: Uint8Array, text: string, offset: number, maxLength: number): number {
  const length = Math.min(maxLength, text.length);
  for (let index = 0; index < length; index += 1) {
    target[offset + index] = text.charCodeAt(index);
  }
  return length;
}

function asciiSlice(bytes: Uint8Array, start: number, end: number): string {
  const seven = bytes.slice(start, end);
  for (let index = 0; index < seven.length; index += 1)
    seven[index] = (seven[index] as number) & 0x7f;
  return latin1Slice(seven, 0, seven.length);
}

function utf16Write(target: Uint8Array, text: string, offset: number, maxLength: number): number {
  const length = Math.min(maxLength >> 1, text.length);
  for (let index = 0; index < length; index += 1) {
    const unit = text.charCodeAt(index);
    target[offset + index * 2] = unit;
    target[offset + index * 2 + 1] = unit >> 8;
  }
  return length * 2;
}

function utf16Slice(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  const units = new Uint16Array(Math.min((end - start) >> 1, 4096));
  for (let at = start; at + 1 < end;) {
    let used = 0;
    while (used < units.length && at + 1 < end) {
      units[used++] = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
      at += 2;
    }
    text += String.fromCharCode.apply(null, units.subarray(0, used) as unknown as number[]);
  }
  return text;
}

const hexDigits = '0123456789abcdef';
const hexOfByte: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => (hexDigits[byte >> 4] as string) + (hexDigits[byte & 15] as string),
);

function hexSlice(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at += 1) text += hexOfByte[bytes[at] as number] as string;
  return text;
}

function hexValue(unit: number): number {
  if (unit >= 48 && unit <= 57) return unit - 48;
  const lower = unit | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** Stops at the first pair that is no byte. */
function hexWrite(target: Uint8Array, text: string, offset: number, maxLength: number): number {
  const length = Math.min(maxLength, text.length >> 1);
  for (let index = 0; index < length; index += 1) {
    const high = hexValue(text.charCodeAt(index * 2));
    const low = hexValue(text.charCodeAt(index * 2 + 1));
    if (high < 0 || low < 0) return index;
    target[offset + index] = (high << 4) | low;
  }
  return length;
}

const sameLength = (text: string): number => text.length;

export const utf8: Encoding = {
  name: 'utf8',
  byteLength: utf8ByteLength,
  write: utf8Write,
  slice: utf8Slice,
};

export const encodings: Readonly<Record<EncodingName, Encoding>> = {
  utf8,
  utf16le: {
    name: 'utf16le',
    byteLength: (text) => text.length * 2,
    write: utf16Write,
    slice: utf16Slice,
  },
  latin1: { name: 'latin1', byteLength: sameLength, write: latin1Write, slice: latin1Slice },
  ascii: { name: 'ascii', byteLength: sameLength, write: latin1Write, slice: asciiSlice },
  base64: {
    name: 'base64',
    byteLength: base64ByteLength,
    write: base64Write,
    slice: base64Slice,
  },
  base64url: {
    name: 'base64url',
    byteLength: base64ByteLength,
    write: base64Write,
    slice: base64urlSlice,
  },
  hex: {
    name: 'hex',
    byteLength: (text) => text.length >>> 1,
    write: hexWrite,
    slice: hexSlice,
  },
};

/** An encoding by any of its names; undefined when there is none. */
export function findEncoding(name: unknown): Encoding | undefined {
  if (name === 'utf8' || name === 'utf-8') return utf8;
  switch (String(name).toLowerCase()) {
    case 'utf8':
    case 'utf-8':
      return utf8;
    case 'ucs2':
    case 'ucs-2':
    case 'utf16le':
    case 'utf-16le':
      return encodings.utf16le;
    case 'latin1':
    case 'binary':
      return encodings.latin1;
    case 'ascii':
      return encodings.ascii;
    case 'base64':
      return encodings.base64;
    case 'base64url':
      return encodings.base64url;
    case 'hex':
      return encodings.hex;
    default:
      return undefined;
  }
}
