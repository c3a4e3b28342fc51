import { askHost, startHost, type Answer, type HostOperation } from '../../host.ts';
import {
  ArrayIsArray,
  JsonParse,
  NativeArrayBuffer,
  NativePromise,
  NativeUint8Array,
  ObjectKeys,
  StringFromCharCode,
  StringOf,
  TypedArrayByteLength,
  TypedArraySet,
  bareRecord,
  quote,
} from '../../primordials.ts';
import { part } from '../../parts.ts';
import { bytesOf, exactPart, isBufferSource } from './bytes.ts';

/**
 * Arguments and answers with byte strings in them: JSON with `{"$bytes": n}` where the next `n` bytes of
 * the one buffer that goes along are meant. The JSON is written by hand, past everybody's `toJSON`.
 */
interface Packing {
  readonly chunks: Record<number, Uint8Array>;
  count: number;
  size: number;
}

/** Asks the host with packed arguments; see `src/host/packed.ts`. */
export function callHost(name: string, values: readonly unknown[]): Answer {
  const { text, bytes } = pack(values);
  try {
    return askHost(name, text, bytes);
  } catch (error) {
    throw asThrown(error);
  }
}

/** The same as an operation; `done` runs in a later entry, and what it throws is nobody's to catch. */
export function startHostWith(
  name: string,
  values: readonly unknown[],
  done: (error: Error | undefined, answer: Answer) => void,
): HostOperation {
  const { text, bytes } = pack(values);
  return startHost(name, text, bytes, (error, answer) => {
    done(error === undefined ? undefined : asThrown(error), answer);
  });
}

/** The same as a promise. */
export function callHostLater(name: string, values: readonly unknown[]): Promise<Answer> {
  return new NativePromise((fulfil, reject) => {
    startHostWith(name, values, (error, answer) => {
      if (error === undefined) fulfil(answer);
      else reject(error);
    });
  });
}

/** Some of Node's errors have no code, and WebCrypto's are DOMExceptions. */
export function asThrown<Thrown>(error: Thrown): Thrown | Error {
  const { code, domName, message } = error as { code?: string; domName?: string; message: string };
  if (domName !== undefined) {
    const { domException } = part('web/dom-exception') as typeof import('../dom-exception.ts');
    return domException(message, domName);
  }
  if (code === '') delete (error as { code?: string }).code;
  return error;
}

function pack(values: readonly unknown[]): { text: string; bytes: ArrayBuffer | undefined } {
  const packing: Packing = { chunks: bareRecord<Uint8Array>(), count: 0, size: 0 };
  const text = textOf(values, packing);
  if (packing.count === 0) return { text, bytes: undefined };
  const bytes = new NativeArrayBuffer(packing.size);
  const whole = new NativeUint8Array(bytes);
  let offset = 0;
  for (let index = 0; index < packing.count; index += 1) {
    const chunk = packing.chunks[index] as Uint8Array;
    TypedArraySet(whole, chunk, offset);
    offset += TypedArrayByteLength(chunk);
  }
  return { text, bytes };
}

function textOf(value: unknown, packing: Packing): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      // Neither JSON nor the host has the others.
      return value - value === 0 ? StringOf(value) : 'null';
    case 'object':
      if (value === null) return 'null';
      if (isBufferSource(value)) return bytesText(bytesOf(value), packing);
      return ArrayIsArray(value) ? listText(value, packing) : recordText(value, packing);
    default:
      return 'null';
  }
}

function bytesText(bytes: Uint8Array, packing: Packing): string {
  const size = TypedArrayByteLength(bytes);
  packing.chunks[packing.count] = bytes;
  packing.count += 1;
  packing.size += size;
  return `{"$bytes":${size}}`;
}

function listText(list: readonly unknown[], packing: Packing): string {
  let text = '';
  for (let index = 0; index < list.length; index += 1) {
    text += `${index === 0 ? '' : ','}${textOf(list[index], packing)}`;
  }
  return `[${text}]`;
}

function recordText(record: object, packing: Packing): string {
  const keys = ObjectKeys(record);
  let text = '';
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as string;
    const value = (record as Record<string, unknown>)[key];
    if (value === undefined) continue;
    text += `${text === '' ? '' : ','}${quote(key)}:${textOf(value, packing)}`;
  }
  return `{${text}}`;
}

/** What an answer says, with its bytes in place as buffers of their own. */
export function unpack(answer: Answer): unknown {
  if (answer === undefined) return undefined;
  if (typeof answer === 'string') return JsonParse(answer);
  const bytes = new NativeUint8Array(answer);
  const size = headSize(bytes);
  let head = '';
  for (let index = 4; index < 4 + size; index += 1) head += StringFromCharCode(bytes[index] ?? 0);
  return withBytes(JsonParse(head), { bytes, offset: 4 + size });
}

function headSize(bytes: Uint8Array): number {
  let size = 0;
  for (let index = 3; index >= 0; index -= 1) size = size * 256 + (bytes[index] ?? 0);
  return size;
}

interface Reading {
  readonly bytes: Uint8Array<ArrayBuffer>;
  offset: number;
}

function withBytes(value: unknown, reading: Reading): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const keys = ObjectKeys(value);
  const record = value as Record<string, unknown>;
  if (keys.length === 1 && keys[0] === '$bytes') {
    const size = record['$bytes'] as number;
    reading.offset += size;
    return exactPart(reading.bytes, reading.offset - size, size);
  }
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as string;
    record[key] = withBytes(record[key], reading);
  }
  return value;
}
