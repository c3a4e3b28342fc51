import type { Clock, ClockTimer } from '../core/clock.ts';
import type { StopReason } from '../core/events.ts';
import type { FunctionVersionRecord } from '../functions/function-record.ts';
import type { Environment } from './environment.ts';
import type { EnvironmentStorage } from './executor.ts';
import { KeptStorages } from './kept-storages.ts';

/** Ends that AWS calls a reset: another environment takes the place, and finds `/tmp` as it was. */
const resets: ReadonlySet<StopReason> = new Set([
  'timeout',
  'out-of-memory',
  'exit',
  'uncaught-error',
  'init-failed',
]);

/** What an environment costs besides its heap, in bytes: V8's own structures and the host's side. */
const baseBytes = 500_000;

export interface EnvironmentPoolOptions {
  readonly clock: Clock;
  /** A warm environment that nobody used for this long is ended. */
  readonly idleTimeoutMs: number;
  /** Memory that all environments together may hold before idle ones give way, in bytes. */
  readonly ceilingBytes: number;
}

/**
 * Warm environments of one function version. The one that rested last is taken first: it is the warmest,
 * and the others can age.
 */
interface Shelf {
  /** Those without a tenant, which is nearly always all of them. */
  readonly idle: Environment[];
  readonly idleByTenant: Map<string, Environment[]>;
  readonly all: Set<Environment>;
}

/**
 * The warm cache. An environment is found again only under the version record and the tenant that it was
 * started for. Idle ones end after a while, or earlier, least recently used first, when all together hold
 * too much memory.
 */
export class EnvironmentPool {
  readonly #clock: Clock;
  readonly #idleTimeoutMs: number;
  readonly #ceilingBytes: number;
  readonly #kept = new KeptStorages();
  readonly #shelves = new Map<FunctionVersionRecord, Shelf>();
  readonly #ofTenants = new Map<string, number>();
  #bookedBytes = 0;
  #size = 0;
  #sweep: ClockTimer | undefined;

  constructor(options: EnvironmentPoolOptions) {
    this.#clock = options.clock;
    this.#idleTimeoutMs = options.idleTimeoutMs;
    this.#ceilingBytes = options.ceilingBytes;
  }

  /** Environments alive, busy ones included. */
  get size(): number {
    return this.#size;
  }

  get bookedBytes(): number {
    return this.#bookedBytes;
  }

  /** What an environment that was reset left in `/tmp`, for the one that takes its place. */
  takeStorage(
    version: FunctionVersionRecord,
    tenantId: string | undefined,
  ): EnvironmentStorage | undefined {
    const storage = this.#kept.take(version, tenantId);
    if (storage !== undefined) this.#bookedBytes -= storage.usedBytes;
    return storage;
  }

  /** Environments alive that belong to tenants of one function, over all versions. */
  countOfTenants(functionName: string): number {
    return this.#ofTenants.get(functionName) ?? 0;
  }

  /** Environments alive for one version. */
  countOf(version: FunctionVersionRecord): number {
    return this.#shelves.get(version)?.all.size ?? 0;
  }

  /** A warm environment, now busy; `undefined` when there is none. */
  take(version: FunctionVersionRecord, tenantId: string | undefined): Environment | undefined {
    const shelf = this.#shelves.get(version);
    const idle = tenantId === undefined ? shelf?.idle : shelf?.idleByTenant.get(tenantId);
    const environment = idle?.pop();
    environment?.take();
    return environment;
  }

  /** Counts a new environment in. */
  add(environment: Environment): void {
    let shelf = this.#shelves.get(environment.version);
    if (shelf === undefined) {
      shelf = { idle: [], idleByTenant: new Map(), all: new Set() };
      this.#shelves.set(environment.version, shelf);
    }
    shelf.all.add(environment);
    environment.home = idleList(shelf, environment.info.tenantId);
    this.#size += 1;
    this.#countTenant(environment, 1);
    this.#book(environment);
  }

