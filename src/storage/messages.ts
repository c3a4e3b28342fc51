import type { LeaseKey, Lease, OutMessage, QueueStats, SendResult } from './delivery-queue.ts';

/**
 * What a queue holds, and the only place that moves a message from one state to another: in memory or in a
 * file. Time comes in as an argument; who waits for a message, and when a change is safe, is not its matter.
 */
export interface Messages<Held extends HeldMessage = HeldMessage> {
  /** Whether `take` gives something. */
  readonly hasReady: boolean;
  readonly delayed: number;
  readonly leased: number;
  /** Keeps a message, unless it is a duplicate. */
  send(message: OutMessage, nowMs: number): SendResult;
  /** Keeps a message that is nobody's duplicate. */
  add(message: OutMessage, sentMs: number, nowMs: number): void;
  /**
   * Ends delays and leases that are due, and drops what is too old: some thousand at most, so that the host is not
   * stopped by a million of them. The next call goes on.
   */
  catchUp(nowMs: number): void;
  /** Leases up to `max` messages. */
  take(max: number, nowMs: number, visibilityMs: number): readonly Lease[];
  /** The message for which a lease still answers. */
  find(lease: LeaseKey): Held | undefined;
  has(lease: LeaseKey): boolean;
  bodyOf(held: Held): string;
  /** Also when the lease ran out. */
  extend(held: Held, untilMs: number): void;
  /** The lease is void from now on. */
  giveBack(held: Held, back: GivenBack, nowMs: number): void;
  remove(held: Held): void;
  /** Drops everything and forgets deduplication ids. Gives the number of messages. */
  clear(): number;
  stats(nowMs: number): QueueStats;
  /** Everything that the end of the process takes with it. */
  remaining(): readonly Lease[];
  /** What is delayed and due next. */
  nextDelayed(): NextMessage | undefined;
  /** The message whose lease ends next. */
  nextLeased(): NextMessage | undefined;
  /** A change was taken back: looks again at what is there. */
  reload(): void;
}

export interface HeldMessage {
  readonly id: string;
  readonly meta: string;
  readonly groupId: string | undefined;
  readonly dedupId: string | undefined;
}

export interface GivenBack {
  /** Nobody receives it before. */
  readonly dueMs: number;
  readonly reason: string;
  readonly meta: string;
}

export interface NextMessage {
  readonly id: string;
  readonly dueMs: number;
  /** Why it waits. */
  readonly reason: string | undefined;
}
