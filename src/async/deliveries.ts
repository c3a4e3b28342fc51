import { FunctionNotFoundError, InvalidOptionError, PayloadTooLargeError } from '../core/errors.ts';
import type { DeliveryFacts } from '../core/events.ts';
import { BrokerError } from '../brokers/broker-error.ts';
import { roundsOf } from '../core/lineage.ts';
import { limits } from '../core/limits.ts';
import { sendDeadLetter } from './dead-letter.ts';
import { UndeliverableError } from './delivery-target.ts';
import { CallbackPatience } from './callback-patience.ts';
import { deliverRecord } from './destination.ts';
import type { ResolvedDestination } from './async-options.ts';
import { traceOf } from './attempt.ts';
import type { EventHandlerOptions } from './event-handler.ts';
import { recordJson } from './invocation-record.ts';
import type { DeliveryKind, Ending, QueuedEvent } from './queued-event.ts';

/** A delivery that fails is tried so often in all. AWS tries again too, and does not say how often. */
const mostFailures = 7;

/** Hands finished events to their destination and their dead-letter target. */
export class Deliveries {
  readonly #options: EventHandlerOptions;
  readonly #patience = new CallbackPatience();

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

  close(): void {
    this.#patience.close();
  }

  async #try(
    functionName: string,
    event: QueuedEvent,
    ending: Ending,
    kind: DeliveryKind,
  ): Promise<boolean> {
    const { events } = this.#options;
    const { body, to, give } =
      kind === 'destination'
        ? this.#destination(functionName, event, ending)
        : this.#deadLetter(functionName, event, ending);
    const about = this.#facts(functionName, event, ending, to);
    try {
      await give();
      const type = kind === 'destination' ? 'destination.delivered' : 'deadLetter.sent';
      if (events.has(type)) events.emit({ type, ...about });
      return true;
    } catch (error) {
      // A callback of the user's may throw anything and succeed the next time.
      const isFinal = to !== 'callback' && isHopeless(error);
      if (!isFinal && ending.failures + 1 < mostFailures) return false;
      const reason = error instanceof Error ? error.message : String(error);
      const type = kind === 'destination' ? 'destination.failed' : 'deadLetter.failed';
      if (!events.has(type)) warn(kind, about, reason);
      events.emit({ type, ...about, reason, body });
      return true;
    }
  }

  #destination(functionName: string, event: QueuedEvent, ending: Ending): Delivery {
    const { configs, find, ids } = this.#options;
    const { functionArn, to } = ending;
    const isSuccess = ending.condition === 'Success';
    const { onSuccess, onFailure } = configs.of(functionName, event.qualifier);
    const destination = (isSuccess ? onSuccess : onFailure) ?? addressed(to.destination);
    const body = recordOf(event, ending);
    return {
      body,
      to: addressOf(destination),
      give: async () => {
        checkChain(event, ending);
        const delivery = {
          record: body,
          isSuccess,
          functionName,
          functionArn: `${functionArn}:${event.qualifier}`,
          traceHeader: traceOf(event, functionArn),
          atMs: ending.atMs,
          uuid: () => ids.uuid(),
          patience: this.#patience,
        };
        await deliverRecord(destination, delivery, find);
      },
    };
  }

  #deadLetter(functionName: string, event: QueuedEvent, ending: Ending): Delivery {
    const { factsOf, find } = this.#options;
    const { requestId, eventJson } = event;
    const { error = { statusCode: 200, message: '' }, functionArn } = ending;
    const to = factsOf(functionName)?.deadLetter ?? ending.to.deadLetter ?? '';
    const traceHeader = traceOf(event, functionArn);
    return {
      body: eventJson,
      to,
      give: () => sendDeadLetter(to, { requestId, eventJson, error, traceHeader }, find),
    };
  }

  #facts(functionName: string, event: QueuedEvent, ending: Ending, to: string): DeliveryFacts {
    const { requestId, qualifier } = event;
    const at = this.#options.clock.now();
    return { at, requestId, functionName, qualifier, condition: ending.condition, to };
  }
}

/** One of them, ready to be tried. */
interface Delivery {
  readonly body: string;
  /** ARN, or `callback`. */
  readonly to: string;
  readonly give: () => Promise<void>;
}

/** What events and states call a destination. */
export function addressOf(destination: ResolvedDestination): string {
  return destination.kind === 'arn' ? destination.arn : 'callback';
}

/** The destination that an event was to go to when it ended. */
function addressed(to = 'callback'): ResolvedDestination {
  return to === 'callback'
    ? { kind: 'callback', callback: goneCallback }
    : { kind: 'arn', arn: to };
}

function goneCallback(): never {
  throw new UndeliverableError('The destination was taken away before it had the record');
}

function recordOf(event: QueuedEvent, ending: Ending): string {
  const { requestId, qualifier, invokeCount, eventJson } = event;
  const { atMs, functionArn, condition, response } = ending;
  return recordJson({
    atMs,
    requestId,
    functionArn: `${functionArn}:${qualifier}`,
    condition,
    invokeCount,
    eventJson,
    response,
  });
}

/** A chain that was stopped once goes round through its failure destination: no handler runs, but it has no end. */
function checkChain(event: QueuedEvent, ending: Ending): void {
  if (ending.condition !== 'RecursiveInvocation') return;
  const rounds = roundsOf(event.traceId, ending.functionArn);
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
