import type { Answer } from '../../../host.ts';
import { part } from '../../../parts.ts';
import { bytesOf, isBufferSource, type BufferSource } from '../../../web/internal/bytes.ts';
import { callHost, startHostWith } from '../../../web/internal/host-values.ts';
import type { FastBuffer } from '../../../cores/buffer/fast-buffer.ts';

/** What users hand to `crypto`, as bytes; what the host answers, as Buffers. */
const buffers = () => part('node/buffer') as typeof import('../../buffer.ts');
const errors = () => part('node/internal/errors') as typeof import('../errors.ts');

export type Bytes = Uint8Array<ArrayBuffer>;
export type Callback = (error: Error | null, ...results: unknown[]) => void;

const viewTypes = ['string', 'Buffer', 'TypedArray', 'DataView'];
const bufferTypes = ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'];

/** `'buffer'` and nothing at all mean UTF-8 for texts. */
export function bytesOfText(text: string, encoding?: unknown): Bytes {
  const name = encoding === 'buffer' || encoding === undefined ? 'utf8' : encoding;
  return buffers().Buffer.from(text, name);
}

export function isEncoding(name: unknown): boolean {
  return buffers().Buffer.isEncoding(name);
}

/** A text or a view, as `update()` takes it. */
export function viewBytes(value: unknown, name: string, encoding?: unknown): Bytes {
  if (typeof value === 'string') return bytesOfText(value, encoding);
  if (ArrayBuffer.isView(value)) return bytesOf(value);
  throw new (errors().ERR_INVALID_ARG_TYPE)(name, viewTypes, value);
}

/** A text, a view or a buffer: keys, salts, signatures. */
export function bufferBytes(value: unknown, name: string, encoding?: unknown): Bytes {
  if (typeof value === 'string') return bytesOfText(value, encoding);
  if (isBufferSource(value)) return bytesOf(value);
  throw new (errors().ERR_INVALID_ARG_TYPE)(name, bufferTypes, value);
}

/** Bytes alone. */
export function onlyBytes(value: unknown, name: string): BufferSource {
  if (isBufferSource(value)) return value;
  throw new (errors().ERR_INVALID_ARG_TYPE)(name, bufferTypes.slice(1), value);
}

/** An answer's bytes, without a copy. */
export function bufferOf(answer: Answer | Uint8Array): FastBuffer {
  const { Buffer } = buffers();
  if (answer === undefined || typeof answer === 'string') return Buffer.alloc(0);
  return answer instanceof Uint8Array
    ? Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength)
    : Buffer.from(answer);
}

/** In the encoding that was asked for, or as a Buffer. */
export function encoded(answer: Answer | Uint8Array, encoding: unknown): FastBuffer | string {
  const buffer = bufferOf(answer);
  if (typeof encoding !== 'string' || encoding === 'buffer') return buffer;
  return (buffer as unknown as { toString(encoding: string): string }).toString(encoding);
}

/** Asks the host for bytes. */
export function bytesFromHost(name: string, values: readonly unknown[]): FastBuffer {
  return bufferOf(callHost(name, values));
}

/** A function with a callback: an operation of the host, whose answer `read` turns into results. */
export function later(
  name: string,
  values: readonly unknown[],
  callback: Callback,
  read: (answer: Answer) => unknown[] = (answer) => [bufferOf(answer)],
): void {
  startHostWith(name, values, (error, answer) => {
    if (error !== undefined) {
      callback(error);
      return;
    }
    callback(null, ...read(answer));
  });
}

type Warn = (text: string, type: string, code: string) => void;
const warned = new Set<string>();

/** A deprecation, which Node tells once. */
export function warnDeprecated(text: string, code: string): void {
  if (warned.has(code)) return;
  warned.add(code);
  const { process } = globalThis as unknown as { process: { emitWarning: Warn } };
  process.emitWarning(text, 'DeprecationWarning', code);
}
