import type { BrokerContext } from './broker-context.ts';
import { BrokerError } from './broker-error.ts';
import { s3BusEntry, s3Event, s3TestEvent, type EventBucket } from './bucket-events.ts';
import {
  checkFitsBeside,
  matches,
  resolveNotification,
  type NotificationConfiguration,
  type NotificationOptions,
  type ResolvedNotification,
} from './notification-options.ts';
import type { ObjectChange, RequestFacts } from './object-change.ts';
import { RetriedDeliveries, type Delivery } from './retried-delivery.ts';

/** The notifications of one bucket. */
export class BucketNotifier {
  readonly #bucket: EventBucket;
  readonly #context: BrokerContext;
  readonly #requests: RequestFacts;
  readonly #deliveries: RetriedDeliveries;
  readonly #notifications: ResolvedNotification[] = [];

  constructor(
    bucket: EventBucket,
    context: BrokerContext,
    requests: RequestFacts,
    retryDelaysMs: readonly number[],
  ) {
    this.#bucket = bucket;
    this.#context = context;
    this.#requests = requests;
    this.#deliveries = new RetriedDeliveries({
      clock: context.clock,
      from: bucket.arn,
      retryDelaysMs,
      onUndelivered: context.onUndelivered,
    });
  }

  get configurations(): readonly NotificationConfiguration[] {
    return this.#notifications.map(publicPart);
  }

  async add(options: NotificationOptions): Promise<NotificationConfiguration> {
    const notification = resolveNotification(options, () => this.#context.ids.uuid());
    checkFitsBeside(notification, this.#notifications);
    if (!this.#mayInvoke(notification.receiver.arn)) throw unreachable();
    this.#notifications.push(notification);
    try {
      await this.#sendTest(notification);
    } catch (error) {
      // S3 does not keep a configuration whose target does not take the test event.
      this.remove(notification.id);
      throw error;
    }
    return publicPart(notification);
  }

  remove(id: string): boolean {
    const index = this.#notifications.findIndex((notification) => notification.id === id);
    if (index !== -1) this.#notifications.splice(index, 1);
    return index !== -1;
  }

  /** Resolves when each target was tried once; callbacks are called, not waited for. */
  async publish(change: ObjectChange): Promise<void> {
    const awaited: Promise<void>[] = [];
    for (const notification of this.#notifications) {
      if (!matches(notification, change)) continue;
      const delivery = this.#delivery(notification, change);
      const attempted = this.#deliveries.deliver(delivery);
      if (delivery.holdsClock) awaited.push(attempted);
    }
    await Promise.all(awaited);
  }

  close(): void {
    this.#deliveries.close();
  }

  /** Queues and topics have policies of their own, which nobody asks here. */
  #mayInvoke(target: string): boolean {
    if (target.split(':')[2] !== 'lambda') return true;
    return this.#context.mayInvoke('s3.amazonaws.com', target, this.#bucket.arn);
  }

  async #sendTest({ receiver }: ResolvedNotification): Promise<void> {
    if (receiver.kind === 'bus') return;
    await receiver.sendTest?.(s3TestEvent(this.#bucket, this.#requests.next()));
  }

  #delivery({ id, receiver }: ResolvedNotification, change: ObjectChange): Delivery {
    const label = `bucket "${this.#bucket.name}": notification "${id}"`;
    const to = receiver.arn;
    if (receiver.kind === 'bus') {
      const entry = s3BusEntry(this.#bucket, change);
      const attempt = (): Promise<unknown> => receiver.put(entry);
      return { to, label, body: JSON.stringify(entry), attempt, holdsClock: true };
    }
    const event = s3Event(this.#bucket, id, change);
    const attempt = async (): Promise<unknown> => {
      // The permission may be gone by now.
      if (!this.#mayInvoke(to)) throw unreachable();
      return receiver.send(event, change.traceHeader);
    };
    const holdsClock = to !== 'callback';
    return { to, label, body: JSON.stringify(event), attempt, holdsClock };
  }
}

function unreachable(): BrokerError {
  const message = 'Unable to validate the following destination configurations';
  return new BrokerError('InvalidArgument', message);
}

function publicPart(notification: NotificationConfiguration): NotificationConfiguration {
  const { id, events, prefix, suffix, target } = notification;
  return { id, events, prefix, suffix, target };
}
