import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkBoolean, checkKnownKeys, checkOneOf, checkString } from '../core/options.ts';

/** https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
export interface TopicOptions {
  /** Must be true for a name that ends in `.fifo`, and only there. @default what the name says */
  readonly fifo?: boolean;
  /** FIFO topics: a message without a deduplication id gets the SHA-256 of its text. @default false */
  readonly contentBasedDedup?: boolean;
  /** FIFO topics: whether a deduplication id counts in the whole topic or in each group alone. @default 'topic' */
  readonly dedupScope?: 'topic' | 'group';
}

export type ResolvedTopicOptions = Required<TopicOptions>;

const namePattern = /^[\w-]+(?:\.fifo)?$/;

export function checkTopicName(value: unknown): asserts value is string {
  const { nameLength } = limits.sns;
  checkString('name', value, {
    maxLength: nameLength,
    pattern: namePattern,
    says: `the name of a topic: 1 to ${nameLength} letters, digits, "-" and "_", with ".fifo" at the end for a FIFO topic`,
  });
}

export function resolveTopicOptions(name: string, options: TopicOptions): ResolvedTopicOptions {
  checkKnownKeys('options', options, ['fifo', 'contentBasedDedup', 'dedupScope']);
  const isFifoName = name.endsWith('.fifo');
  const { fifo = isFifoName, contentBasedDedup = false, dedupScope = 'topic' } = options;
  checkBoolean('fifo', fifo);
  checkBoolean('contentBasedDedup', contentBasedDedup);
  checkOneOf('dedupScope', dedupScope, ['topic', 'group']);
  if (fifo !== isFifoName) {
    const rule = isFifoName
      ? 'true: the name ends in ".fifo"'
      : 'false: the name does not end in ".fifo"';
    throw new InvalidOptionError('fifo', rule, fifo, `The topic is called "${name}"`);
  }
  if (!fifo && contentBasedDedup) {
    const rule = 'left out: this is no FIFO topic';
    throw new InvalidOptionError('contentBasedDedup', rule, contentBasedDedup);
  }
  return Object.freeze({ fifo, contentBasedDedup, dedupScope });
}
