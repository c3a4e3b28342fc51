import { domException } from './dom-exception.ts';
import { domString } from './internal/conversions.ts';
import { requireArguments } from './internal/errors.ts';
import { setLength } from './internal/interfaces.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Six bits by character code; 255 is none of the alphabet. */
const values = new Uint8Array(128).fill(255);
for (let index = 0; index < alphabet.length; index += 1) values[alphabet.charCodeAt(index)] = index;

/** Characters of one piece: joining texts one by one would build a deep rope. */
const pieceLength = 3 * 2048;

/** https://html.spec.whatwg.org/#dom-btoa */
export function btoa(input?: unknown): string {
  requireArguments(arguments.length, 'input');
  const text = domString(input);
  let result = '';
  for (let start = 0; start < text.length; start += pieceLength) {
    result += encodePiece(text, start, Math.min(text.length, start + pieceLength));
  }
  return result;
}

function encodePiece(text: string, start: number, end: number): string {
  let result = '';
  for (let index = start; index < end; index += 3) {
    const first = byteAt(text, index);
    const second = index + 1 < end ? byteAt(text, index + 1) : 0;
    const third = index + 2 < end ? byteAt(text, index + 2) : 0;
    result += alphabet.charAt(first >> 2) + alphabet.charAt(((first & 3) << 4) | (second >> 4));
    result += index + 1 < end ? alphabet.charAt(((second & 15) << 2) | (third >> 6)) : '=';
    result += index + 2 < end ? alphabet.charAt(third & 63) : '=';
  }
  return result;
}

function byteAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  if (unit > 255) throw invalidCharacter();
  return unit;
}

/** https://infra.spec.whatwg.org/#forgiving-base64-decode */
export function atob(input?: unknown): string {
  requireArguments(arguments.length, 'input');
  const spaced = domString(input);
  let text = /[\t\n\f\r ]/.test(spaced) ? spaced.replaceAll(/[\t\n\f\r ]+/g, '') : spaced;
  if (text.length % 4 === 0) text = text.replace(/={1,2}$/, '');
  if (text.length % 4 === 1 && isAlphabet(text)) {
    const message = 'The string to be decoded is not correctly encoded.';
    throw domException(message, 'InvalidCharacterError');
  }
  let result = '';
  let bits = 0;
  let count = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    const value = unit < 128 ? (values[unit] ?? 255) : 255;
    if (value === 255) throw invalidCharacter();
    bits = ((bits << 6) | value) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    result += String.fromCharCode((bits >> count) & 255);
  }
  return result;
}

function isAlphabet(text: string): boolean {
  return /^[A-Za-z\d+/]*$/.test(text);
}

function invalidCharacter(): Error {
  return domException('Invalid character', 'InvalidCharacterError');
}

setLength(btoa, 1);
setLength(atob, 1);
