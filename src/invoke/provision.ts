import { realNowMs, type Clock } from '../core/clock.ts';
import type { Events, StopReason } from '../core/events.ts';
import { limits } from '../core/limits.ts';
import type { FunctionVersionRecord } from '../functions/function-record.ts';
import type { Admission } from './admission.ts';
import type { Environment } from './environment.ts';
import type { EnvironmentPool } from './environment-pool.ts';
import type { EnvironmentStarter } from './environment-starter.ts';

/** What the environments of a provision need. */
export interface ProvisionPorts {
  readonly admission: Admission;
  readonly pool: EnvironmentPool;
  readonly starter: EnvironmentStarter;
  readonly clock: Clock;
  readonly events: Events;
}

/** Whose environments they are. */
export interface ProvisionOwner {
  readonly functionName: string;
  /** A version or an alias. */
  readonly qualifier: string;
  /** Qualified as above: invocations usually come by it. */
  readonly arn: string;
}

/** How many environments each version is to have: several only where an alias has weights. */
export type ProvisionTargets = ReadonlyMap<FunctionVersionRecord, number>;

/** AWS's states of a configuration. */
export type ProvisionedStatus = 'IN_PROGRESS' | 'READY' | 'FAILED';

/** Why a provision failed, in AWS's words. */
export const initFailure = 'FUNCTION_ERROR_INIT_FAILURE';

/** Environments that start side by side. */
const mostLanes = 8;

/** Inline guests start on this thread; the rest of the host gets its turn after so many milliseconds. */
const turnMs = 8;

/** Ends of environments that nobody wants any more; all others are replaced. */
const unwanted: ReadonlySet<StopReason> = new Set(['retired', 'closed']);

/**
 * The pre-initialised environments of one version or alias: starts those that are missing, ends those that are too
 * many, replaces those that broke. When an alias moves on, each new environment takes the place of an old one.
 */
export class Provision {
  readonly #owner: ProvisionOwner;
  readonly #ports: ProvisionPorts;
  /** By version, those that serve it; all are initialised. */
  readonly #serving = new Map<FunctionVersionRecord, Set<Environment>>();
  readonly #starting = new Map<FunctionVersionRecord, number>();
  #targets: ProvisionTargets = new Map();
  /** Places of environments that broke and are being replaced. */
  #broken = 0;
  /** Places that count within the reserve of the function. */
  #allocated = 0;
  /** Inits that failed in a row. */
  #failures = 0;
  #lanes = 0;
  #status: ProvisionedStatus = 'IN_PROGRESS';
  #isClosed = false;
  #settled = Promise.withResolvers<void>();

  constructor(owner: ProvisionOwner, ports: ProvisionPorts) {
    this.#owner = owner;
    this.#ports = ports;
  }

  get status(): ProvisionedStatus {
    return this.#status;
  }

  /** Places that it has: those of environments that serve, and of those that are being replaced. */
  get allocated(): number {
    return this.#allocated;
  }

  /** Environments that are initialised, busy ones included. */
  get available(): number {
    let count = 0;
    for (const environments of this.#serving.values()) count += environments.size;
    return count;
  }

  /** Resolves when all environments are there, or no more is tried, or nobody wants them any more. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  /** Goes for other numbers or versions; also tries again what had failed. */
  aim(targets: ProvisionTargets): void {
    this.#targets = targets;
    this.#failures = 0;
    this.#broken = 0;
    if (this.#status !== 'IN_PROGRESS') {
      this.#status = 'IN_PROGRESS';
      this.#settled = Promise.withResolvers<void>();
    }
    this.#balance();
    this.#work();
  }

  /** Ends what rests; what runs finishes first. */
  close(): void {
    this.stop();
    this.#targets = new Map();
    this.#broken = 0;
    this.#balance();
  }

  /** Starts nothing any more; what serves stays until the pool is closed. */
  stop(): void {
    this.#isClosed = true;
    this.#settled.resolve();
  }

  get #isDone(): boolean {
    return this.#isClosed || this.#status === 'FAILED';
  }

