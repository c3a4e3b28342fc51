import { Bucket } from './brokers/bucket.ts';
import type { BucketOptions } from './brokers/bucket-options.ts';
import type { EventBusOptions } from './brokers/event-bus-options.ts';
import { EventBus } from './brokers/event-bus.ts';
import type { QueueOptions } from './brokers/queue-options.ts';
import type { Queue } from './brokers/queue.ts';
import type { StreamOptions } from './brokers/stream-options.ts';
import { Stream } from './brokers/stream.ts';
import type { TableOptions } from './brokers/table-options.ts';
import { Table } from './brokers/table.ts';
import type { TopicOptions } from './brokers/topic-options.ts';
import { Topic } from './brokers/topic.ts';
import { DurableExecution } from './durable/durable-execution.ts';
import type { DurableError } from './durable/operation.ts';
import type { CodeSigningConfigs } from './functions/code-signing-options.ts';
import type { LayerFilter } from './functions/layer-filter.ts';
import type { LayerVersion, PublishLayerOptions } from './functions/layer-options.ts';
import type { LambdaRooms } from './lambda-rooms.ts';
import { LayerPermissions } from './permissions.ts';
import type { HttpApiOptions, RestApiOptions } from './sources/http/api-options.ts';
import type { HttpApi } from './sources/http/http-api.ts';
import type { NodeListener } from './sources/http/node-listener.ts';
import type { RestApi } from './sources/http/rest-api.ts';
import type { MappingOptions } from './sources/mapping-options.ts';
import type { Mapping } from './sources/mapping.ts';
import type { ScheduleWhen } from './sources/schedule-options.ts';
import type { Schedule } from './sources/schedule.ts';
import type { ScheduleTarget } from './sources/schedules.ts';

/**
 * The services around the functions of a `Lambda`: layers, queues, topics, buses, streams, tables and buckets; what
 * reads them, what the web reaches, what time sets off, and executions that last. `Lambda` is one of these.
 */
export abstract class LambdaServices {
  readonly #rooms: LambdaRooms;

  constructor(rooms: LambdaRooms) {
    this.#rooms = rooms;
  }

  /** Reads the next version of a layer, for the option `layers` of functions. */
  async publishLayer(options: PublishLayerOptions): Promise<LayerVersion> {
    return this.#rooms.control.publishLayer(options);
  }

  /** Code-signing configurations; packages have no signatures here, so `Enforce` refuses all code. */
  get codeSigning(): CodeSigningConfigs {
    return this.#rooms.store.codeSigning;
  }

  /** A published version of a layer; `undefined` when there is none, or none any more. */
  getLayerVersion(name: string, version: number): LayerVersion | undefined {
    return this.#rooms.store.layers.find(name, version);
  }

  /** Of each layer the newest version that fits the filter, by name. */
  listLayers(filter?: LayerFilter): readonly LayerVersion[] {
    return this.#rooms.store.layers.list(filter);
  }

  /** Newest first. */
  listLayerVersions(name: string, filter?: LayerFilter): readonly LayerVersion[] {
    return this.#rooms.store.layers.versions(name, filter);
  }

  /**
   * Takes a version of a layer away; functions that have it keep it, and its number never comes back. Gives `false`
   * when there was none; AWS answers both the same way.
   */
  async deleteLayerVersion(name: string, version: number): Promise<boolean> {
    return this.#rooms.control.deleteLayerVersion(name, version);
  }

  /** Who may use a version of a layer. @param layer what `publishLayer` returned, or its ARN */
  layerPermissions(layer: LayerVersion | string): LayerPermissions {
    return new LayerPermissions(this.#rooms.policies, this.#rooms.options.home, layer);
  }

  /** The execution of a durable function, while it runs and for its `retentionDays` after that. */
  getExecution<Result = unknown>(arn: string): DurableExecution<Result> | undefined {
    const { durable: engine } = this.#rooms;
    const execution = engine.executions.byArn(arn);
    return execution && new DurableExecution(engine, execution);
  }

  /**
   * Gives a callback of an execution its result, as JSON text where the handler expects JSON.
   * @throws {CallbackTimeoutError} when it has an answer already, or timed out
   * @throws {ExecutionNotFoundError} when there is no such callback
   */
  async completeCallback(callbackId: string, result?: string): Promise<void> {
    await this.#rooms.durable.answerCallback(callbackId, { status: 'SUCCEEDED', result });
  }

  /** Says to a callback that what it waits for has failed. @throws as `completeCallback` does */
  async failCallback(callbackId: string, error: DurableError = {}): Promise<void> {
    await this.#rooms.durable.answerCallback(callbackId, { status: 'FAILED', error });
  }

  /** Says to a callback that what it waits for is still under way. @throws as `completeCallback` does */
  async heartbeatCallback(callbackId: string): Promise<void> {
    await this.#rooms.durable.heartbeatCallback(callbackId);
  }

  /**
   * A queue as SQS has them; see `Queue`. One that is there already, with the same options, is given again.
   * @throws {ConflictError} when one of that name has other options
   */
  createQueue(name: string, options?: QueueOptions): Queue {
    return this.#rooms.resources.createQueue(name, options);
  }

  getQueue(name: string): Queue | undefined {
    return this.#rooms.resources.find('queue', name);
  }

  /** A topic as SNS has them; see `Topic`. @throws {ConflictError} when there is one of that name */
  createTopic(name: string, options?: TopicOptions): Topic {
    return this.#rooms.resources.create(
      'topic',
      name,
      (context) => new Topic(name, options, context),
    );
  }

