import type { Clock } from '../core/clock.ts';
import { ThrottledError, type ThrottleLimit } from '../core/errors.ts';
import type { Events } from '../core/events.ts';
import { limits } from '../core/limits.ts';
import type { FunctionVersionRecord } from '../functions/function-record.ts';
import { ConcurrencyBook } from './concurrency-book.ts';
import { InvocationRates, type RateWindow, type ScaleOut } from './invocation-rates.ts';
import type { ProvisionedSlots } from './provisioned-slots.ts';

export interface AdmissionOptions {
  /** Of the account. */
  readonly concurrency: number;
  readonly rateLimits: 'aws' | 'none';
  readonly events: Events;
  readonly clock: Clock;
}

/** Identity of a version; what is read of it is whose it is. */
type VersionIdentity = Pick<FunctionVersionRecord, 'functionName'>;

/** Rarely used parts of a request. */
interface AdmissionRequest {
  /** Wants an environment that nobody used before. */
  readonly isForcedCold: boolean;
  /** An event that was queued: AWS limits how many run at one time, not how many in a second. */
  readonly isQueued?: boolean;
}

/** Invocations of one function that run in environments made for them. */
export interface FunctionLoad {
  readonly kind: 'on-demand';
  readonly functionName: string;
  reserved: number | null;
  /** Places of its pre-initialised environments, over all versions. */
  allocated: number;
  running: number;
  readonly window: RateWindow | undefined;
  readonly scaleOut: ScaleOut | undefined;
}

/** What one invocation counts against. */
export type Lease = FunctionLoad | ProvisionedSlots;

