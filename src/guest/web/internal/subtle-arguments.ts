import { NativeTypeError, bareRecord } from '../../primordials.ts';
import { isCryptoKey, recordOf } from '../crypto-key.ts';
import { isBufferSource, type BufferSource } from './bytes.ts';
import { domString, isIterable } from './conversions.ts';
import { codedError } from './errors.ts';

/** Web IDL's conversions of WebCrypto's arguments, with Node's words where they fail. */
export class SubtleArguments {
  readonly #method: string;
  readonly #values: ArrayLike<unknown>;

  constructor(method: string, values: ArrayLike<unknown>, required: number) {
    this.#method = method;
    this.#values = values;
    if (values.length >= required) return;
    throw this.#error(
      'ERR_MISSING_ARGS',
      `${required} argument${required === 1 ? '' : 's'} required, but only ${values.length} present.`,
    );
  }

  algorithm(index: number): object {
    return algorithmRecord(this.#values[index]);
  }

  /** The sealed key. */
  key(index: number): ArrayBuffer {
    const value = this.#values[index];
    if (isCryptoKey(value)) return recordOf(value).sealed;
    throw this.#error(
      'ERR_INVALID_ARG_TYPE',
      `${ordinal(index)} argument is not of type CryptoKey.`,
    );
  }

  bytes(index: number): BufferSource {
    const value = this.#values[index];
    if (isBufferSource(value)) return value;
    throw this.#error(
      'ERR_INVALID_ARG_TYPE',
      `${ordinal(index)} argument is not instance of ArrayBuffer, Buffer, TypedArray, or DataView.`,
    );
  }

  oneOf(index: number, type: string, names: readonly string[]): string {
    return this.#enumValue(this.#values[index], `${ordinal(index)} argument`, type, names);
  }

  boolean(index: number): boolean {
    return Boolean(this.#values[index]);
  }

  usages(index: number): string[] {
    const value = this.#values[index];
    if (!isIterable(value)) {
      throw this.#error(
        'ERR_INVALID_ARG_TYPE',
        `${ordinal(index)} argument can not be converted to sequence.`,
      );
    }
    const usages: string[] = [];
    for (const usage of value) {
      const place = `${ordinal(index)} argument[${usages.length}]`;
      usages.push(this.#enumValue(usage, place, 'KeyUsage', keyUsages));
    }
    return usages;
  }

  /** A JWK's own fields of text; key_ops and ext are the only others. */
  jwk(index: number): Record<string, unknown> {
    const value = this.#values[index];
    if (typeof value !== 'object' || value === null || isBufferSource(value)) {
      throw this.#error(
        'ERR_INVALID_ARG_TYPE',
        `${ordinal(index)} argument can not be converted to a dictionary`,
      );
    }
    return jwkRecord(value);
  }

  at(index: number): unknown {
    return this.#values[index];
  }

  #enumValue(value: unknown, place: string, type: string, names: readonly string[]): string {
    const text = domString(value);
    if (names.includes(text)) return text;
    throw this.#error(
      'ERR_INVALID_ARG_VALUE',
      `${place} '${text}' is not a valid enum value of type ${type}.`,
    );
  }

  #error(code: string, text: string): Error {
    return codedError(
      NativeTypeError,
      code,
      `Failed to execute '${this.#method}' on 'SubtleCrypto': ${text}`,
    );
  }
}

const keyUsages = [
  'encrypt',
  'decrypt',
  'sign',
  'verify',
  'deriveKey',
  'deriveBits',
  'wrapKey',
  'unwrapKey',
  'encapsulateBits',
  'decapsulateBits',
  'encapsulateKey',
  'decapsulateKey',
];

/** Fields that some algorithm has. Whether they are right is Node's to say. */
const fields = [
  'hash',
  'namedCurve',
  'modulusLength',
  'publicExponent',
  'length',
  'iv',
  'counter',
  'additionalData',
  'tagLength',
  'label',
  'saltLength',
  'salt',
  'info',
  'iterations',
  'public',
  'context',
  'nonce',
  'memory',
  'passes',
  'parallelism',
  'version',
  'secretValue',
  'associatedData',
  'functionName',
  'customization',
  'outputLength',
];

/** An `AlgorithmIdentifier` as plain data; each field is read once. */
export function algorithmRecord(value: unknown): object {
  const record = bareRecord<unknown>();
  if (typeof value !== 'object' || value === null) {
    record['name'] = domString(value);
    return record;
  }
  const given = value as Record<string, unknown>;
  const { name } = given;
  if (name === undefined) {
    throw codedError(
      NativeTypeError,
      'ERR_MISSING_OPTION',
      "Failed to normalize algorithm: passed algorithm cannot be converted to 'Algorithm' because 'name' is required in 'Algorithm'.",
    );
  }
  record['name'] = domString(name);
  for (const field of fields) {
    const content = given[field];
    if (content !== undefined) record[field] = plainField(content);
  }
  return record;
}

function plainField(value: unknown): unknown {
  if (isBufferSource(value)) return value;
  if (isCryptoKey(value)) return recordOf(value).sealed;
  return typeof value === 'object' && value !== null ? algorithmRecord(value) : value;
}

function jwkRecord(value: object): Record<string, unknown> {
  const record = bareRecord<unknown>();
  for (const name of Object.keys(value)) {
    const field = (value as Record<string, unknown>)[name];
    const isPlain = ['string', 'boolean', 'number'].includes(typeof field);
    if (isPlain || name === 'key_ops') record[name] = field;
  }
  return record;
}

const ordinals = ['1st', '2nd', '3rd'];

function ordinal(index: number): string {
  return ordinals[index] ?? `${index + 1}th`;
}
