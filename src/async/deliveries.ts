import { FunctionNotFoundError, InvalidOptionError, PayloadTooLargeError } from '../core/errors.ts';
import type { DeliveryFacts } from '../core/events.ts';
import { BrokerError } from '../brokers/broker-error.ts';
import { roundsOf } from '../core/lineage.ts';
import { limits } from '../core/limits.ts';
import { sendDeadLetter } from './dead-letter.ts';
import { UndeliverableError } from './delivery-target.ts';
import { deliverRecord } from './destination.ts';
import { traceOf, type FunctionFacts } from './attempt.ts';
import type { EventHandlerOptions } from './event-handler.ts';
import { recordJson } from './invocation-record.ts';
import type { DeliveryKind, Ending, QueuedEvent } from './queued-event.ts';

/** A delivery that fails is tried so often in all. AWS tries again too, and does not say how often. */
const mostFailures = 7;

/** Hands finished events to their destination and their dead-letter target. */
export class Deliveries {
  readonly #options: EventHandlerOptions;

  constructor(options: EventHandlerOptions) {
    this.#options = options;
  }

  /** What is left to deliver later; `undefined` when everything was delivered or reported as impossible. */
  async run(functionName: string, event: QueuedEvent): Promise<Ending | undefined> {
    const { ending } = event;
    if (ending === undefined) return undefined;
    const remaining: DeliveryKind[] = [];
    for (const kind of ending.remaining) {
      const isDone = await this.#try(functionName, event, ending, kind);
      if (!isDone) remaining.push(kind);
    }
    if (remaining.length === 0) return undefined;
    return { ...ending, remaining, failures: ending.failures + 1 };
  }

  async #try(
    functionName: string,
    event: QueuedEvent,
    ending: Ending,
    kind: DeliveryKind,
  ): Promise<boolean> {
    const { events, factsOf } = this.#options;
    const facts = factsOf(functionName);
    const to = this.#addressOf(functionName, event, ending, kind, facts);
    // The function, its configuration or its target went away meanwhile.
    if (to === undefined || facts === undefined) return true;
    const about = this.#facts(functionName, event, ending, to);
    const body = kind === 'destination' ? this.#record(event, ending, facts) : event.eventJson;
    try {
      if (kind === 'destination') checkChain(event, ending, facts);
      if (kind === 'destination') await this.#destination(functionName, event, ending, facts, body);
      else await this.#deadLetter(event, ending, facts, to);
      const type = kind === 'destination' ? 'destination.delivered' : 'deadLetter.sent';
      if (events.has(type)) events.emit({ type, ...about });
      return true;
    } catch (error) {
      if (!isHopeless(error) && ending.failures + 1 < mostFailures) return false;
      const reason = error instanceof Error ? error.message : String(error);
      const type = kind === 'destination' ? 'destination.failed' : 'deadLetter.failed';
      if (!events.has(type)) warn(kind, about, reason);
      events.emit({ type, ...about, reason, body });
      return true;
    }
  }

  #addressOf(
    functionName: string,
    event: QueuedEvent,
    ending: Ending,
    kind: DeliveryKind,
    facts: FunctionFacts | undefined,
  ): string | undefined {
    if (kind === 'deadLetter') return facts?.deadLetter ?? undefined;
    const { onSuccess, onFailure } = this.#options.configs.of(functionName, event.qualifier);
    const destination = ending.condition === 'Success' ? onSuccess : onFailure;
    return destination?.kind === 'arn' ? destination.arn : destination?.kind;
  }

  async #destination(
    functionName: string,
    event: QueuedEvent,
    ending: Ending,
    facts: FunctionFacts,
    record: string,
  ): Promise<void> {
    const { configs, find, ids } = this.#options;
    const isSuccess = ending.condition === 'Success';
    const { onSuccess, onFailure } = configs.of(functionName, event.qualifier);
    const destination = isSuccess ? onSuccess : onFailure;
    if (destination === undefined) return;
    const delivery = {
      record,
      isSuccess,
      functionName,
      functionArn: `${facts.arn}:${event.qualifier}`,
      traceHeader: traceOf(event, facts.arn),
      atMs: ending.atMs,
      uuid: () => ids.uuid(),
    };
    await deliverRecord(destination, delivery, find);
  }

  async #deadLetter(
    event: QueuedEvent,
    ending: Ending,
    facts: FunctionFacts,
    to: string,
  ): Promise<void> {
    const { requestId, eventJson } = event;
    const { error = { statusCode: 200, message: '' } } = ending;
    const traceHeader = traceOf(event, facts.arn);
    await sendDeadLetter(to, { requestId, eventJson, error, traceHeader }, this.#options.find);
  }

  #record(event: QueuedEvent, ending: Ending, facts: FunctionFacts): string {
    const { requestId, qualifier, invokeCount, eventJson } = event;
    return recordJson({
      atMs: ending.atMs,
      requestId,
      functionArn: `${facts.arn}:${qualifier}`,
      condition: ending.condition,
      invokeCount,
      eventJson,
      response: ending.response,
    });
  }

  #facts(functionName: string, event: QueuedEvent, ending: Ending, to: string): DeliveryFacts {
    const { requestId, qualifier } = event;
    const at = this.#options.clock.now();
    return { at, requestId, functionName, qualifier, condition: ending.condition, to };
  }
}

/** A chain that was stopped once goes round through its failure destination: no handler runs, but it has no end. */
function checkChain(event: QueuedEvent, ending: Ending, facts: FunctionFacts): void {
  if (ending.condition !== 'RecursiveInvocation') return;
  const rounds = roundsOf(event.traceId, facts.arn);
  if (rounds <= limits.recursionRounds) return;
  throw new UndeliverableError('The chain of requests was stopped before and came back through it');
}

/** Whether trying again would end the same way: the target is not there, or does not take such a thing. */
function isHopeless(error: unknown): boolean {
  return (
    error instanceof UndeliverableError ||
    error instanceof InvalidOptionError ||
    error instanceof PayloadTooLargeError ||
    error instanceof FunctionNotFoundError ||
    // A queue that is full may have room later.
    (error instanceof BrokerError && error.awsCode !== 'OverLimit')
  );
}

/** Nobody listens to the event that says so, and the record is lost. */
function warn(
  kind: DeliveryKind,
  { requestId, functionName, to }: DeliveryFacts,
  reason: string,
): void {
  const what = kind === 'destination' ? 'The record' : 'The dead letter';
  process.emitWarning(
    `${what} of request ${requestId} to "${functionName}" could not be delivered to ${to}: ${reason}`,
    { type: 'IsolambdaUndelivered' },
  );
}
