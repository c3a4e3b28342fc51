/**
 * The lease-based queue: where an accepted event waits until somebody says that it is done. Events of
 * asynchronous invocations and the messages of broker queues are kept here; the memory of this process and a
 * SQLite file implement it.
 *
 * Delivery is at least once. `receive` hands a message out under a lease; whoever holds the lease answers with
 * `ack`, `nack` or `deadLetter`. A lease that runs out, or whose holder is gone, ends by itself and the
 * message is received again. All times are epoch milliseconds on the clock that the queue was opened with.
 *
 * A lease is lost when the message was received again, given back or is gone; one that merely ran out still
 * answers, so that slow work is not done twice without need. In a FIFO queue a lease is lost when it runs out:
 * whatever comes next in the group must not be overtaken.
 */
export interface DeliveryQueue {
  readonly caps: QueueCaps;
  /** Resolves when the messages are as safe as the storage can make them. All of them, or none. */
  send(messages: readonly OutMessage[]): Promise<readonly SendResult[]>;
  /** Up to `max` messages, as soon as there is one; an empty list when the wait is over. */
  receive(options: ReceiveOptions): Promise<readonly Lease[]>;
  /**
   * Keeps a message for `visibilityMs` from now; 0 lets the lease run out at once. False: the lease was lost;
   * stop, and do not acknowledge.
   */
  extend(lease: LeaseKey, visibilityMs: number): Promise<boolean>;
  /** The messages are done. False where the lease was lost: somebody else may have the message. */
  ack(leases: readonly LeaseKey[]): Promise<readonly boolean[]>;
  /** Gives a message back, to be received again after `delayMs`. False: the lease was lost. */
  nack(lease: LeaseKey, options: NackOptions): Promise<boolean>;
  /**
   * Moves a message into another queue of the same storage, in one step: after a crash it is in exactly one of
   * the two. It arrives as a new one (ready, never received, last in its group) that is nobody's duplicate.
   * False: the lease was lost.
   */
  deadLetter(lease: LeaseKey, options: DeadLetterOptions): Promise<boolean>;
  /** Whether a message that was once received is still here, under whichever lease, or none. */
  has(lease: LeaseKey): boolean;
  /** Drops every message, leased ones too, and forgets deduplication ids. Gives the number of messages. */
  purge(): Promise<number>;
  stats(): QueueStats;
  /**
   * Everything that is here, leased or not, in no order. For a report of what the end of the process takes with
   * it, so an empty list where messages survive.
   */
  remaining(): readonly Lease[];
  /** Ends waiting receives with an empty list. What is durable stays. */
  close(): Promise<void>;
}

export interface QueueCaps {
  readonly batch: boolean;
  readonly delay: boolean;
  readonly fifo: boolean;
  readonly dedup: boolean;
  /** Longest body and meta together, in bytes of UTF-8. */
  readonly maxBytes: number;
  /** Whether messages survive the end of the process. */
  readonly durable: boolean;
}

export interface OutMessage {
  /** Chosen by the sender; unique in the queue. */
  readonly id: string;
  readonly body: string;
  /** What the owner keeps beside the body; `nack` may replace it. The queue does not read it. @default '' */
  readonly meta?: string;
  /** Nobody receives it before. @default now */
  readonly notBeforeMs?: number;
  /** For people who read what a clock waits for, such as `retry 1 of request 7f3e`. */
  readonly reason?: string;
  /**
   * FIFO queues only, and required there. A receive takes as many messages as it may from the front of a group,
   * in the order of arrival, and stops at one that is out or delayed.
   */
  readonly groupId?: string;
  /** FIFO queues only: a second message with it within the window is not kept. */
  readonly dedupId?: string;
}

export interface SendResult {
  /** Of the message that is kept: of the first one, when this is a duplicate. */
  readonly id: string;
  /** Grows with each message of the queue; of the first one, when this is a duplicate. */
  readonly sequence: bigint;
  readonly isDuplicate: boolean;
}

export interface ReceiveOptions {
  /** 1 or more. */
  readonly max: number;
  /** How long to wait when nothing is there; `Infinity` waits for `signal` or `close`. */
  readonly waitMs: number;
  /** How long a lease lasts. */
  readonly visibilityMs: number;
  readonly signal?: AbortSignal;
}

/** What a holder of a lease shows. */
export interface LeaseKey {
  readonly id: string;
  /** New for each receipt. */
  readonly token: string;
}

/** One message, handed out. */
export interface Lease extends LeaseKey {
  readonly body: string;
  readonly meta: string;
  readonly sentMs: number;
  /** This receipt included; receipts whose lease was lost count. */
  readonly receiveCount: number;
  readonly firstReceivedMs: number;
  readonly expiresMs: number;
  readonly sequence: bigint;
  readonly groupId: string | undefined;
  readonly dedupId: string | undefined;
}

export interface NackOptions {
  readonly delayMs: number;
  /** As in `OutMessage`. */
  readonly reason: string;
  /** Replaces what is kept beside the body. */
  readonly meta?: string;
}

export interface DeadLetterOptions {
  readonly reason: string;
  /** Opened from the same storage. */
  readonly target: DeliveryQueue;
  /** Retention counts from then. @default now */
  readonly sentMs?: number;
  /** Replaces what is kept beside the body. */
  readonly meta?: string;
}

export interface QueueStats {
  /** Could be received now. In a FIFO queue also what waits behind its group. */
  readonly ready: number;
  readonly delayed: number;
  readonly leased: number;
  /** When the oldest message that is still here was sent. */
  readonly oldestMs: number | undefined;
}

export interface OpenQueueOptions {
  /** Names it in its storage: opening it again after a restart finds its messages. */
  readonly name: string;
  /** For the labels of timers, such as `queue "orders"`. */
  readonly label: string;
  readonly isFifo: boolean;
  /** FIFO queues: how long a deduplication id counts. @default 300_000 */
  readonly dedupWindowMs?: number;
  /** Whether a deduplication id counts in the whole queue, or in each group alone. @default 'queue' */
  readonly dedupScope?: 'queue' | 'group';
  /** Messages older than that vanish, leased ones when their lease ends. @default they stay */
  readonly retentionMs?: number;
  /** Whether a delayed message keeps the process alive. @default false */
  readonly keepsAlive?: boolean;
}
