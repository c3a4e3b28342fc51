import type { AsyncFacts, Events } from '../core/events.ts';
import type { Ids } from '../core/ids.ts';
import { roundsOf } from '../core/lineage.ts';
import type { DeliveryQueue, Lease } from '../storage/delivery-queue.ts';
import type { AsyncConfigs } from './async-configs.ts';
import { attempt, type AttemptPorts, type AttemptResult, type FunctionFacts } from './attempt.ts';
import { Deliveries } from './deliveries.ts';
import type { FindTarget } from './delivery-target.ts';
import { backoffMs, nextStep, type AttemptOutcome, type Condition } from './next-step.ts';
import { encodeState, queuedEvent, stateOf, type QueuedEvent } from './queued-event.ts';

export interface EventHandlerOptions extends AttemptPorts {
  readonly ids: Ids;
  readonly events: Events;
  readonly configs: AsyncConfigs;
  readonly find: FindTarget;
  /** What counts for every qualifier of a function; `undefined` when there is no such function. */
  readonly factsOf: (functionName: string) => FunctionFacts | undefined;
}

/** Takes one leased event a step further: an attempt, then a retry or its end; or deliveries that are left. */
export class EventHandler {
  readonly #options: EventHandlerOptions;
  readonly #deliveries: Deliveries;

  constructor(options: EventHandlerOptions) {
    this.#options = options;
    this.#deliveries = new Deliveries(options);
  }

