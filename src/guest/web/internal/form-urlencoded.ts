import { utf8Decode, utf8Encode } from './utf8.ts';

/** https://url.spec.whatwg.org/#application/x-www-form-urlencoded */
export type Pair = [name: string, value: string];

export function parseUrlencoded(text: string): Pair[] {
  const pairs: Pair[] = [];
  for (const sequence of text.split('&')) {
    if (sequence === '') continue;
    const end = sequence.indexOf('=');
    const name = end < 0 ? sequence : sequence.slice(0, end);
    pairs.push([decode(name), end < 0 ? '' : decode(sequence.slice(end + 1))]);
  }
  return pairs;
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  return spaced.includes('%') ? percentDecode(spaced) : spaced.toWellFormed();
}

function percentDecode(text: string): string {
  const bytes = utf8Encode(text);
  let length = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    let byte = bytes[index] ?? 0;
    if (byte === 0x25) {
      const value = hexValue(bytes[index + 1]) * 16 + hexValue(bytes[index + 2]);
      if (value >= 0) {
        byte = value;
        index += 2;
      }
    }
    bytes[length] = byte;
    length += 1;
  }
  return decodeKeepingMark(bytes.subarray(0, length));
}

/** "UTF-8 decode without BOM": a mark in front is part of the text. */
export function decodeKeepingMark(bytes: Uint8Array): string {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return hasMark ? `\uFEFF${utf8Decode(bytes.subarray(3))}` : utf8Decode(bytes);
}

/** Negative enough to spoil the sum when it is no digit. */
function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1000;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1000;
}

export function serializeUrlencoded(pairs: readonly (readonly [string, string])[]): string {
  let text = '';
  for (const [name, value] of pairs) {
    text += `${text === '' ? '' : '&'}${encode(name)}=${encode(value)}`;
  }
  return text;
}

const plain = /^[\w*\-.]*$/;

function encode(text: string): string {
  if (plain.test(text)) return text;
  let encoded = '';
  for (const byte of utf8Encode(text)) {
    const character = String.fromCharCode(byte);
    if (byte === 0x20) encoded += '+';
    else if (byte < 0x80 && plain.test(character)) encoded += character;
    else encoded += `%${byte < 16 ? '0' : ''}${byte.toString(16).toUpperCase()}`;
  }
  return encoded;
}
