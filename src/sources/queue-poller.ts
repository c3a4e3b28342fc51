import type { Queue } from '../brokers/queue.ts';
import { limits } from '../core/limits.ts';
import type { Poller, PollerOptions } from './poller.ts';
import { QueueBatch, type HeldMessage } from './queue-batch.ts';
import { QueueHands } from './queue-hands.ts';
import { QueueInvocation } from './queue-invocation.ts';
import { fixedScaling, StandardScaling, type QueueScaling } from './queue-scaling.ts';

/** Messages of one batch: more than one part only where a batch of a FIFO queue does not fit into one event. */
type Parts = readonly (readonly HeldMessage[])[];

/**
 * Gathers messages of a queue into batches and deletes what its function dealt with. What failed is left alone and
 * comes again when its visibility timeout is over. Nothing runs while the queue is empty.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export class QueuePoller implements Poller {
  readonly ready: Promise<void> = Promise.resolve();
  readonly #options: PollerOptions;
  readonly #isFifo: boolean;
  readonly #hands: QueueHands;
  readonly #scaling: QueueScaling;
  readonly #invocation: QueueInvocation;
  readonly #stopping = new AbortController();
  /** Messages that did not fit into the batch before. */
  #carried: HeldMessage[] = [];
  #running = 0;
  /** Set while the poller waits for a batch to end. */
  #onRoom: (() => void) | undefined;
  readonly #done: Promise<void>;

  constructor(options: PollerOptions, queue: Queue) {
    this.#options = options;
    this.#isFifo = queue.isFifo;
    this.#hands = new QueueHands(options, queue, this.#stopping);
    this.#scaling = scalingOf(queue, options);
    this.#invocation = new QueueInvocation({
      options,
      hands: this.#hands,
      scaling: this.#scaling,
      signal: this.#stopping.signal,
    });
    this.#done = this.#run();
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    this.#onRoom?.();
    return this.#done;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const batches = new Set<Promise<void>>();
    while (!signal.aborted) {
      if (this.#running >= this.#scaling.limit(this.#options.clock.now())) {
        await this.#untilRoom();
        continue;
      }
      const parts = await this.#gather();
      if (parts === undefined) continue;
      // Time does not go on between a receipt and the invocation that it leads to.
      const release = this.#options.clock.hold?.(this.#hands.label);
      this.#running += 1;
      const batch = this.#invocation.run(parts).finally(() => {
        batches.delete(batch);
        this.#ended();
      });
      batches.add(batch);
      release?.();
    }
    await this.#hands.giveBack(this.#carried);
    await Promise.all(batches);
  }

  #ended(): void {
    this.#running -= 1;
    if (this.#running === 0 && this.#carried.length === 0) this.#scaling.quiet();
    this.#onRoom?.();
  }

  /** Undefined when the poller stops. */
  async #gather(): Promise<Parts | undefined> {
    const { signal } = this.#stopping;
    const { clock, mapping } = this.#options;
    const { batchSize, windowMs } = mapping.settings;
    const batch = new QueueBatch(batchSize);
    let rest = fill(batch, this.#carried.splice(0));
    while (batch.size === 0 && !signal.aborted) {
      rest = fill(batch, await this.#hands.receive(batchSize, Infinity));
    }
    const untilMs = clock.now() + windowMs;
    while (rest.length === 0 && batch.room > 0 && !signal.aborted) {
      const leftMs = untilMs - clock.now();
      if (leftMs <= 0) break;
      rest = fill(batch, await this.#hands.receive(batch.room, leftMs));
    }
    if (signal.aborted) {
      await this.#hands.giveBack([...batch.messages, ...rest]);
      return undefined;
    }
    if (this.#isFifo) return [batch.messages, ...this.#partsOf(rest)];
    this.#carried = rest;
    return [batch.messages];
  }

  #partsOf(held: readonly HeldMessage[]): Parts {
    const parts: (readonly HeldMessage[])[] = [];
    let rest = held;
    while (rest.length > 0) {
      const batch = new QueueBatch(this.#options.mapping.settings.batchSize);
      rest = fill(batch, rest);
      parts.push(batch.messages);
    }
    return parts;
  }

  /** Waits for a batch to end, or for the limit to rise. */
  async #untilRoom(): Promise<void> {
    const { clock } = this.#options;
    this.#scaling.saturated(clock.now());
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onRoom = resolve;
    const riseMs = this.#scaling.nextRiseMs(clock.now());
    const timer =
      riseMs === undefined
        ? undefined
        : clock.setTimer(resolve, riseMs - clock.now(), {
            label: `${this.#hands.label}: more batches at one time`,
            keepAlive: false,
          });
    await promise;
    timer?.cancel();
    this.#onRoom = undefined;
  }
}

/** Gives the messages from the first one on that does not fit any more. */
function fill(batch: QueueBatch, held: readonly HeldMessage[]): HeldMessage[] {
  const end = held.findIndex((one) => !batch.add(one));
  return end < 0 ? [] : held.slice(end);
}

function scalingOf({ isFifo }: Queue, { mapping }: PollerOptions): QueueScaling {
  const { maxConcurrency, reportItemFailures } = mapping.settings;
  if (maxConcurrency !== null) return fixedScaling(maxConcurrency);
  // Groups that have a message out give no other: there are never more batches than groups.
  if (isFifo) return fixedScaling(limits.mapping.queueConcurrency.most);
  return new StandardScaling(!reportItemFailures);
}
