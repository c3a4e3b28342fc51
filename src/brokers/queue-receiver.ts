import type { DeliveryQueue, Lease } from '../storage/delivery-queue.ts';
import { BrokerError } from './broker-error.ts';
import { packFacts, unpackFacts } from './message-facts.ts';
import { pause } from './pause.ts';
import type { QueueParts } from './queue-parts.ts';
import {
  resolveReceive,
  type ReceiveMessageOptions,
  type ResolvedReceive,
} from './receive-options.ts';
import { receivedMessage, type ReceivedMessage } from './received-message.ts';

/** A lease must last until the queue has decided what becomes of the message. */
const shortestLeaseMs = 1_000;
/** How often a receive that waits looks whether others gave messages back. */
const fullQueueMs = 1_000;

/** The half of a queue that gives messages out. */
export class QueueReceiver {
  readonly #parts: QueueParts;

  constructor(parts: QueueParts) {
    this.#parts = parts;
  }

  async receive(options: ReceiveMessageOptions): Promise<readonly ReceivedMessage[]> {
    const { clock, settings } = this.#parts;
    const request = resolveReceive(options, settings());
    const untilMs = clock.now() + request.waitMs;
    let received: readonly ReceivedMessage[] | undefined;
    // A receive that only moved messages to the dead-letter queue goes on with the rest of its time.
    while (received === undefined) {
      const leftMs = Math.max(untilMs - clock.now(), 0);
      received = await this.#receiveOnce({ ...request, waitMs: leftMs }, request.waitMs > 0);
    }
    return received;
  }

  /** Undefined when all messages that came went to the dead-letter queue. */
  async #receiveOnce(
    request: ResolvedReceive,
    isLongPoll: boolean,
  ): Promise<readonly ReceivedMessage[] | undefined> {
    const { clock, messages } = this.#parts;
    const room = this.#room();
    if (room === 0) return this.#waitForRoom(request, isLongPoll);
    const { visibilityMs, waitMs, signal } = request;
    const leases = await messages.receive({
      max: Math.min(request.max, room),
      waitMs,
      visibilityMs: Math.max(visibilityMs, shortestLeaseMs),
      ...(signal !== undefined && { signal }),
    });
    if (leases.length === 0) return [];

    const kept = await this.#withoutDeadLetters(leases);
    if (kept.length === 0) return undefined;
    if (visibilityMs < shortestLeaseMs) {
      for (const lease of kept) await messages.extend(lease, visibilityMs);
    }
    return kept.map((lease) => receivedMessage(lease, this.#parts, clock.now()));
  }

  /** Messages that may go out before AWS's limit is reached. */
  #room(): number {
    return Math.max(this.#parts.settings().maxInFlight - this.#parts.messages.stats().leased, 0);
  }

  async #waitForRoom(
    { waitMs, signal }: ResolvedReceive,
    isLongPoll: boolean,
  ): Promise<readonly ReceivedMessage[] | undefined> {
    const { isFifo, clock, name } = this.#parts;
    // FIFO queues and long polls get an empty answer.
    if (!isFifo && !isLongPoll) {
      throw new BrokerError('OverLimit', 'The maximum number of in flight messages is reached.');
    }
    if (waitMs === 0 || signal?.aborted === true) return [];
    const label = `queue "${name}": receive, all messages that may be out are`;
    await pause(clock, Math.min(waitMs, fullQueueMs), label, signal);
    return undefined;
  }

  async #withoutDeadLetters(leases: readonly Lease[]): Promise<readonly Lease[]> {
    const { redrive } = this.#parts.settings();
    const target = redrive && this.#parts.deadLetters(redrive);
    if (redrive === undefined || target === undefined) return leases;
    const kept: Lease[] = [];
    for (const lease of leases) {
      if (lease.receiveCount > redrive.maxReceives) await this.#bury(lease, target);
      else kept.push(lease);
    }
    return kept;
  }

  async #bury(lease: Lease, target: DeliveryQueue): Promise<void> {
    const { messages, arn, isFifo } = this.#parts;
    const facts = unpackFacts(lease.meta);
    const { receivesBefore = 0, firstReceivedMs = lease.firstReceivedMs } = facts;
    await messages.deadLetter(lease, {
      target,
      reason: `dead letter of ${arn}`,
      // The receive that moves a message gives it to nobody, and does not count.
      meta: packFacts({
        ...facts,
        sourceArn: arn,
        receivesBefore: receivesBefore + lease.receiveCount - 1,
        firstReceivedMs,
      }),
      // AWS: in a FIFO queue the age of the message begins anew.
      ...(!isFifo && { sentMs: lease.sentMs }),
    });
  }
}
