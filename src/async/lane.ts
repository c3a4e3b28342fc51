import { realNowMs, type Clock, type ClockTimer } from '../core/clock.ts';
import type { DeliveryQueue, Lease } from '../storage/delivery-queue.ts';
import { withReceipt } from './queued-event.ts';

export interface LaneOptions {
  /** For people who read what a clock waits for. */
  readonly functionName: string;
  readonly queue: DeliveryQueue;
  readonly clock: Clock;
  /** Events that may be dealt with at one time; read before each receive. */
  readonly limit: () => number;
  /** Set while so many guests compute that one more would only wait; resolves when that is over. */
  readonly relief: () => Promise<void> | undefined;
  /** Takes one event a step further; never rejects for what an event did. */
  readonly handle: (lease: Lease) => Promise<void>;
  readonly onFault: (error: unknown, lease: Lease | undefined) => void;
}

/** A lease lasts so long and is renewed meanwhile: the holder's end ends it soon, a long invocation does not. */
const leaseMs = 120_000;
const renewalMs = 40_000;

/** Between two tries at a queue that fails. */
const faultPauseMs = 1_000;

/** Most events that are taken at once. */
const batchSize = 64;

/** Inline guests run on this thread; the rest of the host gets its turn after so many milliseconds. */
const turnMs = 8;

/** Takes the events of one function from its queue, as fast as they may run, until it is stopped. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #stopping = new AbortController();
  readonly #running = new Map<string, Lease>();
  /** Resolves when there is room for another event. */
  #onRoom: (() => void) | undefined;
  #renewal: ClockTimer | undefined;
  readonly #done: Promise<void>;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  get running(): number {
    return this.#running.size;
  }

  /** Takes no more events; resolves when those that were taken are dealt with. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#onRoom?.();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const settled = new Set<Promise<void>>();
    while (!signal.aborted) {
      const room = Math.max(this.#options.limit(), 1) - this.#running.size;
      if (room <= 0) {
        await this.#room();
        continue;
      }
      const leases = await this.#receive(Math.min(room, batchSize));
      if (leases.length === 0) continue;
      let release = this.#hold();
      // The answer to `send` goes out first: its caller must not see the handler start before.
      await nextTurn();
      let turnStartedMs = realNowMs();
      for (const lease of leases) {
        if (this.#options.relief() !== undefined) {
          // Guests that compute hold the clock themselves, for as long as their budgets let them.
          release?.();
          await this.#untilRelief();
          release = this.#hold();
        }
        if (signal.aborted) {
          await this.#giveBack(lease);
          continue;
        }
        if (realNowMs() - turnStartedMs > turnMs) {
          await nextTurn();
          turnStartedMs = realNowMs();
        }
        const handled = this.#handle(lease);
        settled.add(handled);
        void handled.then(() => settled.delete(handled));
      }
      release?.();
    }
    await Promise.all(settled);
  }

  /** A storage that fails may recover; until then there is one try a second. */
  async #receive(max: number): Promise<readonly Lease[]> {
    const { queue, onFault } = this.#options;
    const { signal } = this.#stopping;
    try {
      return await queue.receive({ max, waitMs: Infinity, visibilityMs: leaseMs, signal });
    } catch (error) {
      if (signal.aborted) return [];
      onFault(error, undefined);
      await this.#pause();
      return [];
    }
  }

  async #pause(): Promise<void> {
    const { clock, functionName } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    const label = `events to ${functionName}, whose queue failed`;
    const timer = clock.setTimer(resolve, faultPauseMs, { label });
    this.#stopping.signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    timer.cancel();
  }

  /** Taken, but the lane was stopped before its turn came. */
  async #giveBack(lease: Lease): Promise<void> {
    try {
      await this.#options.queue.nack(lease, {
        delayMs: 0,
        reason: `request ${lease.id}`,
        meta: withReceipt(lease),
      });
    } catch (error) {
      this.#options.onFault(error, lease);
    }
  }

  async #handle(lease: Lease): Promise<void> {
    this.#running.set(lease.id, lease);
    this.#renewal ??= this.#renewLater();
    try {
      await this.#options.handle(lease);
    } catch (error) {
      // The lease runs out and the event comes again.
      this.#options.onFault(error, lease);
    } finally {
      this.#running.delete(lease.id);
      this.#onRoom?.();
      if (this.#running.size === 0) {
        this.#renewal?.cancel();
        this.#renewal = undefined;
      }
    }
  }

  #hold(): (() => void) | undefined {
    const { clock, functionName } = this.#options;
    return clock.hold?.(`events to ${functionName}`);
  }

  async #untilRelief(): Promise<void> {
    for (;;) {
      const relief = this.#options.relief();
      if (relief === undefined) return;
      await relief;
    }
  }

  async #room(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onRoom = resolve;
    await promise;
    this.#onRoom = undefined;
  }

  #renewLater(): ClockTimer {
    const { clock, functionName } = this.#options;
    return clock.setTimer(() => this.#renew(), renewalMs, {
      label: `leases of events to ${functionName} that are being dealt with`,
      keepAlive: false,
    });
  }

  #renew(): void {
    this.#renewal = this.#renewLater();
    for (const lease of this.#running.values()) {
      this.#options.queue
        .extend(lease, leaseMs)
        .catch((error: unknown) => this.#options.onFault(error, lease));
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
