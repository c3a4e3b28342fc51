import { InvalidOptionError } from '../core/errors.ts';
import { checkBoolean, checkKnownKeys, checkOneOf } from '../core/options.ts';
import {
  compileFilterPolicy,
  InvalidFilterPolicyError,
  type FilterPolicyScope,
} from './filter-policy.ts';
import { BrokerError } from './broker-error.ts';
import type { Notification } from './notification.ts';
import type { Subscription } from './subscription.ts';
import {
  isSubscribedQueue,
  type SubscribedQueue,
  type SubscriptionTarget,
  type TopicEndpoint,
} from './topic-endpoint.ts';
import { invalidParameter } from './topic-message.ts';

/** https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html */
export interface SubscribeOptions {
  /** Which messages it gets. @default all */
  readonly filterPolicy?: object | string;
  /** What the policy looks at. @default 'MessageAttributes' */
  readonly filterPolicyScope?: FilterPolicyScope;
  /** Queues get the message and its attributes as they were published, without SNS's envelope. @default false */
  readonly raw?: boolean;
  /** A queue for what cannot be delivered. @default it is reported as undelivered */
  readonly deadLetter?: SubscribedQueue;
}

export interface ResolvedSubscribe {
  readonly filterPolicy: object | string | undefined;
  readonly filterPolicyScope: FilterPolicyScope;
  readonly raw: boolean;
  readonly deadLetter: SubscribedQueue | undefined;
  readonly matches: (notification: Notification) => boolean;
}

/** A subscription and what the topic does with it. */
export interface Subscriber {
  readonly subscription: Subscription;
  readonly target: SubscriptionTarget;
  readonly endpoint: TopicEndpoint;
  readonly options: ResolvedSubscribe;
}

/** @throws BrokerError `InvalidParameter` for a policy that SNS does not take */
export function resolveSubscribe(options: SubscribeOptions): ResolvedSubscribe {
  const known = ['filterPolicy', 'filterPolicyScope', 'raw', 'deadLetter'];
  checkKnownKeys('options', options, known);
  const { filterPolicy, filterPolicyScope = 'MessageAttributes' } = options;
  const { raw = false, deadLetter } = options;
  checkOneOf('filterPolicyScope', filterPolicyScope, ['MessageAttributes', 'MessageBody']);
  checkBoolean('raw', raw);
  if (deadLetter !== undefined && !isSubscribedQueue(deadLetter)) {
    throw new InvalidOptionError('deadLetter', 'a queue', deadLetter);
  }
  const matches = matcherOf(filterPolicy, filterPolicyScope);
  return { filterPolicy, filterPolicyScope, raw, deadLetter, matches };
}

/**
 * What may subscribe to what.
 * @throws BrokerError `InvalidParameter`
 */
export function checkMaySubscribe(
  isFifoTopic: boolean,
  target: SubscriptionTarget,
  { protocol }: TopicEndpoint,
  { raw, deadLetter }: ResolvedSubscribe,
): void {
  const isFifoQueue = isSubscribedQueue(target) && target.isFifo;
  if (isFifoQueue && !isFifoTopic) {
    throw invalidParameter(
      'Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
    );
  }
  if (isFifoTopic && protocol !== 'sqs') {
    throw invalidParameter(
      `Invalid parameter: Endpoint Reason: Delivery protocol [${protocol}] can not be subscribed to FIFO SNS topics`,
    );
  }
  if (raw && protocol !== 'sqs') {
    throw invalidParameter(
      `Attributes Reason: Delivery protocol [${protocol}] does not support raw message delivery.`,
    );
  }
  if (deadLetter === undefined || deadLetter.isFifo === isFifoQueue) return;
  throw invalidParameter(
    isFifoQueue
      ? 'RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.'
      : 'RedrivePolicy: must use a standard queue as DLQ for a standard Subscription.',
  );
}

/** Whether somebody asks for what is there already; who asks for nothing in particular does. */
export function isSameSubscribe(given: SubscribeOptions, existing: ResolvedSubscribe): boolean {
  const { filterPolicy = existing.filterPolicy, raw = existing.raw } = given;
  const { deadLetter = existing.deadLetter } = given;
  const { filterPolicyScope = existing.filterPolicyScope } = given;
  return (
    textOf(filterPolicy) === textOf(existing.filterPolicy) &&
    filterPolicyScope === existing.filterPolicyScope &&
    raw === existing.raw &&
    deadLetter?.arn === existing.deadLetter?.arn
  );
}

function textOf(policy: object | string | undefined): string | undefined {
  return typeof policy === 'object' ? JSON.stringify(policy) : policy;
}

function matcherOf(
  policy: object | string | undefined,
  scope: FilterPolicyScope,
): ResolvedSubscribe['matches'] {
  if (policy === undefined) return () => true;
  try {
    const matches = compileFilterPolicy(policy, scope);
    return ({ attributes, texts }) => matches({ attributes, body: texts.callback });
  } catch (error) {
    if (!(error instanceof InvalidFilterPolicyError)) throw error;
    throw new BrokerError('InvalidParameter', error.message, { cause: error });
  }
}
