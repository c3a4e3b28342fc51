import { realNowMs, type Clock, type ClockTimer } from '../core/clock.ts';
import type { DeliveryQueue, Lease } from '../storage/delivery-queue.ts';
import { nextTurn, type HeldEvent } from './held-event.ts';
import { withReceipt } from './queued-event.ts';

export interface LaneOptions {
  /** For people who read what a clock waits for. */
  readonly functionName: string;
  readonly queue: DeliveryQueue;
  readonly clock: Clock;
  /** Events that may be dealt with at one time; read before each receive and at each `wake`. */
  readonly limit: () => number;
  /** Set while so many guests compute that one more would only wait; resolves when that is over. */
  readonly relief: () => Promise<void> | undefined;
  /** Takes one event a step further; never rejects for what an event did. */
  readonly handle: (held: HeldEvent) => Promise<void>;
  readonly onFault: (error: unknown, lease: Lease | undefined) => void;
}

/** A lease lasts so long and is renewed meanwhile: the holder's end ends it soon, a long invocation does not. */
const leaseMs = 120_000;
const renewalMs = 40_000;

/** So many guests may go first while an event waits for a core. */
const mostPassing = 16;

/** Between two tries at a queue that fails. */
const faultPauseMs = 1_000;
const longestPauseMs = 60_000;

/** Most events that are taken at once. */
const batchSize = 64;

/** Inline guests run on this thread; the rest of the host gets its turn after so many milliseconds. */
const turnMs = 8;

/** Takes the events of one function from its queue, as fast as they may run, until it is stopped. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #stopping = new AbortController();
  /** By their number in the queue: ids are the sender's, who may give one twice. */
  readonly #held = new Map<bigint, HeldEvent>();
  /** Set while the lane waits for room. */
  #onWake: (() => void) | undefined;
  /** Tries at a failing queue in a row. */
  #faults = 0;
  #renewal: ClockTimer | undefined;
  readonly #done: Promise<void>;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  /** Events in its hands. */
  get holds(): number {
    return this.#held.size;
  }

  /** There may be room that was not there before. */
  wake(): void {
    this.#onWake?.();
  }

  /** Takes no more events; resolves when those that were taken are dealt with. */
  stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    return this.#done;
  }

  /** Nobody waits any longer for what is still being dealt with. */
  abandon(): void {
    this.#renewal?.cancel();
    this.#renewal = undefined;
    this.#held.clear();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const settled = new Set<Promise<void>>();
    while (!signal.aborted) {
      const room = Math.max(this.#options.limit(), 1) - this.#held.size;
      if (room <= 0) {
        await this.#untilWoken();
        continue;
      }
      const taken = this.#hold(await this.#receive(Math.min(room, batchSize)));
      if (taken.length === 0) continue;
      let release = this.#holdClock();
      // The answer to `send` goes out first: its caller must not see the handler start before.
      await nextTurn();
      let turnStartedMs = realNowMs();
      for (const held of taken) {
        if (this.#options.relief() !== undefined) {
          // Guests that compute hold the clock themselves, for as long as their budgets let them.
          release?.();
          await this.#untilRelief();
          release = this.#holdClock();
        }
        if (signal.aborted) {
          await this.#giveBack(held);
          continue;
        }
        if (realNowMs() - turnStartedMs > turnMs) {
          await nextTurn();
          turnStartedMs = realNowMs();
        }
        const handled = this.#handle(held);
        settled.add(handled);
        void handled.then(() => settled.delete(handled));
      }
      release?.();
    }
    await Promise.all(settled);
  }

  /** A storage that fails may recover; until then it is tried after 1 s, 2 s, 4 s and so on, a minute at most. */
  async #receive(max: number): Promise<readonly Lease[]> {
    const { queue, onFault } = this.#options;
    const { signal } = this.#stopping;
    try {
      const leases = await queue.receive({ max, waitMs: Infinity, visibilityMs: leaseMs, signal });
      this.#faults = 0;
      return leases;
    } catch (error) {
      if (signal.aborted) return [];
      onFault(error, undefined);
      await this.#pause(Math.min(faultPauseMs * 2 ** this.#faults, longestPauseMs));
      this.#faults += 1;
      return [];
    }
  }

  /**
   * From here on the leases are renewed. A lease of an event that is in hand already is the one to answer with:
   * the clock went ahead so far that the one before ran out, and nothing has to be done twice for that.
   */
  #hold(leases: readonly Lease[]): readonly HeldEvent[] {
    const taken: HeldEvent[] = [];
    for (const lease of leases) {
      const before = this.#held.get(lease.sequence);
      if (before !== undefined) {
        before.lease = lease;
        continue;
      }
      const held = { lease };
      this.#held.set(lease.sequence, held);
      taken.push(held);
    }
    if (this.#held.size > 0) this.#renewal ??= this.#renewLater();
    return taken;
  }

  #letGo({ lease }: HeldEvent): void {
    this.#held.delete(lease.sequence);
    this.wake();
    if (this.#held.size > 0) return;
    this.#renewal?.cancel();
    this.#renewal = undefined;
  }

  async #pause(pauseMs: number): Promise<void> {
    const { clock, functionName } = this.#options;
    const { signal } = this.#stopping;
    const { promise, resolve } = Promise.withResolvers<void>();
    const label = `events to ${functionName}, whose queue failed`;
    const timer = clock.setTimer(resolve, pauseMs, { label });
    const end = (): void => resolve();
    signal.addEventListener('abort', end);
    await promise;
    signal.removeEventListener('abort', end);
    timer.cancel();
  }

  /** Taken, but the lane was stopped before its turn came. */
  async #giveBack(held: HeldEvent): Promise<void> {
    const { lease } = held;
    const reason = `request ${lease.id}`;
    try {
      await this.#options.queue.nack(lease, { delayMs: 0, reason, meta: withReceipt(lease) });
    } catch (error) {
      this.#options.onFault(error, lease);
    } finally {
      this.#letGo(held);
    }
  }

  async #handle(held: HeldEvent): Promise<void> {
    try {
      await this.#options.handle(held);
    } catch (error) {
      // The lease runs out and the event comes again.
      this.#options.onFault(error, held.lease);
    } finally {
      this.#letGo(held);
    }
  }

  #holdClock(): (() => void) | undefined {
    const { clock, functionName } = this.#options;
    return clock.hold?.(`events to ${functionName}`);
  }

  /** Waits for its chance, but not for ever: where callers never leave a gap, it stands in line with them. */
  async #untilRelief(): Promise<void> {
    for (let passed = 0; passed < mostPassing; passed += 1) {
      const relief = this.#options.relief();
      if (relief === undefined) return;
      await relief;
    }
  }

  async #untilWoken(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onWake = resolve;
    await promise;
    this.#onWake = undefined;
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
    for (const { lease } of this.#held.values()) {
      this.#options.queue
        .extend(lease, leaseMs)
        .catch((error: unknown) => this.#options.onFault(error, lease));
    }
  }
}
