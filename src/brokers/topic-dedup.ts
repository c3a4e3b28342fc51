import type { Clock } from '../core/clock.ts';
import { limits } from '../core/limits.ts';

/** What a publisher is told. */
export interface Published {
  readonly messageId: string;
  /** FIFO topics only. */
  readonly sequenceNumber?: string;
}

/**
 * Which deduplication ids count at the moment. It is gone when the process ends; FIFO queues, which get the ids
 * too, know them longer where their storage does.
 */
export class TopicDedup {
  readonly #clock: Clock;
  readonly #seen = new Map<string, { readonly published: Published; readonly untilMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  find(key: string): Published | undefined {
    this.#forget();
    return this.#seen.get(key)?.published;
  }

  add(key: string, published: Published): void {
    this.#seen.set(key, { published, untilMs: this.#clock.now() + limits.sns.dedupWindowMs });
  }

  /** A message that could not be accepted does not count. */
  remove(key: string): void {
    this.#seen.delete(key);
  }

  /** They end in the order in which they came. */
  #forget(): void {
    for (const [key, { untilMs }] of this.#seen) {
      if (untilMs > this.#clock.now()) return;
      this.#seen.delete(key);
    }
  }
}
