import { BrokerError } from '../brokers/broker-error.ts';
import type { Queue } from '../brokers/queue.ts';
import type { ReceivedMessage } from '../brokers/received-message.ts';
import { ClosedError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { backoffMs, mappingFacts, pauseOn, type PollerOptions } from './poller.ts';
import type { HeldMessage } from './queue-batch.ts';
import { RecordFilter } from './record-filter.ts';
import { sqsFilterView, sqsRecordJson, type SqsOrigin } from './sqs-records.ts';

/** What a mapping does with its queue: takes messages that some filter wants, deletes them, gives them back. */
export class QueueHands {
  readonly #options: PollerOptions;
  readonly #queue: Queue;
  readonly #stopping: AbortController;
  readonly #origin: SqsOrigin;
  readonly #filter: RecordFilter;
  /** Receives that failed in a row. */
  #faults = 0;

  /** @param stopping ends waiting; aborted by itself when the queue is gone */
  constructor(options: PollerOptions, queue: Queue, stopping: AbortController) {
    const { mapping, home } = options;
    this.#options = options;
    this.#queue = queue;
    this.#stopping = stopping;
    this.#origin = { queueArn: queue.arn, region: home.region };
    this.#filter = new RecordFilter(mapping.settings.filters);
  }

  /** For people who read what a clock waits for. */
  get label(): string {
    return `mapping of queue "${this.#queue.name}" to ${this.#options.mapping.functionName}`;
  }

  /** Messages that some filter wants; the others are deleted. Empty when the wait is over or the poller stops. */
  async receive(most: number, waitMs: number): Promise<readonly HeldMessage[]> {
    const { clock, events } = this.#options;
    const messages = await this.#receive(most, waitMs);
    if (messages.length === 0) return [];
    const facts = mappingFacts(this.#options);
    events.emit({ type: 'mapping.recordsPolled', ...facts, records: messages.length });
    const visibleMs = clock.now() + this.#queue.settings.visibilityTimeoutMs;
    const wanted = messages.filter((message) =>
      this.#filter.passes(() => sqsFilterView(message, this.#origin)),
    );
    if (wanted.length < messages.length) {
      const unwanted = messages.filter((message) => !wanted.includes(message));
      await this.delete(unwanted);
      const records = unwanted.length;
      events.emit({ type: 'mapping.recordsFiltered', ...mappingFacts(this.#options), records });
    }
    return wanted.map((message) => {
      const json = sqsRecordJson(message, this.#origin);
      return { message, json, bytes: Buffer.byteLength(json), visibleMs };
    });
  }

  /** What cannot be deleted comes again, and is told of. */
  async delete(messages: readonly ReceivedMessage[]): Promise<void> {
    const { clock, events } = this.#options;
    const release = clock.hold?.(`${this.label}: messages are deleted`);
    let records = 0;
    try {
      for (let from = 0; from < messages.length; from += limits.sqs.batchEntries) {
        const some = messages.slice(from, from + limits.sqs.batchEntries);
        const { successful, failed } = await this.#queue.deleteBatch(
          some.map(({ receiptHandle }, index) => ({ id: String(index), receiptHandle })),
        );
        records += successful.length;
        for (const { message } of failed) this.#tell(`A message comes again: ${message}`);
      }
    } catch (error) {
      // A queue that is gone has taken them along.
      if (!isGone(error)) this.#tell(messageOf(error));
    } finally {
      release?.();
    }
    if (records === 0) return;
    events.emit({ type: 'mapping.recordsDeleted', ...mappingFacts(this.#options), records });
  }

  /** Others may have them at once. */
  async giveBack(held: readonly HeldMessage[]): Promise<void> {
    for (const { message } of held) {
      try {
        await this.#queue.changeVisibility(message.receiptHandle, 0);
      } catch (error) {
        // What is gone, or with somebody else by now, needs nothing; a closed queue ends its leases itself.
        if (error instanceof BrokerError || error instanceof ClosedError) continue;
        this.#tell(messageOf(error));
      }
    }
  }

  async #receive(most: number, waitMs: number): Promise<readonly ReceivedMessage[]> {
    try {
      const messages = await this.#queue.receive({
        max: Math.min(most, limits.sqs.batchEntries),
        waitMs: waitMs === Infinity ? waitMs : Math.min(waitMs, limits.sqs.receiveWaitMs.max),
        signal: this.#stopping.signal,
      });
      this.#faults = 0;
      return messages;
    } catch (error) {
      await this.#receiveFailed(error);
      return [];
    }
  }

  /** A queue that is gone ends the poller; everything else may pass. */
  async #receiveFailed(error: unknown): Promise<void> {
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    const reason = messageOf(error);
    if (error instanceof ClosedError || isGone(error)) {
      this.#stopping.abort();
      this.#options.onSourceGone(reason);
      return;
    }
    this.#tell(reason);
    const label = `${this.label}: the queue failed`;
    await pauseOn(this.#options.clock, backoffMs(this.#faults), signal, label);
    this.#faults += 1;
  }

  #tell(reason: string): void {
    const facts = mappingFacts(this.#options);
    this.#options.events.emit({ type: 'mapping.pollFailed', ...facts, reason });
  }
}

function isGone(error: unknown): boolean {
  return (
    error instanceof BrokerError && error.awsCode === 'AWS.SimpleQueueService.NonExistentQueue'
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
