import { Buffer } from '../buffer.ts';
import { ERR_INVALID_ARG_TYPE } from '../internal/errors.ts';

type Chunk = string | Uint8Array | ArrayBuffer;
type Source = AsyncIterable<Chunk>;

/** Reads a stream, Node's or the web's, or any other async iterable, to its end. */
async function chunksOf(stream: Source): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

function bytesOf(chunk: Chunk): Uint8Array {
  if (typeof chunk === 'string' || ArrayBuffer.isView(chunk) || chunk instanceof ArrayBuffer) {
    return Buffer.from(chunk);
  }
  throw new ERR_INVALID_ARG_TYPE('chunk', ['string', 'Buffer', 'TypedArray', 'DataView'], chunk);
}

async function buffer(stream: Source): Promise<Uint8Array<ArrayBuffer>> {
  const chunks = await chunksOf(stream);
  return Buffer.concat(chunks.map(bytesOf));
}

async function arrayBuffer(stream: Source): Promise<ArrayBuffer> {
  return (await bytes(stream)).buffer;
}

async function bytes(stream: Source): Promise<Uint8Array<ArrayBuffer>> {
  const all = await buffer(stream);
  return new Uint8Array(all.buffer, all.byteOffset, all.byteLength);
}

async function blob(stream: Source): Promise<unknown> {
  const { Blob } = globalThis as unknown as { Blob: new (chunks: unknown[]) => object };
  return new Blob(await chunksOf(stream));
}

interface Decoder {
  decode(bytes?: Uint8Array | ArrayBuffer, options?: { stream: boolean }): string;
}

async function text(stream: Source): Promise<string> {
  const { TextDecoder } = globalThis as unknown as { TextDecoder: new () => Decoder };
  const decoder = new TextDecoder();
  let whole = '';
  for (const chunk of await chunksOf(stream)) {
    whole += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  }
  return whole + decoder.decode();
}

async function json(stream: Source): Promise<unknown> {
  return JSON.parse(await text(stream));
}

export const builtin: object = { arrayBuffer, blob, buffer, bytes, text, json };
