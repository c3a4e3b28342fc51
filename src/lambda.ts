import { Access } from './access/access.ts';
import { ResourcePolicies } from './access/resource-policies.ts';
import { AsyncRoad } from './async-road.ts';
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
import { realNowMs, setRealTimer, type Clock } from './core/clock.ts';
import { HandlerError, InvalidOptionError } from './core/errors.ts';
import { Events, type LambdaEvents } from './core/events.ts';
import { checkInteger, checkKnownKeys } from './core/options.ts';
import { ControlPlane } from './control-plane.ts';
import { EventSources } from './event-sources.ts';
import { HttpFront } from './http-front.ts';
import { DurableRoad } from './durable-road.ts';
import { DurableExecution } from './durable/durable-execution.ts';
import type { DurableError } from './durable/operation.ts';
import { loadCode } from './functions/code/load-code.ts';
import { loadLayer } from './functions/code/load-layer.ts';
import type { FunctionOptions } from './functions/function-options.ts';
import type { CodeSigningConfigs } from './functions/code-signing-options.ts';
import { claimHome } from './functions/home-state.ts';
import type { LayerFilter } from './functions/layer-filter.ts';
import type { LayerVersion, PublishLayerOptions } from './functions/layer-options.ts';
import type { RestoredFunctions } from './functions/restore-functions.ts';
import { FunctionStore } from './functions/store.ts';
import { Calls, type InvokeOptions, type SendOptions } from './invocable.ts';
import { Admission } from './invoke/admission.ts';
import { EnvironmentPool } from './invoke/environment-pool.ts';
import { EnvironmentStarter } from './invoke/environment-starter.ts';
import type { Executor } from './invoke/executor.ts';
import { Invoker } from './invoke/invoker.ts';
import type { InvokeOutcome } from './invoke/outcome.ts';
import { Endpoints } from './inspect/endpoints.ts';
import { IsolateExecutor } from './isolate/isolate-executor.ts';
import {
  checkResourceExists,
  hasResource,
  LayerPermissions,
  revisionOfResource,
} from './permissions.ts';
import { LambdaFunction, type HandleContext } from './lambda-function.ts';
import {
  resolveLambdaOptions,
  type LambdaOptions,
  type ResolvedLambdaOptions,
} from './lambda-options.ts';
import { InterceptorChain } from './network/interceptor-chain.ts';
import { registerRooms } from './lambda-rooms.ts';
import { Provisioning } from './provisioning.ts';
import { Resources } from './resources.ts';
import type { MappingOptions } from './sources/mapping-options.ts';
import type { Mapping } from './sources/mapping.ts';
import { createSchedules } from './scheduling.ts';
import type { ScheduleWhen } from './sources/schedule-options.ts';
import type { Schedule } from './sources/schedule.ts';
import type { Schedules, ScheduleTarget } from './sources/schedules.ts';
import type { HttpApiOptions, RestApiOptions } from './sources/http/api-options.ts';
import type { HttpApi } from './sources/http/http-api.ts';
import type { NodeListener } from './sources/http/node-listener.ts';
import type { RestApi } from './sources/http/rest-api.ts';
import { urlAuthoriser } from './url-authoriser.ts';
import { FaultyStorage } from './storage/faulty-storage.ts';
import { LogStore, type LogFilter, type LogLine } from './observe/log-store.ts';
import { followLogs } from './observe/log-tail.ts';
import { openTemplate, type FromTemplateOptions } from './template-deployment.ts';
import { MemoryStorage } from './storage/memory-storage.ts';
import { openStorage } from './storage/open-storage.ts';
import type { Storage } from './storage/storage.ts';

/** Log streams kept; the oldest gives way. */
const mostLogStreams = 1_000;

