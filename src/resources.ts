import type { BusEvent, DeliveryExtras, DeliveryTarget } from './async/delivery-target.ts';
import { Bucket } from './brokers/bucket.ts';
import {
  warnOfUndelivered,
  type BrokerContext,
  type UndeliveredMessage,
} from './brokers/broker-context.ts';
import { EventBus } from './brokers/event-bus.ts';
import { resolveQueueOptions, type QueueOptions } from './brokers/queue-options.ts';
import { Queue } from './brokers/queue.ts';
import { Stream } from './brokers/stream.ts';
import { TableStream } from './brokers/table-stream.ts';
import { Table } from './brokers/table.ts';
import { Topic } from './brokers/topic.ts';
import type { Home } from './core/arn.ts';
import type { Clock } from './core/clock.ts';
import { ConflictError } from './core/errors.ts';
import type { Events } from './core/events.ts';
import type { Ids } from './core/ids.ts';
import type { Random } from './core/random.ts';
import { resourceArn, type ResourceKind } from './core/resource-arn.ts';
import {
  definitionDocument,
  definitionKey,
  definitionOf,
  definitionPrefix,
  isSameDefinition,
  readDefinition,
} from './queue-definitions.ts';
import type { StateChanges } from './storage/state-store.ts';
import type { Storage } from './storage/storage.ts';

/** What a `Lambda` can create besides functions, by kind. */
interface Kinds {
  readonly queue: Queue;
  readonly topic: Topic;
  readonly eventBus: EventBus;
  readonly stream: Stream;
  readonly table: Table;
  readonly bucket: Bucket;
}

type Resource = Kinds[ResourceKind];

export interface ResourcesOptions {
  readonly home: Home;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly events: Events;
  readonly storage: Storage;
  /** See `BrokerContext`. */
  readonly mayInvoke?: BrokerContext['mayInvoke'];
}

/** The queues, topics, event buses, streams, tables and buckets of one `Lambda`, each under its ARN. */
export class Resources {
  readonly #context: BrokerContext;
  readonly #storage: Storage;
  readonly #byArn = new Map<string, Resource>();
  /** Streams of tables have ARNs of their own. */
  readonly #tableStreams = new Map<string, TableStream>();
  #announce: (arn: string) => void = () => {};
  /** Definitions on their way to the storage. */
  readonly #writing = new Set<Promise<void>>();