  /** Takes an environment back after an invocation that it survived. `nowMs`: epoch milliseconds. */
  giveBack(environment: Environment, nowMs: number): void {
    if (environment.isRetired) {
      this.drop(environment, 'retired');
      return;
    }
    environment.rest(nowMs);
    environment.home.push(environment);
    if (environment.heldBytes + baseBytes !== environment.bookedBytes) this.#book(environment);
    if (this.#sweep === undefined) this.#scheduleSweep(this.#idleTimeoutMs);
  }

  /** Ends an environment and forgets it. */
  drop(environment: Environment, reason: StopReason): void {
    const shelf = this.#shelves.get(environment.version);
    if (shelf?.all.delete(environment) !== true) return;
    this.#size -= 1;
    this.#countTenant(environment, -1);
    this.#bookedBytes -= environment.bookedBytes;
    const index = environment.home.indexOf(environment);
    if (index >= 0) environment.home.splice(index, 1);
    forgetTenant(shelf, environment.info.tenantId);
    if (shelf.all.size === 0) this.#shelves.delete(environment.version);
    environment.stop(reason);
    this.#keepStorage(environment, reason);
  }

  #keepStorage({ version, info, storage, isRetired }: Environment, reason: StopReason): void {
    if (storage.usedBytes === 0 || isRetired || !resets.has(reason)) {
      storage.dispose();
      return;
    }
    this.#kept.keep({ version, tenantId: info.tenantId, storage, sinceMs: this.#clock.now() });
    this.#bookedBytes += storage.usedBytes;
    if (this.#bookedBytes > this.#ceilingBytes) this.#makeRoom();
    if (this.#sweep === undefined) this.#scheduleSweep(this.#idleTimeoutMs);
  }

  /** No new invocation runs on that version record; what runs there ends in peace. */
  retire(version: FunctionVersionRecord): void {
    this.#bookedBytes -= this.#kept.forget((kept) => kept.version === version);
    const shelf = this.#shelves.get(version);
    if (shelf === undefined) return;
    for (const environment of [...shelf.all]) {
      environment.retire();
      if (environment.isResting) this.drop(environment, 'retired');
    }
  }

  close(): void {
    this.#sweep?.cancel();
    this.#sweep = undefined;
    for (const environment of this.#everyone()) this.drop(environment, 'closed');
    this.#bookedBytes -= this.#kept.forget(() => true);
  }

  /** Brings the books up to date, then makes room if they show too much. */
  #book(environment: Environment): void {
    const bytes = environment.heldBytes + baseBytes;
    this.#bookedBytes += bytes - environment.bookedBytes;
    environment.bookedBytes = bytes;
    if (this.#bookedBytes > this.#ceilingBytes) this.#makeRoom();
  }

  #makeRoom(): void {
    // What waits for an environment that may never come goes first.
    let excessBytes = this.#bookedBytes - this.#ceilingBytes;
    this.#bookedBytes -= this.#kept.forget(({ storage }) => {
      if (excessBytes <= 0) return false;
      excessBytes -= storage.usedBytes;
      return true;
    });
    const resting = this.#everyone()
      .filter(mayGiveWay)
      .sort((a, b) => a.idleSinceMs - b.idleSinceMs);
    for (const environment of resting) {
      if (this.#bookedBytes <= this.#ceilingBytes) return;
      this.drop(environment, 'memory-ceiling');
    }
  }

  #scheduleSweep(delayMs: number): void {
    this.#sweep = this.#clock.setTimer(() => this.#sweepIdle(), delayMs, {
      label: 'eviction of idle environments',
      keepAlive: false,
    });
  }

  #sweepIdle(): void {
    this.#sweep = undefined;
    const nowMs = this.#clock.now();
    let nextMs = Infinity;
    for (const environment of this.#everyone().filter(mayGiveWay)) {
      const expiresMs = environment.idleSinceMs + this.#idleTimeoutMs;
      if (expiresMs <= nowMs) this.drop(environment, 'idle');
      else nextMs = Math.min(nextMs, expiresMs);
    }
    this.#bookedBytes -= this.#kept.forget(({ sinceMs }) => sinceMs + this.#idleTimeoutMs <= nowMs);
    nextMs = Math.min(nextMs, this.#kept.oldestMs + this.#idleTimeoutMs);
    if (nextMs < Infinity) this.#scheduleSweep(nextMs - nowMs);
  }

  #countTenant({ info, version }: Environment, change: number): void {
    if (info.tenantId === undefined) return;
    const count = this.countOfTenants(version.functionName) + change;
    if (count === 0) this.#ofTenants.delete(version.functionName);
    else this.#ofTenants.set(version.functionName, count);
  }

  #everyone(): Environment[] {
    return [...this.#shelves.values()].flatMap((shelf) => [...shelf.all]);
  }
}

/** Neither age nor the memory of the others ends what somebody has provisioned. */
function mayGiveWay({ isResting, isProvisioned }: Environment): boolean {
  return isResting && !isProvisioned;
}

/** Where environments of one tenant wait for the next invocation. */
function idleList(shelf: Shelf, tenantId: string | undefined): Environment[] {
  if (tenantId === undefined) return shelf.idle;
  let idle = shelf.idleByTenant.get(tenantId);
  if (idle === undefined) {
    idle = [];
    shelf.idleByTenant.set(tenantId, idle);
  }
  return idle;
}

/** Tenants come and go: a list stays only while somebody of that tenant lives. */
function forgetTenant(shelf: Shelf, tenantId: string | undefined): void {
  if (tenantId === undefined) return;
  for (const environment of shelf.all) if (environment.info.tenantId === tenantId) return;
  shelf.idleByTenant.delete(tenantId);
}
