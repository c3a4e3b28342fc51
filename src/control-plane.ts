import type { Clock } from './core/clock.ts';
import { ClosedError } from './core/errors.ts';
import type { Events } from './core/events.ts';
import type { AliasChanges, AliasOptions, AliasRecord } from './functions/aliases.ts';
import type { FunctionChanges, FunctionOptions } from './functions/function-options.ts';
import type { FunctionRecord, FunctionVersionRecord } from './functions/function-record.ts';
import type { RestoredFunctions } from './functions/restore-functions.ts';
import type { FunctionStore, Prepare } from './functions/store.ts';
import type { LayerVersion, PublishLayerOptions } from './functions/layer-options.ts';
import type { PublishOptions } from './functions/versions.ts';
import type { Endpoints } from './inspect/endpoints.ts';
import type { Executor } from './invoke/executor.ts';

/** Told of functions, after the fact and in order, so that what hangs on them follows. */
export interface FunctionFollower {
  /** Created, or its settings or code may have changed. */
  changed?(record: FunctionRecord): void;
  deleted?(functionName: string): void;
  /** A version or an alias is gone. */
  qualifierDeleted?(functionName: string, qualifier: string): void;
  /** An alias stands for other versions, or shares them otherwise. */
  aliasChanged?(alias: AliasRecord): void;
  /** A version of a layer is gone; functions that have it keep it. */
  layerVersionDeleted?(arn: string): void;
}

export interface ControlPlaneOptions {
  readonly store: FunctionStore;
  readonly executors: Readonly<Record<'inline' | 'thread', Executor>>;
  readonly events: Events;
  readonly clock: Clock;
  readonly endpoints: Endpoints;
  readonly followers: readonly FunctionFollower[];
}

/** Changes functions, gets their code ready to run, and says so in events. */
export class ControlPlane {
  readonly #store: FunctionStore;
  readonly #executors: Readonly<Record<'inline' | 'thread', Executor>>;
  readonly #events: Events;
  readonly #clock: Clock;
  readonly #endpoints: Endpoints;
  readonly #followers: readonly FunctionFollower[];
  #isClosed = false;

  constructor(options: ControlPlaneOptions) {
    this.#store = options.store;
    this.#executors = options.executors;
    this.#events = options.events;
    this.#clock = options.clock;
    this.#endpoints = options.endpoints;
    this.#followers = options.followers;
  }

  /** Refuses further changes; resolves when those on their way are kept. */
  close(): Promise<void> {
    this.#isClosed = true;
    return this.#store.close();
  }

  /** Brings back what the storage has, before anything else; emits no events, since nothing has happened. */
  async restore(): Promise<RestoredFunctions> {
    const restored = await this.#store.restore();
    for (const { name, latest } of this.#store.list()) {
      if (latest.config.inspect !== false) await this.#serve(name);
    }
    return restored;
  }