  getTopic(name: string): Topic | undefined {
    return this.#rooms.resources.find('topic', name);
  }

  /** An event bus as EventBridge has them; see `EventBus`. @throws {ConflictError} when there is one of that name */
  createEventBus(name: string, options?: EventBusOptions): EventBus {
    return this.#rooms.resources.create('eventBus', name, (context) => {
      return new EventBus(name, options, context);
    });
  }

  getEventBus(name: string): EventBus | undefined {
    return this.#rooms.resources.find('eventBus', name);
  }

  /** A stream as Kinesis has them; see `Stream`. @throws {ConflictError} when there is one of that name */
  createStream(name: string, options?: StreamOptions): Stream {
    return this.#rooms.resources.create(
      'stream',
      name,
      (context) => new Stream(name, options, context),
    );
  }

  getStream(name: string): Stream | undefined {
    return this.#rooms.resources.find('stream', name);
  }

  /** A table as DynamoDB has them; see `Table`. @throws {ConflictError} when there is one of that name */
  createTable(name: string, options: TableOptions): Table {
    return this.#rooms.resources.create(
      'table',
      name,
      (context) => new Table(name, options, context),
    );
  }

  getTable(name: string): Table | undefined {
    return this.#rooms.resources.find('table', name);
  }

  /** A bucket as S3 has them; see `Bucket`. @throws {ConflictError} when there is one of that name */
  createBucket(name: string, options?: BucketOptions): Bucket {
    return this.#rooms.resources.create(
      'bucket',
      name,
      (context) => new Bucket(name, options, context),
    );
  }

  getBucket(name: string): Bucket | undefined {
    return this.#rooms.resources.find('bucket', name);
  }

  /**
   * Reads a queue, a stream or the stream of a table and invokes a function with batches of its records. Resolves
   * when it is at work. https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
   * @throws {ConflictError} when the function has a mapping of this source already
   * @example
   * await lambda.createMapping({ source: orders, target: ship, batchSize: 10, reportItemFailures: true });
   */
  async createMapping(options: MappingOptions): Promise<Mapping> {
    return this.#rooms.sources.create(options);
  }

  /** By its id; `undefined` when there is none. */
  getMapping(id: string): Mapping | undefined {
    return this.#rooms.sources.find(id);
  }

  /** In the order of creation. */
  listMappings(): Mapping[] {
    return this.#rooms.sources.list();
  }

  /**
   * Sends an event to a function, version or alias every so often, at times, or once; without an event it is AWS's
   * scheduled event. With a name and a storage in a file it goes on after a restart. It keeps the process alive
   * until it is cancelled, or the `Lambda` closed.
   * https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
   * @throws {InvalidOptionError} for an expression that AWS does not take
   * @throws {ConflictError} when one of that name is another
   * @example
   * lambda.schedule(report, { cron: 'cron(0 18 ? * MON-FRI *)', timeZone: 'Europe/Berlin' });
   */
  schedule(target: ScheduleTarget, when: ScheduleWhen, event?: unknown): Schedule {
    return this.#rooms.schedules.create(target, when, event);
  }

  getSchedule(name: string): Schedule | undefined {
    return this.#rooms.schedules.find(name);
  }

  /** Those that still run, or are paused, in the order of creation. */
  listSchedules(): Schedule[] {
    return this.#rooms.schedules.list();
  }

  /**
   * Asks a function URL or an API of this `Lambda`, without a socket: the web's `fetch`, except that redirects and
   * compressed bodies come as the function gave them. Streams both ways; aborting ends the wait.
   * @throws {InvalidOptionError} for a URL that is nowhere here
   */
  async fetch(input: Request | string | URL, init?: RequestInit): Promise<Response> {
    return this.#rooms.http.fetch(input, init);
  }

  /**
   * Serves function URLs and APIs to `node:http` by the host that a request names, such as
   * `{id}.lambda-url.{region}.localhost`; resolves with `false` for other hosts.
   */
  get listener(): NodeListener {
    return this.#rooms.http.listener;
  }

  /**
   * An HTTP API in front of functions; lives as long as the process.
   * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html
   * @example
   * const api = lambda.createHttpApi({
   *   name: 'shop',
   *   routes: [{ method: 'GET', path: '/orders/{id}', target: orders }],
   * });
   * const response = await api.handle(new Request('http://localhost/orders/7'));
   */
  createHttpApi(options: HttpApiOptions): HttpApi {
    return this.#rooms.http.createHttpApi(options);
  }

  /**
   * A REST API in front of functions, with proxy integrations; lives as long as the process.
   * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-rest-api.html
   */
  createRestApi(options: RestApiOptions): RestApi {
    return this.#rooms.http.createRestApi(options);
  }
}
