import { setRealTimer } from '../core/clock.ts';
import { ClosedError } from '../core/errors.ts';
import { checkPayloadSize } from '../core/payload-size.ts';
import type { DeliveryQueue, OpenQueueOptions } from '../storage/delivery-queue.ts';
import { stateOfNew, type AcceptedEvent } from './accepted-event.ts';
import { EventHandler, type EventHandlerOptions } from './event-handler.ts';
import { nextTurn, type HeldEvent } from './held-event.ts';
import { Lane } from './lane.ts';
import { reportAbandoned, warnOfFault } from './reports.ts';
import { encodeState, newEventState } from './queued-event.ts';

export interface EventQueueOptions extends Omit<EventHandlerOptions, 'isStopping'> {
  readonly openQueue: (options: OpenQueueOptions) => DeliveryQueue;
  /** Invocations of a function that may run at one time. */
  readonly concurrencyOf: (functionName: string) => number;
  /** Set while one more invocation of the function would only wait for a core. */
  readonly relief: (functionName: string) => Promise<void> | undefined;
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
  /** Lanes of functions that were deleted, until their queues are closed. */
  readonly #ending = new Map<string, Promise<void>>();
  /** Functions that were deleted while events waited for them. */
  readonly #gone = new Set<string>();
  #isDraining = false;
  #isStopped = false;
  #isClosed = false;
  /** Resolves when nothing is due and nothing runs any more. */
  #onIdle: (() => void) | undefined;

  constructor(options: EventQueueOptions) {
    this.#options = options;
    this.#handler = new EventHandler({ ...options, isStopping: () => this.#isStopped });
  }

  /**
   * Resolves when the event is safely queued, before the handler starts. `cause`: what is dealt with during a
   * drain may still cause events, callers may not.
   */
  async accept(event: AcceptedEvent, cause: 'caller' | 'record' = 'caller'): Promise<void> {
    this.#checkOpen(cause);
    checkPayloadSize(event.eventJson, 'Event');
    const { requestId, functionName } = event;
    if (this.#ending.size > 0) {
      await this.#ending.get(functionName);
      this.#checkOpen(cause);
    }
    this.#gone.delete(functionName);
    const { queue, accepting } = this.#laneOf(functionName);
    const keeping = this.#keep(queue, event);
    if (queue.caps.durable) accepting.set(requestId, keeping);
    try {
      await keeping;
    } finally {
      if (accepting.get(requestId) === keeping) accepting.delete(requestId);
    }
  }

