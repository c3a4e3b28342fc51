import type {
  DeadLetterOptions,
  DeliveryQueue,
  Lease,
  LeaseKey,
  NackOptions,
  OutMessage,
  QueueCaps,
  QueueStats,
  ReceiveOptions,
  SendResult,
} from '../../src/storage/delivery-queue.ts';

type Step = 'send' | 'sent' | 'receive' | 'extend' | 'ack' | 'nack' | 'stats';

/** A queue in whose way tests put things; `trouble` may throw, or take its time where a promise is awaited. */
export class TroubledQueue implements DeliveryQueue {
  readonly caps: QueueCaps;
  readonly #inner: DeliveryQueue;
  readonly #trouble: (step: Step) => void | Promise<void>;

  constructor(
    inner: DeliveryQueue,
    trouble: (step: Step) => void | Promise<void>,
    caps: Partial<QueueCaps> = {},
  ) {
    this.#inner = inner;
    this.#trouble = trouble;
    this.caps = { ...inner.caps, ...caps };
  }

  async send(messages: readonly OutMessage[]): Promise<readonly SendResult[]> {
    await this.#trouble('send');
    const results = await this.#inner.send(messages);
    await this.#trouble('sent');
    return results;
  }

  async receive(options: ReceiveOptions): Promise<readonly Lease[]> {
    await this.#trouble('receive');
    return this.#inner.receive(options);
  }

  async extend(lease: LeaseKey, visibilityMs: number): Promise<boolean> {
    await this.#trouble('extend');
    return this.#inner.extend(lease, visibilityMs);
  }

  async ack(leases: readonly LeaseKey[]): Promise<readonly boolean[]> {
    await this.#trouble('ack');
    return this.#inner.ack(leases);
  }

  async nack(lease: LeaseKey, options: NackOptions): Promise<boolean> {
    await this.#trouble('nack');
    return this.#inner.nack(lease, options);
  }

  deadLetter(lease: LeaseKey, options: DeadLetterOptions): Promise<boolean> {
    return this.#inner.deadLetter(lease, options);
  }

  has(lease: LeaseKey): boolean {
    return this.#inner.has(lease);
  }

  purge(): Promise<number> {
    return this.#inner.purge();
  }

  stats(): QueueStats {
    void this.#trouble('stats');
    return this.#inner.stats();
  }

  remaining(): readonly Lease[] {
    return this.#inner.remaining();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
