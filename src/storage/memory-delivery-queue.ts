import type { Clock } from '../core/clock.ts';
import { ClosedError, InvalidOptionError } from '../core/errors.ts';
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
import { DueTimers, type Due } from './due-timers.ts';
import type { MemoryMessages } from './memory-messages.ts';
import {
  checkContent,
  checkDuration,
  checkMessages,
  checkReceive,
  maxMessageBytes,
} from './queue-input.ts';
import type { StoredMessage } from './stored-message.ts';
import { WaitingReceives } from './waiting-receives.ts';

/** What a queue is opened with by its storage. */
export interface MemoryQueueParts {
  readonly clock: Clock;
  /** Stays in the storage when the queue is closed. */
  readonly messages: MemoryMessages;
  /** Messages move between queues of one storage. */
  readonly storage: object;
  readonly onClose: () => void;
}

/** A `DeliveryQueue` in the memory of this process. */
export class MemoryDeliveryQueue implements DeliveryQueue {
  readonly caps: QueueCaps = Object.freeze({
    batch: true,
    delay: true,
    fifo: true,
    dedup: true,
    maxBytes: maxMessageBytes,
    durable: false,
  });
  readonly #options: OpenQueueOptions;
  readonly #parts: MemoryQueueParts;
  readonly #messages: MemoryMessages;
  readonly #waiting: WaitingReceives;
  readonly #timers: DueTimers;
  #isClosed = false;

