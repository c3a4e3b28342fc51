import type { Clock } from '../core/clock.ts';
import { ClosedError, InvalidOptionError } from '../core/errors.ts';
import type { Commits, Participant } from './commits.ts';
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
import type { HeldMessage, Messages } from './messages.ts';
import { checkContent, checkDuration, checkMessages, checkReceive } from './queue-input.ts';
import { WaitingReceives } from './waiting-receives.ts';

/** What a queue is opened with by its storage. */
export interface StoredQueueParts<Held extends HeldMessage> {
  readonly caps: QueueCaps;
  readonly clock: Clock;
  /** One for all queues of a storage: messages move between those. */
  readonly commits: Commits;
  readonly messages: Messages<Held>;
  readonly onClose: () => void;
}

/** A `DeliveryQueue` over messages in memory or in a file: who waits, and until when. */
export class StoredQueue<Held extends HeldMessage> implements DeliveryQueue, Participant {
  readonly caps: QueueCaps;
  readonly #options: OpenQueueOptions;
  readonly #clock: Clock;
  readonly #commits: Commits;
  readonly #messages: Messages<Held>;
  readonly #onClose: () => void;
  readonly #waiting: WaitingReceives;
  readonly #timers: DueTimers;
  #closing: Promise<void> | undefined;
  /** What was left when it was closed: the file may be closed as well. */
  #atEnd: QueueStats | undefined;

