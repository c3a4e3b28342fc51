import { setRealTimer } from '../core/clock.ts';
import { ClosedError, PayloadTooLargeError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import type { DeliveryQueue, Lease, OpenQueueOptions } from '../storage/delivery-queue.ts';
import { EventHandler, type EventHandlerOptions } from './event-handler.ts';
import { Lane } from './lane.ts';
import { encodeState, newEventState, queuedEvent, type EventState } from './queued-event.ts';

export interface EventQueueOptions extends EventHandlerOptions {
  readonly openQueue: (options: OpenQueueOptions) => DeliveryQueue;
  /** Invocations of a function that may run at one time. */
  readonly concurrencyOf: (functionName: string) => number;
  /** Set while one more invocation of the function would only wait for a core. */
  readonly relief: (functionName: string) => Promise<void> | undefined;
}

/** An event to accept. */
export interface AcceptedEvent {
  readonly requestId: string;
  readonly functionName: string;
  /** A version, an alias, or `$LATEST`. */
  readonly qualifier: string;
  readonly eventJson: string;
  readonly traceId?: string | undefined;
  readonly tenantId?: string | undefined;
}

/** How long `close` waits for deliveries that are under way, in real time. */
const patienceMs = 1_000;

/** Queues of events begin so in the storage; the name of the function follows. */
export const queuePrefix = 'async/';

/**
 * Accepts events and sees to it that each is dealt with: one queue and one lane a function, so that the backlog
 * of one does not hold up another.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
 */
export class EventQueue {
  readonly #options: EventQueueOptions;
  readonly #handler: EventHandler;
  readonly #lanes = new Map<string, OpenLane>();
  #isDraining = false;
  #isClosed = false;
  /** Resolves when nothing is due and nothing runs any more. */
  #onIdle: (() => void) | undefined;

  constructor(options: EventQueueOptions) {
    this.#options = options;
    this.#handler = new EventHandler(options);
  }

  /**
   * Resolves when the event is safely queued, before the handler starts. `cause`: what is dealt with during a
   * drain may still cause events, callers may not.
   */
  async accept(event: AcceptedEvent, cause: 'caller' | 'record' = 'caller'): Promise<void> {
    if (this.#isClosed || (this.#isDraining && cause === 'caller')) throw new ClosedError();
    checkEventSize(event.eventJson);
    const { requestId: id, functionName, qualifier, eventJson: body } = event;
    const { queue } = this.#laneOf(functionName);
    const state = stateOfNew(event);
    await queue.send(
      state === newEventState
        ? [{ id, body, reason: 'a new event' }]
        : [{ id, body, meta: encodeState(state), reason: 'a new event' }],
    );
    const { events, clock } = this.#options;
    if (!events.has('async.accepted')) return;
    const at = clock.now();
    events.emit({ type: 'async.accepted', at, requestId: id, functionName, qualifier });
  }

  /** Goes on with what a storage kept from before. */
  resume(functionNames: Iterable<string>): void {
    for (const functionName of functionNames) this.#laneOf(functionName);
  }

  /** Events that are not dealt with yet. */
  get size(): number {
    let size = 0;
    for (const { queue } of this.#lanes.values()) {
      const { ready, delayed, leased } = queue.stats();
      size += ready + delayed + leased;
    }
    return size;
  }

  /** Accepts no more; resolves when what was due has been dealt with. Retries that are not due yet stay. */
  drain(): Promise<void> {
    this.#isDraining = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onIdle = resolve;
    this.#checkIdle();
    return promise;
  }

  /** Stops dealing with events; what is left of a storage that forgets is reported. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#onIdle?.();
    const stopped = Promise.all(Array.from(this.#lanes.values(), ({ lane }) => lane.stop()));
    await Promise.race([stopped, this.#patience()]);
    for (const [functionName, { queue }] of this.#lanes) {
      if (!queue.caps.durable) this.#reportAbandoned(functionName, queue);
      await queue.close();
    }
    this.#lanes.clear();
  }

  /** A destination of the user's may never answer; what it was given stays undone. */
  async #patience(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    setRealTimer(resolve, patienceMs).unref();
    await promise;
  }

  #laneOf(functionName: string): OpenLane {
    let open = this.#lanes.get(functionName);
    if (open === undefined) {
      open = this.#openLane(functionName);
      this.#lanes.set(functionName, open);
    }
    return open;
  }

  #openLane(functionName: string): OpenLane {
    const { openQueue, clock, concurrencyOf, relief } = this.#options;
    const queue = openQueue({
      name: `${queuePrefix}${functionName}`,
      label: `events to ${functionName}`,
      isFifo: false,
      keepsAlive: true,
    });
    const lane = new Lane({
      functionName,
      queue,
      clock,
      limit: () => concurrencyOf(functionName),
      relief: () => relief(functionName),
      handle: async (lease) => {
        await this.#handler.handle(functionName, queue, lease);
        if (this.#onIdle !== undefined) setImmediate(() => this.#checkIdle());
      },
      onFault: (error, lease) => this.#warn(functionName, error, lease),
    });
    return { queue, lane };
  }

  #checkIdle(): void {
    if (this.#onIdle === undefined) return;
    for (const { queue, lane } of this.#lanes.values()) {
      const { ready, leased } = queue.stats();
      if (ready + leased + lane.running > 0) return;
    }
    this.#onIdle();
    this.#onIdle = undefined;
  }

  /** The memory of this process ends with it, and nobody else has these events. */
  #reportAbandoned(functionName: string, queue: DeliveryQueue): void {
    const { events, clock } = this.#options;
    const left = queue.remaining();
    if (left.length === 0) return;
    for (const lease of left) {
      const { requestId, qualifier, eventJson } = queuedEvent(lease);
      const about = { at: clock.now(), requestId, functionName, qualifier, eventJson };
      events.emit({ type: 'async.abandoned', ...about });
    }
    if (events.has('async.abandoned')) return;
    process.emitWarning(
      `The Lambda was closed with ${left.length} events to "${functionName}" in its memory that were not dealt with; ` +
        "listen to 'async.abandoned' to keep them, or give the Lambda a `storage`",
      { type: 'IsolambdaUndelivered' },
    );
  }

  /** The storage failed, not the function: the event stays where it is and comes again. */
  #warn(functionName: string, error: unknown, lease: Lease | undefined): void {
    const problem = error instanceof Error ? error.message : String(error);
    const which = lease === undefined ? 'Events' : `The event of request ${lease.id}`;
    process.emitWarning(`${which} to "${functionName}" had to wait: ${problem}`, {
      type: 'IsolambdaStorage',
    });
  }
}

interface OpenLane {
  readonly queue: DeliveryQueue;
  readonly lane: Lane;
}

/** The plain case shares one object, which takes no room in the queue. */
function stateOfNew({ qualifier, traceId, tenantId }: AcceptedEvent): EventState {
  if (qualifier === newEventState.qualifier && traceId === undefined && tenantId === undefined) {
    return newEventState;
  }
  return {
    ...newEventState,
    qualifier,
    ...(traceId !== undefined && { traceId }),
    ...(tenantId !== undefined && { tenantId }),
  };
}

/** Counts bytes only when the length alone does not settle it. */
function checkEventSize(eventJson: string): void {
  const limit = limits.asyncRequestBytes;
  if (eventJson.length * 3 <= limit) return;
  const bytes = Buffer.byteLength(eventJson);
  if (bytes > limit) throw new PayloadTooLargeError(bytes, limit, 'Event');
}
