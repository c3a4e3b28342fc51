import { AsyncConfigs, type AsyncConfigEntry } from './async/async-configs.ts';
import {
  resolveAsyncOptions,
  type AsyncOptions,
  type DestinationOption,
  type ResolvedAsyncOptions,
  type ResolvedDestination,
} from './async/async-options.ts';
import type { FunctionFacts } from './async/attempt.ts';
import { UndeliverableError, type DeliveryTarget } from './async/delivery-target.ts';
import { configDocument, configKey, configPrefix, readConfig } from './async/async-state.ts';
import { EventQueue, queuePrefix } from './async/event-queue.ts';
import type { FunctionFollower } from './control-plane.ts';
import { functionArn, parseFunctionArn, type Home } from './core/arn.ts';
import type { Clock } from './core/clock.ts';
import { InvalidOptionError, RuntimeFaultError } from './core/errors.ts';
import type { Events } from './core/events.ts';
import type { FaultInjection } from './core/fault-injection.ts';
import type { Ids } from './core/ids.ts';
import { isEndless, RecursiveInvocationError, roundsOf, withRound } from './core/lineage.ts';
import { AwsRuleError } from './functions/aws-rule-error.ts';
import type { FunctionLevelConfig, FunctionRecord } from './functions/function-record.ts';
import type { ResolvedTarget, Target } from './functions/routing.ts';
import type { FunctionStore } from './functions/store.ts';
import type { Admission } from './invoke/admission.ts';
import type { Executor } from './invoke/executor.ts';
import type { Invocation, Invoker } from './invoke/invoker.ts';
import type { InvokeOutcome } from './invoke/outcome.ts';
import type { InvokeOptions } from './invocable.ts';
import type { Resources } from './resources.ts';
import type { Storage } from './storage/storage.ts';

export interface AsyncRoadOptions {
  readonly home: Home;
  readonly store: FunctionStore;
  readonly invoker: Invoker;
  readonly admission: Admission;
  readonly executors: Readonly<Record<'inline' | 'thread', Executor>>;
  readonly storage: Storage;
  /** Trouble on purpose. */
  readonly faults: FaultInjection | undefined;
  readonly resources: Resources;
  /** Takes events to durable functions. */
  readonly durable: DurableAcceptor;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: Events;
}

/** Starts executions of durable functions for events. */
interface DurableAcceptor {
  accept(target: ResolvedTarget, invocation: Invocation): Promise<InvokeOutcome>;
}

/**
 * Wires the asynchronous room to the rest: what is configured, what is queued, where it goes, and what stops a
 * chain of requests.
 */
export class AsyncRoad implements FunctionFollower {
  readonly queue: EventQueue;
  readonly #options: AsyncRoadOptions;
  readonly #configs: AsyncConfigs;
  /** By function and qualifier. */
  readonly #targets = new Map<string, Map<string, Target>>();

  constructor(options: AsyncRoadOptions) {
    const { home, invoker, admission, storage, clock, ids, events } = options;
    const find = (arn: string): DeliveryTarget | undefined => this.find(arn);
    this.#options = options;
    this.#configs = new AsyncConfigs(home, find);
    this.queue = new EventQueue({
      clock,
      ids,
      events,
      configs: this.#configs,
      find,
      pick: (functionName, qualifier) => this.#pick(functionName, qualifier),
      invoke: (target, invocation) =>
        target.version.config.durable === null
          ? invoker.invoke(target, invocation)
          : options.durable.accept(target, invocation),
      disturb: (requestId, attempt) => this.#disturb(requestId, attempt),
      factsOf: (functionName) => this.#factsOf(functionName),
      openQueue: (queue) => storage.openQueue(queue),
      concurrencyOf: (functionName) => admission.limitOf(functionName),
      relief: (functionName) => this.#relief(functionName),
    });
  }

