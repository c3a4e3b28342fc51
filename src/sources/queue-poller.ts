import { BrokerError } from '../brokers/broker-error.ts';
import type { Queue } from '../brokers/queue.ts';
import type { ReceivedMessage } from '../brokers/received-message.ts';
import { ClosedError } from '../core/errors.ts';
import type { BatchFacts } from '../core/events.ts';
import { limits } from '../core/limits.ts';
import { readItemFailures } from './item-failures.ts';
import { backoffMs, mappingFacts, pauseOn, type Poller, type PollerOptions } from './poller.ts';
import { QueueBatch, queueEventJson, type HeldMessage } from './queue-batch.ts';
import { fixedScaling, StandardScaling, type QueueScaling } from './queue-scaling.ts';
import { RecordFilter } from './record-filter.ts';
import { sqsFilterView, sqsRecordJson, type SqsOrigin } from './sqs-records.ts';

/** What became of the messages of one invocation. */
type PartResult = 'done' | 'some-left' | 'left';

/**
 * Gathers messages of a queue into batches and deletes what its function dealt with. What failed is left alone and
 * comes again when its visibility timeout is over. Nothing runs while the queue is empty.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export class QueuePoller implements Poller {
  readonly ready: Promise<void> = Promise.resolve();
  readonly #options: PollerOptions;
  readonly #queue: Queue;
  readonly #origin: SqsOrigin;
  readonly #filter: RecordFilter;
  readonly #scaling: QueueScaling;
  readonly #label: string;
  readonly #stopping = new AbortController();
  /** Messages that did not fit into the batch before. */
  #carried: HeldMessage[] = [];
  #running = 0;
  /** Set while the poller waits for a batch to end. */
  #onRoom: (() => void) | undefined;
  /** Receives that failed in a row. */
  #faults = 0;
  readonly #done: Promise<void>;

  constructor(options: PollerOptions, queue: Queue) {
    const { mapping, home } = options;
    this.#options = options;
    this.#queue = queue;
    this.#origin = { queueArn: queue.arn, region: home.region };
    this.#filter = new RecordFilter(mapping.settings.filters);
    this.#scaling = scalingOf(queue, options);
    this.#label = `mapping of queue "${queue.name}" to ${mapping.functionName}`;
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
      const release = await this.#gatherAndHold((parts) => {
        this.#running += 1;
        const batch = this.#handle(parts).finally(() => {
          batches.delete(batch);
          this.#running -= 1;
          if (this.#running === 0 && this.#carried.length === 0) this.#scaling.quiet();
          this.#onRoom?.();
        });
        batches.add(batch);
      });
      release?.();
    }
    await this.#giveBack(this.#carried);
    await Promise.all(batches);
  }

  /** Time does not go on between a receipt and the invocation that it leads to. */
  async #gatherAndHold(
    start: (parts: readonly (readonly HeldMessage[])[]) => void,
  ): Promise<(() => void) | undefined> {
    const { signal } = this.#stopping;
    const { batchSize, windowMs } = this.#options.mapping.settings;
    const batch = new QueueBatch(batchSize);
    const rest: HeldMessage[] = [];
    this.#fill(batch, this.#carried.splice(0), rest);
    while (batch.size === 0 && !signal.aborted) {
      this.#fill(batch, await this.#receive(batchSize, Infinity), rest);
    }
    const untilMs = this.#options.clock.now() + windowMs;
    while (rest.length === 0 && batch.room > 0 && !signal.aborted) {
      const leftMs = untilMs - this.#options.clock.now();
      if (leftMs <= 0) break;
      this.#fill(batch, await this.#receive(batch.room, leftMs), rest);
    }
    if (signal.aborted) {
      await this.#giveBack([...batch.messages, ...rest]);
      return undefined;
    }
    const release = this.#options.clock.hold?.(this.#label);
    if (this.#queue.isFifo) {
      start([batch.messages, ...this.#parts(rest)]);
    } else {
      this.#carried = rest;
      start([batch.messages]);
    }
    return release;
  }

  #fill(batch: QueueBatch, held: readonly HeldMessage[], rest: HeldMessage[]): void {
    for (const one of held) {
      if (rest.length > 0 || !batch.add(one)) rest.push(one);
    }
  }

  #parts(held: readonly HeldMessage[]): readonly (readonly HeldMessage[])[] {
    const parts: (readonly HeldMessage[])[] = [];
    let rest = [...held];
    while (rest.length > 0) {
      const batch = new QueueBatch(this.#options.mapping.settings.batchSize);
      const left: HeldMessage[] = [];
      this.#fill(batch, rest, left);
      parts.push(batch.messages);
      rest = left;
    }
    return parts;
  }

  /** Messages that some filter wants; the others are deleted. Empty when the wait is over or the poller stops. */
  async #receive(most: number, waitMs: number): Promise<readonly HeldMessage[]> {
    const { signal } = this.#stopping;
    const { clock, events } = this.#options;
    let messages: readonly ReceivedMessage[];
    try {
      messages = await this.#queue.receive({
        max: Math.min(most, limits.sqs.batchEntries),
        waitMs: waitMs === Infinity ? waitMs : Math.min(waitMs, limits.sqs.receiveWaitMs.max),
        signal,
      });
      this.#faults = 0;
    } catch (error) {
      await this.#receiveFailed(error);
      return [];
    }
    if (messages.length === 0) return [];
    const facts = mappingFacts(this.#options);
    events.emit({ type: 'mapping.recordsPolled', ...facts, records: messages.length });
    const visibleMs = clock.now() + this.#queue.settings.visibilityTimeoutMs;
    const wanted = messages.filter((message) =>
      this.#filter.passes(() => sqsFilterView(message, this.#origin)),
    );
    if (wanted.length < messages.length) {
      const unwanted = messages.filter((message) => !wanted.includes(message));
      await this.#delete(unwanted);
      const records = unwanted.length;
      events.emit({ type: 'mapping.recordsFiltered', ...mappingFacts(this.#options), records });
    }
    return wanted.map((message) => {
      const json = sqsRecordJson(message, this.#origin);
      return { message, json, bytes: Buffer.byteLength(json), visibleMs };
    });
  }

  /** A queue that is gone ends the poller; everything else may pass. */
  async #receiveFailed(error: unknown): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof ClosedError || isGone(error)) {
      this.#stopping.abort();
      this.#options.onSourceGone(reason);
      return;
    }
    this.#tell(reason);
    await pauseOn(clock, backoffMs(this.#faults), signal, `${this.#label}: the queue failed`);
    this.#faults += 1;
  }

  /** Parts go one after the other: what failed in one must not be overtaken by the rest of its group. */
  async #handle(parts: readonly (readonly HeldMessage[])[]): Promise<void> {
    const blocked = new Set<string>();
    for (const part of parts) {
      const free = part.filter(({ message }) => !blocked.has(groupOf(message)));
      if (free.length < part.length)
        await this.#giveBack(part.filter((one) => !free.includes(one)));
      if (free.length === 0) continue;
      const result = await this.#invoke(free);
      if (result === 'done') continue;
      for (const { message } of free) blocked.add(groupOf(message));
    }
  }

  async #invoke(messages: readonly HeldMessage[]): Promise<PartResult> {
    const { caller, events, ids, mapping, target } = this.#options;
    const { functionName } = mapping;
    const requestId = ids.uuid();
    const held = messages.filter(
      ({ message }) => !caller.isEndless(functionName, traceHeaderOf(message), requestId),
    );
    const stopped = messages.length - held.length;
    if (stopped > 0) this.#failed(requestId, messages.length, 'recursion', stopped);
    if (held.length === 0) return 'left';
    const call = {
      requestId,
      eventJson: queueEventJson(held),
      traceId: caller.traceOf(
        functionName,
        held.map(({ message }) => traceHeaderOf(message)),
        requestId,
      ),
    };
    for (let failures = 0; ; failures += 1) {
      const facts = this.#facts(requestId, held.length);
      events.emit({ type: 'mapping.batchInvoked', ...facts, iteratorAgeMs: undefined });
      const result = await caller.call(target, call);
      switch (result.kind) {
        case 'ok':
          return this.#succeeded(requestId, held, result.payloadJson);
        case 'error':
          this.#failed(requestId, held.length, 'function-error', held.length);
          return 'left';
        case 'stopped':
          await this.#giveBack(held);
          return 'left';
        case 'not-run':
          if (!(await this.#delay(requestId, held, result.reason, failures))) return 'left';
      }
    }
  }

  async #succeeded(
    requestId: string,
    held: readonly HeldMessage[],
    payloadJson: string,
  ): Promise<PartResult> {
    const { events, mapping, onResult } = this.#options;
    const known = new Set(held.map(({ message }) => message.messageId));
    const report = mapping.settings.reportItemFailures
      ? readItemFailures(payloadJson, known)
      : ({ kind: 'success' } as const);
    if (report.kind === 'invalid') {
      this.#failed(requestId, held.length, 'invalid-response', held.length);
      return 'left';
    }
    const failed = report.kind === 'failures' ? report.identifiers : new Set<string>();
    const done = held.filter(({ message }) => !failed.has(message.messageId));
    await this.#delete(done.map(({ message }) => message));
    if (failed.size > 0) {
      this.#failed(requestId, held.length, 'item-failures', failed.size);
      return 'some-left';
    }
    const facts = this.#facts(requestId, held.length);
    events.emit({ type: 'mapping.batchSucceeded', ...facts });
    this.#scaling.ended(true);
    onResult(true);
    return 'done';
  }

  /** Whether the batch may be tried again: until others can receive its first message. */
  async #delay(
    requestId: string,
    held: readonly HeldMessage[],
    reason: string,
    failures: number,
  ): Promise<boolean> {
    const { clock, events, onResult } = this.#options;
    const { signal } = this.#stopping;
    const delayMs = backoffMs(failures);
    const untilMs = Math.min(...held.map(({ visibleMs }) => visibleMs));
    const facts = this.#facts(requestId, held.length);
    events.emit({ type: 'mapping.batchDelayed', ...facts, reason, delayMs });
    onResult(false);
    if (!signal.aborted) {
      if (clock.now() + delayMs >= untilMs) return false;
      await pauseOn(clock, delayMs, signal, `${this.#label}: ${reason}`);
    }
    if (!signal.aborted) return true;
    await this.#giveBack(held);
    return false;
  }

  #failed(
    requestId: string,
    records: number,
    reason: 'function-error' | 'item-failures' | 'invalid-response' | 'recursion',
    failed: number,
  ): void {
    const facts = this.#facts(requestId, records);
    this.#options.events.emit({ type: 'mapping.batchFailed', ...facts, reason, failed });
    this.#scaling.ended(false);
    this.#options.onResult(false);
  }

  async #delete(messages: readonly ReceivedMessage[]): Promise<void> {
    const { clock, events } = this.#options;
    const release = clock.hold?.(`${this.#label}: messages are deleted`);
    let records = 0;
    try {
      for (let from = 0; from < messages.length; from += limits.sqs.batchEntries) {
        const some = messages.slice(from, from + limits.sqs.batchEntries);
        const entries = some.map(({ receiptHandle }, index) => ({
          id: String(index),
          receiptHandle,
        }));
        const { successful, failed } = await this.#queue.deleteBatch(entries);
        records += successful.length;
        for (const { message } of failed) this.#tell(`A message comes again: ${message}`);
      }
    } catch (error) {
      // They come again, as after any failure; a queue that is gone has taken them along.
      if (!isGone(error)) this.#tell(error instanceof Error ? error.message : String(error));
    } finally {
      release?.();
    }
    if (records === 0) return;
    events.emit({ type: 'mapping.recordsDeleted', ...mappingFacts(this.#options), records });
  }

  /** Others may have them at once. */
  async #giveBack(held: readonly HeldMessage[]): Promise<void> {
    for (const { message } of held) {
      try {
        await this.#queue.changeVisibility(message.receiptHandle, 0);
      } catch (error) {
        // What is gone, or with somebody else by now, needs nothing; a closed queue ends its leases itself.
        if (error instanceof BrokerError || error instanceof ClosedError) continue;
        this.#tell(error instanceof Error ? error.message : String(error));
      }
    }
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
            label: `${this.#label}: more batches at one time`,
            keepAlive: false,
          });
    await promise;
    timer?.cancel();
    this.#onRoom = undefined;
  }

  #facts(requestId: string, records: number): BatchFacts {
    return { ...mappingFacts(this.#options), requestId, records, shardId: undefined };
  }

  #tell(reason: string): void {
    this.#options.events.emit({
      type: 'mapping.pollFailed',
      ...mappingFacts(this.#options),
      reason,
    });
  }
}

function scalingOf({ isFifo }: Queue, { mapping }: PollerOptions): QueueScaling {
  const { maxConcurrency, reportItemFailures } = mapping.settings;
  if (maxConcurrency !== null) return fixedScaling(maxConcurrency);
  // Groups that have a message out give no other: there are never more batches than groups.
  if (isFifo) return fixedScaling(limits.mapping.queueConcurrency.most);
  return new StandardScaling(!reportItemFailures);
}

function traceHeaderOf({ systemAttributes }: ReceivedMessage): string | undefined {
  return systemAttributes.AWSTraceHeader;
}

/** Messages of a standard queue stand each for itself. */
function groupOf({ messageId, systemAttributes }: ReceivedMessage): string {
  const { MessageGroupId, SequenceNumber } = systemAttributes;
  return SequenceNumber === undefined ? messageId : `group ${MessageGroupId}`;
}

function isGone(error: unknown): boolean {
  return (
    error instanceof BrokerError && error.awsCode === 'AWS.SimpleQueueService.NonExistentQueue'
  );
}
