import { InvalidOptionError } from '../core/errors.ts';
import { checkKnownKeys } from '../core/options.ts';

/**
 * Metadata beside the body of a message, as SQS and SNS have it; either `stringValue` or `binaryValue` is there.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export interface MessageAttribute {
  /** `String`, `Number` or `Binary`, with a label of your own behind a dot if you like: `Number.cents`. */
  readonly dataType: string;
  readonly stringValue?: string;
  readonly binaryValue?: Uint8Array;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** How attributes are given: a string is a `String`, a number a `Number`, bytes are `Binary`. */
export type MessageAttributesInput = Readonly<
  Record<string, string | number | Uint8Array | MessageAttribute>
>;

const attributeKeys = ['dataType', 'stringValue', 'binaryValue'] as const;

/**
 * Brings attributes into one form. What a service takes of it is the service's own rule.
 * @throws InvalidOptionError
 */
export function toMessageAttributes(given: MessageAttributesInput | undefined): MessageAttributes {
  if (given === undefined) return noAttributes;
  // An array, a Map or a Set has no entries that `Object.entries` would show.
  if (typeof given !== 'object' || given === null || Symbol.iterator in given) {
    throw new InvalidOptionError('attributes', 'an object of message attributes', given);
  }
  const entries = Object.entries(given);
  if (entries.length === 0) return noAttributes;
  return Object.freeze(
    Object.fromEntries(entries.map(([name, value]) => [name, toAttribute(name, value)])),
  );
}

export const noAttributes: MessageAttributes = Object.freeze({});

/** Bytes that attributes count for: names, types and values. */
export function attributesBytes(attributes: MessageAttributes): number {
  let bytes = 0;
  for (const [name, { dataType, stringValue, binaryValue }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(dataType);
    bytes += binaryValue?.byteLength ?? Buffer.byteLength(stringValue ?? '');
  }
  return bytes;
}

/** Name to value, for those who do not care for types; bytes as base64. */
export function attributeTexts(attributes: MessageAttributes): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [name, attributeText(attribute)]),
  );
}

export function attributeText({ stringValue, binaryValue }: MessageAttribute): string {
  return binaryValue === undefined ? (stringValue ?? '') : toBase64(binaryValue);
}

function toBase64({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

function toAttribute(
  name: string,
  value: string | number | Uint8Array | MessageAttribute,
): MessageAttribute {
  const option = `attributes.${name}`;
  if (typeof value === 'string') return { dataType: 'String', stringValue: value };
  if (typeof value === 'number')
    return { dataType: 'Number', stringValue: numberText(option, value) };
  if (value instanceof Uint8Array) return { dataType: 'Binary', binaryValue: value.slice() };
  return copyOfAttribute(option, value);
}

function numberText(option: string, value: number): string {
  if (!Number.isFinite(value)) throw new InvalidOptionError(option, 'a finite number', value);
  return String(value);
}

function copyOfAttribute(option: string, value: MessageAttribute): MessageAttribute {
  checkKnownKeys(option, value, attributeKeys);
  const { dataType, stringValue, binaryValue } = value;
  if (typeof dataType !== 'string') {
    throw new InvalidOptionError(`${option}.dataType`, 'a string', dataType);
  }
  if (stringValue !== undefined && typeof stringValue !== 'string') {
    throw new InvalidOptionError(`${option}.stringValue`, 'a string', stringValue);
  }
  if (binaryValue !== undefined && !(binaryValue instanceof Uint8Array)) {
    throw new InvalidOptionError(`${option}.binaryValue`, 'a Uint8Array', binaryValue);
  }
  return {
    dataType,
    ...(stringValue !== undefined && { stringValue }),
    ...(binaryValue !== undefined && { binaryValue: binaryValue.slice() }),
  };
}
