import { buildRooms } from './build-rooms.ts';
import { realNowMs, type Clock } from './core/clock.ts';
import { HandlerError, InvalidOptionError } from './core/errors.ts';
import type { LambdaEvents } from './core/events.ts';
import { checkInteger, checkKnownKeys } from './core/options.ts';
import type { FunctionOptions } from './functions/function-options.ts';
import { claimHome } from './functions/home-state.ts';
import type { RestoredFunctions } from './functions/restore-functions.ts';
import type { InvokeOptions, SendOptions } from './invocable.ts';
import type { InvokeOutcome } from './invoke/outcome.ts';
import { LambdaFunction } from './lambda-function.ts';
import { closeRooms, restoreRooms } from './lambda-lifecycle.ts';
import {
  resolveLambdaOptions,
  type LambdaOptions,
  type ResolvedLambdaOptions,
} from './lambda-options.ts';
import { registerRooms, type LambdaRooms } from './lambda-rooms.ts';
import { LambdaServices } from './lambda-services.ts';
import type { LogFilter, LogLine } from './observe/log-store.ts';
import { followLogs } from './observe/log-tail.ts';
import { MemoryStorage } from './storage/memory-storage.ts';
import { openStorage } from './storage/open-storage.ts';
import type { Storage } from './storage/storage.ts';
import { openTemplate, type FromTemplateOptions } from './template-deployment.ts';

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
export class Lambda extends LambdaServices implements AsyncDisposable {
  readonly #rooms: LambdaRooms;
  #restored: Restored | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Makes one that keeps everything in memory.
   * @throws {InvalidOptionError} for a bad option, and for a `storage` in a file: `Lambda.open` takes that
   */
  constructor(options: LambdaOptions = {}) {
    const { options: resolved, storage } = handedOver.get(options) ?? inMemory(options);
    const rooms = buildRooms(resolved, storage);
    super(rooms);
    this.#rooms = rooms;
    registerRooms(this, rooms);
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
      if (storage.isDurable) {
        const functions = await restoreRooms(lambda.#rooms);
        lambda.#restored = Object.freeze({ ...functions, durationMs: realNowMs() - startedMs });
      }
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
    return this.#rooms.options.clock;
  }

  /**
   * Deploys a function: reads or bundles its code, compiles it ahead of the first call. Nothing is left
   * behind when an option is refused or the code cannot be read.
   */
  async createFunction<Event = unknown, Result = unknown>(
    options: FunctionOptions,
  ): Promise<LambdaFunction<Event, Result>> {
    const record = await this.#rooms.control.create(options);
    return new LambdaFunction(this.#rooms, record);
  }

  /**
   * By name, partial or full ARN, with or without a version or alias; `undefined` when there is none.
   * With one, invoking the function runs that.
   */
  getFunction<Event = unknown, Result = unknown>(
    reference: string,
  ): LambdaFunction<Event, Result> | undefined {
    const { store } = this.#rooms;
    const { functionName, qualifier } = store.router.target(reference);
    const record = store.get(functionName);
    if (record === undefined || !store.has(functionName, qualifier)) return undefined;
    return new LambdaFunction(this.#rooms, record, qualifier);
  }

  /** In the order of creation. */
  listFunctions(): LambdaFunction[] {
    return this.#rooms.store.list().map((record) => new LambdaFunction(this.#rooms, record));
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
    const { store, calls } = this.#rooms;
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
    const { store, calls } = this.#rooms;
    return calls.send(store.router.target(reference), event, options);
  }

  /** Log lines as AWS would show them: every stream that fits the filter. */
  readLogs(filter?: LogFilter): LogLine[] {
    return this.#rooms.logs?.read(filter) ?? [];
  }

  /** Hands each log line to the listener as it is written; the function that it gives ends that. */
  followLogs(listener: (line: LogLine) => void, filter: LogFilter = {}): () => void {
    return followLogs(this.#rooms.events, filter, listener);
  }

  on<Name extends keyof LambdaEvents>(
    name: Name,
    listener: (event: LambdaEvents[Name]) => void,
  ): this {
    this.#rooms.events.on(name, listener);
    return this;
  }

  off<Name extends keyof LambdaEvents>(
    name: Name,
    listener: (event: LambdaEvents[Name]) => void,
  ): this {
    this.#rooms.events.off(name, listener);
    return this;
  }

  stats(): LambdaStats {
    const { executors, admission, pool, road } = this.#rooms;
    const inline = executors.inline.stats();
    const thread = executors.thread.stats();
    return {
      running: admission.running,
      environments: pool.size,
      memoryMb: Math.ceil(pool.bookedBytes / 1_048_576),
      blanks: inline.blanks + thread.blanks,
      queuedEvents: road.queue.size,
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
    this.#closing ??= closeRooms(this.#rooms, drainMs);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
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