  /** Goes on with what a storage kept from before. */
  resume(functionNames: Iterable<string>): void {
    for (const functionName of functionNames) {
      this.#laneOf(functionName);
      if (this.#options.factsOf(functionName) === undefined) this.#gone.add(functionName);
    }
  }

  /** Says what becomes of its events when their time comes; then its queue is closed. */
  functionDeleted(functionName: string): void {
    if (!this.#lanes.has(functionName)) return;
    this.#gone.add(functionName);
    this.#closeIfEmpty(functionName);
  }

  /** More may run than before. */
  wake(): void {
    for (const { lane } of this.#lanes.values()) lane.wake();
  }

  /** Events that are not dealt with yet. */
  get size(): number {
    let size = 0;
    for (const { queue } of this.#lanes.values()) size += sizeOf(queue);
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

  /** Takes no more events up; what is cut off from now on says nothing of its event. */
  stop(): void {
    this.#isStopped = true;
    for (const { lane } of this.#lanes.values()) void lane.stop();
  }

  /** Stops dealing with events; what is left of a storage that forgets is reported. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#onIdle?.();
    this.stop();
    await this.#untilStopped();
    this.#handler.close();
    for (const [functionName, { queue, lane }] of this.#lanes) {
      lane.abandon();
      if (!queue.caps.durable) reportAbandoned(functionName, queue, this.#options);
      await queue.close();
    }
    this.#lanes.clear();
    await Promise.all(this.#ending.values());
  }

  /** A destination of the user's may never answer; what it was given stays undone. */
  async #untilStopped(): Promise<void> {
    const { promise: tooLate, resolve } = Promise.withResolvers<void>();
    const timer = setRealTimer(resolve, patienceMs);
    const stopped = Promise.all(Array.from(this.#lanes.values(), ({ lane }) => lane.stop()));
    await Promise.race([stopped, tooLate]);
    timer.cancel();
  }

  #checkOpen(cause: 'caller' | 'record'): void {
    if (this.#isClosed || (this.#isDraining && cause === 'caller')) throw new ClosedError();
  }

  async #keep(queue: DeliveryQueue, event: AcceptedEvent): Promise<void> {
    const { requestId, functionName, qualifier, eventJson: body } = event;
    const state = stateOfNew(event);
    const message = { id: requestId, body, reason: 'a new event' };
    await queue.send([
      state === newEventState ? message : { ...message, meta: encodeState(state) },
    ]);
    const { events, clock } = this.#options;
    if (!events.has('async.accepted')) return;
    events.emit({ type: 'async.accepted', at: clock.now(), requestId, functionName, qualifier });
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
    const accepting: Accepting = new Map();
    const lane = new Lane({
      functionName,
      queue,
      clock,
      limit: () => concurrencyOf(functionName),
      relief: () => relief(functionName),
      handle: (held) => this.#handle(functionName, queue, accepting, held),
      onFault: (error, lease) => warnOfFault(functionName, error, lease),
    });
    if (this.#isStopped) void lane.stop();
    return { queue, lane, accepting };
  }

  async #handle(
    functionName: string,
    queue: DeliveryQueue,
    accepting: Accepting,
    held: HeldEvent,
  ): Promise<void> {
    const { id } = held.lease;
    const acceptance = accepting.size === 0 ? undefined : accepting.get(id);
    if (acceptance !== undefined) {
      // A file hands events out before the disk has them; what it could not keep after all was refused.
      const isAccepted = await acceptance.then(
        () => true,
        () => false,
      );
      if (!isAccepted) return;
      await nextTurn();
    }
    await this.#handler.handle(functionName, queue, held);
    if (this.#onIdle !== undefined) setImmediate(() => this.#checkIdle());
    if (this.#gone.has(functionName)) setImmediate(() => this.#closeIfEmpty(functionName));
  }

  /** A function that is deleted needs no lane once its events are dropped. */
  #closeIfEmpty(functionName: string): void {
    const open = this.#lanes.get(functionName);
    if (open === undefined || this.#isClosed || !this.#gone.has(functionName)) return;
    const { queue, lane, accepting } = open;
    if (accepting.size + lane.holds > 0 || sizeOf(queue) > 0) return;
    this.#gone.delete(functionName);
    this.#lanes.delete(functionName);
    const ended = lane.stop().then(() => queue.close());
    const forgotten = ended.then(() => void this.#ending.delete(functionName));
    this.#ending.set(functionName, forgotten);
  }

  #checkIdle(): void {
    if (this.#onIdle === undefined || !this.#isIdle()) return;
    this.#onIdle();
    this.#onIdle = undefined;
  }

  /** Nothing more can be expected of a storage that does not even know what it holds. */
  #isIdle(): boolean {
    for (const [functionName, { queue, lane }] of this.#lanes) {
      if (lane.holds > 0) return false;
      try {
        const { ready, leased } = queue.stats();
        if (ready + leased > 0) return false;
      } catch (error) {
        warnOfFault(functionName, error);
      }
    }
    return true;
  }
}

/** Events on their way into a file, by id. */
type Accepting = Map<string, Promise<void>>;

interface OpenLane {
  readonly queue: DeliveryQueue;
  readonly lane: Lane;
  readonly accepting: Accepting;
}

function sizeOf(queue: DeliveryQueue): number {
  const { ready, delayed, leased } = queue.stats();
  return ready + delayed + leased;
}
