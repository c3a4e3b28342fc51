import type { Clock } from '../core/clock.ts';
import { ThrottledError } from '../core/errors.ts';
import type { Events } from '../core/events.ts';
import { limits } from '../core/limits.ts';
import { AwsRuleError } from '../functions/aws-rule-error.ts';

/** Invocations that share one limit: those of a function with a reserve, or of all the others. */
export interface ConcurrencyPool {
  readonly isReserved: boolean;
  limit: number;
  running: number;
}

/**
 * Decides who may run: a function with reserved concurrency counts against that, the others share what is left
 * of the account's. https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
export class Admission {
  readonly #limit: number;
  readonly #events: Events;
  readonly #clock: Clock;
  readonly #shared: ConcurrencyPool;
  readonly #reserves = new Map<string, ConcurrencyPool>();
  /** Reserves of functions that are being created or updated. */
  readonly #claims = new Set<{ readonly functionName: string; readonly reserved: number }>();
  #running = 0;

  constructor(limit: number, events: Events, clock: Clock) {
    this.#limit = limit;
    this.#events = events;
    this.#clock = clock;
    this.#shared = { isReserved: false, limit, running: 0 };
  }

  get running(): number {
    return this.#running;
  }

  /** Grants the right to run one invocation; `release` gives it back. Throws when there is none left. */
  acquire(functionName: string): ConcurrencyPool {
    const pool =
      this.#reserves.size === 0 ? this.#shared : (this.#reserves.get(functionName) ?? this.#shared);
    if (pool.running < pool.limit) {
      pool.running += 1;
      this.#running += 1;
      return pool;
    }
    const { limit, isReserved } = pool;
    const reason = isReserved
      ? 'ReservedFunctionConcurrentInvocationLimitExceeded'
      : 'ConcurrentInvocationLimitExceeded';
    const at = this.#clock.now();
    this.#events.emit({ type: 'invocation.throttled', at, functionName, reason, limit });
    throw new ThrottledError(functionName, limit, reason);
  }

  release(pool: ConcurrencyPool): void {
    pool.running -= 1;
    this.#running -= 1;
  }

  /** How many invocations of the function may run at one time. */
  limitOf(functionName: string): number {
    return (this.#reserves.get(functionName) ?? this.#shared).limit;
  }

  /**
   * Throws what AWS says to a reserve that leaves too little for the others. Until the returned function is called,
   * nobody else is promised what this one asked for.
   */
  claim(functionName: string, reserved: number | null): () => void {
    if (reserved === null || reserved === 0) return () => {};
    if (this.#unreserved(functionName) - reserved < limits.unreservedConcurrency) {
      throw new AwsRuleError(
        'reservedConcurrency',
        `a number that leaves ${limits.unreservedConcurrency} of the account's ${this.#limit} to the others`,
        reserved,
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution " +
          `below its minimum value of [${limits.unreservedConcurrency}].`,
      );
    }
    const claim = { functionName, reserved };
    this.#claims.add(claim);
    return () => void this.#claims.delete(claim);
  }

  /** Sets a function's reserve, or takes it away. What runs already keeps the place that it has. */
  reserve(functionName: string, reserved: number | null): void {
    const pool = this.#reserves.get(functionName);
    if (reserved === null) this.#reserves.delete(functionName);
    else if (pool !== undefined) pool.limit = reserved;
    else this.#reserves.set(functionName, { isReserved: true, limit: reserved, running: 0 });
    let shared = this.#limit;
    for (const { limit } of this.#reserves.values()) shared -= limit;
    this.#shared.limit = shared;
  }

  /** What is left when every reserve but that of one function is taken off, also those that are being made. */
  #unreserved(without: string): number {
    const largest = new Map<string, number>();
    for (const [name, { limit }] of this.#reserves) largest.set(name, limit);
    for (const { functionName, reserved } of this.#claims) {
      largest.set(functionName, Math.max(largest.get(functionName) ?? 0, reserved));
    }
    largest.delete(without);
    let left = this.#limit;
    for (const reserved of largest.values()) left -= reserved;
    return left;
  }
}