  constructor(options: ResourcesOptions) {
    const { home, clock, ids, random, events, storage, mayInvoke = () => true } = options;
    this.#storage = storage;
    this.#context = {
      home,
      clock,
      ids,
      random,
      // Queues tell by it whether they share a storage.
      openQueue: (queue) => storage.openQueue(queue),
      onUndelivered: (message) => report(message, events, clock),
      mayInvoke,
      onQueueChange: (name, change) => this.#queueChanged(name, change),
    };
  }

  /**
   * As SQS: asking for a queue that is there, with the same options, gives it.
   * @throws {ConflictError} when the options differ
   */
  createQueue(name: string, options: QueueOptions = {}): Queue {
    const existing = this.find('queue', name);
    if (existing !== undefined) {
      const wanted = definitionOf(name, resolveQueueOptions(name, options));
      if (isSameDefinition(wanted, definitionOf(name, existing.settings))) return existing;
      throw new ConflictError(
        `A queue "${name}" exists already, with other options: ${JSON.stringify(existing.settings)}`,
      );
    }
    const queue = this.create('queue', name, (context) => new Queue(name, options, context));
    if (this.#storage.isDurable) this.#keep(queue);
    return queue;
  }

  /** Makes the queues again that the storage knows. */
  async restore(): Promise<void> {
    const documents = await this.#storage.state.list(definitionPrefix);
    const definitions = documents.map(readDefinition);
    for (const { name, options } of definitions) {
      this.create('queue', name, (context) => new Queue(name, options, context));
    }
    // All are there: dead-letter queues may go in a circle.
    for (const { name, redrive } of definitions) {
      if (redrive === undefined) continue;
      const target = this.find('queue', redrive.target);
      const { maxReceives } = redrive;
      if (target !== undefined)
        this.find('queue', name)?.configure({ redrive: { target, maxReceives } });
    }
  }

  #queueChanged(name: string, change: 'settings' | 'destroyed'): void {
    const queue = this.find('queue', name);
    if (queue === undefined) return;
    if (change === 'destroyed') this.#byArn.delete(queue.arn);
    if (!this.#storage.isDurable) return;
    if (change === 'settings') this.#keep(queue);
    else this.#write(name, { delete: [definitionKey(name)] });
  }

  #keep(queue: Queue): void {
    const document = definitionDocument(definitionOf(queue.name, queue.settings));
    this.#write(queue.name, { put: [document] });
  }

  #write(name: string, changes: StateChanges): void {
    const writing = this.#storage.state
      .write(changes)
      .catch((error: unknown) => {
        const problem = error instanceof Error ? error.message : String(error);
        process.emitWarning(
          `The queue "${name}" will not be as it is now after a restart: ${problem}`,
          { type: 'IsolambdaStorage' },
        );
      })
      .then(() => void this.#writing.delete(writing));
    this.#writing.add(writing);
  }

  /** @throws {ConflictError} when there is one of that kind and name */
  create<Kind extends ResourceKind>(
    kind: Kind,
    name: string,
    make: (context: BrokerContext) => Kinds[Kind],
  ): Kinds[Kind] {
    if (this.find(kind, name) !== undefined) {
      throw new ConflictError(`The ${nameOf[kind]} "${name}" exists already`);
    }
    const made = make(this.#context);
    this.#byArn.set(made.arn, made);
    if (made instanceof Table && made.stream !== undefined) {
      this.#tableStreams.set(made.stream.arn, made.stream);
      this.#announce(made.stream.arn);
    }
    this.#announce(made.arn);
    return made;
  }

  find<Kind extends ResourceKind>(kind: Kind, name: string): Kinds[Kind] | undefined {
    const arn = resourceArn(this.#context.home, kind, name);
    return this.#byArn.get(arn) as Kinds[Kind] | undefined;
  }

  /** What event source mappings can read. */
  source(arn: string): Queue | Stream | TableStream | undefined {
    const found = this.#byArn.get(arn) ?? this.#tableStreams.get(arn);
    if (found instanceof Queue || found instanceof Stream) return found;
    return found instanceof TableStream ? found : undefined;
  }

  /** Tells of everything that is made from now on. */
  onSource(listener: (arn: string) => void): void {
    this.#announce = listener;
  }

  /** Where records and dead letters can go; `undefined` for other ARNs, streams and tables too. */
  target(arn: string): DeliveryTarget | undefined {
    const found = this.#byArn.get(arn);
    if (found instanceof Queue) return queueTarget(found);
    if (found instanceof Topic) return topicTarget(found);
    if (found instanceof EventBus) return busTarget(found);
    if (found instanceof Bucket) return bucketTarget(found);
    return undefined;
  }

  /** Ends what waits in them; what could not be delivered is reported. */
  async close(): Promise<void> {
    await Promise.all(this.#writing);
    // Queues end last: the others may still hand something to them.
    const isQueue = (resource: Resource): boolean => resource instanceof Queue;
    const all = [...this.#byArn.values()];
    for (const resource of [...all.filter((one) => !isQueue(one)), ...all.filter(isQueue)]) {
      if ('close' in resource) await resource.close();
    }
  }
}

const nameOf: Readonly<Record<ResourceKind, string>> = {
  queue: 'queue',
  topic: 'topic',
  eventBus: 'event bus',
  stream: 'stream',
  table: 'table',
  bucket: 'bucket',
};

function queueTarget(queue: Queue): DeliveryTarget {
  return {
    kind: 'queue',
    isFifo: queue.isFifo,
    send: (body, extras) => queue.send(body, extras),
  };
}

function topicTarget(topic: Topic): DeliveryTarget {
  return {
    kind: 'topic',
    isFifo: topic.isFifo,
    publish: (message, extras) => topic.publish(message, extras),
  };
}

function busTarget(bus: EventBus): DeliveryTarget {
  return { kind: 'eventBus', put: (event: BusEvent) => putOne(bus, event) };
}

async function putOne(bus: EventBus, event: BusEvent): Promise<void> {
  const [result] = await bus.put([event]);
  if (result !== undefined && 'errorCode' in result) {
    throw new Error(`${result.errorCode}: ${result.errorMessage}`);
  }
}

function bucketTarget(bucket: Bucket): DeliveryTarget {
  return {
    kind: 'bucket',
    put: (key: string, body: string, { traceHeader }: DeliveryExtras) =>
      bucket.put(key, body, {
        contentType: 'application/json',
        ...(traceHeader !== undefined && { traceHeader }),
      }),
  };
}

/** A message that is lost unless somebody listens. */
function report(message: UndeliveredMessage, events: Events, clock: Clock): void {
  events.emit({ type: 'delivery.failed', at: clock.now(), ...message });
  if (!events.has('delivery.failed')) warnOfUndelivered(message);
}
