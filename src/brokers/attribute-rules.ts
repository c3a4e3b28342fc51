import { limits } from '../core/limits.ts';
import { isAllowedText, notAllowedText } from './allowed-text.ts';
import { BrokerError } from './broker-error.ts';
import type { MessageAttribute, MessageAttributes } from './message-attributes.ts';

/**
 * What SQS takes as attributes of one message.
 * @throws BrokerError `InvalidParameterValue`
 */
export function checkQueueAttributes(attributes: MessageAttributes): void {
  const count = Object.keys(attributes).length;
  if (count > limits.sqs.attributes) {
    throw new BrokerError(
      'InvalidParameterValue',
      `Number of message attributes [${count}] exceeds the allowed maximum [${limits.sqs.attributes}].`,
    );
  }
  for (const [name, attribute] of Object.entries(attributes)) {
    const fault = faultOf(name, attribute, queueWords);
    if (fault !== undefined) throw new BrokerError('InvalidParameterValue', fault);
  }
}

/**
 * What SNS takes. It has no limit to their number; more than 10 cannot be delivered to a queue as they are.
 * @throws BrokerError `ParameterValueInvalid`
 */
export function checkTopicAttributes(attributes: MessageAttributes): void {
  for (const [name, attribute] of Object.entries(attributes)) {
    const fault = faultOf(name, attribute, topicWords);
    if (fault !== undefined) throw new BrokerError('ParameterValueInvalid', fault);
  }
}

/** Where the two services differ. */
interface AttributeWords {
  readonly isAllowed: (text: string) => boolean;
  readonly empty: (name: string, type: string) => string;
  readonly noNumber: (name: string) => string;
}

const queueWords: AttributeWords = {
  isAllowed: isAllowedText,
  empty: (name, type) =>
    `Message (user) attribute '${name}' must contain a non-empty value of type '${type}'.`,
  noNumber: (name) => `Can't cast the value of message (user) attribute '${name}' to a number.`,
};

const topicWords: AttributeWords = {
  isAllowed: () => true,
  empty: (name, type) =>
    `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`,
  noNumber: (name) => `Could not cast message attribute '${name}' value to number.`,
};

// AWS documents ASCII, and takes letters and digits of every script.
const badNameCharacter = /[^\p{L}\p{N}_.-]/u;
const reservedName = /^(?:aws|amazon)\./i;
const typePattern = /^(String|Number|Binary)(?:\.|$)/;
const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function faultOf(
  name: string,
  attribute: MessageAttribute,
  words: AttributeWords,
): string | undefined {
  return (
    nameFault(name) ?? typeFault(name, attribute.dataType) ?? valueFault(name, attribute, words)
  );
}

function nameFault(name: string): string | undefined {
  if (name === '') return 'The message attribute name must not be empty.';
  if (name.length > limits.sqs.attributeNameLength) {
    return 'Length of message attribute name must be less than 256 bytes.';
  }
  const [bad] = badNameCharacter.exec(name) ?? [];
  if (bad !== undefined) {
    const code = bad.codePointAt(0)?.toString(16).toUpperCase();
    return `Invalid non-alphanumeric character '#x${code}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`;
  }
  if (name.startsWith('.')) return startingWithDot;
  if (name.endsWith('.')) return endingWithDot;
  if (name.includes('..')) return "Message attribute name can not have successive '.' character.";
  if (reservedName.test(name)) {
    return "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for internal use.";
  }
  return undefined;
}

const startingWithDot = "Invalid message attribute name starting with character '.' was found.";
const endingWithDot = "Invalid message attribute name ending with character '.' was found.";

function typeFault(name: string, dataType: string): string | undefined {
  if (dataType === '') {
    return `The message attribute '${name}' must contain non-empty message attribute type.`;
  }
  if (dataType.length > limits.sqs.attributeNameLength) {
    return 'Length of message attribute type must be less than 256 bytes.';
  }
  if (typePattern.test(dataType)) return undefined;
  return `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`;
}

function valueFault(
  name: string,
  { dataType, stringValue, binaryValue }: MessageAttribute,
  words: AttributeWords,
): string | undefined {
  const [, type = ''] = typePattern.exec(dataType) ?? [];
  const isBinary = type === 'Binary';
  if (isBinary ? stringValue !== undefined : binaryValue !== undefined) {
    const field = isBinary ? 'Binary' : 'String';
    return `The message attribute '${name}' with type '${dataType}' must use field '${field}'.`;
  }
  const length = binaryValue?.byteLength ?? stringValue?.length ?? 0;
  if (length === 0) return words.empty(name, dataType);
  if (stringValue === undefined) return undefined;
  if (!words.isAllowed(stringValue)) return notAllowedText;
  return type === 'Number' && !numberPattern.test(stringValue) ? words.noNumber(name) : undefined;
}
