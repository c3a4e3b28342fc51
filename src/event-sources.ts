import type { FunctionFollower } from './control-plane.ts';
import type { Home } from './core/arn.ts';
import type { Clock } from './core/clock.ts';
import type { Events } from './core/events.ts';
import type { Ids } from './core/ids.ts';
import type { FunctionStore } from './functions/store.ts';
import type { Invoker } from './invoke/invoker.ts';
import type { Resources } from './resources.ts';
import { BatchCaller } from './sources/batch-caller.ts';
import { Mapping } from './sources/mapping.ts';
import type { MappingOptions } from './sources/mapping-options.ts';
import { Mappings } from './sources/mappings.ts';
import type { Storage } from './storage/storage.ts';

export interface EventSourcesOptions {
  readonly home: Home;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: Events;
  readonly store: FunctionStore;
  readonly invoker: Invoker;
  readonly resources: Resources;
  readonly storage: Storage;
}

/** Wires event source mappings to the queues, streams and tables that they read and the functions that they invoke. */
export class EventSources implements FunctionFollower {
  readonly mappings: Mappings;
  readonly #caller: BatchCaller;

  constructor(options: EventSourcesOptions) {
    const { home, clock, ids, events, store, invoker, resources, storage } = options;
    this.#caller = new BatchCaller({
      clock,
      events,
      find: (functionName) => store.find(functionName),
      invoke: (target, invocation) => invoker.invoke(target, invocation),
    });
    this.mappings = new Mappings({
      home,
      clock,
      ids,
      events,
      store,
      caller: this.#caller,
      state: storage.isDurable ? storage.state : undefined,
      findSource: (arn) => resources.source(arn),
    });
    resources.onSource((arn) => this.mappings.sourceAdded(arn));
  }

  /** Resolves when the mapping is at work. */
  async create(options: MappingOptions): Promise<Mapping> {
    const info = await this.mappings.create(options);
    await this.mappings.settled(info.id);
    return new Mapping(this.mappings, info);
  }

  find(id: string): Mapping | undefined {
    const info = this.mappings.find(id);
    return info && new Mapping(this.mappings, info);
  }

  list(): Mapping[] {
    return this.mappings.list().map((info) => new Mapping(this.mappings, info));
  }

  /** Reads nothing more; resolves when running batches have ended. */
  async stop(): Promise<void> {
    await this.mappings.stop();
  }

  /** Faults of what still runs say nothing of its batch any more. */
  cutOff(): void {
    this.#caller.stop();
  }

  deleted(functionName: string): void {
    this.mappings.functionDeleted(functionName);
  }

  qualifierDeleted(functionName: string, qualifier: string): void {
    this.mappings.functionDeleted(functionName, qualifier);
  }
}
