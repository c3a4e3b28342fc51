import { ServiceError, type HostAnswer } from './service.ts';

/**
 * Arguments and answers with several byte strings in them. The text is JSON; where it has `{"$bytes": n}`,
 * the next `n` bytes of the one buffer that went along are meant.
 */
type Packed = string | number | boolean | null | Uint8Array | Packed[] | { [key: string]: Packed };

const marker = '$bytes';
/** Arguments are names, sizes and small records; data travels as bytes. */
const longestText = 262_144;
const deepest = 8;

/** The arguments of one call, as a hostile guest sent them: every reader checks what it returns. */
export class Arguments {
  readonly #values: readonly unknown[];

  constructor(text: string, bytes: Uint8Array | undefined) {
    this.#values = readValues(text, bytes ?? new Uint8Array());
  }

  has(index: number): boolean {
    return this.#values[index] !== undefined && this.#values[index] !== null;
  }

  /** A text of at most `longest` characters. */
  string(index: number, longest = 256): string {
    const value = this.#values[index];
    if (typeof value !== 'string' || value.length > longest) throw badArgument(index, 'a text');
    return value;
  }

  oneOf<Name extends string>(index: number, names: readonly Name[]): Name {
    const value = this.#values[index];
    const found = names.find((name) => name === value);
    if (found === undefined) throw badArgument(index, `one of ${names.join(', ')}`);
    return found;
  }

  /** A whole number from `least` to `most`, both included. */
  integer(index: number, least: number, most: number): number {
    const value = this.#values[index];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
      throw badArgument(index, `a whole number from ${least} to ${most}`);
    }
    return value;
  }

  boolean(index: number): boolean {
    const value = this.#values[index];
    if (typeof value !== 'boolean') throw badArgument(index, 'a boolean');
    return value;
  }

  bytes(index: number): Uint8Array {
    const value = this.#values[index];
    if (!(value instanceof Uint8Array)) throw badArgument(index, 'bytes');
    return value;
  }

  /** A record; its fields are still to be checked. */
  record(index: number): Record<string, unknown> {
    const value = this.#values[index];
    if (!isRecord(value)) throw badArgument(index, 'a record');
    return value;
  }

  strings(index: number, most = 32): string[] {
    const value = this.#values[index];
    if (!Array.isArray(value) || value.length > most) throw badArgument(index, 'a list of texts');
    for (const item of value) if (typeof item !== 'string') throw badArgument(index, 'texts');
    return value as string[];
  }
}

function badArgument(index: number, wanted: string): ServiceError {
  return new ServiceError('ERR_INVALID_ARG_VALUE', `Argument ${index} must be ${wanted}`, {
    name: 'TypeError',
  });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  );
}

function readValues(text: string, bytes: Uint8Array): unknown[] {
  if (text.length > longestText) throw malformed();
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    throw malformed();
  }
  if (!Array.isArray(values)) throw malformed();
  let offset = 0;
  const restore = (value: unknown, depth: number): unknown => {
    if (depth > deepest) throw malformed();
    if (Array.isArray(value)) return value.map((item) => restore(item, depth + 1));
    if (!isRecord(value)) return value;
    if (Object.hasOwn(value, marker)) {
      const size = value[marker];
      const left = bytes.byteLength - offset;
      if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > left) {
        throw malformed();
      }
      offset += size;
      return bytes.subarray(offset - size, offset);
    }
    // Without a prototype: a field named `__proto__` is a field.
    const record = Object.create(null) as Record<string, unknown>;
    for (const key of Object.keys(value)) record[key] = restore(value[key], depth + 1);
    return record;
  };
  return values.map((value) => restore(value, 0));
}

function malformed(): ServiceError {
  return new ServiceError('ERR_INVALID_ARG_VALUE', 'The arguments are malformed', {
    name: 'TypeError',
  });
}

/**
 * An answer with bytes in it: the length of the head (4 bytes, little-endian), the head as JSON in ASCII, the
 * bytes. One without bytes is the JSON alone.
 */
export function packAnswer(value: Packed | object): HostAnswer {
  const chunks: Uint8Array[] = [];
  const json = JSON.stringify(mark(value, chunks));
  if (chunks.length === 0) return json;
  const head = Buffer.from(
    json.replace(/[\u0080-\uffff]/g, (unit) => {
      return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    }),
    'latin1',
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.byteLength);
  return joined([length, head, ...chunks]);
}

function mark(value: unknown, chunks: Uint8Array[]): unknown {
  if (value instanceof Uint8Array) {
    chunks.push(value);
    return { [marker]: value.byteLength };
  }
  if (Array.isArray(value)) return value.map((item) => mark(item, chunks));
  if (!isRecord(value)) return typeof value === 'bigint' ? `${value}` : value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mark(item, chunks)]));
}

/** One buffer of its own with all of it, never a piece of Node's pool. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}
