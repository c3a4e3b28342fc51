import { limits } from '../core/limits.ts';

const minuteMs = 60_000;

/** How many batches of a queue may run at one time. */
export interface QueueScaling {
  limit(nowMs: number): number;
  /** When the limit grows next while it is reached. */
  nextRiseMs(nowMs: number): number | undefined;
  /** As many run as may. */
  saturated(nowMs: number): void;
  /** Nothing runs and nothing waits. */
  quiet(): void;
  ended(isSuccess: boolean): void;
}

/** A limit that the owner of the mapping has set, or that the groups of a FIFO queue set. */
export function fixedScaling(limit: number): QueueScaling {
  return {
    limit: () => limit,
    nextRiseMs: () => undefined,
    saturated: () => {},
    quiet: () => {},
    ended: () => {},
  };
}

/**
 * A standard queue as AWS scales it: five batches at first, 300 more with each minute of a backlog, 1,250 at most.
 * While batches fail it backs off, one at a time, and comes back in the same way.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export class StandardScaling implements QueueScaling {
  readonly #backsOff: boolean;
  #saturatedSinceMs: number | undefined;
  #lost = 0;

  /** @param backsOff not where the function reports single failures */
  constructor(backsOff: boolean) {
    this.#backsOff = backsOff;
  }

  limit(nowMs: number): number {
    return Math.max(this.#base(nowMs) - this.#lost, limits.mapping.queueConcurrency.least);
  }

  nextRiseMs(nowMs: number): number | undefined {
    const sinceMs = this.#saturatedSinceMs;
    if (sinceMs === undefined) return undefined;
    if (this.#base(nowMs) >= limits.mapping.queueConcurrency.most) return undefined;
    return sinceMs + (Math.floor((nowMs - sinceMs) / minuteMs) + 1) * minuteMs;
  }

  saturated(nowMs: number): void {
    this.#saturatedSinceMs ??= nowMs;
  }

  quiet(): void {
    this.#saturatedSinceMs = undefined;
  }

  ended(isSuccess: boolean): void {
    if (!this.#backsOff) return;
    const { first, least } = limits.mapping.queueConcurrency;
    this.#lost = isSuccess ? Math.max(this.#lost - 1, 0) : Math.min(this.#lost + 1, first - least);
  }

  #base(nowMs: number): number {
    const { first, perMinute, most } = limits.mapping.queueConcurrency;
    const minutes = Math.floor((nowMs - (this.#saturatedSinceMs ?? nowMs)) / minuteMs);
    return Math.min(first + perMinute * minutes, most);
  }
}
