/** UTF-8 by the rules of the Encoding Standard: what is not well formed becomes U+FFFD. */
export function utf8ByteLength(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) {
      length += 1;
    } else if (isLeadAt(text, unit, index)) {
      length += 2;
      index += 1;
    } else {
      length += 2;
    }
  }
  return length;
}

/** Whether the unit at `index` and the next one are a surrogate pair. */
function isLeadAt(text: string, unit: number, index: number): boolean {
  if (unit < 0xd800 || unit > 0xdbff) return false;
  const next = text.charCodeAt(index + 1);
  return next >= 0xdc00 && next <= 0xdfff;
}

/** Writes whole characters as long as they fit; gives the number of bytes. */
export function utf8Write(
  target: Uint8Array,
  text: string,
  offset: number,
  maxLength: number,
): number {
  const end = offset + maxLength;
  let at = offset;
  for (let index = 0; index < text.length; index += 1) {
    let code = text.charCodeAt(index);
    if (code < 0x80) {
      if (at >= end) break;
      target[at++] = code;
      continue;
    }
    if (code < 0x800) {
      if (at + 2 > end) break;
      target[at++] = 0xc0 | (code >> 6);
      target[at++] = 0x80 | (code & 0x3f);
      continue;
    }
    if (isLeadAt(text, code, index)) {
      if (at + 4 > end) break;
      index += 1;
      code = 0x10000 + ((code - 0xd800) << 10) + (text.charCodeAt(index) - 0xdc00);
      target[at++] = 0xf0 | (code >> 18);
      target[at++] = 0x80 | ((code >> 12) & 0x3f);
      target[at++] = 0x80 | ((code >> 6) & 0x3f);
      target[at++] = 0x80 | (code & 0x3f);
      continue;
    }
    if (at + 3 > end) break;
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    target[at++] = 0xe0 | (code >> 12);
    target[at++] = 0x80 | ((code >> 6) & 0x3f);
    target[at++] = 0x80 | (code & 0x3f);
  }
  return at - offset;
}

/** More arguments than this at once would need a large stack. */
const unitsAtOnce = 8192;

export function latin1Slice(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at += unitsAtOnce) {
    const chunk = bytes.subarray(at, Math.min(end, at + unitsAtOnce));
    text += String.fromCharCode.apply(null, chunk as unknown as number[]);
  }
  return text;
}

export function utf8Slice(bytes: Uint8Array, start: number, end: number): string {
  let ascii = start;
  while (ascii < end && (bytes[ascii] as number) < 0x80) ascii += 1;
  const head = latin1Slice(bytes, start, ascii);
  return ascii === end ? head : head + decode(bytes, ascii, end);
}

function decode(bytes: Uint8Array, start: number, end: number): string {
  const units = new Uint16Array(Math.min(end - start, unitsAtOnce) + 2);
  let used = 0;
  let text = '';
  let at = start;
  while (at < end) {
    if (used >= unitsAtOnce) {
      text += String.fromCharCode.apply(null, units.subarray(0, used) as unknown as number[]);
      used = 0;
    }
    const lead = bytes[at++] as number;
    if (lead < 0x80) {
      units[used++] = lead;
      continue;
    }
    let needed = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    if (lead < 0xc2 || lead > 0xf4) {
      units[used++] = 0xfffd;
      continue;
    }
    // Overlong forms, surrogates and what is beyond Unicode are cut off by the second byte.
    let lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    let highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    let code = lead & (0x3f >> needed);
    while (needed > 0) {
      const byte = at < end ? (bytes[at] as number) : 0;
      if (byte < lowest || byte > highest) break;
      lowest = 0x80;
      highest = 0xbf;
      code = (code << 6) | (byte & 0x3f);
      at += 1;
      needed -= 1;
    }
    if (needed > 0) {
      units[used++] = 0xfffd;
    } else if (code < 0x10000) {
      units[used++] = code;
    } else {
      units[used++] = 0xd7c0 + (code >> 10);
      units[used++] = 0xdc00 | (code & 0x3ff);
    }
  }
  return text + String.fromCharCode.apply(null, units.subarray(0, used) as unknown as number[]);
}

/** Whether all bytes are well-formed UTF-8. */
export function isUtf8Bytes(bytes: Uint8Array): boolean {
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at++] as number;
    if (lead < 0x80) continue;
    if (lead < 0xc2 || lead > 0xf4) return false;
    let needed = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    let lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    let highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    for (; needed > 0; needed -= 1) {
      const byte = at < bytes.length ? (bytes[at++] as number) : 0;
      if (byte < lowest || byte > highest) return false;
      lowest = 0x80;
      highest = 0xbf;
    }
  }
  return true;
}
