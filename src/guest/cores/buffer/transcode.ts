import { encodings, type Encoding } from './encodings.ts';

const transcodable = new Set(['utf8', 'utf16le', 'latin1', 'ascii']);

/** Bytes in another encoding; undefined where Node refuses. What the target cannot say becomes `?`. */
export function transcodeBytes(
  source: Uint8Array,
  from: Encoding | undefined,
  to: Encoding | undefined,
): Uint8Array | undefined {
  if (from === undefined || to === undefined) return undefined;
  if (!transcodable.has(from.name) || !transcodable.has(to.name)) return undefined;
  const text = from.slice(source, 0, source.length);
  const highest = to.name === 'ascii' ? 0x7f : to.name === 'latin1' ? 0xff : undefined;
  const sayable =
    highest === undefined
      ? text
      : Array.from(text, (one) => ((one.codePointAt(0) ?? 0) > highest ? '?' : one)).join('');
  const bytes = new Uint8Array(encodings[to.name].byteLength(sayable));
  to.write(bytes, sayable, 0, bytes.length);
  return bytes;
}