  async configure(target: Target, options: AsyncOptions): Promise<void> {
    const { functionName } = target;
    const resolved = resolveAsyncOptions(options);
    checkHasDestinations(target.pick(), resolved);
    this.#configs.check(functionName, resolved);
    const changedAtMs = this.#options.clock.now();
    const qualifier = qualifierOf(target);
    const entry = { functionName, qualifier, options: resolved, changedAtMs };
    await this.#options.storage.state.write({ put: [configDocument(entry)] });
    this.#configs.set(entry);
    if (this.#options.store.has(functionName, target.qualifier)) return;
    // Deleted meanwhile: the next function of that name must not find it.
    await this.reset(target);
    target.pick();
  }

  optionsOf(target: Target): AsyncOptions | undefined {
    const found = this.#configs.find(target.functionName, qualifierOf(target));
    return found && optionsFrom(found);
  }

  /** What was configured for one qualifier, with when. */
  configOf(functionName: string, qualifier: string): AsyncConfigEntry | undefined {
    return this.#configs.entry(functionName, qualifier);
  }

  configsOf(functionName: string): readonly AsyncConfigEntry[] {
    return this.#configs.list(functionName);
  }

  async reset(target: Target): Promise<boolean> {
    const { functionName } = target;
    const qualifier = qualifierOf(target);
    await this.#options.storage.state.write({ delete: [configKey(functionName, qualifier)] });
    return this.#configs.delete(functionName, qualifier);
  }

  /** Takes up what the storage kept for functions that are there: reserves, configurations, then events. */
  async restore(): Promise<void> {
    const { storage, store, admission } = this.#options;
    for (const { name, settings } of store.list()) {
      admission.reserve(name, settings.reservedConcurrency);
    }
    const strays: string[] = [];
    for (const document of await storage.state.list(configPrefix)) {
      const entry = readConfig(document);
      if (store.has(entry.functionName, entry.qualifier)) this.#configs.set(entry);
      else strays.push(document.key);
    }
    if (strays.length > 0) await storage.state.write({ delete: strays });
    const names = storage.queueNames().filter((name) => name.startsWith(queuePrefix));
    this.queue.resume(names.map((name) => name.slice(queuePrefix.length)));
  }

  /**
   * The trace header of a request by which a chain goes on, with this round in it; a request that came without
   * one starts no chain.
   * @throws {RecursiveInvocationError} when it is one round too many
   */
  withRound(options: InvokeOptions, requestId: string, target: ResolvedTarget): InvokeOptions {
    const { traceId } = options;
    if (traceId === undefined) return options;
    const { functionName } = target.version;
    const facts = this.#factsOf(functionName);
    if (facts === undefined) return options;
    const at = this.#options.clock.now();
    const rounds = roundsOf(traceId, facts.arn);
    if (facts.recursiveLoop === 'Terminate' && isEndless(rounds)) {
      this.#options.events.emit({ type: 'recursion.stopped', at, requestId, functionName, rounds });
      throw new RecursiveInvocationError(functionName, rounds);
    }
    return { ...options, traceId: withRound(traceId, facts.arn, { requestId, atMs: at }) };
  }

  /**
   * Throws when settings of a function do not fit to those of the others. What they reserve is claimed until the
   * function that it gives is called.
   */
  checkSettings(functionName: string, settings: FunctionLevelConfig): () => void {
    const { admission, resources } = this.#options;
    const { reservedConcurrency, deadLetter } = settings;
    if (deadLetter !== null && resources.target(deadLetter) === undefined) {
      throw new AwsRuleError(
        'deadLetter',
        'a queue or topic of this Lambda',
        deadLetter,
        `There is no ${deadLetter}; create it first.`,
      );
    }
    return admission.claimReserved(functionName, reservedConcurrency);
  }

  changed({ name, settings }: FunctionRecord): void {
    this.#options.admission.reserve(name, settings.reservedConcurrency);
    this.queue.wake();
  }

  deleted(functionName: string): void {
    this.#options.admission.reserve(functionName, null);
    this.queue.wake();
    this.#targets.delete(functionName);
    this.queue.functionDeleted(functionName);
    const qualifiers = this.#configs.deleteFunction(functionName);
    this.#forget(qualifiers.map((qualifier) => configKey(functionName, qualifier)));
  }

  qualifierDeleted(functionName: string, qualifier: string): void {
    this.#targets.get(functionName)?.delete(qualifier);
    if (!this.#configs.delete(functionName, qualifier)) return;
    this.#forget([configKey(functionName, qualifier)]);
  }

  /** Should it fail, the documents are strays, which the next restart removes. */
  #forget(keys: readonly string[]): void {
    if (keys.length === 0) return;
    this.#options.storage.state.write({ delete: keys }).catch((error: unknown) => {
      process.emitWarning(error instanceof Error ? error : String(error));
    });
  }

  /** What records, letters and notifications can go to. */
  find(arn: string): DeliveryTarget | undefined {
    const found = this.#options.resources.target(arn);
    if (found !== undefined) return found;
    const named = parseFunctionArn(arn);
    if (named === undefined) return undefined;
    const { home, store, ids } = this.#options;
    const { name: functionName, qualifier } = named;
    const isHere = arn === functionArn(home, functionName, qualifier);
    if (!isHere || !store.has(functionName, qualifier)) return undefined;
    return {
      kind: 'function',
      send: async (eventJson, { traceHeader: traceId }) => {
        checkNeedsNoTenant(this.#pick(functionName, qualifier ?? '$LATEST'));
        const event = { requestId: ids.uuid(), functionName, eventJson, traceId };
        await this.queue.accept({ ...event, qualifier: qualifier ?? '$LATEST' }, 'record');
      },
    };
  }

  /** Read once for each qualifier; a target stays right by itself. */
  #pick(functionName: string, qualifier: string): ResolvedTarget {
    let targets = this.#targets.get(functionName);
    if (targets === undefined) {
      targets = new Map();
      this.#targets.set(functionName, targets);
    }
    let target = targets.get(qualifier);
    if (target === undefined) {
      const { router } = this.#options.store;
      target = router.target(functionName, qualifier === '$LATEST' ? undefined : qualifier);
      targets.set(qualifier, target);
    }
    return target.pick();
  }

  #disturb(requestId: string, attempt: number): void {
    if (this.#options.faults?.fails(requestId, attempt) !== true) return;
    throw new RuntimeFaultError('A fault that was asked for');
  }

  #factsOf(functionName: string): FunctionFacts | undefined {
    const record = this.#options.store.find(functionName);
    return record && { arn: record.arn, ...record.settings };
  }

  #relief(functionName: string): Promise<void> | undefined {
    const isolation = this.#options.store.latestOf(functionName)?.config.isolation;
    return isolation === undefined ? undefined : this.#options.executors[isolation].relief();
  }
}

