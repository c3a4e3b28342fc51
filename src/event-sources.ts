import {
  UndeliverableError,
  type DeliveryTarget,
  type FindTarget,
} from './async/delivery-target.ts';
import type { FunctionFollower } from './control-plane.ts';
import type { Home } from './core/arn.ts';
import type { Clock } from './core/clock.ts';
import type { Events } from './core/events.ts';
import type { Ids } from './core/ids.ts';
import type { FunctionStore } from './functions/store.ts';
import type { Invoker } from './invoke/invoker.ts';
import type { Resources } from './resources.ts';
import { BatchCaller } from './sources/batch-caller.ts';
import type { FailureDelivery, GivenUpBatch } from './sources/failure-record.ts';
import { Mapping } from './sources/mapping.ts';
import type { MappingOptions } from './sources/mapping-options.ts';
import type { MappingRecord } from './sources/mapping-record.ts';
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
  /** Where records of failures can go. */
  readonly findTarget: FindTarget;
}

/** Wires event source mappings to the queues, streams and tables that they read and the functions that they invoke. */
export class EventSources implements FunctionFollower {
  readonly mappings: Mappings;
  readonly #caller: BatchCaller;
  readonly #options: EventSourcesOptions;

  constructor(options: EventSourcesOptions) {
    const { home, clock, ids, events, store, invoker, resources, storage } = options;
    this.#options = options;
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
      canTakeFailures: (arn) => takesFailures(options.findTarget(arn)),
      deliverFailure: (mapping, delivery, batch) => this.#deliver(mapping, delivery, batch),
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

  /** As AWS does, once: the records stay in their stream for as long as it keeps them. */
  async #deliver(
    mapping: MappingRecord,
    delivery: FailureDelivery,
    batch: GivenUpBatch,
  ): Promise<void> {
    const { events, clock } = this.#options;
    const { to, body } = delivery;
    const { id: mappingId, functionName, sourceArn } = mapping;
    const { length: records } = batch.records;
    const facts = { mappingId, functionName, sourceArn, to, records };
    try {
      await this.#hand(delivery);
      events.emit({ type: 'mapping.failureDelivered', at: clock.now(), ...facts });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!events.has('mapping.failureUndelivered')) {
        process.emitWarning(
          `The record of ${records} records of ${sourceArn} that were given up could not be delivered to ${to}: ${reason}`,
          { type: 'IsolambdaUndelivered' },
        );
      }
      events.emit({
        type: 'mapping.failureUndelivered',
        at: clock.now(),
        ...facts,
        reason,
        body,
      });
    }
  }

  async #hand({ to, body, object }: FailureDelivery): Promise<void> {
    const target = this.#options.findTarget(to);
    if (target?.kind === 'queue' && !target.isFifo) await target.send(body, {});
    else if (target?.kind === 'topic' && !target.isFifo) await target.publish(body, {});
    else if (target?.kind === 'bucket') await target.put(object.key, object.body, {});
    else throw new UndeliverableError(`There is no ${to} that takes records of failures`);
  }
}

function takesFailures(target: DeliveryTarget | undefined): boolean {
  if (target?.kind === 'queue' || target?.kind === 'topic') return !target.isFifo;
  return target?.kind === 'bucket';
}
