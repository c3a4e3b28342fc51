import { File, blobChunks, fileOf } from '../blob.ts';
import type { FormData } from '../form-data.ts';
import { formEntries, formOf } from '../form-data.ts';
import type { Chunks } from './chunks.ts';
import { utf8Decode, utf8Encode } from './utf8.ts';

/** https://html.spec.whatwg.org/#multipart-form-data, as bodies of requests and responses carry it. */

export function serializeForm(form: FormData): { chunks: Chunks; contentType: string } {
  const digits = `${Math.floor(Math.random() * 1e11)}`.padStart(11, '0');
  const boundary = `----formdata-undici-0${digits}`;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (const [name, value] of formEntries(form)) {
    const start = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(lines(name))}"`;
    if (typeof value === 'string') {
      chunks.push(utf8Encode(`${start}\r\n\r\n${lines(value)}\r\n`));
    } else {
      const type = value.type === '' ? 'application/octet-stream' : value.type;
      const file = `; filename="${escapeName(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`;
      chunks.push(utf8Encode(start + file), ...blobChunks(value), utf8Encode('\r\n'));
    }
  }
  chunks.push(utf8Encode(`--${boundary}--\r\n`));
  return { chunks, contentType: `multipart/form-data; boundary=${boundary}` };
}

function escapeName(name: string): string {
  return name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');
}

function lines(text: string): string {
  return text.replaceAll(/\r?\n|\r/g, '\r\n');
}

/** Undefined when the bytes are no such form. */
export function parseForm(bytes: Uint8Array<ArrayBuffer>, boundary: string): FormData | undefined {
  const delimiter = utf8Encode(`--${boundary}`);
  const entries: [string, string | File][] = [];
  let at = indexOf(bytes, delimiter, 0);
  // Only line breaks may come before the first part.
  for (let index = 0; index < at; index += 1) {
    if (bytes[index] !== 13 && bytes[index] !== 10) return undefined;
  }
  const ending = utf8Encode(`\r\n--${boundary}`);
  while (at >= 0) {
    at += delimiter.length;
    if (bytes[at] === 0x2d && bytes[at + 1] === 0x2d) return formOf(entries);
    if (bytes[at] !== 13 || bytes[at + 1] !== 10) return undefined;
    at += 2;
    const head = readHead(bytes, at);
    if (head?.name === undefined) return undefined;
    const end = indexOf(bytes, ending, head.end);
    if (end < 0) return undefined;
    const content = bytes.slice(head.end, end);
    entries.push([head.name, valueOf(head, content)]);
    at = end + 2;
  }
  return undefined;
}

interface Head {
  readonly name: string | undefined;
  readonly filename: string | undefined;
  readonly type: string | undefined;
  /** Where the content begins. */
  readonly end: number;
}

function valueOf({ name, filename, type }: Head, content: Uint8Array<ArrayBuffer>): string | File {
  if (name === undefined || filename === undefined) return utf8Decode(content);
  return fileOf([content], filename, type ?? 'text/plain');
}

function readHead(bytes: Uint8Array, start: number): Head | undefined {
  let name: string | undefined;
  let filename: string | undefined;
  let type: string | undefined;
  let at = start;
  for (;;) {
    const end = indexOf(bytes, lineBreak, at);
    if (end < 0) return undefined;
    const line = utf8Decode(bytes.subarray(at, end));
    at = end + 2;
    if (line === '') return { name, filename, type, end: at };
    const colon = line.indexOf(':');
    if (colon <= 0) return undefined;
    const header = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (header === 'content-type') type = value;
    if (header === 'content-disposition') {
      if (!/^form-data\s*(?:;|$)/i.test(value)) return undefined;
      name = parameter(value, 'name');
      filename = parameter(value, 'filename');
    }
  }
}

const lineBreak = new Uint8Array([13, 10]);

function parameter(value: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^\\s;"]+))`, 'i').exec(value);
  const text = match?.[1] ?? match?.[2];
  return text?.replaceAll(/%(?:0A|0D|22)/gi, (code) =>
    String.fromCharCode(Number.parseInt(code.slice(1), 16)),
  );
}

function indexOf(bytes: Uint8Array, needle: Uint8Array, start: number): number {
  const first = needle[0] ?? 0;
  const last = bytes.length - needle.length;
  for (
    let at = bytes.indexOf(first, start);
    at >= 0 && at <= last;
    at = bytes.indexOf(first, at + 1)
  ) {
    let index = 1;
    while (index < needle.length && bytes[at + index] === needle[index]) index += 1;
    if (index === needle.length) return at;
  }
  return -1;
}
