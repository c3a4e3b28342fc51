import type { Clock } from '../core/clock.ts';
import { ClosedError } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import type { DeliveryQueue, Lease } from '../storage/delivery-queue.ts';
import type { BrokerContext, UndeliveredMessage } from './broker-context.ts';
import { notPermitted } from './delivery-fault.ts';
import { managedEndpointSchedule } from './delivery-schedule.ts';
import { envelopeOf } from './notification-formats.ts';
import {
  packDelivery,
  unpackDelivery,
  type Notification,
  type WaitingDelivery,
} from './notification.ts';
import type { Subscriber } from './subscriber.ts';
import { sendToQueue } from './topic-endpoint.ts';

export interface TopicDeliveriesOptions {
  readonly topicArn: string;
  readonly isFifo: boolean;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Where deliveries wait for another attempt. */
  readonly waiting: DeliveryQueue;
  /** Undefined when nobody has subscribed by that name, for one after a restart. */
  readonly subscriberAt: (endpoint: string) => Subscriber | undefined;
  /** Whether it was there and has unsubscribed. */
  readonly hasLeft: (endpoint: string) => boolean;
  readonly onUndelivered: (message: UndeliveredMessage) => void;
  readonly mayInvoke: BrokerContext['mayInvoke'];
}

/** What became of the attempts that can be made now. */
type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly delivery: WaitingDelivery };

/** The process that holds a lease is the only one there is; when it ends, the storage takes the lease back. */
const leaseMs = 12 * 3_600_000;
const batchSize = 10;

/**
 * Brings notifications to subscribers. The first attempts are made at once; what fails then waits in storage,
 * so that it outlives the process where the storage does.
 */
export class TopicDeliveries {
  readonly #options: TopicDeliveriesOptions;
  #turn: Promise<unknown> = Promise.resolve();
  #isWorking = false;
  #isClosed = false;

  constructor(options: TopicDeliveriesOptions) {
    this.#options = options;
    if (this.#hasWaiting()) this.#work();
  }

  /** Resolves when each subscriber has it or the delivery is safely kept; callbacks are only called. */
  async deliver(notification: Notification, subscribers: readonly Subscriber[]): Promise<void> {
    if (this.#options.isFifo) return this.#deliverInTurn(notification, subscribers);
    const awaited: Promise<void>[] = [];
    for (const subscriber of subscribers) {
      const delivered = this.#begin(notification, subscriber);
      if (subscriber.endpoint.protocol !== 'callback') awaited.push(delivered);
      else this.#reported(delivered, notification, subscriber);
    }
    await Promise.all(awaited);
  }

  /** What waits in memory alone is reported. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const lease of this.#options.waiting.remaining()) {
      const { endpoint, notification } = unpackDelivery(lease.meta);
      const subscriber = this.#options.subscriberAt(endpoint);
      this.#report(notification, endpoint, subscriber, 'closed before the next attempt');
    }
    await this.#options.waiting.close();
  }

  /** One message after the other; while an earlier one waits for another attempt, later ones stand behind it. */
  #deliverInTurn(notification: Notification, subscribers: readonly Subscriber[]): Promise<void> {
    const deliver = async (): Promise<void> => {
      const mustWait = this.#hasWaiting();
      for (const subscriber of subscribers) {
        if (!mustWait) await this.#begin(notification, subscriber);
        else await this.#keep(newDelivery(notification, subscriber), 0);
      }
    };
    const turn = this.#turn.then(deliver);
    this.#turn = turn.catch(() => undefined); // the publisher of this message is told, the next one goes on
    return turn;
  }

  async #begin(notification: Notification, subscriber: Subscriber): Promise<void> {
    const outcome = await this.#attempt(newDelivery(notification, subscriber), subscriber);
    if (outcome.kind === 'retry') await this.#keep(outcome.delivery, outcome.delayMs);
  }