/**
 * Decides who may run. An invocation goes to a pre-initialised environment of its version, if one is free. Else it
 * counts against the reserve of its function, where that has one and what is provisioned leaves room in it, or
 * against what all the others share. https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
export class Admission {
  readonly #events: Events;
  readonly #clock: Clock;
  readonly #book: ConcurrencyBook;
  readonly #rates: InvocationRates | undefined;
  readonly #sharedWindow: RateWindow | undefined;
  readonly #loads = new Map<string, FunctionLoad>();
  readonly #slots = new Map<VersionIdentity, ProvisionedSlots>();
  /** What functions without a reserve share, and how much of it is in use. */
  #sharedLimit: number;
  #sharedRunning = 0;
  #running = 0;

  constructor({ concurrency, rateLimits, events, clock }: AdmissionOptions) {
    this.#events = events;
    this.#clock = clock;
    this.#book = new ConcurrencyBook(concurrency);
    this.#rates = rateLimits === 'aws' ? new InvocationRates(clock) : undefined;
    this.#sharedWindow = this.#rates?.newWindow();
    this.#sharedLimit = concurrency;
  }

  get running(): number {
    return this.#running;
  }

  /** Of the account. */
  get concurrency(): number {
    return this.#book.limit;
  }

  /** AWS's UnreservedConcurrentExecutions: what is neither reserved nor provisioned outside of a reserve. */
  get unreserved(): number {
    return this.#book.unreserved;
  }

  /** Grants the right to run one invocation; `release` gives it back. Throws when there is none left. */
  acquire(version: VersionIdentity, request: AdmissionRequest): Lease {
    const slots = this.#slots.size === 0 ? undefined : this.#freeSlots(version, request);
    if (slots !== undefined) {
      slots.running += 1;
      this.#running += 1;
      return slots;
    }
    const load = this.#loads.get(version.functionName) ?? this.#newLoad(version.functionName);
    if (load.reserved === null) {
      if (this.#sharedRunning >= this.#sharedLimit) throw this.#throttled(load, 'concurrency');
    } else if (load.running + load.allocated >= load.reserved) {
      throw this.#throttled(load, 'concurrency');
    }
    if (this.#rates !== undefined && request.isQueued !== true && !this.#hasTime(load)) {
      throw this.#throttled(load, 'requests-per-second');
    }
    load.running += 1;
    if (load.reserved === null) this.#sharedRunning += 1;
    this.#running += 1;
    return load;
  }

  release(lease: Lease): void {
    lease.running -= 1;
    if (lease.kind === 'on-demand' && lease.reserved === null) this.#sharedRunning -= 1;
    this.#running -= 1;
  }

  /**
   * Asked before a new environment is made for an invocation. Where that must not be, the lease is given back and
   * the invocation is throttled. `ofTenants`: environments that the function has for tenants, when this is one.
   */
  scaleOut(lease: Lease, ofTenants: number | undefined): void {
    if (lease.kind === 'provisioned') return;
    if (ofTenants !== undefined && ofTenants >= this.#mostForTenants(lease)) {
      this.release(lease);
      throw this.#throttled(lease, 'tenant-environments');
    }
    const { scaleOut } = lease;
    if (scaleOut === undefined || this.#rates?.takeEnvironment(scaleOut) !== false) return;
    this.release(lease);
    throw this.#throttled(lease, 'scale-out');
  }

  /** Whether a version has environments that were initialised ahead. */
  isProvisioned(version: VersionIdentity): boolean {
    return this.#slots.size > 0 && this.#slots.has(version);
  }

  /** How many invocations of the function may run at one time. */
  limitOf(functionName: string): number {
    const load = this.#loads.get(functionName);
    if (load === undefined) return this.#sharedLimit;
    return load.reserved ?? this.#sharedLimit + load.allocated;
  }

  /** See `ConcurrencyBook.claimReserved`. */
  claimReserved(functionName: string, reserved: number | null): () => void {
    return this.#book.claimReserved(functionName, reserved);
  }

  /** See `ConcurrencyBook.claimProvisioned`. */
  claimProvisioned(functionName: string, qualifier: string, count: number): () => void {
    return this.#book.claimProvisioned(functionName, qualifier, count);
  }

  /** Sets a function's reserve, or takes it away. What runs already counts against what the function has now. */
  reserve(functionName: string, reserved: number | null): void {
    const load = this.#loads.get(functionName) ?? this.#newLoad(functionName);
    if (load.reserved === null) this.#sharedRunning -= load.running;
    load.reserved = reserved;
    if (reserved === null) this.#sharedRunning += load.running;
    this.#book.setReserved(functionName, reserved);
    this.#sharedLimit = this.#book.unreserved;
    this.#tidy(load);
  }

  /** What a version or alias is promised, whether its environments are there yet or not; 0 takes it away. */
  provision(functionName: string, qualifier: string, count: number): void {
    this.#book.setProvisioned(functionName, qualifier, count);
    this.#sharedLimit = this.#book.unreserved;
  }

  /** Changes how many places within a function's reserve belong to pre-initialised environments. */
  allocate(functionName: string, change: number): void {
    const load = this.#loads.get(functionName) ?? this.#newLoad(functionName);
    load.allocated += change;
    this.#tidy(load);
  }

  /** Where the pre-initialised environments of a version are counted; `closeSlots` when there are none any more. */
  openSlots(version: VersionIdentity): ProvisionedSlots {
    let slots = this.#slots.get(version);
    if (slots === undefined) {
      const { functionName } = version;
      const window = this.#rates?.newWindow();
      slots = { kind: 'provisioned', functionName, idle: [], alive: 0, running: 0, window };
      this.#slots.set(version, slots);
    }
    return slots;
  }

  closeSlots(version: VersionIdentity): void {
    this.#slots.delete(version);
  }

  #freeSlots(
    version: VersionIdentity,
    { isForcedCold, isQueued }: AdmissionRequest,
  ): ProvisionedSlots | undefined {
    const slots = this.#slots.get(version);
    if (slots === undefined || slots.idle.length === 0 || isForcedCold) return undefined;
    const { window, alive } = slots;
    if (window === undefined || isQueued === true) return slots;
    return this.#rates?.takeRequest(window, alive) === false ? undefined : slots;
  }

  #hasTime(load: FunctionLoad): boolean {
    const window = load.reserved === null ? this.#sharedWindow : load.window;
    if (window === undefined) return true;
    return this.#rates?.takeRequest(window, this.#onDemandLimit(load)) !== false;
  }

  /** What its invocations that find no pre-initialised environment may have, together with those that share it. */
  #onDemandLimit({ reserved, allocated }: FunctionLoad): number {
    return reserved === null ? this.#sharedLimit : Math.max(reserved - allocated, 0);
  }

  #mostForTenants({ reserved }: FunctionLoad): number {
    return Math.floor((reserved ?? this.#sharedLimit) * limits.tenantEnvironmentsPerConcurrency);
  }

  #newLoad(functionName: string): FunctionLoad {
    const load: FunctionLoad = {
      kind: 'on-demand',
      functionName,
      reserved: null,
      allocated: 0,
      running: 0,
      window: this.#rates?.newWindow(),
      scaleOut: this.#rates?.newScaleOut(),
    };
    this.#loads.set(functionName, load);
    return load;
  }

  /** Functions that are gone leave nothing behind; rates are remembered. */
  #tidy({ functionName, reserved, allocated, running, scaleOut }: FunctionLoad): void {
    if (reserved !== null || allocated > 0 || running > 0 || scaleOut !== undefined) return;
    this.#loads.delete(functionName);
  }

  /** Tells the listeners, and gives the error. */
  #throttled(load: FunctionLoad, what: ThrottleLimit): ThrottledError {
    const { functionName } = load;
    const reason = reasonOf(what, load.reserved !== null);
    const limit = this.#limitNamed(what, load);
    const at = this.#clock.now();
    this.#events.emit({ type: 'invocation.throttled', at, functionName, reason, limit });
    return new ThrottledError(functionName, limit, reason, what);
  }

  #limitNamed(what: ThrottleLimit, load: FunctionLoad): number {
    switch (what) {
      case 'concurrency':
        return load.reserved ?? this.#sharedLimit;
      case 'requests-per-second':
        return this.#onDemandLimit(load) * limits.requestsPerConcurrency;
      case 'scale-out':
        return limits.scaleOut.burst;
      case 'tenant-environments':
        return this.#mostForTenants(load);
    }
  }
}

/** AWS's words; how fast a function grows counts as its rate. */
function reasonOf(what: ThrottleLimit, isReserved: boolean): string {
  if (what === 'concurrency' || what === 'tenant-environments') {
    return `${isReserved ? 'ReservedFunction' : ''}ConcurrentInvocationLimitExceeded`;
  }
  return `${isReserved ? 'Reserved' : ''}FunctionInvocationRateLimitExceeded`;
}