  async create(options: FunctionOptions): Promise<FunctionRecord> {
    this.#checkOpen();
    const record = await this.#deploy((prepare) => this.#store.create(options, prepare));
    for (const follower of this.#followers) follower.changed?.(record);
    this.#events.emit({ type: 'function.created', ...this.#about(record.name, record.arn) });
    return record;
  }

  async update(
    name: string,
    changes: FunctionChanges,
    options?: { readonly revisionId?: string },
  ): Promise<void> {
    this.#checkOpen();
    const record = await this.#deploy((prepare) =>
      this.#store.update(name, changes, options, prepare),
    );
    for (const follower of this.#followers) follower.changed?.(record);
    this.#events.emit({ type: 'function.updated', ...this.#about(record.name, record.arn) });
  }

  async delete(name: string): Promise<void> {
    this.#checkOpen();
    const { name: functionName, arn } = this.#store.get(name) ?? { name, arn: name };
    await this.#store.delete(name);
    for (const follower of this.#followers) follower.deleted?.(functionName);
    this.#endpoints.leave(functionName);
    this.#events.emit({ type: 'function.deleted', ...this.#about(name, arn) });
  }

  async publish(name: string, options: PublishOptions | undefined): Promise<FunctionVersionRecord> {
    this.#checkOpen();
    const { record, isNew } = await this.#store.versions.publish(name, options);
    if (isNew) {
      const { functionName, version, arn } = record;
      const at = this.#clock.now();
      this.#events.emit({ type: 'version.published', at, functionName, version, arn });
    }
    return record;
  }

  async publishLayer(options: PublishLayerOptions): Promise<LayerVersion> {
    this.#checkOpen();
    return this.#store.layers.publish(options);
  }

  /** False when there was none. */
  async deleteLayerVersion(name: string, version: number): Promise<boolean> {
    this.#checkOpen();
    const arn = this.#store.layers.find(name, version)?.arn;
    const existed = await this.#store.layers.delete(name, version);
    if (existed && arn !== undefined) {
      for (const follower of this.#followers) follower.layerVersionDeleted?.(arn);
    }
    return existed;
  }

  async deleteVersion(functionName: string, version: string): Promise<void> {
    this.#checkOpen();
    await this.#store.versions.delete(functionName, version);
    for (const follower of this.#followers) follower.qualifierDeleted?.(functionName, version);
    this.#events.emit({ type: 'version.deleted', at: this.#clock.now(), functionName, version });
  }

  async createAlias(
    functionName: string,
    alias: string,
    options: AliasOptions,
  ): Promise<AliasRecord> {
    this.#checkOpen();
    const record = await this.#store.aliases.create(functionName, alias, options);
    this.#events.emit({ type: 'alias.created', at: this.#clock.now(), functionName, alias });
    return record;
  }

  async updateAlias(
    functionName: string,
    alias: string,
    changes: AliasChanges,
  ): Promise<AliasRecord> {
    this.#checkOpen();
    const record = await this.#store.aliases.update(functionName, alias, changes);
    for (const follower of this.#followers) follower.aliasChanged?.(record);
    this.#events.emit({ type: 'alias.updated', at: this.#clock.now(), functionName, alias });
    return record;
  }

  async deleteAlias(functionName: string, alias: string): Promise<boolean> {
    this.#checkOpen();
    const existed = await this.#store.aliases.delete(functionName, alias);
    if (existed) {
      for (const follower of this.#followers) follower.qualifierDeleted?.(functionName, alias);
      this.#events.emit({ type: 'alias.deleted', at: this.#clock.now(), functionName, alias });
    }
    return existed;
  }

  /** Whether the change is made or refused, debuggers then find what is deployed. */
  async #deploy(change: (prepare: Prepare) => Promise<FunctionRecord>): Promise<FunctionRecord> {
    let functionName: string | undefined;
    try {
      return await change(async (latest) => {
        functionName = latest.functionName;
        await this.#prepare(latest);
      });
    } finally {
      if (functionName !== undefined) await this.#serve(functionName);
    }
  }

  /** Compiles the code and opens what debuggers connect to; what is deployed until then stays as it is. */
  async #prepare({ functionName, code, config }: FunctionVersionRecord): Promise<void> {
    const { isolation, memoryMb, inspect } = config;
    if (inspect !== false) await this.#endpoints.open(inspect, functionName);
    const { program } = await code.load();
    await this.#executors[isolation].prepare(program, memoryMb);
  }

  /** Debuggers find a function where its `$LATEST` says, and nowhere else. */
  async #serve(functionName: string): Promise<void> {
    const { inspect = false } = this.#store.get(functionName)?.latest.config ?? {};
    const endpoint =
      inspect === false ? undefined : await this.#endpoints.open(inspect, functionName);
    this.#endpoints.leave(functionName, endpoint);
  }

  #about(functionName: string, arn: string): { at: number; functionName: string; arn: string } {
    return { at: this.#clock.now(), functionName, arn };
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new ClosedError();
  }
}
