import { ThrottledError } from '../core/errors.ts';
import type { Events } from '../core/events.ts';
import type { Clock } from '../core/clock.ts';

/**
 * Decides who may run. So far one pool for the account; reserved and provisioned concurrency join here.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
export class Admission {
  readonly #limit: number;
  readonly #events: Events;
  readonly #clock: Clock;
  #running = 0;

  constructor(limit: number, events: Events, clock: Clock) {
    this.#limit = limit;
    this.#events = events;
    this.#clock = clock;
  }

  get running(): number {
    return this.#running;
  }

  /** Grants the right to run one invocation; `release` gives it back. Throws when there is none left. */
  acquire(functionName: string): void {
    if (this.#running < this.#limit) {
      this.#running += 1;
      return;
    }
    const reason = 'ConcurrentInvocationLimitExceeded';
    this.#events.emit({
      type: 'invocation.throttled',
      at: this.#clock.now(),
      functionName,
      reason,
      limit: this.#limit,
    });
    throw new ThrottledError(functionName, this.#limit, reason);
  }

  release(): void {
    this.#running -= 1;
  }
}
