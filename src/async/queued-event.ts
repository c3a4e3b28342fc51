import type { Lease } from '../storage/delivery-queue.ts';
import type { LastResponse } from './invocation-record.ts';
import type { Condition } from './next-step.ts';

/** What is known of an event besides its body; kept beside it in the queue, so that a restart loses nothing. */
export interface EventState {
  /** As it was sent: a version, an alias, or `$LATEST`. */
  readonly qualifier: string;
  readonly traceId?: string;
  readonly tenantId?: string;
  /** How often the handler ran. */
  readonly invokeCount: number;
  readonly functionErrors: number;
  /** Throttles and system faults in a row. */
  readonly backoffs: number;
  /** Receipts that came to an end; more of them than that means that a holder vanished. */
  readonly receipts: number;
  /** Set when no attempt is to come any more and only deliveries are left. */
  readonly ending?: Ending;
}

/** A finished event that not all of its targets have heard of. */
export interface Ending {
  readonly condition: Condition;
  /** When it was finished; the record's timestamp. */
  readonly atMs: number;
  /** Unqualified. */
  readonly functionArn: string;
  /** Why it was given up, for the dead letter. */
  readonly error?: { readonly statusCode: number; readonly message: string };
  /** Of the last attempt, if it ran. */
  readonly response?: LastResponse;
  readonly remaining: readonly DeliveryKind[];
  /**
   * Where these were to go at the end: ARNs, or `callback`. What the function says now counts first; this is for
   * a function or a configuration that is gone.
   */
  readonly to: Readonly<Partial<Record<DeliveryKind, string>>>;
  /** Attempts at these deliveries that failed so far. */
  readonly failures: number;
}

export type DeliveryKind = 'destination' | 'deadLetter';

/** One event, leased. */
export interface QueuedEvent extends EventState {
  readonly requestId: string;
  readonly eventJson: string;
  readonly acceptedMs: number;
}

export const newEventState: EventState = Object.freeze({
  qualifier: '$LATEST',
  invokeCount: 0,
  functionErrors: 0,
  backoffs: 0,
  receipts: 0,
});

/** The common case, an event to `$LATEST` that nobody has tried yet, takes no room. */
export function encodeState(state: EventState): string {
  return state === newEventState ? '' : JSON.stringify(state);
}

export function queuedEvent(lease: Lease): QueuedEvent {
  const state = lease.meta === '' ? newEventState : (JSON.parse(lease.meta) as EventState);
  return { ...state, requestId: lease.id, eventJson: lease.body, acceptedMs: lease.sentMs };
}

/** What of an event is kept. */
export function stateOf(event: QueuedEvent): EventState {
  const { requestId: _id, eventJson: _body, acceptedMs: _sent, ...state } = event;
  return state;
}

/** The state of an event that goes back as it came: its receipt has ended in order. */
export function withReceipt(lease: Lease): string {
  return encodeState({ ...stateOf(queuedEvent(lease)), receipts: lease.receiveCount });
}