  constructor(options: OpenQueueOptions, parts: MemoryQueueParts) {
    this.#options = options;
    this.#parts = parts;
    this.#messages = parts.messages;
    this.#waiting = new WaitingReceives(parts.clock, options.label);
    const next = { delayed: () => this.#nextDelayed(), leased: () => this.#nextLeased() };
    this.#timers = new DueTimers(parts.clock, options, next, () => this.#catchUp());
    if (this.#messages.counts.delayed > 0) this.#timers.plan();
  }

  async send(messages: readonly OutMessage[]): Promise<readonly SendResult[]> {
    this.#checkOpen();
    checkMessages(messages, this.#options.isFifo);
    const nowMs = this.#catchUp();
    const results: SendResult[] = [];
    for (const message of messages) {
      const { id, sequence, isDuplicate } = this.#messages.send(message, nowMs);
      results.push({ id, sequence: BigInt(sequence), isDuplicate });
    }
    this.#serve(nowMs);
    return results;
  }

  async receive(options: ReceiveOptions): Promise<readonly Lease[]> {
    this.#checkOpen();
    checkReceive(options);
    if (options.signal?.aborted === true) return [];
    const nowMs = this.#catchUp();
    if (this.#messages.hasReady) return this.#take(options, nowMs);
    if (options.waitMs === 0) return [];
    const leases = this.#waiting.add(options);
    this.#plan();
    return leases;
  }

  async extend(lease: LeaseKey, visibilityMs: number): Promise<boolean> {
    checkDuration('visibilityMs', visibilityMs);
    const nowMs = this.#catchUp();
    const message = this.#find(lease);
    if (message === undefined) return false;
    this.#messages.extend(message, nowMs + visibilityMs);
    this.#catchUp();
    return true;
  }

  async ack(leases: readonly LeaseKey[]): Promise<readonly boolean[]> {
    const nowMs = this.#catchUp();
    const results = leases.map((lease) => {
      const message = this.#find(lease);
      if (message !== undefined) this.#messages.remove(message);
      return message !== undefined;
    });
    this.#serve(nowMs);
    return results;
  }

  async nack(lease: LeaseKey, { delayMs, reason, meta }: NackOptions): Promise<boolean> {
    checkDuration('delayMs', delayMs);
    const nowMs = this.#catchUp();
    const message = this.#find(lease);
    if (message === undefined) return false;
    checkContent(message.body, meta ?? message.meta);
    message.meta = meta ?? message.meta;
    message.reason = reason;
    this.#messages.giveBack(message, nowMs + delayMs, nowMs);
    this.#serve(nowMs);
    return true;
  }

  async deadLetter(lease: LeaseKey, options: DeadLetterOptions): Promise<boolean> {
    const target = this.#targetOf(options);
    const nowMs = this.#catchUp();
    const message = this.#find(lease);
    if (message === undefined) return false;
    target.#accept(message, options, nowMs);
    this.#messages.remove(message);
    this.#serve(nowMs);
    return true;
  }

  async purge(): Promise<number> {
    this.#checkOpen();
    this.#catchUp();
    const count = this.#messages.clear();
    this.#plan();
    return count;
  }

  has(lease: LeaseKey): boolean {
    this.#catchUp();
    return this.#messages.has(lease);
  }

  stats(): QueueStats {
    this.#catchUp();
    return this.#messages.stats();
  }

  remaining(): readonly Lease[] {
    return Array.from(this.#messages.all(), (message) => message.toLease());
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#timers.close();
    this.#waiting.endAll();
    this.#parts.onClose();
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new ClosedError(`The ${this.#options.label} is closed`);
  }

  /** Ends what is due until now, and serves who waits for it. Gives the time. */
  #catchUp(): number {
    const nowMs = this.#parts.clock.now();
    if (this.#isClosed) return nowMs;
    this.#messages.catchUp(nowMs);
    this.#serve(nowMs);
    return nowMs;
  }

  #serve(nowMs: number): void {
    while (this.#messages.hasReady && this.#waiting.first !== undefined) {
      const receive = this.#waiting.remove(this.#waiting.first);
      receive.resolve(this.#take(receive.options, nowMs));
    }
    this.#plan();
  }

  #take({ max, visibilityMs }: ReceiveOptions, nowMs: number): readonly Lease[] {
    const taken = this.#messages.take(max, nowMs, visibilityMs);
    return taken.map((message) => message.toLease());
  }

  /** What was held when the queue was closed is lost to its holder. */
  #find(lease: LeaseKey): StoredMessage | undefined {
    return this.#isClosed ? undefined : this.#messages.find(lease);
  }

  #targetOf({ target }: DeadLetterOptions): MemoryDeliveryQueue {
    const isOurs =
      target instanceof MemoryDeliveryQueue && target.#parts.storage === this.#parts.storage;
    if (!isOurs) throw new InvalidOptionError('target', 'a queue of the same storage', target);
    target.#checkOpen();
    return target;
  }

  /** Takes over a message of another queue, as a new one. */
  #accept(message: StoredMessage, options: DeadLetterOptions, nowMs: number): void {
    const { reason, meta = message.meta, sentMs = nowMs } = options;
    const { id, body, groupId, dedupId } = message;
    const moved: OutMessage = {
      id,
      body,
      meta,
      reason,
      ...(groupId !== undefined && { groupId }),
      ...(dedupId !== undefined && { dedupId }),
    };
    checkMessages([moved], this.#options.isFifo);
    this.#messages.catchUp(nowMs);
    this.#messages.add(moved, sentMs, nowMs);
    this.#serve(nowMs);
  }

  /** Timers have nothing to do while nothing is delayed and nobody waits for a lease to end. */
  #plan(): void {
    if (this.#timers.areSet || this.#messages.counts.delayed > 0 || this.#isLeaseAwaited()) {
      this.#timers.plan();
    }
  }

  #isLeaseAwaited(): boolean {
    return this.#waiting.first !== undefined && this.#messages.counts.leased > 0;
  }

  #nextDelayed(): Due | undefined {
    const message = this.#messages.delayed.first;
    if (message === undefined) return undefined;
    const { dueMs, id, reason = `message ${id}` } = message;
    return { atMs: dueMs, reason, others: this.#messages.counts.delayed - 1 };
  }

  #nextLeased(): Due | undefined {
    const message = this.#messages.leased.first;
    if (message === undefined || !this.#isLeaseAwaited()) return undefined;
    const reason = `the lease of message ${message.id} ends`;
    return { atMs: message.dueMs, reason, others: this.#messages.counts.leased - 1 };
  }
}
