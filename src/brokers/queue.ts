import { ClosedError, InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { resourceArn } from '../core/resource-arn.ts';
import type { DeliveryQueue } from '../storage/delivery-queue.ts';
import type { BatchResult } from './batch.ts';
import { resolveBrokerContext, type BrokerContext } from './broker-context.ts';
import { BrokerError } from './broker-error.ts';
import {
  checkMoveTaskOptions,
  type MoveFailure,
  type MoveTask,
  type MoveTaskOptions,
} from './move-task.ts';
import { MoveTasks } from './move-tasks.ts';
import type { SendMessageOptions } from './outgoing-message.ts';
import { nonExistentQueue } from './queue-errors.ts';
import {
  checkQueueName,
  resolveQueueChanges,
  resolveQueueOptions,
  type QueueChanges,
  type QueueOptions,
  type RedrivePolicy,
  type ResolvedQueueOptions,
} from './queue-options.ts';
import type { QueueParts } from './queue-parts.ts';
import {
  QueueReceipts,
  type DeleteBatchEntry,
  type VisibilityBatchEntry,
} from './queue-receipts.ts';
import { QueueReceiver } from './queue-receiver.ts';
import {
  QueueSender,
  type SendBatchEntry,
  type SentBatchEntry,
  type SentMessage,
} from './queue-sender.ts';
import type { ReceiveMessageOptions } from './receive-options.ts';
import type { ReceivedMessage } from './received-message.ts';

/** AWS calls these numbers approximate; here they are exact. */
export interface QueueCounts {
  /** Could be received now. In a FIFO queue also what waits behind its group. */
  readonly visible: number;
  readonly delayed: number;
  /** Received and not deleted yet. */
  readonly inFlight: number;
  /** How long the oldest message is here, in milliseconds; undefined in an empty queue. */
  readonly oldestAgeMs: number | undefined;
}

/**
 * A queue as SQS, standard or FIFO. Everything about a message is in the storage: a queue that is opened again
 * under its name goes on where it was. Purging is at once and as often as you like (AWS: once in 60 seconds).
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/welcome.html
 * @example
 * const letters = new Queue('orders-dead', {}, { clock });
 * const orders = new Queue('orders', { redrive: { target: letters, maxReceives: 3 } }, { clock });
 * await orders.send('{"id":1}', { attributes: { kind: 'book', pages: 180 } });
 * const [message] = await orders.receive({ waitMs: 20_000 });
 * await orders.delete(message.receiptHandle);
 */
export class Queue implements AsyncDisposable {
  readonly name: string;
  readonly arn: string;
  readonly isFifo: boolean;
  readonly #context: BrokerContext;
  readonly #messages: DeliveryQueue;
  readonly #sender: QueueSender;
  readonly #receiver: QueueReceiver;
  readonly #receipts: QueueReceipts;
  readonly #moveTasks = new MoveTasks();
  /** Queues that have this one as their dead-letter queue, by ARN. */
  readonly #sources = new Map<string, Queue>();
  #settings: ResolvedQueueOptions;
  #state: 'open' | 'closed' | 'deleted' = 'open';

  /** A queue that stands alone keeps its messages where its dead-letter queue does, in memory without one. */
  constructor(name: string, options: QueueOptions = {}, context: Partial<BrokerContext> = {}) {
    checkQueueName(name);
    const settings = resolveQueueOptions(name, options);
    const alone = context.openQueue === undefined ? Queue.#placeOf(settings.redrive) : {};
    this.#context = resolveBrokerContext({ ...alone, ...context });
    const { home, clock, ids } = this.#context;
    this.name = name;
    this.arn = resourceArn(home, 'queue', name);
    this.isFifo = settings.fifo;
    this.#checkRedrive(settings);
    this.#messages = this.#context.openQueue({
      name: `queue/${name}`,
      label: `queue "${name}"`,
      isFifo: settings.fifo,
      dedupWindowMs: limits.sqs.dedupWindowMs,
      dedupScope: settings.dedupScope,
      retentionMs: settings.retentionMs,
    });
    this.#settings = settings;
    this.#joinDeadLetterQueue();
    const parts: QueueParts = {
      name,
      arn: this.arn,
      isFifo: this.isFifo,
      accountId: home.accountId,
      clock,
      ids,
      messages: this.#messages,
      settings: () => this.#settings,
      deadLetters: ({ target }) => (target.#state === 'open' ? target.#messages : undefined),
    };
    this.#sender = new QueueSender(parts);
    this.#receiver = new QueueReceiver(parts);
    this.#receipts = new QueueReceipts(parts);
  }

  /** The options with their defaults, as they are now. */
  get settings(): ResolvedQueueOptions {
    return this.#settings;
  }

  /** All messages that are here: visible, delayed and in flight. */
  get size(): number {
    const { ready, delayed, leased } = this.#messages.stats();
    return ready + delayed + leased;
  }

  get counts(): QueueCounts {
    const { ready, delayed, leased, oldestMs } = this.#messages.stats();
    const oldestAgeMs = oldestMs === undefined ? undefined : this.#context.clock.now() - oldestMs;
    return { visible: ready, delayed, inFlight: leased, oldestAgeMs };
  }

  /** Queues that have this one as their dead-letter queue. */
  get deadLetterSources(): readonly Queue[] {
    return [...this.#sources.values()];
  }

  /** The last 10 move tasks out of this queue, the newest first. */
  get moveTasks(): readonly MoveTask[] {
    return this.#moveTasks.list;
  }

  /**
   * Resolves when the message is safely kept.
   * @throws BrokerError with SQS's code and words for what SQS refuses
   */
  async send(body: string, options: SendMessageOptions = {}): Promise<SentMessage> {
    this.#checkOpen();
    return this.#sender.send(body, options);
  }

  /** Up to 10 messages of together 1 MiB; each is accepted or refused by itself. */
  async sendBatch(entries: readonly SendBatchEntry[]): Promise<BatchResult<SentBatchEntry>> {
    this.#checkOpen();
    return this.#sender.sendBatch(entries);
  }

  /**
   * Messages that are hidden from others from now on. A message that was received too often is moved to the
   * dead-letter queue instead.
   * @throws BrokerError `OverLimit` when a standard queue has 120,000 messages in flight, unless it waits
   */
  async receive(options: ReceiveMessageOptions = {}): Promise<readonly ReceivedMessage[]> {
    this.#checkOpen();
    return this.#receiver.receive(options);
  }

  /**
   * Deletes a message. As on AWS, a standard queue takes the newest handle of a message even after its
   * visibility timeout; an older one deletes nothing and is no error, nor is that of a message that is gone.
   * @returns whether it deleted the message
   * @throws BrokerError `InvalidParameterValue` in a FIFO queue after the visibility timeout
   */
  async delete(receiptHandle: string): Promise<boolean> {
    this.#checkOpen();
    return this.#receipts.delete(receiptHandle);
  }

  /** Up to 10 deletes; each succeeds or fails by itself. */
  async deleteBatch(
    entries: readonly DeleteBatchEntry[],
  ): Promise<BatchResult<{ readonly id: string }>> {
    this.#checkOpen();
    return this.#receipts.deleteBatch(entries);
  }

  /**
   * Hides a received message for `visibilityMs` from now; 0 shows it at once. 12 hours after its receive it is
   * visible again, however often this is called.
   * @returns false when somebody else has received the message since, which AWS does not tell
   * @throws BrokerError `InvalidParameterValue` when the message is gone, and in a FIFO queue after the
   *   visibility timeout
   */
  async changeVisibility(receiptHandle: string, visibilityMs: number): Promise<boolean> {
    this.#checkOpen();
    return this.#receipts.changeVisibility(receiptHandle, visibilityMs);
  }

  /** Up to 10 changes; each succeeds or fails by itself. */
  async changeVisibilityBatch(
    entries: readonly VisibilityBatchEntry[],
  ): Promise<BatchResult<{ readonly id: string }>> {
    this.#checkOpen();
    return this.#receipts.changeVisibilityBatch(entries);
  }

  /** Drops all messages, those in flight too, and forgets deduplication ids. Gives the number of messages. */
  async purge(): Promise<number> {
    this.#checkOpen();
    return this.#messages.purge();
  }

  /** Changes settings. Messages that are here keep their delay. */
  configure(changes: QueueChanges): void {
    this.#checkOpen();
    const settings = resolveQueueChanges(this.#settings, changes);
    this.#checkRedrive(settings);
    this.#leaveDeadLetterQueue();
    this.#settings = settings;
    this.#joinDeadLetterQueue();
    this.#context.onQueueChange(this.name, 'settings');
  }

  /**
   * Begins to move the messages of this dead-letter queue back to their sources, or to a queue of your choice.
   * @throws BrokerError `InvalidParameterValue` when no queue has this one as its dead-letter queue, or a task
   *   runs already
   */
  startMoveTask(options: MoveTaskOptions = {}): MoveTask {
    this.#checkOpen();
    checkMoveTaskOptions(options);
    const { destination, maxPerSecond } = options;
    if (destination !== undefined) this.#checkIsRelated('destination', destination);
    if (this.#sources.size === 0) throw noDeadLetterQueue();
    const { clock, ids } = this.#context;
    return this.#moveTasks.start({
      name: this.name,
      arn: this.arn,
      messages: this.#messages,
      destinationArn: destination?.arn,
      maxPerSecond,
      target: (sourceArn) => this.#moveTarget(destination, sourceArn),
      clock,
      ids,
    });
  }

  /** Deletes the queue with its messages. Everything that is asked of it then gets AWS's NonExistentQueue. */
  async destroy(): Promise<void> {
    if (this.#state !== 'open') return;
    await this.#messages.purge();
    await this.#end('deleted');
    this.#context.onQueueChange(this.name, 'destroyed');
  }

  /** Ends waiting receives with an empty list. Messages stay where the storage outlives the process. */
  async close(): Promise<void> {
    if (this.#state === 'open') await this.#end('closed');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #end(state: 'closed' | 'deleted'): Promise<void> {
    this.#state = state;
    this.#leaveDeadLetterQueue();
    this.#moveTasks.cancelAll();
    await this.#messages.close();
  }

  #checkOpen(): void {
    if (this.#state === 'deleted') throw nonExistentQueue();
    if (this.#state === 'closed') throw new ClosedError(`Queue "${this.name}" is closed`);
  }

  static #placeOf(redrive: RedrivePolicy | undefined): Partial<BrokerContext> {
    if (!(redrive?.target instanceof Queue)) return {};
    const { openQueue, clock } = redrive.target.#context;
    return { openQueue, clock };
  }

  #joinDeadLetterQueue(): void {
    const { redrive } = this.#settings;
    if (redrive !== undefined) redrive.target.#sources.set(this.arn, this);
  }

  #leaveDeadLetterQueue(): void {
    const { redrive } = this.#settings;
    if (redrive !== undefined) redrive.target.#sources.delete(this.arn);
  }

  #checkRedrive({ redrive }: ResolvedQueueOptions): void {
    if (redrive === undefined) return;
    this.#checkIsRelated('redrive.target', redrive.target);
    const { redriveAllow: allowed } = redrive.target.#settings;
    if (allowed === 'all' || (allowed !== 'none' && allowed.includes(this.arn))) return;
    const rule = 'a queue whose `redriveAllow` names this one';
    throw new InvalidOptionError('redrive.target', rule, redrive.target.name);
  }

  /** Messages can move only to another queue of the same kind in the same storage. */
  #checkIsRelated(option: string, other: Queue): void {
    checkIsQueue(option, other);
    if (other === this) throw new InvalidOptionError(option, 'another queue', other.name);
    if (other.isFifo !== this.isFifo) {
      const kind = this.isFifo
        ? 'a FIFO queue, as this one is'
        : 'no FIFO queue, as this one is none';
      throw new InvalidOptionError(option, kind, other.name);
    }
    if (other.#context.clock !== this.#context.clock) {
      const hint = 'Give both the same `clock` in their context';
      throw new InvalidOptionError(option, 'a queue on the same clock', other.name, hint);
    }
    if (other.#context.openQueue !== this.#context.openQueue) {
      const hint = 'Give both the same `openQueue` in their context';
      throw new InvalidOptionError(option, 'a queue in the same storage', other.name, hint);
    }
  }

  #moveTarget(
    destination: Queue | undefined,
    sourceArn: string | undefined,
  ): DeliveryQueue | MoveFailure {
    if (destination === undefined && sourceArn === undefined)
      return 'CouldNotDetermineMessageSource';
    const target = destination ?? this.#sources.get(sourceArn ?? '');
    if (target === undefined || target.#state !== 'open')
      return 'AWS.SimpleQueueService.NonExistentQueue';
    return target.#messages;
  }
}

function noDeadLetterQueue(): BrokerError {
  return new BrokerError(
    'InvalidParameterValue',
    'Source queue must be configured as a Dead Letter Queue.',
  );
}

function checkIsQueue(option: string, value: unknown): asserts value is Queue {
  if (!(value instanceof Queue)) throw new InvalidOptionError(option, 'a Queue', value);
}