/** Figures of a `Lambda` at this moment. */
export interface LambdaStats {
  /** Invocations that run. */
  readonly running: number;
  /** Environments alive, busy ones included. */
  readonly environments: number;
  /** What they hold, in MB, by the last look. */
  readonly memoryMb: number;
  /** Bootstrapped isolates that wait for a function. */
  readonly blanks: number;
  /** Events that were sent and are not dealt with yet. */
  readonly queuedEvents: number;
  /** Threads that a guest holds and that no kill has freed; only the end of the process does. */
  readonly zombies: number;
}

/** What `Lambda.open` found in its storage. */
export interface Restored extends RestoredFunctions {
  /** How long it took. */
  readonly durationMs: number;
}

/** A storage that `Lambda.open` has opened, with the options it was opened for. */
interface Opened {
  readonly options: ResolvedLambdaOptions;
  readonly storage: Storage;
}

/** How `Lambda.open` hands over to the constructor, by the options object that it passes. */
const handedOver = new WeakMap<LambdaOptions, Opened>();

/**
 * AWS Lambda in this process: create functions, invoke them, close it.
 * @example
 * await using lambda = new Lambda();
 * const hello = await lambda.createFunction<{ name: string }, string>({
 *   name: 'hello',
 *   code: { source: 'exports.handler = async ({ name }) => `Hello ${name}`' },
 * });
 * await hello.call({ name: 'Ada' }); // 'Hello Ada'
 */
