import { resolveHome, type Home } from '../core/arn.ts';
import { SystemClock, type Clock } from '../core/clock.ts';
import { RandomIds, type Ids } from '../core/ids.ts';
import type { Random } from '../core/random.ts';
import type { DeliveryQueue, OpenQueueOptions } from '../storage/delivery-queue.ts';
import { MemoryStorage } from '../storage/memory-storage.ts';

/** What a broker is made in. A `Lambda` gives its own; a broker that stands alone gets defaults. */
export interface BrokerContext {
  /** Part of every ARN. @default region us-east-1, account 123456789012 */
  readonly home: Home;
  /** @default the system's clock */
  readonly clock: Clock;
  readonly ids: Ids;
  /** Spreads retries in time. @default Math.random */
  readonly random: Random;
  /** Where queues keep their messages. @default the memory of this process */
  readonly openQueue: (options: OpenQueueOptions) => DeliveryQueue;
  /**
   * Told of each message that could be delivered neither to its target nor to a dead-letter queue.
   * @default a warning of the process
   */
  readonly onUndelivered: (message: UndeliveredMessage) => void;
  /**
   * Whether a service may invoke a function for one of its resources; both by their ARNs.
   * @default it may
   */
  readonly mayInvoke: (service: string, functionArn: string, sourceArn: string) => boolean;
  /** Told when a queue has other settings, or was destroyed. @default nobody is told */
  readonly onQueueChange: (name: string, change: 'settings' | 'destroyed') => void;
}

/** A message that is lost unless somebody listens. */
export interface UndeliveredMessage {
  /** ARN of the topic, rule or queue that could not get rid of it. */
  readonly from: string;
  /** ARN of the target, or `callback`. */
  readonly to: string;
  readonly reason: string;
  readonly body: string;
}

/** Fills in what is left out. */
export function resolveBrokerContext(given: Partial<BrokerContext> = {}): BrokerContext {
  const {
    home = resolveHome({ region: 'us-east-1', accountId: '123456789012' }),
    clock = new SystemClock(),
    ids = new RandomIds(),
    random = Math.random,
    openQueue = inMemory(clock),
    onUndelivered = warnOfUndelivered,
    mayInvoke = () => true,
    onQueueChange = () => {},
  } = given;
  return Object.freeze({
    home,
    clock,
    ids,
    random,
    openQueue,
    onUndelivered,
    mayInvoke,
    onQueueChange,
  });
}

/** Every context that is given none has a storage of its own, so names cannot meet. */
function inMemory(clock: Clock): BrokerContext['openQueue'] {
  const storage = new MemoryStorage({ clock });
  return (options) => storage.openQueue(options);
}

/** For those whom nobody listens to. */
export function warnOfUndelivered({ from, to, reason }: UndeliveredMessage): void {
  process.emitWarning(`A message from ${from} to ${to} could not be delivered: ${reason}`, {
    type: 'IsolambdaUndelivered',
  });
}
