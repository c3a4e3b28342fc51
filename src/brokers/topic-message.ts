import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkKnownKeys, checkOneOf } from '../core/options.ts';
import { checkTopicAttributes } from './attribute-rules.ts';
import { BrokerError } from './broker-error.ts';
import { isFifoId } from './fifo-rules.ts';
import {
  toMessageAttributes,
  type MessageAttributes,
  type MessageAttributesInput,
} from './message-attributes.ts';
import { sha256OfBody } from './message-digests.ts';
import { checkTraceHeader, messageBytes } from './outgoing-message.ts';
import type { ResolvedTopicOptions } from './topic-options.ts';

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export interface PublishOptions {
  /** Up to 100 characters, without line breaks and control characters. */
  readonly subject?: string;
  readonly attributes?: MessageAttributesInput;
  /** Required in FIFO topics; others hand it on to standard queues. */
  readonly groupId?: string;
  /** FIFO topics only: a second message with it within 5 minutes goes to nobody. */
  readonly dedupId?: string;
  /** X-Ray trace header; it travels on to queues and functions. */
  readonly traceHeader?: string;
  /** `json`: the message is a JSON object with a text for each protocol, and `default` for the others. */
  readonly messageStructure?: 'json';
}

/** Who gets a text of its own in a message with `messageStructure: 'json'`. */
export type TopicProtocol = 'sqs' | 'lambda' | 'callback';

/** A message that has passed the checks. */
export interface TopicMessage {
  /** For each protocol, where `messageStructure` says so. */
  readonly texts: Readonly<Record<TopicProtocol, string>>;
  readonly subject: string | undefined;
  readonly attributes: MessageAttributes;
  readonly groupId: string | undefined;
  readonly dedupId: string | undefined;
  readonly traceHeader: string | undefined;
}

export const publishKeys = [
  'subject',
  'attributes',
  'groupId',
  'dedupId',
  'traceHeader',
  'messageStructure',
] as const;

/**
 * Checks a message as SNS does.
 * @throws BrokerError `InvalidParameter`, `ParameterValueInvalid`
 * @throws InvalidOptionError for what no SDK would send
 */
export function checkTopicMessage(
  message: string,
  options: PublishOptions,
  settings: ResolvedTopicOptions,
): TopicMessage {
  checkKnownKeys('options', options, publishKeys);
  if (typeof message !== 'string') throw new InvalidOptionError('message', 'a string', message);
  if (message === '') throw invalidParameter('Empty message');
  if (!message.isWellFormed()) throw invalidParameter('Message');
  const { subject, messageStructure, traceHeader } = options;
  checkSubject(subject);
  const attributes = toMessageAttributes(options.attributes);
  checkTopicAttributes(attributes);
  if (messageBytes(message, attributes) > limits.sns.messageBytes) {
    throw invalidParameter('Message too long');
  }
  checkTraceHeader(traceHeader);
  if (messageStructure !== undefined) checkOneOf('messageStructure', messageStructure, ['json']);
  const texts = messageStructure === 'json' ? textsOf(message) : sameText(message);
  const { groupId, dedupId } = idsOf(message, options, settings);
  return { texts, subject, attributes, groupId, dedupId, traceHeader };
}

/** What SNS says of a parameter that it does not take. */
export function invalidParameter(reason: string): BrokerError {
  return new BrokerError('InvalidParameter', `Invalid parameter: ${reason}`);
}

function sameText(text: string): TopicMessage['texts'] {
  return { sqs: text, lambda: text, callback: text };
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-send-custom-platform-specific-payloads-mobile-devices.html */
function textsOf(message: string): TopicMessage['texts'] {
  const given = parsedObject(message);
  if (given === undefined) {
    throw invalidParameter('Message Structure - JSON message body failed to parse');
  }
  const { default: text, sqs = text, lambda = text } = given;
  if (typeof text !== 'string') {
    throw invalidParameter('Message Structure - No default entry in JSON message body');
  }
  if (typeof sqs !== 'string' || typeof lambda !== 'string') {
    throw invalidParameter('Message Structure - Non-string value for a protocol');
  }
  return { sqs, lambda, callback: text };
}

function parsedObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined; // the caller says it in AWS's words
  }
}

// oxlint-disable-next-line no-control-regex -- those that a subject may not have
const controlCharacters = /[\u0000-\u001F\u007F]/;

function checkSubject(subject: unknown): void {
  if (subject === undefined) return;
  if (typeof subject !== 'string') throw new InvalidOptionError('subject', 'a string', subject);
  const fits =
    subject !== '' &&
    subject.length <= limits.sns.subjectLength &&
    subject.isWellFormed() &&
    !controlCharacters.test(subject);
  if (!fits) throw invalidParameter('Subject');
}

function idsOf(
  message: string,
  { groupId, dedupId }: PublishOptions,
  { fifo, contentBasedDedup }: ResolvedTopicOptions,
): { readonly groupId: string | undefined; readonly dedupId: string | undefined } {
  checkId('MessageGroupId', 'groupId', groupId);
  checkId('MessageDeduplicationId', 'dedupId', dedupId);
  if (!fifo) {
    if (dedupId === undefined) return { groupId, dedupId };
    throw invalidParameter(
      'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    );
  }
  if (groupId === undefined) {
    throw invalidParameter('The MessageGroupId parameter is required for FIFO topics');
  }
  if (dedupId === undefined && !contentBasedDedup) {
    throw invalidParameter(
      'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }
  return { groupId, dedupId: dedupId ?? sha256OfBody(message) };
}

function checkId(parameter: string, option: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== 'string') throw new InvalidOptionError(option, 'a string', value);
  if (isFifoId(value)) return;
  throw invalidParameter(
    `${parameter} Reason: ${parameter} can only include alphanumeric and punctuation characters. 1 to ${limits.sns.fifoIdLength} in length.`,
  );
}
