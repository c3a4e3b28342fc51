import type { ReceivedMessage } from '../brokers/received-message.ts';
import type { BatchFacts } from '../core/events.ts';
import { readItemFailures } from './item-failures.ts';
import { backoffMs, mappingFacts, pauseOn, type PollerOptions } from './poller.ts';
import { queueEventJson, type HeldMessage } from './queue-batch.ts';
import type { QueueHands } from './queue-hands.ts';
import type { QueueScaling } from './queue-scaling.ts';

export interface QueueInvocationParts {
  readonly options: PollerOptions;
  readonly hands: QueueHands;
  readonly scaling: QueueScaling;
  /** Ends waiting between two tries. */
  readonly signal: AbortSignal;
}

/** Invokes the function with messages of its queue, and does with them what the answer says. */
export class QueueInvocation {
  readonly #parts: QueueInvocationParts;

  constructor(parts: QueueInvocationParts) {
    this.#parts = parts;
  }

  /** Parts go one after the other: what failed in one must not be overtaken by the rest of its group. */
  async run(parts: readonly (readonly HeldMessage[])[]): Promise<void> {
    const blocked = new Set<string>();
    for (const part of parts) {
      const free = part.filter(({ message }) => !blocked.has(groupOf(message)));
      if (free.length < part.length) {
        await this.#parts.hands.giveBack(part.filter((one) => !free.includes(one)));
      }
      if (free.length === 0 || (await this.#invoke(free))) continue;
      for (const { message } of free) blocked.add(groupOf(message));
    }
  }

  /** Whether all of them are done. */
  async #invoke(messages: readonly HeldMessage[]): Promise<boolean> {
    const { options, hands } = this.#parts;
    const { caller, events, ids, mapping, target } = options;
    const { functionName } = mapping;
    const requestId = ids.uuid();
    const held = messages.filter(
      ({ message }) => !caller.isEndless(functionName, traceHeaderOf(message), requestId),
    );
    const stopped = messages.length - held.length;
    if (stopped > 0) this.#failed(requestId, messages.length, 'recursion', stopped);
    if (held.length === 0) return false;
    const headers = held.map(({ message }) => traceHeaderOf(message));
    const traceId = caller.traceOf(functionName, headers, requestId);
    const eventJson = queueEventJson(held);
    for (let failures = 0; ; failures += 1) {
      const facts = this.#facts(requestId, held.length);
      events.emit({ type: 'mapping.batchInvoked', ...facts, iteratorAgeMs: undefined });
      const result = await caller.call(target, { requestId, eventJson, traceId });
      switch (result.kind) {
        case 'ok':
          return (await this.#answered(requestId, held, result.payloadJson)) && stopped === 0;
        case 'error':
          this.#failed(requestId, held.length, 'function-error', held.length);
          return false;
        case 'stopped':
          await hands.giveBack(held);
          return false;
        case 'not-run':
          if (!(await this.#delay(requestId, held, result.reason, failures))) return false;
      }
    }
  }

  async #answered(
    requestId: string,
    held: readonly HeldMessage[],
    payloadJson: string,
  ): Promise<boolean> {
    const { options, hands, scaling } = this.#parts;
    const known = new Set(held.map(({ message }) => message.messageId));
    const report = options.mapping.settings.reportItemFailures
      ? readItemFailures(payloadJson, known)
      : ({ kind: 'success' } as const);
    if (report.kind === 'invalid') {
      this.#failed(requestId, held.length, 'invalid-response', held.length);
      return false;
    }
    const failed = report.kind === 'failures' ? report.identifiers : new Set<string>();
    const done = held.filter(({ message }) => !failed.has(message.messageId));
    await hands.delete(done.map(({ message }) => message));
    if (failed.size > 0) {
      this.#failed(requestId, held.length, 'item-failures', failed.size);
      return false;
    }
    const facts = this.#facts(requestId, held.length);
    options.events.emit({ type: 'mapping.batchSucceeded', ...facts });
    scaling.ended(true);
    options.onResult(true);
    return true;
  }

  /** Whether the batch may be tried again: until others can receive its first message. */
  async #delay(
    requestId: string,
    held: readonly HeldMessage[],
    reason: string,
    failures: number,
  ): Promise<boolean> {
    const { options, hands, signal } = this.#parts;
    const { clock, events } = options;
    const delayMs = backoffMs(failures);
    const untilMs = Math.min(...held.map(({ visibleMs }) => visibleMs));
    const facts = this.#facts(requestId, held.length);
    events.emit({ type: 'mapping.batchDelayed', ...facts, reason, delayMs });
    options.onResult(false);
    if (!signal.aborted) {
      if (clock.now() + delayMs >= untilMs) return false;
      await pauseOn(clock, delayMs, signal, `${hands.label}: ${reason}`);
    }
    if (!signal.aborted) return true;
    await hands.giveBack(held);
    return false;
  }

  #failed(
    requestId: string,
    records: number,
    reason: 'function-error' | 'item-failures' | 'invalid-response' | 'recursion',
    failed: number,
  ): void {
    const { options, scaling } = this.#parts;
    const facts = this.#facts(requestId, records);
    options.events.emit({ type: 'mapping.batchFailed', ...facts, reason, failed });
    scaling.ended(false);
    options.onResult(false);
  }

  #facts(requestId: string, records: number): BatchFacts {
    return { ...mappingFacts(this.#parts.options), requestId, records, shardId: undefined };
  }
}

function traceHeaderOf({ systemAttributes }: ReceivedMessage): string | undefined {
  return systemAttributes.AWSTraceHeader;
}

/** Messages of a standard queue stand each for itself. */
function groupOf({ messageId, systemAttributes }: ReceivedMessage): string {
  const { MessageGroupId, SequenceNumber } = systemAttributes;
  return SequenceNumber === undefined ? messageId : `group ${MessageGroupId}`;
}