  #work(): void {
    while (this.#lanes < mostLanes && !this.#isDone && this.#missing() !== undefined) {
      void this.#lane();
    }
  }

  /** Starts one environment after the other for as long as some are missing. Never rejects. */
  async #lane(): Promise<void> {
    this.#lanes += 1;
    let turnStartedMs = realNowMs();
    for (;;) {
      const version = this.#isDone ? undefined : this.#missing();
      if (version === undefined) break;
      this.#starting.set(version, this.#startingOf(version) + 1);
      const environment = await this.#start(version);
      this.#starting.set(version, this.#startingOf(version) - 1);
      if (environment === undefined) this.#failed();
      else this.#place(environment);
      if (realNowMs() - turnStartedMs > turnMs) {
        await this.#hostsTurn();
        turnStartedMs = realNowMs();
      }
    }
    this.#lanes -= 1;
  }

  /** The environment, initialised; undefined when it failed, which logs and events have told. */
  async #start(version: FunctionVersionRecord): Promise<Environment | undefined> {
    const { starter, pool } = this.#ports;
    const timeoutMs = Math.min(
      Math.max(limits.provisionedInitMs, version.config.timeoutMs),
      limits.initTimeoutMs.max,
    );
    try {
      const program = await starter.program(version);
      if (this.#isDone) return undefined;
      const environment = starter.create({
        version,
        info: starter.newInfo(version, undefined, 'provisioned-concurrency'),
        storage: starter.storage(version, undefined),
        usualArn: this.#owner.arn,
        phase: 'init',
      });
      const startedMs = realNowMs();
      const started = await starter.start(environment, program, { timeoutMs, cpuMs: timeoutMs });
      const initDurationMs = realNowMs() - startedMs;
      if (started.ok) {
        environment.ready(started.environment, initDurationMs);
        return environment;
      }
      // Cut off with the host, or when nobody wants it any more, it says nothing of the code.
      if (this.#isClosed) pool.drop(environment, 'closed');
      else starter.initFailed(environment, started.fault, initDurationMs, undefined);
    } catch (error) {
      // The engine could make none, or the code could not be read: counted as an init that failed.
      if (!this.#isDone) process.emitWarning(error instanceof Error ? error : String(error));
    }
    return undefined;
  }

  /** From now on invocations find it. */
  #place(environment: Environment): void {
    const { pool, admission, clock } = this.#ports;
    const { version } = environment;
    const serving = this.#servingOf(version);
    this.#failures = 0;
    if (this.#isClosed || serving.size >= (this.#targets.get(version) ?? 0)) {
      pool.drop(environment, 'retired');
      return;
    }
    this.#broken = Math.max(this.#broken - 1, 0);
    serving.add(environment);
    this.#serving.set(version, serving);
    const slots = admission.openSlots(version);
    slots.alive += 1;
    environment.home = slots.idle;
    environment.onStopped = (reason) => this.#stopped(environment, reason);
    pool.giveBack(environment, clock.now());
    this.#balance();
  }

  #stopped(environment: Environment, reason: StopReason): void {
    if (!this.#remove(environment)) return;
    const isReplaced = !unwanted.has(reason) && !this.#isDone;
    if (isReplaced) this.#broken += 1;
    this.#balance();
    if (isReplaced) this.#work();
  }

  /** No longer counted; false when it was not. */
  #remove(environment: Environment): boolean {
    const { version } = environment;
    const serving = this.#servingOf(version);
    if (!serving.delete(environment)) return false;
    if (serving.size === 0) this.#serving.delete(version);
    const { admission } = this.#ports;
    const slots = admission.openSlots(version);
    slots.alive -= 1;
    if (slots.alive === 0) admission.closeSlots(version);
    return true;
  }

  #failed(): void {
    if (this.#isDone) return;
    this.#failures += 1;
    if (this.#failures < limits.provisionedInitTries) return;
    this.#broken = 0;
    this.#balance();
    this.#settle('FAILED');
  }

  /** Ends what is too much, then brings the books and the status up to date. */
  #balance(): void {
    let total = 0;
    for (const count of this.#targets.values()) total += count;
    const isComplete = this.#missing({ withStarting: false }) === undefined;
    for (const [version, serving] of [...this.#serving]) {
      const target = this.#targets.get(version) ?? 0;
      const tooMany = serving.size - target;
      // What an alias has left goes on serving until its successor is there.
      const excess = isComplete ? tooMany : Math.min(tooMany, this.available - total);
      for (let count = 0; count < excess; count += 1) this.#end(serving);
    }
    const allocated = Math.min(this.available + this.#broken, total);
    this.#ports.admission.allocate(this.#owner.functionName, allocated - this.#allocated);
    this.#allocated = allocated;
    if (isComplete) this.#settle('READY');
  }

  /** One that rests, if there is one. */
  #end(serving: ReadonlySet<Environment>): void {
    const all = [...serving];
    const environment = all.find(({ isResting }) => isResting) ?? all[0];
    if (environment === undefined) return;
    this.#remove(environment);
    if (environment.isResting) this.#ports.pool.drop(environment, 'retired');
    else environment.retire();
  }

  /** A version that has too few environments, by default those included that are starting. */
  #missing({ withStarting } = { withStarting: true }): FunctionVersionRecord | undefined {
    for (const [version, target] of this.#targets) {
      const starting = withStarting ? this.#startingOf(version) : 0;
      if (this.#servingOf(version).size + starting < target) return version;
    }
    return undefined;
  }

  #settle(status: 'READY' | 'FAILED'): void {
    if (this.#status === status || this.#isClosed) return;
    this.#status = status;
    const { events, clock } = this.#ports;
    const { functionName, qualifier } = this.#owner;
    const about = { at: clock.now(), functionName, qualifier, allocated: this.#allocated };
    if (status === 'READY') events.emit({ type: 'provisioned.ready', ...about });
    else events.emit({ type: 'provisioned.failed', ...about, reason: initFailure });
    this.#settled.resolve();
  }

  #servingOf(version: FunctionVersionRecord): Set<Environment> {
    return this.#serving.get(version) ?? new Set();
  }

  #startingOf(version: FunctionVersionRecord): number {
    return this.#starting.get(version) ?? 0;
  }

  /** Virtual time must not overtake environments that are about to start. */
  async #hostsTurn(): Promise<void> {
    const { functionName, qualifier } = this.#owner;
    const release = this.#ports.clock.hold?.(`environments of ${functionName}:${qualifier} start`);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    release?.();
  }
}
