import { atob } from '../base64.ts';
import { parseMimeType, serializeMimeType } from './mime-type.ts';
import { utf8Encode } from './utf8.ts';

/** https://fetch.spec.whatwg.org/#data-url-processor; undefined when it is none. */
export function parseDataUrl(
  url: string,
): { type: string; bytes: Uint8Array<ArrayBuffer> } | undefined {
  const text = url.replace(/#.*$/s, '').slice('data:'.length);
  const comma = text.indexOf(',');
  if (comma < 0) return undefined;
  let type = text.slice(0, comma).replaceAll(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, '');
  let bytes = percentDecoded(text.slice(comma + 1));
  const isBase64 = /; *base64$/i.test(type);
  if (isBase64) {
    const decoded = base64Decoded(bytes);
    if (decoded === undefined) return undefined;
    bytes = decoded;
    type = type.replace(/ *; *base64$/i, '');
  }
  if (type.startsWith(';')) type = `text/plain${type}`;
  const parsed = parseMimeType(type);
  return {
    type: parsed === undefined ? 'text/plain;charset=US-ASCII' : serializeMimeType(parsed),
    bytes,
  };
}

function percentDecoded(text: string): Uint8Array<ArrayBuffer> {
  const bytes = utf8Encode(text);
  let length = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    let byte = bytes[index] ?? 0;
    const digits = byte === 0x25 ? latin1(bytes.subarray(index + 1, index + 3)) : '';
    if (/^[\da-f]{2}$/i.test(digits)) {
      byte = Number.parseInt(digits, 16);
      index += 2;
    }
    bytes[length] = byte;
    length += 1;
  }
  return bytes.slice(0, length);
}

function base64Decoded(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(latin1(bytes)), (character) => character.charCodeAt(0));
  } catch {
    // Bytes that are no base64 make the whole URL invalid.
    return undefined;
  }
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