  constructor(options: OpenQueueOptions, parts: StoredQueueParts<Held>) {
    this.caps = parts.caps;
    this.#options = options;
    this.#clock = parts.clock;
    this.#commits = parts.commits;
    this.#messages = parts.messages;
    this.#onClose = parts.onClose;
    this.#waiting = new WaitingReceives(parts.clock, options.label);
    const next = { delayed: () => this.#nextDelayed(), leased: () => this.#nextLeased() };
    this.#timers = new DueTimers(parts.clock, options, next, () => this.#onDue());
    this.#plan();
  }

  async send(messages: readonly OutMessage[]): Promise<readonly SendResult[]> {
    this.#checkOpen();
    checkMessages(messages, this.#options.isFifo);
    // The work may run later, and the caller may use its array for something else by then.
    const batch = [...messages];
    return this.#commits.run(() => {
      const nowMs = this.#catchUp();
      const results = batch.map((message) => this.#messages.send(message, nowMs));
      this.#serve(nowMs);
      return results;
    }, 'durable');
  }

  async receive(options: ReceiveOptions): Promise<readonly Lease[]> {
    this.#checkOpen();
    checkReceive(options);
    return this.#commits.run(() => {
      if (options.signal?.aborted === true || this.#closing !== undefined) return [];
      const nowMs = this.#catchUp();
      const { max, visibilityMs, waitMs } = options;
      if (this.#messages.hasReady) return this.#messages.take(max, nowMs, visibilityMs);
      if (waitMs === 0) return [];
      const leases = this.#waiting.add(options);
      this.#plan();
      return leases;
    }, 'in-order');
  }

  async extend(lease: LeaseKey, visibilityMs: number): Promise<boolean> {
    checkDuration('visibilityMs', visibilityMs);
    return this.#withLease(lease, (held, nowMs) => {
      this.#messages.extend(held, nowMs + visibilityMs);
    });
  }

  async ack(leases: readonly LeaseKey[]): Promise<readonly boolean[]> {
    if (this.#closing !== undefined) return leases.map(() => false);
    const batch = [...leases];
    return this.#commits.run(() => {
      const nowMs = this.#catchUp();
      const results = batch.map((lease) => {
        const held = this.#messages.find(lease);
        if (held !== undefined) this.#messages.remove(held);
        return held !== undefined;
      });
      this.#serve(nowMs);
      return results;
    }, 'written');
  }

  async nack(lease: LeaseKey, options: NackOptions): Promise<boolean> {
    const { delayMs, reason, meta } = options;
    checkDuration('delayMs', delayMs);
    checkContent('', meta ?? '');
    return this.#withLease(lease, (held, nowMs) => {
      const back = { dueMs: nowMs + delayMs, reason, meta: meta ?? held.meta };
      this.#messages.giveBack(held, back, nowMs);
    });
  }

  async deadLetter(lease: LeaseKey, options: DeadLetterOptions): Promise<boolean> {
    const target = this.#targetOf(options);
    checkContent('', options.meta ?? '');
    return this.#withLease(lease, (held, nowMs) => {
      target.#accept(held, this.#messages.bodyOf(held), options, nowMs);
      this.#messages.remove(held);
    });
  }

  has(lease: LeaseKey): boolean {
    return this.#atEnd === undefined && this.#messages.has(lease);
  }

  async purge(): Promise<number> {
    this.#checkOpen();
    return this.#commits.run(() => {
      this.#catchUp();
      const count = this.#messages.clear();
      this.#plan();
      return count;
    }, 'written');
  }

  stats(): QueueStats {
    return this.#atEnd ?? this.#messages.stats(this.#clock.now());
  }

  remaining(): readonly Lease[] {
    return this.#messages.remaining();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Nobody waits on for a storage that fails: whoever asks next is told whether it recovered. */
  takenBack(error: unknown): void {
    this.#messages.reload();
    this.#waiting.failAll(error);
    this.#timers.pause();
  }

  async #close(): Promise<void> {
    this.#timers.close();
    this.#waiting.endAll();
    await this.#commits.settled();
    this.#atEnd = this.#messages.stats(this.#clock.now());
    this.#onClose();
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new ClosedError(`The ${this.#options.label} is closed`);
  }

  /** What was held when the queue was closed is lost to its holder. */
  async #withLease(lease: LeaseKey, use: (held: Held, nowMs: number) => void): Promise<boolean> {
    if (this.#closing !== undefined) return false;
    return this.#commits.run(() => {
      const nowMs = this.#catchUp();
      const held = this.#messages.find(lease);
      if (held === undefined) return false;
      use(held, nowMs);
      this.#catchUp();
      return true;
    }, 'written');
  }

  /** Ends what is due until now, and serves who waits for it. Gives the time. */
  #catchUp(): number {
    const nowMs = this.#clock.now();
    this.#commits.join(this);
    this.#messages.catchUp(nowMs);
    this.#serve(nowMs);
    return nowMs;
  }

  #serve(nowMs: number): void {
    while (this.#messages.hasReady && this.#waiting.first !== undefined) {
      const receive = this.#waiting.remove(this.#waiting.first);
      const { max, visibilityMs } = receive.options;
      const leases = this.#messages.take(max, nowMs, visibilityMs);
      this.#commits.onEnd(() => receive.resolve(leases), receive.reject);
    }
    this.#plan();
  }

  #onDue(): void {
    this.#commits
      .run(() => this.#catchUp(), 'written')
      // Whoever waited was told, and the timers try again.
      .catch(() => this.#plan());
  }

  #targetOf({ target }: DeadLetterOptions): StoredQueue<HeldMessage> {
    if (!(target instanceof StoredQueue) || target.#commits !== this.#commits) {
      throw new InvalidOptionError('target', 'a queue of the same storage', target);
    }
    if (target.#options.isFifo && !this.#options.isFifo) {
      throw new InvalidOptionError(
        'target',
        'a queue without groups, as this one',
        target.#options.name,
      );
    }
    target.#checkOpen();
    return target;
  }

  /** Takes over a message of another queue, as a new one. */
  #accept(held: HeldMessage, body: string, options: DeadLetterOptions, nowMs: number): void {
    const { reason, meta = held.meta, sentMs = nowMs } = options;
    const { id, groupId, dedupId } = held;
    const message: OutMessage = {
      id,
      body,
      meta,
      reason,
      ...(groupId !== undefined && { groupId }),
      ...(dedupId !== undefined && { dedupId }),
    };
    this.#catchUp();
    this.#messages.add(message, sentMs, nowMs);
    this.#serve(nowMs);
  }

  /** Timers have nothing to do while nothing is delayed and nobody waits for a lease to end. */
  #plan(): void {
    if (this.#timers.areSet || this.#messages.delayed > 0 || this.#isLeaseAwaited()) {
      this.#timers.plan();
    }
  }

  #isLeaseAwaited(): boolean {
    return this.#waiting.first !== undefined && this.#messages.leased > 0;
  }

  #nextDelayed(): Due | undefined {
    const next = this.#messages.delayed > 0 ? this.#messages.nextDelayed() : undefined;
    if (next === undefined) return undefined;
    const { dueMs: atMs, id, reason = `message ${id}` } = next;
    return { atMs, reason, others: this.#messages.delayed - 1 };
  }

  #nextLeased(): Due | undefined {
    const next = this.#isLeaseAwaited() ? this.#messages.nextLeased() : undefined;
    if (next === undefined) return undefined;
    const reason = `the lease of message ${next.id} ends`;
    return { atMs: next.dueMs, reason, others: this.#messages.leased - 1 };
  }
}
