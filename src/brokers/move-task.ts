import type { Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import { limits } from '../core/limits.ts';
import { checkInteger, checkKnownKeys } from '../core/options.ts';
import type { DeliveryQueue, Lease } from '../storage/delivery-queue.ts';
import { packFacts, unpackFacts } from './message-facts.ts';
import { pause } from './pause.ts';
import type { Queue } from './queue.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html */
export interface MoveTaskOptions {
  /** Where all messages go. @default each goes back to the queue that it came from */
  readonly destination?: Queue;
  /** Messages moved in a second, 1 to 500. @default as fast as it goes */
  readonly maxPerSecond?: number;
}

export type MoveTaskStatus = 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED';

/** The dead-letter queue and where its messages go. */
export interface MoveRoute {
  readonly name: string;
  readonly arn: string;
  readonly messages: DeliveryQueue;
  /** Undefined: of everything that is there, each message back to its own source. */
  readonly destinationArn: string | undefined;
  readonly maxPerSecond: number | undefined;
  /** Where a message goes; the reason when there is no place for it. */
  readonly target: (sourceArn: string | undefined) => DeliveryQueue | MoveFailure;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** AWS's reasons why a task fails. */
export type MoveFailure =
  | 'AWS.SimpleQueueService.NonExistentQueue'
  | 'CouldNotDetermineMessageSource';

const batchSize = 10;
const leaseMs = 30_000;
/** After so many messages without a pause, other work of the process gets its turn. */
const messagesPerTurn = 1_000;

/**
 * Moves messages out of a dead-letter queue, as AWS's message move task. A moved message begins anew: with a
 * new id, sent now, never received. The task is gone when the process ends; its messages are not.
 */
export class MoveTask {
  readonly taskHandle: string;
  readonly sourceArn: string;
  readonly destinationArn: string | undefined;
  readonly maxPerSecond: number | undefined;
  /** Epoch milliseconds. */
  readonly startedMs: number;
  /** Messages that were there when it began. */
  readonly approximateToMove: number;
  /** Resolves with the last status; never rejects. */
  readonly done: Promise<MoveTaskStatus>;
  readonly #route: MoveRoute;
  readonly #cancelled = new AbortController();
  #status: MoveTaskStatus = 'RUNNING';
  #moved = 0;
  #failureReason: string | undefined;

  constructor(route: MoveRoute) {
    const { clock, ids, arn, messages } = route;
    this.#route = route;
    this.sourceArn = arn;
    this.destinationArn = route.destinationArn;
    this.maxPerSecond = route.maxPerSecond;
    this.startedMs = clock.now();
    const { ready, delayed } = messages.stats();
    this.approximateToMove = ready + delayed;
    const handle = JSON.stringify({ taskId: ids.uuid(), sourceArn: arn });
    this.taskHandle = Buffer.from(handle).toString('base64');
    this.done = this.#run();
  }

  get status(): MoveTaskStatus {
    return this.#status;
  }

  get approximateMoved(): number {
    return this.#moved;
  }

  /** AWS's reason, when the task failed. */
  get failureReason(): string | undefined {
    return this.#failureReason;
  }

  /** Ends the task; what is not moved stays. Gives the number of messages that are moved. */
  cancel(): { readonly approximateMoved: number } {
    if (this.#status === 'RUNNING') {
      this.#status = 'CANCELLING';
      this.#cancelled.abort();
    }
    return { approximateMoved: this.#moved };
  }

  async #run(): Promise<MoveTaskStatus> {
    const release = this.maxPerSecond === undefined ? this.#hold() : undefined;
    try {
      this.#status = (await this.#moveAll()) ? 'COMPLETED' : this.#endStatus();
    } catch (error) {
      this.#status = 'FAILED';
      this.#failureReason = error instanceof Error ? error.message : String(error);
    } finally {
      release?.();
    }
    return this.#status;
  }

  #hold(): (() => void) | undefined {
    return this.#route.clock.hold?.(`move task of queue "${this.#route.name}"`);
  }

  #endStatus(): MoveTaskStatus {
    return this.#failureReason === undefined ? 'CANCELLED' : 'FAILED';
  }

  /** False when it ended before everything was moved. */
  async #moveAll(): Promise<boolean> {
    const { messages, maxPerSecond = batchSize } = this.#route;
    const max = Math.min(batchSize, maxPerSecond);
    while (this.#isRunning()) {
      const leases = await messages.receive({ max, waitMs: 0, visibilityMs: leaseMs });
      if (leases.length === 0) return true;
      for (const lease of leases) {
        const mayMove = this.#isRunning() && this.#failureReason === undefined;
        if (!mayMove || !(await this.#move(lease))) await messages.extend(lease, 0);
      }
      if (this.#failureReason !== undefined) return false;
      await this.#takeTurns(leases.length);
    }
    return false;
  }

  /** False when the message has to stay. */
  async #move(lease: Lease): Promise<boolean> {
    const { messages, arn, target: targetOf, ids } = this.#route;
    const { sourceArn, attributes, traceHeader, groupId } = unpackFacts(lease.meta);
    const target = targetOf(sourceArn);
    if (typeof target === 'string') {
      this.#failureReason = target;
      return false;
    }
    const meta = packFacts({
      attributes,
      messageId: ids.uuid(),
      ...(traceHeader !== undefined && { traceHeader }),
      ...(groupId !== undefined && { groupId }),
    });
    const isMoved = await messages.deadLetter(lease, { target, reason: `moved from ${arn}`, meta });
    if (isMoved) this.#moved += 1;
    return isMoved;
  }

  async #takeTurns(count: number): Promise<void> {
    const { maxPerSecond, clock, name } = this.#route;
    if (maxPerSecond !== undefined) {
      const label = `queue "${name}": move task, ${maxPerSecond} messages a second`;
      await pause(clock, (count * 1_000) / maxPerSecond, label, this.#cancelled.signal);
    } else if (this.#moved % messagesPerTurn < count) {
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
    }
  }

  #isRunning(): boolean {
    return this.#status === 'RUNNING';
  }
}

export function checkMoveTaskOptions(options: MoveTaskOptions): void {
  checkKnownKeys('options', options, ['destination', 'maxPerSecond']);
  const { maxPerSecond } = options;
  if (maxPerSecond === undefined) return;
  checkInteger('maxPerSecond', maxPerSecond, limits.sqs.movesPerSecond);
}
