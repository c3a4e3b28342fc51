import type { AsyncFacts, Events } from '../core/events.ts';
import type { Ids } from '../core/ids.ts';
import { roundsOf } from '../core/lineage.ts';
import type { DeliveryQueue } from '../storage/delivery-queue.ts';
import type { AsyncConfigs } from './async-configs.ts';
import { attempt, type AttemptPorts, type AttemptResult, type FunctionFacts } from './attempt.ts';
import { addressOf, Deliveries } from './deliveries.ts';
import type { FindTarget } from './delivery-target.ts';
import { done, giveBack, type HeldEvent } from './held-event.ts';
import { backoffMs, nextStep, type AttemptOutcome, type Condition } from './next-step.ts';
import { queuedEvent, type DeliveryKind, type QueuedEvent } from './queued-event.ts';

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

  /** Ends deliveries that are under way; nobody learns of them any more. */
  close(): void {
    this.#deliveries.close();
  }

  /** Resolves when the step is written down; rejects only for what the storage did. */
  async handle(functionName: string, queue: DeliveryQueue, held: HeldEvent): Promise<void> {
    const { lease } = held;
    const event = queuedEvent(lease);
    if (event.ending !== undefined) {
      await this.#deliver(functionName, queue, held, event);
      return;
    }
    const facts = this.#options.factsOf(functionName);
    if (facts === undefined) {
      await this.#functionGone(functionName, queue, held, event);
      return;
    }
    // A host that ended in the middle leaves a receipt without an end. The event may have taken its host with it,
    // so it backs off as from any fault of the system.
    const lost = lease.receiveCount - 1 - event.receipts;
    if (lost > 0) {
      const seen = { ...event, backoffs: event.backoffs + lost - 1 };
      await this.#decide(functionName, queue, held, seen, hostEnded, 'lease-lost');
      return;
    }
    const { maxEventAgeMs } = this.#options.configs.of(functionName, event.qualifier);
    if (this.#ageOf(event) > maxEventAgeMs) {
      const tooLate = { statusCode: 500, message: 'The event is older than its maximum age' };
      const result = { outcome: 'system-fault', hasRun: false, response: undefined } as const;
      await this.#finish(functionName, queue, held, event, 'EventAgeExceeded', {
        ...result,
        error: tooLate,
      });
      return;
    }
    this.#attempted(functionName, event);
    const result = await attempt(event, functionName, facts, this.#options);
    if (result === undefined) await this.#keep(queue, held, event);
    else await this.#decide(functionName, queue, held, event, result);
  }

  async #decide(
    functionName: string,
    queue: DeliveryQueue,
    held: HeldEvent,
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
      await this.#finish(functionName, queue, held, event, step.condition, result);
      return;
    }
    const reason = because ?? retryReason(outcome);
    await this.#retry(functionName, queue, held, event, reason, step.delayMs);
  }

  async #retry(
    functionName: string,
    queue: DeliveryQueue,
    held: HeldEvent,
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
    await giveBack(queue, held, event, { delayMs, reason: `${what} of request ${requestId}` });
  }

  async #finish(
    functionName: string,
    queue: DeliveryQueue,
    held: HeldEvent,
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
    if (condition === 'Success' && destination === undefined) {
      await done(queue, held);
      return;
    }
    const settings = factsOf(functionName);
    const deadLetter = condition === 'Success' ? undefined : settings?.deadLetter;
    const to = {
      ...(destination !== undefined && { destination: addressOf(destination) }),
      ...(deadLetter != null && { deadLetter }),
    };
    const remaining = Object.keys(to) as DeliveryKind[];
    if (remaining.length === 0 || settings === undefined) {
      await done(queue, held);
      return;
    }
    const ending = {
      condition,
      atMs: clock.now(),
      functionArn: settings.arn,
      remaining,
      to,
      failures: 0,
      ...(response !== undefined && { response }),
      ...(error !== undefined && condition !== 'Success' && { error }),
    };
    await this.#deliver(functionName, queue, held, { ...event, ending });
  }

  async #deliver(
    functionName: string,
    queue: DeliveryQueue,
    held: HeldEvent,
    event: QueuedEvent,
  ): Promise<void> {
    const left = await this.#deliveries.run(functionName, event);
    if (left === undefined) {
      await done(queue, held);
      return;
    }
    const delayMs = backoffMs(left.failures);
    const reason = `a delivery of request ${event.requestId}`;
    await giveBack(queue, held, { ...event, ending: left }, { delayMs, reason });
  }

  /** The host stopped: whoever takes the event next finds it as it was. */
  async #keep(queue: DeliveryQueue, held: HeldEvent, event: QueuedEvent): Promise<void> {
    await giveBack(queue, held, event, { delayMs: 0, reason: `request ${event.requestId}` });
  }

  /** Its configuration and its dead-letter target are gone with it; what is left is to say so. */
  async #functionGone(
    functionName: string,
    queue: DeliveryQueue,
    held: HeldEvent,
    event: QueuedEvent,
  ): Promise<void> {
    this.#options.events.emit({
      type: 'async.dropped',
      ...this.#facts(functionName, event),
      condition: 'FunctionDeleted',
      invokeCount: event.invokeCount,
    });
    await done(queue, held);
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
