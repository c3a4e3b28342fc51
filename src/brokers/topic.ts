import { ClosedError } from '../core/errors.ts';
import { checkKnownKeys } from '../core/options.ts';
import { resourceArn } from '../core/resource-arn.ts';
import {
  checkTopicBatch,
  checkTopicBatchBytes,
  type BatchFailure,
  type BatchResult,
} from './batch.ts';
import { resolveBrokerContext, type BrokerContext } from './broker-context.ts';
import { toMessageAttributes } from './message-attributes.ts';
import type { Notification } from './notification.ts';
import { messageBytes } from './outgoing-message.ts';
import {
  checkMaySubscribe,
  isSameSubscribe,
  resolveSubscribe,
  type SubscribeOptions,
  type Subscriber,
} from './subscriber.ts';
import { Subscription } from './subscription.ts';
import { TopicDedup, type Published } from './topic-dedup.ts';
import { TopicDeliveries } from './topic-deliveries.ts';
import { endpointOf, type SubscriptionTarget } from './topic-endpoint.ts';
import {
  checkTopicMessage,
  invalidParameter,
  publishKeys,
  type PublishOptions,
  type TopicMessage,
} from './topic-message.ts';
import {
  checkTopicName,
  resolveTopicOptions,
  type ResolvedTopicOptions,
  type TopicOptions,
} from './topic-options.ts';

export interface PublishBatchEntry extends PublishOptions {
  /** Names the entry in the result: up to 80 letters, digits, "-" and "_". */
  readonly id: string;
  readonly message: string;
}

export type PublishedBatchEntry = Published & { readonly id: string };

/**
 * A topic as SNS, standard or FIFO: each message goes to all subscriptions whose filter policy lets it pass.
 * Deliveries that fail are tried again on SNS's schedule, then go to the dead-letter queue of the subscription.
 * https://docs.aws.amazon.com/sns/latest/dg/welcome.html
 * @example
 * const topic = new Topic('orders', {}, { clock });
 * topic.subscribe(queue, { filterPolicy: { kind: ['book'] }, raw: true });
 * topic.subscribe(({ message }) => console.log(message));
 * await topic.publish('{"id":1}', { attributes: { kind: 'book' } });
 */
export class Topic implements AsyncDisposable {
  readonly name: string;
  readonly arn: string;
  readonly isFifo: boolean;
  readonly #settings: ResolvedTopicOptions;
  readonly #context: BrokerContext;
  readonly #dedup: TopicDedup;
  readonly #deliveries: TopicDeliveries;
  /** By endpoint, in the order in which they came. */
  readonly #subscribers = new Map<string, Subscriber>();
  /** Endpoints that have unsubscribed. */
  readonly #left = new Set<string>();
  #lastSequence = 0n;
  #isClosed = false;

