import { SystemClock, type Clock } from '../core/clock.ts';
import { ClosedError, ConflictError } from '../core/errors.ts';
import { ImmediateCommits } from './commits.ts';
import type { DeliveryQueue, OpenQueueOptions } from './delivery-queue.ts';
import { MemoryMessages, type HeldInMemory } from './memory-messages.ts';
import { MemoryStateStore } from './memory-state-store.ts';
import { capsOf, checkQueueOptions } from './queue-input.ts';
import type { StateStore } from './state-store.ts';
import { StoredQueue } from './stored-queue.ts';
import type { Storage } from './storage.ts';

export interface MemoryStorageOptions {
  /** @default the system's clock */
  readonly clock?: Clock;
}

/** Keeps everything in the memory of this process: fast, and gone with it. */
export class MemoryStorage implements Storage {
  readonly isDurable = false;
  readonly state: StateStore = new MemoryStateStore();
  readonly #clock: Clock;
  readonly #commits = new ImmediateCommits();
  readonly #messages = new Map<string, MemoryMessages>();
  readonly #open = new Map<string, StoredQueue<HeldInMemory>>();
  #isClosed = false;

  constructor({ clock = new SystemClock() }: MemoryStorageOptions = {}) {
    this.#clock = clock;
  }

  openQueue(options: OpenQueueOptions): DeliveryQueue {
    checkQueueOptions(options);
    const { name } = options;
    if (this.#isClosed) throw new ClosedError('This MemoryStorage is closed');
    if (this.#open.has(name)) throw new ConflictError(`The queue "${name}" is open already`);

    const messages = this.#messagesOf(options);
    const onClose = (): void => void this.#open.delete(name);
    const queue = new StoredQueue(options, {
      caps: capsOf(false),
      clock: this.#clock,
      commits: this.#commits,
      messages,
      onClose,
    });
    this.#messages.set(name, messages);
    this.#open.set(name, queue);
    return queue;
  }

  /** What was left there, or nothing. */
  #messagesOf(options: OpenQueueOptions): MemoryMessages {
    const { name, isFifo } = options;
    const kept = this.#messages.get(name);
    if (kept?.isFifo === isFifo) {
      kept.reopen(options);
      return kept;
    }
    if (kept !== undefined && kept.size > 0) {
      const kind = isFifo ? 'a standard queue' : 'a FIFO queue';
      throw new ConflictError(`The queue "${name}" holds messages as ${kind}`);
    }
    return new MemoryMessages(options);
  }

  queueNames(): readonly string[] {
    return [...this.#messages].filter(([, { size }]) => size > 0).map(([name]) => name);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#open.values()].map((queue) => queue.close()));
  }
}
