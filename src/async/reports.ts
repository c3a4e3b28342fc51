import type { Clock } from '../core/clock.ts';
import type { Events } from '../core/events.ts';
import type { DeliveryQueue, Lease } from '../storage/delivery-queue.ts';
import { queuedEvent } from './queued-event.ts';

/** The memory of this process ends with it, and nobody else has these events. */
export function reportAbandoned(
  functionName: string,
  queue: DeliveryQueue,
  { events, clock }: { readonly events: Events; readonly clock: Clock },
): void {
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
export function warnOfFault(functionName: string, error: unknown, lease?: Lease): void {
  const problem = error instanceof Error ? error.message : String(error);
  const which = lease === undefined ? 'Events' : `The event of request ${lease.id}`;
  process.emitWarning(`${which} to "${functionName}" had to wait: ${problem}`, {
    type: 'IsolambdaStorage',
  });
}