  constructor(name: string, options: TopicOptions = {}, context: Partial<BrokerContext> = {}) {
    checkTopicName(name);
    this.#settings = resolveTopicOptions(name, options);
    this.#context = resolveBrokerContext(context);
    const { home, clock, ids, openQueue, onUndelivered, mayInvoke } = this.#context;
    this.name = name;
    this.arn = resourceArn(home, 'topic', name);
    this.isFifo = this.#settings.fifo;
    this.#dedup = new TopicDedup(clock);
    const { isFifo } = this;
    this.#deliveries = new TopicDeliveries({
      topicArn: this.arn,
      isFifo,
      clock,
      ids,
      waiting: openQueue({
        name: `topic/${name}`,
        label: `topic "${name}"`,
        isFifo,
        keepsAlive: true,
      }),
      subscriberAt: (endpoint) => this.#subscribers.get(endpoint),
      hasLeft: (endpoint) => this.#left.has(endpoint),
      onUndelivered,
      mayInvoke,
    });
  }

  get settings(): ResolvedTopicOptions {
    return this.#settings;
  }

  get subscriptions(): readonly Subscription[] {
    return Array.from(this.#subscribers.values(), ({ subscription }) => subscription);
  }

  /**
   * Subscribes a queue, a function or a callback. Who is subscribed already gets the subscription that is there.
   * A FIFO topic takes queues alone, a standard topic no FIFO queue.
   * @throws BrokerError `InvalidParameter`
   */
  subscribe(target: SubscriptionTarget, options: SubscribeOptions = {}): Subscription {
    this.#checkOpen();
    const endpoint = endpointOf(target);
    const resolved = resolveSubscribe(options);
    checkMaySubscribe(this.isFifo, target, endpoint, resolved);
    const existing = this.#subscriberOf(target);
    if (existing !== undefined) {
      if (isSameSubscribe(options, existing.options)) return existing.subscription;
      throw invalidParameter(
        'Attributes Reason: Subscription already exists with different attributes',
      );
    }
    const name = typeof target === 'function' ? this.#nextCallbackName() : target.arn;
    const facts = {
      ...resolved,
      arn: `${this.arn}:${this.#context.ids.uuid()}`,
      topicArn: this.arn,
      protocol: endpoint.protocol,
      endpoint: name,
    };
    const subscription = new Subscription(facts, () => this.#unsubscribe(subscription));
    this.#left.delete(name);
    this.#subscribers.set(name, { subscription, target, endpoint, options: resolved });
    return subscription;
  }

  /**
   * Resolves when each subscribed queue and function has the message, or its delivery is kept for another
   * attempt; callbacks are called.
   * @throws BrokerError with SNS's code and words for what SNS refuses
   */
  async publish(message: string, options: PublishOptions = {}): Promise<Published> {
    this.#checkOpen();
    return this.#publish(checkTopicMessage(message, options, this.#settings));
  }

  /**
   * Up to 10 messages of together 256 KiB. As on AWS, one message that breaks a rule refuses them all; what
   * fails later fails by itself.
   * @throws BrokerError with SNS's code and words
   */
  async publishBatch(
    entries: readonly PublishBatchEntry[],
  ): Promise<BatchResult<PublishedBatchEntry>> {
    this.#checkOpen();
    checkTopicBatch(entries);
    checkTopicBatchBytes(batchBytes(entries));
    const messages = entries.map(({ id, message, ...options }) => ({
      id,
      message: checkTopicMessage(message, options, this.#settings),
    }));
    const failed: BatchFailure[] = [];
    const successful: PublishedBatchEntry[] = [];
    const publishEach = messages.map(async ({ id, message }) => {
      try {
        successful.push({ id, ...(await this.#publish(message)) });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        failed.push({ id, code: 'InternalError', message: reason, senderFault: false });
      }
    });
    await Promise.all(publishEach);
    return { successful, failed };
  }

  /** Deliveries that wait for another attempt are reported, unless the storage keeps them. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#deliveries.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #publish(message: TopicMessage): Promise<Published> {
    const key = this.#dedupKey(message);
    const first = key === undefined ? undefined : this.#dedup.find(key);
    if (first !== undefined) return first;

    const notification = this.#notificationOf(message);
    const { messageId, sequenceNumber } = notification;
    const published = { messageId, ...(sequenceNumber !== undefined && { sequenceNumber }) };
    if (key !== undefined) this.#dedup.add(key, published);
    const subscribers = [...this.#subscribers.values()];
    try {
      await this.#deliveries.deliver(
        notification,
        subscribers.filter(({ options }) => options.matches(notification)),
      );
    } catch (error) {
      if (key !== undefined) this.#dedup.remove(key);
      throw error;
    }
    return published;
  }

  #notificationOf(message: TopicMessage): Notification {
    const { ids, clock } = this.#context;
    const publishedMs = clock.now();
    const sequenceNumber = this.isFifo ? this.#nextSequenceNumber(publishedMs) : undefined;
    const messageId = ids.uuid();
    return { ...message, messageId, topicArn: this.arn, publishedMs, sequenceNumber };
  }

  /** 20 digits that grow, also after a restart. */
  #nextSequenceNumber(nowMs: number): string {
    const byTime = BigInt(nowMs) * sequencesPerMs;
    this.#lastSequence = byTime > this.#lastSequence ? byTime : this.#lastSequence + 1n;
    return String(firstSequence + this.#lastSequence);
  }

  /** Undefined in a standard topic. */
  #dedupKey({ dedupId, groupId }: TopicMessage): string | undefined {
    if (!this.isFifo || dedupId === undefined) return undefined;
    return this.#settings.dedupScope === 'topic' ? dedupId : `${groupId} ${dedupId}`;
  }

  #subscriberOf(target: SubscriptionTarget): Subscriber | undefined {
    if (typeof target !== 'function') return this.#subscribers.get(target.arn);
    return [...this.#subscribers.values()].find((subscriber) => subscriber.target === target);
  }

  /** The same names in the same order after a restart, so that what waits finds its callback. */
  #nextCallbackName(): string {
    let name = 'callback';
    for (let count = 2; this.#subscribers.has(name); count += 1) name = `callback-${count}`;
    return name;
  }

  #unsubscribe(subscription: Subscription): void {
    const current = this.#subscribers.get(subscription.endpoint);
    if (current?.subscription !== subscription) return;
    this.#subscribers.delete(subscription.endpoint);
    this.#left.add(subscription.endpoint);
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new ClosedError(`Topic "${this.name}" is closed`);
  }
}

const firstSequence = 10_000_000_000_000_000_000n;
const sequencesPerMs = 1_000n;

function batchBytes(entries: readonly PublishBatchEntry[]): number {
  let bytes = 0;
  for (const entry of entries) {
    checkKnownKeys('entry', entry, ['id', 'message', ...publishKeys]);
    if (typeof entry.message !== 'string') continue; // its own check says so
    bytes += messageBytes(entry.message, toMessageAttributes(entry.attributes));
  }
  return bytes;
}
