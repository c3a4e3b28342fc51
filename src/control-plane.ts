import type { Clock } from './core/clock.ts';
import { ClosedError } from './core/errors.ts';
import type { Events } from './core/events.ts';
import type { AliasChanges, AliasOptions, AliasRecord } from './functions/aliases.ts';
import type { FunctionChanges, FunctionOptions } from './functions/function-options.ts';
import type { FunctionRecord, FunctionVersionRecord } from './functions/function-record.ts';
import type { FunctionStore } from './functions/store.ts';
import type { LayerVersion, PublishLayerOptions } from './functions/layer-options.ts';
import type { PublishOptions } from './functions/versions.ts';
import type { Endpoints } from './inspect/endpoints.ts';
import type { Executor } from './invoke/executor.ts';

/** Changes functions, gets their code ready to run, and says so in events. */
export class ControlPlane {
  readonly #store: FunctionStore;
  readonly #executors: Readonly<Record<'inline' | 'thread', Executor>>;
  readonly #events: Events;
  readonly #clock: Clock;
  readonly #endpoints: Endpoints;
  #isClosed = false;

  constructor(
    store: FunctionStore,
    executors: Readonly<Record<'inline' | 'thread', Executor>>,
    events: Events,
    clock: Clock,
    endpoints: Endpoints,
  ) {
    this.#store = store;
    this.#executors = executors;
    this.#events = events;
    this.#clock = clock;
    this.#endpoints = endpoints;
  }

  close(): void {
    this.#isClosed = true;
  }

  async create(options: FunctionOptions): Promise<FunctionRecord> {
    this.#checkOpen();
    const record = await this.#store.create(options);
    try {
      await this.#prepare(record.latest);
    } catch (error) {
      this.#store.delete(record.name);
      this.#endpoints.leave(record.name);
      throw error;
    }
    this.#events.emit({ type: 'function.created', ...this.#about(record.name, record.arn) });
    return record;
  }

  async update(
    name: string,
    changes: FunctionChanges,
    options?: { readonly revisionId?: string },
  ): Promise<void> {
    this.#checkOpen();
    const record = await this.#store.update(name, changes, options);
    await this.#prepare(record.latest);
    this.#events.emit({ type: 'function.updated', ...this.#about(record.name, record.arn) });
  }

  async delete(name: string): Promise<void> {
    this.#checkOpen();
    const { name: functionName, arn } = this.#store.get(name) ?? { name, arn: name };
    this.#store.delete(name);
    this.#endpoints.leave(functionName);
    this.#events.emit({ type: 'function.deleted', ...this.#about(name, arn) });
  }

  publish(name: string, options: PublishOptions | undefined): FunctionVersionRecord {
    this.#checkOpen();
    const before = this.#store.versions.list(name).length;
    const record = this.#store.versions.publish(name, options);
    if (this.#store.versions.list(name).length > before) {
      const { functionName, version, arn } = record;
      const at = this.#clock.now();
      this.#events.emit({ type: 'version.published', at, functionName, version, arn });
    }
    return record;
  }

  publishLayer(options: PublishLayerOptions): Promise<LayerVersion> {
    this.#checkOpen();
    return this.#store.layers.publish(options);
  }

  deleteVersion(functionName: string, version: string): void {
    this.#checkOpen();
    this.#store.versions.delete(functionName, version);
    this.#events.emit({ type: 'version.deleted', at: this.#clock.now(), functionName, version });
  }

  createAlias(functionName: string, alias: string, options: AliasOptions): AliasRecord {
    this.#checkOpen();
    const record = this.#store.aliases.create(functionName, alias, options);
    this.#events.emit({ type: 'alias.created', at: this.#clock.now(), functionName, alias });
    return record;
  }

  updateAlias(functionName: string, alias: string, changes: AliasChanges): AliasRecord {
    this.#checkOpen();
    const record = this.#store.aliases.update(functionName, alias, changes);
    this.#events.emit({ type: 'alias.updated', at: this.#clock.now(), functionName, alias });
    return record;
  }

  deleteAlias(functionName: string, alias: string): boolean {
    this.#checkOpen();
    const existed = this.#store.aliases.delete(functionName, alias);
    if (existed) {
      this.#events.emit({ type: 'alias.deleted', at: this.#clock.now(), functionName, alias });
    }
    return existed;
  }

  async #prepare(version: FunctionVersionRecord): Promise<void> {
    const { isolation, memoryMb, inspect } = version.config;
    await this.#endpoints.serve(version.functionName, inspect === false ? undefined : inspect);
    await this.#executors[isolation].prepare(version.program, memoryMb);
  }

  #about(functionName: string, arn: string): { at: number; functionName: string; arn: string } {
    return { at: this.#clock.now(), functionName, arn };
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new ClosedError();
  }
}
