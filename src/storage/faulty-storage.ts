import type { Clock } from '../core/clock.ts';
import type { FaultInjection } from '../core/fault-injection.ts';
import type {
  DeadLetterOptions,
  DeliveryQueue,
  Lease,
  LeaseKey,
  NackOptions,
  OpenQueueOptions,
  OutMessage,
  QueueCaps,
  QueueStats,
  ReceiveOptions,
  SendResult,
} from './delivery-queue.ts';
import type { StateStore } from './state-store.ts';
import type { Storage } from './storage.ts';

/** A storage whose queues deliver late and twice, as often as somebody asked for. */
export class FaultyStorage implements Storage {
  readonly #inner: Storage;
  readonly #faults: FaultInjection;
  readonly #clock: Clock;

  constructor(inner: Storage, faults: FaultInjection, clock: Clock) {
    this.#inner = inner;
    this.#faults = faults;
    this.#clock = clock;
  }

  get isDurable(): boolean {
    return this.#inner.isDurable;
  }

  get state(): StateStore {
    return this.#inner.state;
  }

  openQueue(options: OpenQueueOptions): DeliveryQueue {
    const queue = this.#inner.openQueue(options);
    // The promise of a FIFO queue is exactly once and in order.
    return options.isFifo ? queue : new FaultyQueue(queue, this.#faults, this.#clock);
  }

  queueNames(): readonly string[] {
    return this.#inner.queueNames();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

class FaultyQueue implements DeliveryQueue {
  readonly #inner: DeliveryQueue;
  readonly #faults: FaultInjection;
  readonly #clock: Clock;
  /** How often messages were done that came again after it. */
  readonly #repeats = new Map<string, number>();

  constructor(inner: DeliveryQueue, faults: FaultInjection, clock: Clock) {
    this.#inner = inner;
    this.#faults = faults;
    this.#clock = clock;
  }

  get caps(): QueueCaps {
    return this.#inner.caps;
  }

  send(messages: readonly OutMessage[]): Promise<readonly SendResult[]> {
    return this.#inner.send(messages.map((message) => this.#delayed(message)));
  }

  /** A duplicate was received once more for our sake alone, which its owner must not take for a lost lease. */
  async receive(options: ReceiveOptions): Promise<readonly Lease[]> {
    const leases = await this.#inner.receive(options);
    if (this.#repeats.size === 0) return leases;
    return leases.map((lease) => {
      const times = this.#repeats.get(lease.id) ?? 0;
      return times === 0 ? lease : { ...lease, receiveCount: lease.receiveCount - times };
    });
  }

  extend(lease: LeaseKey, visibilityMs: number): Promise<boolean> {
    return this.#inner.extend(lease, visibilityMs);
  }

  /** The holder is told that it is done, and the message comes again. */
  async ack(leases: readonly LeaseKey[]): Promise<readonly boolean[]> {
    return Promise.all(
      leases.map(async (lease) => {
        const times = (this.#repeats.get(lease.id) ?? 0) + 1;
        const delayMs = this.#faults.duplicateAfterMs(lease.id, times);
        if (delayMs !== undefined) {
          this.#repeats.set(lease.id, times);
          return this.#inner.nack(lease, { delayMs, reason: `a duplicate of ${lease.id}` });
        }
        this.#repeats.delete(lease.id);
        const [isDone = false] = await this.#inner.ack([lease]);
        return isDone;
      }),
    );
  }

  nack(lease: LeaseKey, options: NackOptions): Promise<boolean> {
    return this.#inner.nack(lease, options);
  }

  deadLetter(lease: LeaseKey, options: DeadLetterOptions): Promise<boolean> {
    const { target } = options;
    return this.#inner.deadLetter(lease, {
      ...options,
      target: target instanceof FaultyQueue ? target.#inner : target,
    });
  }

  has(lease: LeaseKey): boolean {
    return this.#inner.has(lease);
  }

  purge(): Promise<number> {
    return this.#inner.purge();
  }

  stats(): QueueStats {
    return this.#inner.stats();
  }

  remaining(): readonly Lease[] {
    return this.#inner.remaining();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #delayed(message: OutMessage): OutMessage {
    const delayMs = this.#faults.delayMs(message.id);
    if (delayMs === 0) return message;
    const dueMs = message.notBeforeMs ?? this.#clock.now();
    return { ...message, notBeforeMs: dueMs + delayMs, reason: `${message.id}, which is late` };
  }
}