  /** Nobody waits for a callback, so nobody would see that its delivery cannot be kept. */
  #reported(delivered: Promise<void>, notification: Notification, subscriber: Subscriber): void {
    const { endpoint } = subscriber.subscription;
    void delivered.catch((error: unknown) => {
      this.#report(notification, endpoint, subscriber, reasonOf(error));
    });
  }

  /** Attempts until it is done, given up, or has to wait. */
  async #attempt(delivery: WaitingDelivery, subscriber: Subscriber): Promise<Outcome> {
    const { topicArn, clock } = this.#options;
    // A callback may wait for time itself.
    const holdsClock = subscriber.endpoint.protocol !== 'callback';
    const release = holdsClock ? clock.hold?.(`delivery of topic ${topicArn}`) : undefined;
    try {
      let outcome = await this.#attemptOnce(delivery, subscriber);
      while (outcome.kind === 'retry' && outcome.delayMs === 0) {
        outcome = await this.#attemptOnce(outcome.delivery, subscriber);
      }
      return outcome;
    } finally {
      release?.();
    }
  }

  async #attemptOnce(delivery: WaitingDelivery, subscriber: Subscriber): Promise<Outcome> {
    const { notification } = delivery;
    const { endpoint, subscription } = subscriber;
    try {
      this.#checkMayInvoke(subscriber);
      await endpoint.deliver(notification, subscription);
    } catch (error) {
      const failures = delivery.failures + 1;
      const delayMs = endpoint.isRefusal(error) ? undefined : endpoint.schedule(failures);
      if (delayMs !== undefined) {
        return { kind: 'retry', delayMs, delivery: { ...delivery, failures } };
      }
      await this.#giveUp(notification, subscriber, reasonOf(error));
    }
    return { kind: 'done' };
  }

  #checkMayInvoke({ endpoint, subscription }: Subscriber): void {
    if (endpoint.protocol !== 'lambda') return;
    const { topicArn, mayInvoke } = this.#options;
    const service = 'sns.amazonaws.com';
    if (mayInvoke(service, subscription.endpoint, topicArn)) return;
    throw notPermitted(service, topicArn, subscription.endpoint);
  }

  async #giveUp(notification: Notification, subscriber: Subscriber, reason: string): Promise<void> {
    const { deadLetter, endpoint } = subscriber.subscription;
    if (deadLetter === undefined) {
      this.#report(notification, endpoint, subscriber, reason);
      return;
    }
    try {
      await sendToQueue(deadLetter, notification, subscriber.subscription);
    } catch (error) {
      const why = `${reason}; its dead-letter queue did not take it: ${reasonOf(error)}`;
      this.#report(notification, endpoint, subscriber, why);
    }
  }

  #report(
    notification: Notification,
    to: string,
    subscriber: Subscriber | undefined,
    reason: string,
  ): void {
    const { topicArn, onUndelivered } = this.#options;
    const body =
      subscriber === undefined
        ? notification.texts.callback
        : envelopeOf(notification, subscriber.subscription);
    onUndelivered({ from: topicArn, to, reason, body });
  }

  async #keep(delivery: WaitingDelivery, delayMs: number): Promise<void> {
    const { waiting, ids, clock, isFifo } = this.#options;
    const { notification, endpoint } = delivery;
    await waiting.send([
      {
        id: ids.uuid(),
        body: '',
        meta: packDelivery(delivery),
        reason: reasonToWait(delivery),
        ...(delayMs > 0 && { notBeforeMs: clock.now() + delayMs }),
        ...(isFifo && { groupId: `${endpoint} ${notification.groupId}` }),
      },
    ]);
    this.#work();
  }

  #hasWaiting(): boolean {
    const { ready, delayed, leased } = this.#options.waiting.stats();
    return ready + delayed + leased > 0;
  }

  #work(): void {
    if (this.#isWorking || this.#isClosed) return;
    this.#isWorking = true;
    void this.#takeWaiting();
  }

  async #takeWaiting(): Promise<void> {
    const { waiting, isFifo } = this.#options;
    // One of a FIFO topic at a time: what is behind it must not overtake it.
    const max = isFifo ? 1 : batchSize;
    const request = { max, waitMs: Number.POSITIVE_INFINITY, visibilityMs: leaseMs };
    try {
      while (!this.#isClosed) {
        const leases = await waiting.receive(request);
        await Promise.all(leases.map((lease) => this.#retry(lease)));
      }
    } catch (error) {
      // The storage was closed before the topic: what waits is safe there, or reported by `close`.
      if (!(error instanceof ClosedError)) throw error;
    }
  }

  async #retry(lease: Lease): Promise<void> {
    const delivery = unpackDelivery(lease.meta);
    const subscriber = this.#options.subscriberAt(delivery.endpoint);
    if (subscriber === undefined) {
      await this.#settle(lease, Promise.resolve(this.#withoutSubscriber(delivery)));
      return;
    }
    const settled = this.#settle(lease, this.#attempt(delivery, subscriber));
    // A callback takes as long as it likes, and nobody waits for it.
    if (subscriber.endpoint.protocol === 'callback') {
      this.#reported(settled, delivery.notification, subscriber);
    } else {
      await settled;
    }
  }

  /** Perhaps not everybody has subscribed again yet. */
  #withoutSubscriber(delivery: WaitingDelivery): Outcome {
    const { notification, endpoint } = delivery;
    const hasLeft = this.#options.hasLeft(endpoint);
    const failures = delivery.failures + 1;
    const delayMs = hasLeft ? undefined : managedEndpointSchedule(failures);
    if (delayMs !== undefined)
      return { kind: 'retry', delayMs, delivery: { ...delivery, failures } };
    const reason = hasLeft ? 'it unsubscribed' : 'nobody has subscribed by that name';
    this.#report(notification, endpoint, undefined, reason);
    return { kind: 'done' };
  }

  async #settle(lease: Lease, attempt: Promise<Outcome>): Promise<void> {
    const { waiting } = this.#options;
    const outcome = await attempt;
    if (outcome.kind === 'done') {
      await waiting.ack([lease]);
      return;
    }
    const { delayMs, delivery } = outcome;
    await waiting.nack(lease, {
      delayMs,
      reason: reasonToWait(delivery),
      meta: packDelivery(delivery),
    });
  }
}

function newDelivery(notification: Notification, { subscription }: Subscriber): WaitingDelivery {
  return { notification, endpoint: subscription.endpoint, failures: 0 };
}

function reasonToWait({ notification, endpoint, failures }: WaitingDelivery): string {
  const { messageId } = notification;
  if (failures === 0) return `message ${messageId} to ${endpoint}`;
  return `retry ${failures} of message ${messageId} to ${endpoint}`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