export class Lambda implements AsyncDisposable {
  readonly #options: ResolvedLambdaOptions;
  readonly #events = new Events();
  readonly #logs: LogStore | undefined;
  readonly #executors: Readonly<Record<'inline' | 'thread', Executor>>;
  readonly #endpoints: Endpoints;
  readonly #interceptors = new InterceptorChain();
  readonly #admission: Admission;
  readonly #pool: EnvironmentPool;
  readonly #invoker: Invoker;
  readonly #storage: Storage;
  readonly #resources: Resources;
  readonly #road: AsyncRoad;
  readonly #sources: EventSources;
  readonly #http: HttpFront;
  readonly #durable: DurableRoad;
  readonly #schedules: Schedules;
  readonly #provisioning: Provisioning;
  readonly #context: HandleContext;
  #restored: Restored | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Makes one that keeps everything in memory.
   * @throws {InvalidOptionError} for a bad option, and for a `storage` in a file: `Lambda.open` takes that
   */
  constructor(options: LambdaOptions = {}) {
    const { options: resolved, storage } = handedOver.get(options) ?? inMemory(options);
    const { clock, ids, random, home, memoryMbPerVcpu, network, faultInjection } = resolved;
    this.#options = resolved;
    this.#storage =
      faultInjection === undefined ? storage : new FaultyStorage(storage, faultInjection, clock);
    // The log store listens first, so that a listener of the user's finds the line already there.
    this.#logs = keepLogs(this.#events, resolved.logEntries);
    this.#endpoints = this.#createEndpoints(clock);
    this.#http = new HttpFront({
      home,
      clock,
      ids,
      storage: this.#storage,
      rooms: () => this.#context,
    });
    // What is here comes first: a mock of the web would refuse it.
    this.#interceptors.add(this.#http);
    if (resolved.intercept !== undefined) this.#interceptors.add(resolved.intercept);
    this.#executors = {
      inline: this.#createExecutor('inline'),
      thread: this.#createExecutor('thread'),
    };
    const { concurrency, rateLimits } = resolved;
    this.#admission = new Admission({ concurrency, rateLimits, events: this.#events, clock });
    this.#pool = new EnvironmentPool({
      clock,
      idleTimeoutMs: resolved.idleTimeoutMs,
      ceilingBytes: resolved.memoryCeilingMb * 1_048_576,
    });
    const environments = {
      admission: this.#admission,
      pool: this.#pool,
      starter: new EnvironmentStarter({
        pool: this.#pool,
        executors: this.#executors,
        clock,
        ids,
        events: this.#events,
        region: home.region,
        credentials: resolved.credentials,
      }),
      clock,
      events: this.#events,
    };
    this.#invoker = new Invoker({
      ...environments,
      errorStyle: resolved.errorStyle,
      durable: { invoke: (target, invocation) => this.#durable.engine.invoke(target, invocation) },
    });
    const store = new FunctionStore({
      home,
      loadCode,
      loadLayer,
      findBucket: (name) => this.#resources.find('bucket', name),
      clock,
      ids,
      random,
      memoryMbPerVcpu,
      network,
      onRetired: (version) => this.#pool.retire(version),
      checkSettings: (name, settings) => this.#road.checkSettings(name, settings),
      checkAlias: (alias) => this.#provisioning.checkAlias(alias),
      // What dies with the process needs no second copy in it.
      ...(storage.isDurable && { state: storage.state }),
    });
    const events = this.#events;
    const shared = { home, clock, ids, random, events, storage: this.#storage };
    const policies = new ResourcePolicies({
      home,
      ids,
      checkExists: (arn) => checkResourceExists(store, arn),
      revisionOf: (arn) => revisionOfResource(store, arn),
      ...(storage.isDurable && { state: storage.state }),
    });
    const access = new Access({ home, clock, options: resolved.access, policies });
    this.#resources = new Resources({
      ...shared,
      mayInvoke: (service, target, source) => access.mayInvoke(service, target, source),
    });
    this.#durable = new DurableRoad({
      ...shared,
      store,
      invoker: this.#invoker,
      resources: this.#resources,
      interceptors: this.#interceptors,
    });
    this.#road = new AsyncRoad({
      ...shared,
      store,
      invoker: this.#invoker,
      admission: this.#admission,
      executors: this.#executors,
      resources: this.#resources,
      faults: faultInjection,
      durable: this.#durable,
    });
    this.#sources = new EventSources({
      ...shared,
      store,
      invoker: this.#invoker,
      resources: this.#resources,
      findTarget: (arn) => this.#road.find(arn),
    });
    this.#schedules = createSchedules({ ...shared, rooms: () => this.#context });
    this.#http.authorise = urlAuthoriser(access, resolved.access, home);
    const { state } = this.#storage;
    this.#provisioning = new Provisioning({ ...environments, home, store, state });
    this.#context = {
      store,
      policies,
      provisioning: this.#provisioning,
      http: this.#http,
      calls: new Calls(this.#invoker, ids, this.#road, this.#durable.engine),
      control: new ControlPlane({
        store,
        executors: this.#executors,
        events,
        clock,
        endpoints: this.#endpoints,
        followers: [
          this.#road,
          this.#durable,
          this.#sources,
          this.#http,
          policies,
          this.#provisioning,
        ],
      }),
    };
    registerRooms(this, {
      options: resolved,
      events,
      storage: this.#storage,
      interceptors: this.#interceptors,
      ...this.#context,
      invoker: this.#invoker,
      admission: this.#admission,
      pool: this.#pool,
      road: this.#road,
      sources: this.#sources,
      durable: this.#durable.engine,
      schedules: this.#schedules,
      resources: this.#resources,
      access,
    });
  }

  /**
   * Opens a storage and continues where the last process stopped, whether it was closed or killed: functions,
   * versions, aliases, layers, code and settings are there again. Code is read and compiled with the first call of
   * a version. Without a file it does what `new Lambda` does.
   * @throws {InvalidOptionError} when the file belongs to another region or account
   * @throws {StateError} when something in the file cannot be used
   * @throws {StorageError} when the file itself cannot be used, or is encrypted and its key not in `encryptionKey`
   * @example
   * await using lambda = await Lambda.open({ storage: { file: 'lambda.db' } });
   */
  static async open(options: LambdaOptions = {}): Promise<Lambda> {
    const startedMs = realNowMs();
    const { clock, home, storage: where, encryptionKeys } = resolveLambdaOptions(options);
    const storage = await openStorage(where, clock, encryptionKeys);
    let opened: { close(): Promise<void> } = storage;
    try {
      const opening = storage.isDurable ? await claimHome(storage.state, home) : 0;
      const own = { ...options, clock };
      handedOver.set(own, { options: resolveLambdaOptions(own, opening), storage });
      const lambda = new Lambda(own);
      opened = lambda;
      await lambda.#restore(startedMs);
      return lambda;
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  /**
   * Makes one and deploys a template of SAM or CloudFormation into it. What the template has and this library has
   * not is warned of. `deployTemplate` does the same with a `Lambda` that is there, and tells what it made.
   * @throws {TemplateError} when the template cannot be read or deployed
   * @example
   * await using lambda = await Lambda.fromTemplate('template.yaml', { parameters: { Stage: 'test' } });
   * await lambda.call('HelloWorldFunction', {});
   */
  static async fromTemplate(
    file: string | URL,
    options: FromTemplateOptions = {},
  ): Promise<Lambda> {
    return openTemplate(file, options, (own) => Lambda.open(own));
  }

  /** What `open` found in a file; undefined where everything is in memory. */
  get restored(): Restored | undefined {
    return this.#restored;
  }

  /** The clock that everything but budgets goes by. */
  get clock(): Clock {
    return this.#options.clock;
  }

  /**
   * Deploys a function: reads or bundles its code, compiles it ahead of the first call. Nothing is left
   * behind when an option is refused or the code cannot be read.
   */
  async createFunction<Event = unknown, Result = unknown>(
    options: FunctionOptions,
  ): Promise<LambdaFunction<Event, Result>> {
    const record = await this.#context.control.create(options);
    return new LambdaFunction(this.#context, record);
  }

  /** Reads the next version of a layer, for the option `layers` of functions. */
  async publishLayer(options: PublishLayerOptions): Promise<LayerVersion> {
    return this.#context.control.publishLayer(options);
  }

  /** Code-signing configurations; packages have no signatures here, so `Enforce` refuses all code. */
  get codeSigning(): CodeSigningConfigs {
    return this.#context.store.codeSigning;
  }

  /** A published version of a layer; `undefined` when there is none, or none any more. */
  getLayerVersion(name: string, version: number): LayerVersion | undefined {
    return this.#context.store.layers.find(name, version);
  }

  /** Of each layer the newest version that fits the filter, by name. */
  listLayers(filter?: LayerFilter): readonly LayerVersion[] {
    return this.#context.store.layers.list(filter);
  }

  /** Newest first. */
  listLayerVersions(name: string, filter?: LayerFilter): readonly LayerVersion[] {
    return this.#context.store.layers.versions(name, filter);
  }

  /**
   * Takes a version of a layer away; functions that have it keep it, and its number never comes back. Gives `false`
   * when there was none; AWS answers both the same way.
   */
  async deleteLayerVersion(name: string, version: number): Promise<boolean> {
    return this.#context.control.deleteLayerVersion(name, version);
  }

  /** Who may use a version of a layer. @param layer what `publishLayer` returned, or its ARN */
  layerPermissions(layer: LayerVersion | string): LayerPermissions {
    return new LayerPermissions(this.#context.policies, this.#options.home, layer);
  }

  /**
   * By name, partial or full ARN, with or without a version or alias; `undefined` when there is none.
   * With one, invoking the function runs that.
   */
  getFunction<Event = unknown, Result = unknown>(
    reference: string,
  ): LambdaFunction<Event, Result> | undefined {
    const { store } = this.#context;
    const { functionName, qualifier } = store.router.target(reference);
    const record = store.get(functionName);
    if (record === undefined || !store.has(functionName, qualifier)) return undefined;
    return new LambdaFunction(this.#context, record, qualifier);
  }

  /** In the order of creation. */
  listFunctions(): LambdaFunction[] {
    return this.#context.store.list().map((record) => new LambdaFunction(this.#context, record));
  }

  /**
   * Invokes by reference: `name`, `name:alias`, `account:function:name`, or an ARN.
   * @throws {HandlerError} when the handler or its environment failed
   */
  async call<Result = unknown>(
    reference: string,
    event?: unknown,
    options?: InvokeOptions,
  ): Promise<Result> {
    const outcome = await this.invoke<Result>(reference, event, options);
    if (outcome.status === 'ok') return outcome.result;
    throw new HandlerError(outcome.error, outcome.requestId, outcome.exhaustedBudget);
  }

  /** Invokes by reference and gives the whole outcome; never throws because of the handler. */
  async invoke<Result = unknown>(
    reference: string,
    event?: unknown,
    options?: InvokeOptions,
  ): Promise<InvokeOutcome<Result>> {
    const { store, calls } = this.#context;
    const target = store.router.resolveTarget(reference);
    const outcome = calls.invoke(target, event, options);
    return outcome as InvokeOutcome<Result> | Promise<InvokeOutcome<Result>>;
  }

  /**
   * Queues an event by reference, as `LambdaFunction.send`.
   * @throws {PayloadTooLargeError} when the event has more than 1 MB
   */
  async send(
    reference: string,
    event?: unknown,
    options?: SendOptions,
  ): Promise<{ readonly requestId: string }> {
    const { store, calls } = this.#context;
    return calls.send(store.router.target(reference), event, options);
  }

  /** The execution of a durable function, while it runs and for its `retentionDays` after that. */
  getExecution<Result = unknown>(arn: string): DurableExecution<Result> | undefined {
    const { engine } = this.#durable;
    const execution = engine.executions.byArn(arn);
    return execution && new DurableExecution(engine, execution);
  }

  /**
   * Gives a callback of an execution its result, as JSON text where the handler expects JSON.
   * @throws {CallbackTimeoutError} when it has an answer already, or timed out
   * @throws {ExecutionNotFoundError} when there is no such callback
   */
  async completeCallback(callbackId: string, result?: string): Promise<void> {
    await this.#durable.engine.answerCallback(callbackId, { status: 'SUCCEEDED', result });
  }

  /** Says to a callback that what it waits for has failed. @throws as `completeCallback` does */
  async failCallback(callbackId: string, error: DurableError = {}): Promise<void> {
    await this.#durable.engine.answerCallback(callbackId, { status: 'FAILED', error });
  }

  /** Says to a callback that what it waits for is still under way. @throws as `completeCallback` does */
  async heartbeatCallback(callbackId: string): Promise<void> {
    await this.#durable.engine.heartbeatCallback(callbackId);
  }

  /**
   * A queue as SQS has them; see `Queue`. One that is there already, with the same options, is given again.
   * @throws {ConflictError} when one of that name has other options
   */
  createQueue(name: string, options?: QueueOptions): Queue {
    return this.#resources.createQueue(name, options);
  }

  getQueue(name: string): Queue | undefined {
    return this.#resources.find('queue', name);
  }

  /** A topic as SNS has them; see `Topic`. @throws {ConflictError} when there is one of that name */
  createTopic(name: string, options?: TopicOptions): Topic {
    return this.#resources.create('topic', name, (context) => new Topic(name, options, context));
  }

  getTopic(name: string): Topic | undefined {
    return this.#resources.find('topic', name);
  }

  /** An event bus as EventBridge has them; see `EventBus`. @throws {ConflictError} when there is one of that name */
  createEventBus(name: string, options?: EventBusOptions): EventBus {
    return this.#resources.create('eventBus', name, (context) => {
      return new EventBus(name, options, context);
    });
  }

  getEventBus(name: string): EventBus | undefined {
    return this.#resources.find('eventBus', name);
  }

  /** A stream as Kinesis has them; see `Stream`. @throws {ConflictError} when there is one of that name */
  createStream(name: string, options?: StreamOptions): Stream {
    return this.#resources.create('stream', name, (context) => new Stream(name, options, context));
  }

  getStream(name: string): Stream | undefined {
    return this.#resources.find('stream', name);
  }

  /** A table as DynamoDB has them; see `Table`. @throws {ConflictError} when there is one of that name */
  createTable(name: string, options: TableOptions): Table {
    return this.#resources.create('table', name, (context) => new Table(name, options, context));
  }

  getTable(name: string): Table | undefined {
    return this.#resources.find('table', name);
  }

  /** A bucket as S3 has them; see `Bucket`. @throws {ConflictError} when there is one of that name */
  createBucket(name: string, options?: BucketOptions): Bucket {
    return this.#resources.create('bucket', name, (context) => new Bucket(name, options, context));
  }

  getBucket(name: string): Bucket | undefined {
    return this.#resources.find('bucket', name);
  }

  /**
   * Reads a queue, a stream or the stream of a table and invokes a function with batches of its records. Resolves
   * when it is at work. https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
   * @throws {ConflictError} when the function has a mapping of this source already
   * @example
   * await lambda.createMapping({ source: orders, target: ship, batchSize: 10, reportItemFailures: true });
   */
  async createMapping(options: MappingOptions): Promise<Mapping> {
    return this.#sources.create(options);
  }

  /** By its id; `undefined` when there is none. */
  getMapping(id: string): Mapping | undefined {
    return this.#sources.find(id);
  }

  /** In the order of creation. */
  listMappings(): Mapping[] {
    return this.#sources.list();
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
    return this.#schedules.create(target, when, event);
  }

  getSchedule(name: string): Schedule | undefined {
    return this.#schedules.find(name);
  }

  /** Those that still run, or are paused, in the order of creation. */
  listSchedules(): Schedule[] {
    return this.#schedules.list();
  }

  /**
   * Asks a function URL or an API of this `Lambda`, without a socket: the web's `fetch`, except that redirects and
   * compressed bodies come as the function gave them. Streams both ways; aborting ends the wait.
   * @throws {InvalidOptionError} for a URL that is nowhere here
   */
  async fetch(input: Request | string | URL, init?: RequestInit): Promise<Response> {
    return this.#http.fetch(input, init);
  }

  /**
   * Serves function URLs and APIs to `node:http` by the host that a request names, such as
   * `{id}.lambda-url.{region}.localhost`; resolves with `false` for other hosts.
   */
  get listener(): NodeListener {
    return this.#http.listener;
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
    return this.#http.createHttpApi(options);
  }

  /**
   * A REST API in front of functions, with proxy integrations; lives as long as the process.
   * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-rest-api.html
   */
  createRestApi(options: RestApiOptions): RestApi {
    return this.#http.createRestApi(options);
  }

  /** Log lines as AWS would show them: every stream that fits the filter. */
  readLogs(filter?: LogFilter): LogLine[] {
    return this.#logs?.read(filter) ?? [];
  }

  /** Hands each log line to the listener as it is written; the function that it gives ends that. */
  followLogs(listener: (line: LogLine) => void, filter: LogFilter = {}): () => void {
    return followLogs(this.#events, filter, listener);
  }

  on<Name extends keyof LambdaEvents>(
    name: Name,
    listener: (event: LambdaEvents[Name]) => void,
  ): this {
    this.#events.on(name, listener);
    return this;
  }

  off<Name extends keyof LambdaEvents>(
    name: Name,
    listener: (event: LambdaEvents[Name]) => void,
  ): this {
    this.#events.off(name, listener);
    return this;
  }

  stats(): LambdaStats {
    const inline = this.#executors.inline.stats();
    const thread = this.#executors.thread.stats();
    return {
      running: this.#admission.running,
      environments: this.#pool.size,
      memoryMb: Math.ceil(this.#pool.bookedBytes / 1_048_576),
      blanks: inline.blanks + thread.blanks,
      queuedEvents: this.#road.queue.size,
      zombies: inline.zombies + thread.zombies,
    };
  }

  /**
   * Refuses new calls and events, lets what runs and what is due end, then ends every environment. Events that
   * wait for a retry, and those whose attempt is cut off, stay in the storage as they were, or are reported as
   * `async.abandoned` where it is the memory. A second call waits for the first. `drainMs` bounds the wait in real
   * time; what still runs then fails. @default 30_000
   */
  close(options: { readonly drainMs?: number } = {}): Promise<void> {
    checkKnownKeys('options', options, ['drainMs']);
    const { drainMs = 30_000 } = options;
    checkInteger('drainMs', drainMs, { min: 0, max: 2 ** 31 - 1 });
    this.#closing ??= this.#close(drainMs);
    return this.#closing;
  }

  async #close(drainMs: number): Promise<void> {
    const { control, policies } = this.#context;
    const changesKept = Promise.all([control.close(), policies.close(), this.#http.close()]);
    this.#schedules.stop();
    this.#context.calls.close();
    const { promise: tooLate, resolve } = Promise.withResolvers<void>();
    const timer = setRealTimer(resolve, drainMs);
    this.#durable.engine.releaseCallers();
    // Sources first: what their functions send, and what went wrong with them, still finds its way.
    await Promise.race([this.#sources.stop(), tooLate]);
    // Events that are due may still cause invocations, so calls end after them.
    await Promise.race([this.#road.queue.drain(), tooLate]);
    this.#road.queue.stop();
    this.#durable.engine.stop();
    await Promise.race([this.#invoker.drain(), tooLate]);
    timer.cancel();
    this.#sources.cutOff();
    this.#invoker.end();
    this.#provisioning.close();
    this.#pool.close();
    await Promise.all([this.#executors.inline.close(), this.#executors.thread.close()]);
    await this.#sources.stop();
    await this.#road.queue.close();
    await this.#durable.engine.close();
    await this.#resources.close();
    await Promise.all([this.#endpoints.close(), this.#schedules.close(), changesKept]);
    await this.#storage.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** In this order: what comes later names what came before. */
  async #restore(startedMs: number): Promise<void> {
    if (!this.#storage.isDurable) return;
    const { control, policies, store } = this.#context;
    const functions = await control.restore();
    await this.#resources.restore();
    await policies.restore((arn) => hasResource(store, arn));
    await this.#provisioning.restore();
    await this.#http.restore();
    // Last, since executions and events run from then on, and whoever opens wants to see them.
    await this.#durable.engine.restore();
    await this.#road.restore();
    await this.#sources.mappings.restore();
    await this.#schedules.restore();
    this.#restored = Object.freeze({ ...functions, durationMs: realNowMs() - startedMs });
  }

  #createExecutor(tier: 'inline' | 'thread'): Executor {
    const { blanks, parallelism, clock } = this.#options;
    return new IsolateExecutor({
      tier,
      blanks,
      parallelism,
      onZombies: (count) => this.#events.emit({ type: 'engine.zombies', at: clock.now(), count }),
      endpoints: this.#endpoints,
      interceptor: this.#interceptors,
    });
  }

  #createEndpoints(clock: Clock): Endpoints {
    return new Endpoints({
      onListening: (host, port) =>
        this.#events.emit({ type: 'inspector.listening', at: clock.now(), host, port }),
      onTarget: ({ title, state }, webSocketUrl) =>
        this.#events.emit({
          type: 'inspector.target',
          at: clock.now(),
          title,
          webSocketUrl,
          isWaiting: state === 'waiting',
        }),
    });
  }
}

function keepLogs(events: Events, entriesPerStream: number): LogStore | undefined {
  if (entriesPerStream === 0) return undefined;
  return new LogStore(events, { entriesPerStream, mostStreams: mostLogStreams });
}

function inMemory(options: LambdaOptions): Opened {
  const resolved = resolveLambdaOptions(options);
  if (resolved.storage.kind === 'memory') {
    return { options: resolved, storage: new MemoryStorage({ clock: resolved.clock }) };
  }
  throw new InvalidOptionError(
    'storage',
    '"memory" in `new Lambda(options)`',
    options.storage,
    'A file takes time to open: use `await Lambda.open(options)`.',
  );
}
