import { resolveHome } from '../../src/core/arn.ts';
import type { Clock } from '../../src/core/clock.ts';
import { FunctionNotFoundError } from '../../src/core/errors.ts';
import { Events, type LambdaEvents } from '../../src/core/events.ts';
import { SeededIds, type Ids } from '../../src/core/ids.ts';
import { seededRandom } from '../../src/core/random.ts';
import { AsyncConfigs } from '../../src/async/async-configs.ts';
import { resolveAsyncOptions, type AsyncOptions } from '../../src/async/async-options.ts';
import type { FunctionFacts } from '../../src/async/attempt.ts';
import type { DeliveryTarget } from '../../src/async/delivery-target.ts';
import { EventQueue, queuePrefix } from '../../src/async/event-queue.ts';
import type { ResolvedTarget } from '../../src/functions/routing.ts';
import type { Invocation } from '../../src/invoke/invoker.ts';
import type { InvokeOutcome } from '../../src/invoke/outcome.ts';
import type { DeliveryQueue, OpenQueueOptions } from '../../src/storage/delivery-queue.ts';

/** A function without an isolate: what it does is what a test says. */
export interface BareFunction {
  facts: FunctionFacts;
  limit: number;
  run: (invocation: Invocation) => InvokeOutcome | Promise<InvokeOutcome>;
  relief: Promise<void> | undefined;
}

export interface BareRoadOptions {
  readonly clock: Clock;
  readonly openQueue: (options: OpenQueueOptions) => DeliveryQueue;
  readonly events?: Events;
  /** Hosts that follow each other share one. */
  readonly ids?: Ids;
}

const home = resolveHome({ region: 'us-east-1', accountId: '123456789012' });
const arnOf = (name: string): string =>
  `arn:aws:lambda:${home.region}:${home.accountId}:function:${name}`;

/** The asynchronous room by itself: functions, targets and storages are made up by tests. */
export class BareRoad {
  readonly events: Events;
  readonly functions = new Map<string, BareFunction>();
  readonly targets = new Map<string, DeliveryTarget>();
  readonly queue: EventQueue;
  readonly #configs: AsyncConfigs;
  readonly #ids: Ids;

  constructor(options: BareRoadOptions) {
    const { clock, openQueue, events = new Events() } = options;
    const { ids = new SeededIds(seededRandom(1)) } = options;
    this.events = events;
    this.#ids = ids;
    const find = (arn: string): DeliveryTarget | undefined => this.targets.get(arn);
    this.#configs = new AsyncConfigs(home, find);
    this.queue = new EventQueue({
      clock,
      ids,
      events,
      configs: this.#configs,
      find,
      pick: (name) =>
        ({ version: { functionName: this.#need(name) } }) as unknown as ResolvedTarget,
      invoke: ({ version }, invocation) =>
        this.functions.get(version.functionName)?.run(invocation) ?? success(invocation),
      factsOf: (name) => this.functions.get(name)?.facts,
      openQueue,
      concurrencyOf: (name) => this.functions.get(name)?.limit ?? 1_000,
      relief: (name) => this.functions.get(name)?.relief,
    });
  }

  /** Does what `run` says; succeeds by default. */
  create(name: string, run: BareFunction['run'] = success): BareFunction {
    const facts: FunctionFacts = {
      arn: arnOf(name),
      reservedConcurrency: null,
      deadLetter: null,
      recursiveLoop: 'Terminate',
    };
    const made: BareFunction = { facts, limit: 1_000, run, relief: undefined };
    this.functions.set(name, made);
    return made;
  }

  delete(name: string): void {
    this.functions.delete(name);
    this.#configs.deleteFunction(name);
    this.queue.functionDeleted(name);
  }

  configure(functionName: string, options: AsyncOptions | undefined): void {
    if (options === undefined) this.#configs.delete(functionName, '$LATEST');
    else {
      const resolved = resolveAsyncOptions(options);
      const entry = { functionName, qualifier: '$LATEST', options: resolved };
      this.#configs.set({ ...entry, changedAtMs: 0 });
    }
  }

  /** Gives the request id. */
  async send(functionName: string, event: unknown = {}): Promise<string> {
    const requestId = this.#ids.uuid();
    const eventJson = JSON.stringify(event);
    await this.queue.accept({ requestId, functionName, qualifier: '$LATEST', eventJson });
    return requestId;
  }

  record<Name extends keyof LambdaEvents>(...names: Name[]): LambdaEvents[Name][] {
    const seen: LambdaEvents[Name][] = [];
    for (const name of names) this.events.on(name, (event) => seen.push(event));
    return seen;
  }

  #need(name: string): string {
    if (this.functions.has(name)) return name;
    throw new FunctionNotFoundError(arnOf(name), `Function not found: ${arnOf(name)}`);
  }
}

/** Names of functions whose events a storage has. */
export function functionsOf(queueNames: readonly string[]): string[] {
  return queueNames
    .filter((name) => name.startsWith(queuePrefix))
    .map((name) => name.slice(queuePrefix.length));
}

export function success({ requestId }: Invocation): InvokeOutcome {
  const payloadJson = '"ok"';
  return { status: 'ok', requestId, executedVersion: '$LATEST', payloadJson } as InvokeOutcome;
}

export function failure({ requestId }: Invocation, isSystemFault = false): InvokeOutcome {
  const error = { errorType: 'Error', errorMessage: 'no' };
  const payloadJson = JSON.stringify(error);
  const outcome = { status: 'error', requestId, executedVersion: '$LATEST', error, payloadJson };
  return { ...outcome, isSystemFault } as unknown as InvokeOutcome;
}
