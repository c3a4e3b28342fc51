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
} from '../delivery-queue.ts';
import { checkContent } from '../queue-input.ts';
import { orDamaged } from './or-damaged.ts';
import type { Sealer } from './sealer.ts';

/** A queue whose messages are sealed while they wait. Ids stay as they are, so that they keep their meaning. */
export class EncryptedQueue implements DeliveryQueue {
  readonly #inner: DeliveryQueue;
  readonly #sealer: Sealer;
  readonly #file: string;

  constructor(inner: DeliveryQueue, sealer: Sealer, file: string) {
    this.#inner = inner;
    this.#sealer = sealer;
    this.#file = file;
  }

  get caps(): QueueCaps {
    return this.#inner.caps;
  }

  async send(messages: readonly OutMessage[]): Promise<readonly SendResult[]> {
    return this.#inner.send(messages.map((message) => this.#sealed(message)));
  }

  async receive(options: ReceiveOptions): Promise<readonly Lease[]> {
    const leases = await this.#inner.receive(options);
    return leases.map((lease) => this.#opened(lease));
  }

  extend(lease: LeaseKey, visibilityMs: number): Promise<boolean> {
    return this.#inner.extend(lease, visibilityMs);
  }

  ack(leases: readonly LeaseKey[]): Promise<readonly boolean[]> {
    return this.#inner.ack(leases);
  }

  async nack(lease: LeaseKey, options: NackOptions): Promise<boolean> {
    return this.#inner.nack(lease, this.#withMeta(options));
  }

  /** The body goes as it is; both queues have the key of the file. */
  async deadLetter(lease: LeaseKey, options: DeadLetterOptions): Promise<boolean> {
    const { target } = options;
    return this.#inner.deadLetter(lease, {
      ...this.#withMeta(options),
      target: target instanceof EncryptedQueue ? target.#inner : target,
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
    return this.#inner.remaining().map((lease) => this.#opened(lease));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #sealed(message: OutMessage): OutMessage {
    const { body, meta = '' } = message;
    // Sealed, all text looks well-formed.
    checkContent(body, meta);
    return {
      ...message,
      body: this.#sealer.sealText(body, 'message body'),
      ...(meta !== '' && { meta: this.#sealer.sealText(meta, 'message meta') }),
    };
  }

  #withMeta<Options extends { readonly meta?: string }>(options: Options): Options {
    const { meta = '' } = options;
    checkContent('', meta);
    if (meta === '') return options;
    return { ...options, meta: this.#sealer.sealText(meta, 'message meta') };
  }

  #opened(lease: Lease): Lease {
    const { id, body, meta } = lease;
    const open = (text: string, place: string): string =>
      orDamaged(this.#file, `The message "${id}"`, () => this.#sealer.openText(text, place)) ??
      text;
    return { ...lease, body: open(body, 'message body'), meta: open(meta, 'message meta') };
  }
}
