import type { Clock, ClockTimer } from '../core/clock.ts';
import type { UndeliveredMessage } from './broker-context.ts';

/** A message on its way to one target. */
export interface Delivery {
  /** ARN, or `callback`. */
  readonly to: string;
  /** For people who read what a clock waits for, such as `notification "thumbnails"`. */
  readonly label: string;
  /** What is reported when nobody takes it. */
  readonly body: string;
  /** Rejects when the target does not take it. */
  readonly attempt: () => Promise<unknown>;
  /** Whether time may stand still meanwhile: not for a callback, which may wait for time itself. */
  readonly holdsClock: boolean;
}

export interface RetriedDeliveriesOptions {
  readonly clock: Clock;
  /** ARN of the sender. */
  readonly from: string;
  readonly retryDelaysMs: readonly number[];
  readonly onUndelivered: (message: UndeliveredMessage) => void;
}

/** Delivers messages; those that a target refuses are tried again on the clock, and reported in the end. */
export class RetriedDeliveries {
  readonly #options: RetriedDeliveriesOptions;
  readonly #waiting = new Map<Delivery, { readonly timer: ClockTimer; readonly reason: string }>();
  #isClosed = false;

  constructor(options: RetriedDeliveriesOptions) {
    this.#options = options;
  }

  /** Resolves after the first attempt, whatever came of it. */
  deliver(delivery: Delivery): Promise<void> {
    return this.#attempt(delivery, 0);
  }

  /** Gives up what still waits; all of it is reported. */
  close(): void {
    this.#isClosed = true;
    for (const [delivery, { timer, reason }] of this.#waiting) {
      timer.cancel();
      this.#report(delivery, `${reason} (closed before the next attempt)`);
    }
    this.#waiting.clear();
  }

  async #attempt(delivery: Delivery, retries: number): Promise<void> {
    const { clock, retryDelaysMs } = this.#options;
    const release = delivery.holdsClock ? clock.hold?.(delivery.label) : undefined;
    try {
      await delivery.attempt();
    } catch (error) {
      const delayMs = this.#isClosed ? undefined : retryDelaysMs[retries];
      if (delayMs === undefined) this.#report(delivery, reasonOf(error));
      else this.#retryLater(delivery, retries + 1, delayMs, reasonOf(error));
    } finally {
      release?.();
    }
  }

  #retryLater(delivery: Delivery, retries: number, delayMs: number, reason: string): void {
    const again = (): void => {
      this.#waiting.delete(delivery);
      void this.#attempt(delivery, retries); // never rejects
    };
    const label = `${delivery.label}: retry ${retries} to ${delivery.to}`;
    const timer = this.#options.clock.setTimer(again, delayMs, { label });
    this.#waiting.set(delivery, { timer, reason });
  }

  #report({ to, body }: Delivery, reason: string): void {
    this.#options.onUndelivered({ from: this.#options.from, to, reason, body });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
