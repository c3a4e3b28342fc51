import { setRealTimer, type Clock } from './core/clock.ts';
import { HandlerError } from './core/errors.ts';
import { Events, type LambdaEvents } from './core/events.ts';
import { checkInteger, checkKnownKeys } from './core/options.ts';
import { ControlPlane } from './control-plane.ts';
import { loadCode } from './functions/code/load-code.ts';
import { loadLayer } from './functions/code/load-layer.ts';
import type { FunctionOptions } from './functions/function-options.ts';
import type { LayerVersion, PublishLayerOptions } from './functions/layer-options.ts';
import { FunctionStore } from './functions/store.ts';
import { Calls, type InvokeOptions } from './invocable.ts';
import { Admission } from './invoke/admission.ts';
import { EnvironmentPool } from './invoke/environment-pool.ts';
import type { Executor } from './invoke/executor.ts';
import { Invoker } from './invoke/invoker.ts';
import type { InvokeOutcome } from './invoke/outcome.ts';
import { Endpoints } from './inspect/endpoints.ts';
import { IsolateExecutor } from './isolate/isolate-executor.ts';
import { LambdaFunction, type HandleContext } from './lambda-function.ts';
import {
  resolveLambdaOptions,
  type LambdaOptions,
  type ResolvedLambdaOptions,
} from './lambda-options.ts';
import { LogStore, type LogFilter, type LogLine } from './observe/log-store.ts';

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
  /** Threads that a guest holds and that no kill has freed; only the end of the process does. */
  readonly zombies: number;
}

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
  readonly #admission: Admission;
  readonly #pool: EnvironmentPool;
  readonly #invoker: Invoker;
  readonly #context: HandleContext;
  #closing: Promise<void> | undefined;

  constructor(options: LambdaOptions = {}) {
    const resolved = resolveLambdaOptions(options);
    const { clock, ids, random, home, memoryMbPerVcpu, network } = resolved;
    this.#options = resolved;
    // The log store listens first, so that a listener of the user's finds the line already there.
    this.#logs = keepLogs(this.#events, resolved.logEntries);
    this.#endpoints = this.#createEndpoints(clock);
    this.#executors = {
      inline: this.#createExecutor('inline'),
      thread: this.#createExecutor('thread'),
    };
    this.#admission = new Admission(resolved.concurrency, this.#events, clock);
    this.#pool = new EnvironmentPool({
      clock,
      idleTimeoutMs: resolved.idleTimeoutMs,
      ceilingBytes: resolved.memoryCeilingMb * 1_048_576,
    });
    this.#invoker = new Invoker({
      admission: this.#admission,
      pool: this.#pool,
      executors: this.#executors,
      clock,
      ids,
      events: this.#events,
      region: home.region,
      credentials: resolved.credentials,
      errorStyle: resolved.errorStyle,
    });
    const store = new FunctionStore({
      home,
      loadCode,
      loadLayer,
      clock,
      ids,
      random,
      memoryMbPerVcpu,
      network,
      onRetired: (version) => this.#pool.retire(version),
    });
    this.#context = {
      store,
      calls: new Calls(this.#invoker, ids),
      control: new ControlPlane(store, this.#executors, this.#events, clock, this.#endpoints),
    };
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
    throw new HandlerError(outcome.error, outcome.requestId);
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

  /** Log lines as AWS would show them: every stream that fits the filter. */
  readLogs(filter?: LogFilter): LogLine[] {
    return this.#logs?.read(filter) ?? [];
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
      zombies: inline.zombies + thread.zombies,
    };
  }

  /**
   * Refuses new calls, lets running ones end, then ends every environment. A second call waits for the
   * first. `drainMs` bounds the wait in real time; what still runs then fails. @default 30_000
   */
  close(options: { readonly drainMs?: number } = {}): Promise<void> {
    checkKnownKeys('options', options, ['drainMs']);
    const { drainMs = 30_000 } = options;
    checkInteger('drainMs', drainMs, { min: 0, max: 2 ** 31 - 1 });
    this.#closing ??= this.#close(drainMs);
    return this.#closing;
  }

  async #close(drainMs: number): Promise<void> {
    const changesKept = this.#context.control.close();
    const { promise: tooLate, resolve } = Promise.withResolvers<void>();
    const timer = setRealTimer(resolve, drainMs);
    await Promise.race([this.#invoker.drain(), tooLate]);
    timer.cancel();
    this.#invoker.end();
    this.#pool.close();
    await Promise.all([this.#executors.inline.close(), this.#executors.thread.close()]);
    await Promise.all([this.#endpoints.close(), changesKept]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #createExecutor(tier: 'inline' | 'thread'): Executor {
    const { blanks, parallelism, clock, intercept } = this.#options;
    return new IsolateExecutor({
      tier,
      blanks,
      parallelism,
      onZombies: (count) => this.#events.emit({ type: 'engine.zombies', at: clock.now(), count }),
      endpoints: this.#endpoints,
      interceptor: intercept,
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
