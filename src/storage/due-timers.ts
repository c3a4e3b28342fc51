import type { Clock, ClockTimer } from '../core/clock.ts';
import type { OpenQueueOptions } from './delivery-queue.ts';

/** What a queue waits for. */
export interface Due {
  readonly atMs: number;
  /** Of the message that is due next. */
  readonly reason: string;
  /** How many others wait behind it. */
  readonly others: number;
}

/** What is next, asked once after all changes of a turn. */
export interface NextDue {
  /** The next delayed message. */
  delayed(): Due | undefined;
  /** The next lease that ends, if somebody waits for its message. */
  leased(): Due | undefined;
}

/** How long a queue lets a storage recover that failed. */
const pauseMs = 1_000;

interface Armed {
  readonly due: Due;
  readonly timer: ClockTimer;
}

/**
 * One timer for the delayed message that is due next, and one for the next lease that ends. The second never
 * keeps the process alive, and stands only while a receive waits: who comes later looks for itself.
 */
export class DueTimers {
  readonly #clock: Clock;
  readonly #label: string;
  readonly #keepsAlive: boolean;
  readonly #next: NextDue;
  readonly #onDue: () => void;
  #delayed: Armed | undefined;
  #leased: Armed | undefined;
  #notBeforeMs = 0;
  #isPlanned = false;
  #isClosed = false;

  constructor(
    clock: Clock,
    { label, keepsAlive = false }: OpenQueueOptions,
    next: NextDue,
    onDue: () => void,
  ) {
    this.#clock = clock;
    this.#label = label;
    this.#keepsAlive = keepsAlive;
    this.#next = next;
    this.#onDue = onDue;
  }

  get areSet(): boolean {
    return this.#delayed !== undefined || this.#leased !== undefined;
  }

  /** Something changed: sets the timers when the code that runs now is done, once for all of its changes. */
  plan(): void {
    if (this.#isPlanned || this.#isClosed) return;
    this.#isPlanned = true;
    queueMicrotask(() => {
      this.#isPlanned = false;
      if (!this.#isClosed) this.#set();
    });
  }

  /** What is due cannot be dealt with now: tries again later. */
  pause(): void {
    this.#notBeforeMs = this.#clock.now() + pauseMs;
    this.plan();
  }

  close(): void {
    this.#isClosed = true;
    this.#delayed?.timer.cancel();
    this.#leased?.timer.cancel();
  }

  #set(): void {
    this.#delayed = this.#arm(this.#delayed, this.#next.delayed(), this.#keepsAlive);
    this.#leased = this.#arm(this.#leased, this.#next.leased(), false);
  }

  #arm(armed: Armed | undefined, due: Due | undefined, keepAlive: boolean): Armed | undefined {
    if (armed !== undefined && due !== undefined && isSame(armed.due, due)) return armed;
    armed?.timer.cancel();
    if (due === undefined) return undefined;

    const others = due.others === 0 ? '' : ` (and ${due.others} more)`;
    const label = `${this.#label}: ${due.reason}${others}`;
    // A clock that was set back makes the wait longer, and never negative.
    const delayMs = Math.max(0, Math.max(due.atMs, this.#notBeforeMs) - this.#clock.now());
    const timer = this.#clock.setTimer(() => this.#fire(), delayMs, { label, keepAlive });
    return { due, timer };
  }

  #fire(): void {
    this.#delayed?.timer.cancel();
    this.#leased?.timer.cancel();
    this.#delayed = undefined;
    this.#leased = undefined;
    this.#onDue();
    this.plan();
  }
}

function isSame(a: Due, b: Due): boolean {
  return a.atMs === b.atMs && a.reason === b.reason && a.others === b.others;
}