/** AWS hands on nothing of durable functions: an event ends when its execution starts. */
function checkHasDestinations(
  { version }: ResolvedTarget,
  { onSuccess, onFailure }: ResolvedAsyncOptions,
): void {
  if (version.config.durable === null) return;
  const [option, destination] =
    onSuccess === undefined
      ? (['onFailure', onFailure] as const)
      : (['onSuccess', onSuccess] as const);
  if (destination === undefined) return;
  throw new InvalidOptionError(
    option,
    'left out',
    optionOf(destination),
    `"${version.functionName}" is durable, and has a dead-letter target in place of destinations`,
  );
}

/** Nobody says for which tenant a record is. */
function checkNeedsNoTenant({ version }: ResolvedTarget): void {
  if (!version.config.perTenant) return;
  throw new UndeliverableError(
    `Function "${version.functionName}" is \`perTenant\`, and a record names no tenant`,
  );
}

function qualifierOf(target: Target): string {
  return target.qualifier ?? '$LATEST';
}

function optionsFrom(resolved: ResolvedAsyncOptions): AsyncOptions {
  const { maxRetries, maxEventAgeMs, onSuccess, onFailure } = resolved;
  return Object.freeze({
    maxRetries,
    maxEventAgeMs,
    ...(onSuccess !== undefined && { onSuccess: optionOf(onSuccess) }),
    ...(onFailure !== undefined && { onFailure: optionOf(onFailure) }),
  });
}

function optionOf(destination: ResolvedDestination): DestinationOption {
  return destination.kind === 'arn' ? destination.arn : destination.callback;
}
