import type { Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import type { DeliveryQueue } from '../storage/delivery-queue.ts';
import type { RedrivePolicy, ResolvedQueueOptions } from './queue-options.ts';

/** What the halves of a queue work with. */
export interface QueueParts {
  readonly name: string;
  readonly arn: string;
  readonly isFifo: boolean;
  readonly accountId: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly messages: DeliveryQueue;
  /** As they are now; `configure` changes them. */
  readonly settings: () => ResolvedQueueOptions;
  /** Where the messages of a dead-letter queue are; undefined when that queue is closed. */
  readonly deadLetters: (redrive: RedrivePolicy) => DeliveryQueue | undefined;
}
