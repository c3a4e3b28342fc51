import type { DeliveryQueue, OpenQueueOptions } from './delivery-queue.ts';
import type { StateStore } from './state-store.ts';

/** Where a `Lambda` keeps what it accepted: the memory of this process, or a file. */
export interface Storage {
  /** Whether a restarted host finds everything again. */
  readonly isDurable: boolean;
  readonly state: StateStore;
  /** Opens a queue, or makes it. A name can be open once at a time. */
  openQueue(options: OpenQueueOptions): DeliveryQueue;
  /** Names of the queues that hold messages, open or not. */
  queueNames(): readonly string[];
  /** Ends the queues that are open. */
  close(): Promise<void>;
}