  /** Resolves when the step is written down. */
  async handle(functionName: string, queue: DeliveryQueue, lease: Lease): Promise<void> {
    const event = queuedEvent(lease);
    if (event.ending !== undefined) {
      await this.#deliver(functionName, queue, lease, event);
      return;
    }
    const facts = this.#options.factsOf(functionName);
    if (facts === undefined) {
      await this.#functionGone(functionName, queue, lease, event);
      return;
    }
    // A host that ended in the middle leaves a receipt without an end. The event may have taken its host with it,
    // so it backs off as from any fault of the system.
    const lost = lease.receiveCount - 1 - event.receipts;
    if (lost > 0) {
      const seen = { ...event, backoffs: event.backoffs + lost - 1 };
      await this.#decide(functionName, queue, lease, seen, hostEnded, 'lease-lost');
      return;
    }
    const { maxEventAgeMs } = this.#options.configs.of(functionName, event.qualifier);
    if (this.#ageOf(event) > maxEventAgeMs) {
      const tooLate = { statusCode: 500, message: 'The event is older than its maximum age' };
      const result = { outcome: 'system-fault', hasRun: false, response: undefined } as const;
      await this.#finish(functionName, queue, lease, event, 'EventAgeExceeded', {
        ...result,
        error: tooLate,
      });
      return;
    }
    this.#attempted(functionName, event);
    const result = attempt(event, functionName, facts, this.#options);
    await this.#decide(functionName, queue, lease, event, await result);
  }

  async #decide(
    functionName: string,
    queue: DeliveryQueue,
    lease: Lease,
    before: QueuedEvent,
    result: AttemptResult,
    because?: 'lease-lost',
  ): Promise<void> {
    const { outcome, hasRun } = result;
    if (outcome === 'recursion') this.#stopped(functionName, before);
    const event: QueuedEvent = {
      ...before,
      invokeCount: before.invokeCount + (hasRun ? 1 : 0),
      functionErrors: before.functionErrors + (outcome === 'function-error' ? 1 : 0),
      backoffs: outcome === 'throttled' || outcome === 'system-fault' ? before.backoffs + 1 : 0,
    };
    const policy = this.#options.configs.of(functionName, event.qualifier);
    const step = nextStep(outcome, { ...event, ageMs: this.#ageOf(event) }, policy);
    if (step.kind === 'finish') {
      await this.#finish(functionName, queue, lease, event, step.condition, result);
      return;
    }
    const reason = because ?? retryReason(outcome);
    await this.#retry(functionName, queue, lease, event, reason, step.delayMs);
  }

  async #retry(
    functionName: string,
    queue: DeliveryQueue,
    lease: Lease,
    event: QueuedEvent,
    reason: RetryReason,
    delayMs: number,
  ): Promise<void> {
    const { requestId, invokeCount } = event;
    this.#options.events.emit({
      type: 'async.retried',
      ...this.#facts(functionName, event),
      reason,
      delayMs,
      invokeCount,
    });
    const what =
      reason === 'function-error' ? `retry ${event.functionErrors}` : `a try after ${reason}`;
    await queue.nack(lease, {
      delayMs,
      reason: `${what} of request ${requestId}`,
      meta: encodeState({ ...stateOf(event), receipts: lease.receiveCount }),
    });
  }

  async #finish(
    functionName: string,
    queue: DeliveryQueue,
    lease: Lease,
    event: QueuedEvent,
    condition: Condition,
    { response, error }: AttemptResult,
  ): Promise<void> {
    const { events, configs, factsOf, clock } = this.#options;
    const { invokeCount } = event;
    const facts = this.#facts(functionName, event);
    events.emit(
      condition === 'Success'
        ? { type: 'async.succeeded', ...facts, invokeCount }
        : { type: 'async.dropped', ...facts, condition, invokeCount },
    );
    const { onSuccess, onFailure } = configs.of(functionName, event.qualifier);
    const destination = condition === 'Success' ? onSuccess : onFailure;
    const deadLetter = condition === 'Success' ? undefined : factsOf(functionName)?.deadLetter;
    const remaining = [
      ...(destination === undefined ? [] : (['destination'] as const)),
      ...(deadLetter == null ? [] : (['deadLetter'] as const)),
    ];
    if (remaining.length === 0) {
      await queue.ack([lease]);
      return;
    }
    const ending = {
      condition,
      atMs: clock.now(),
      remaining,
      failures: 0,
      ...(response !== undefined && { response }),
      ...(error !== undefined && condition !== 'Success' && { error }),
    };
    await this.#deliver(functionName, queue, lease, { ...event, ending });
  }

  async #deliver(
    functionName: string,
    queue: DeliveryQueue,
    lease: Lease,
    event: QueuedEvent,
  ): Promise<void> {
    const left = await this.#deliveries.run(functionName, event);
    if (left === undefined) {
      await queue.ack([lease]);
      return;
    }
    await queue.nack(lease, {
      delayMs: backoffMs(left.failures),
      reason: `a delivery of request ${event.requestId}`,
      meta: encodeState({ ...stateOf(event), ending: left, receipts: lease.receiveCount }),
    });
  }

  /** Its configuration and its dead-letter target are gone with it; what is left is to say so. */
  async #functionGone(
    functionName: string,
    queue: DeliveryQueue,
    lease: Lease,
    event: QueuedEvent,
  ): Promise<void> {
    this.#options.events.emit({
      type: 'async.dropped',
      ...this.#facts(functionName, event),
      condition: 'FunctionDeleted',
      invokeCount: event.invokeCount,
    });
    await queue.ack([lease]);
  }

  #stopped(functionName: string, { requestId, traceId }: QueuedEvent): void {
    const { clock, events, factsOf } = this.#options;
    const rounds = roundsOf(traceId, factsOf(functionName)?.arn ?? '');
    events.emit({ type: 'recursion.stopped', at: clock.now(), requestId, functionName, rounds });
  }

  #attempted(functionName: string, event: QueuedEvent): void {
    const { events } = this.#options;
    if (!events.has('async.attempted')) return;
    events.emit({
      type: 'async.attempted',
      ...this.#facts(functionName, event),
      attempt: event.invokeCount + 1,
      ageMs: this.#ageOf(event),
    });
  }

  /** The system's clock may go back. */
  #ageOf(event: QueuedEvent): number {
    return Math.max(this.#options.clock.now() - event.acceptedMs, 0);
  }

  #facts(functionName: string, { requestId, qualifier }: QueuedEvent): AsyncFacts {
    return { at: this.#options.clock.now(), requestId, functionName, qualifier };
  }
}

type RetryReason = 'function-error' | 'throttled' | 'system-fault' | 'lease-lost';

const hostEnded: AttemptResult = {
  outcome: 'system-fault',
  hasRun: false,
  response: undefined,
  error: { statusCode: 500, message: 'The host ended while the event was being dealt with' },
};

/** Of an outcome after which there may be a retry. */
function retryReason(outcome: AttemptOutcome): RetryReason {
  return outcome === 'function-error' || outcome === 'throttled' ? outcome : 'system-fault';
}
