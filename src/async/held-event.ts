import type { DeliveryQueue, Lease, NackOptions } from '../storage/delivery-queue.ts';
import { encodeState, stateOf, type QueuedEvent } from './queued-event.ts';

/** An event in the hands of a lane. */
export interface HeldEvent {
  /** The lease that answers for it now; a newer one when the one before ran out although the work goes on. */
  lease: Lease;
}

/** The event needs nobody any more. */
export async function done(queue: DeliveryQueue, held: HeldEvent): Promise<void> {
  for (;;) {
    const { lease } = held;
    const [isDone = false] = await queue.ack([lease]);
    if (isDone || !(await hasNewerThan(lease, held))) return;
  }
}

/** The event comes again, as `event` says. */
export async function giveBack(
  queue: DeliveryQueue,
  held: HeldEvent,
  event: QueuedEvent,
  how: NackOptions,
): Promise<void> {
  for (;;) {
    const { lease } = held;
    const meta = encodeState({ ...stateOf(event), receipts: lease.receiveCount });
    const isBack = await queue.nack(lease, { ...how, meta });
    if (isBack || !(await hasNewerThan(lease, held))) return;
  }
}

/** When a lease ran out meanwhile, the next one may be about to arrive. */
async function hasNewerThan(lease: Lease, held: HeldEvent): Promise<boolean> {
  await nextTurn();
  return held.lease !== lease;
}

/** What is ready goes first. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
