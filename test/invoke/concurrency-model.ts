/** A function with what it was given. */
interface ModelFunction {
  readonly name: string;
  readonly reserved: number | null;
}

interface ModelProvisioned {
  readonly functionName: string;
  readonly qualifier: string;
  readonly count: number;
}

/** A pre-initialised environment. */
interface ModelEnvironment {
  readonly version: string;
  readonly functionName: string;
  readonly isBusy: boolean;
}

interface ModelRun {
  readonly id: number;
  readonly functionName: string;
  /** Set for one in a pre-initialised environment. */
  readonly version: string | undefined;
}

/** A request that was let in: when, and against what. */
interface ModelRequest {
  readonly pool: string;
  readonly atMs: number;
}

export type Decision =
  | { readonly kind: 'provisioned' | 'on-demand' }
  | { readonly kind: 'throttled'; readonly reason: string; readonly limit: number };

/**
 * AWS's concurrency written down a second time, as slowly and plainly as it can be: a few lists, and everything
 * that is asked is counted anew from them.
 */
export class ConcurrencyModel {
  readonly #account: number;
  readonly #hasRates: boolean;
  nowMs = 0;
  functions: readonly ModelFunction[] = [];
  provisioned: readonly ModelProvisioned[] = [];
  environments: readonly ModelEnvironment[] = [];
  runs: readonly ModelRun[] = [];
  requests: readonly ModelRequest[] = [];
  /** When new environments of which function were made. */
  starts: readonly { readonly functionName: string; readonly atMs: number }[] = [];

  constructor(account: number, hasRates: boolean) {
    this.#account = account;
    this.#hasRates = hasRates;
  }

  reservedOf(name: string): number | null {
    return this.functions.find((given) => given.name === name)?.reserved ?? null;
  }

  provisionedOf(name: string, except?: string): number {
    return this.provisioned
      .filter(({ functionName, qualifier }) => functionName === name && qualifier !== except)
      .reduce((total, { count }) => total + count, 0);
  }

  /** A - sum R - sum P of functions without R; `without` leaves a function out. */
  unreserved(without?: string): number {
    const names = new Set([
      ...this.functions.map(({ name }) => name),
      ...this.provisioned.map(({ functionName }) => functionName),
    ]);
    return [...names]
      .filter((name) => name !== without)
      .reduce(
        (left, name) => left - (this.reservedOf(name) ?? this.provisionedOf(name)),
        this.#account,
      );
  }

  /** What AWS says to it, if it refuses. */
  putReserved(name: string, reserved: number | null): string | undefined {
    if (reserved !== null) {
      const provisioned = this.provisionedOf(name);
      if (reserved < provisioned) {
        return ` ReservedConcurrentExecutions  ${reserved} should not be lower than function's total provisioned concurrency [${provisioned}].`;
      }
      if (reserved > 0 && this.unreserved(name) - reserved < 100) {
        return "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].";
      }
    }
    this.functions = [
      ...this.functions.filter((given) => given.name !== name),
      ...(reserved === null ? [] : [{ name, reserved }]),
    ];
    return undefined;
  }

  putProvisioned(name: string, qualifier: string, count: number): string | undefined {
    const reserved = this.reservedOf(name);
    const others = this.provisionedOf(name, qualifier);
    if (reserved !== null && others + count > reserved) {
      return 'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function';
    }
    const left = this.unreserved(name) - others;
    if (reserved === null && count > left) {
      return `Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [${left}].`;
    }
    if (reserved === null && left - count < 100) {
      return "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].";
    }
    this.deleteProvisioned(name, qualifier);
    this.provisioned = [...this.provisioned, { functionName: name, qualifier, count }];
    return undefined;
  }

  deleteProvisioned(name: string, qualifier: string): void {
    this.provisioned = this.provisioned.filter(
      (given) => given.functionName !== name || given.qualifier !== qualifier,
    );
  }

  acquire(
    id: number,
    asked: { functionName: string; version: string; isForcedCold: boolean; isQueued: boolean },
  ): Decision {
    const { functionName, version, isForcedCold, isQueued } = asked;
    const free = this.environments.find((each) => each.version === version && !each.isBusy);
    if (free !== undefined && !isForcedCold) {
      const alive = this.environments.filter((each) => each.version === version).length;
      if (isQueued || this.#letIn(`version ${version}`, alive)) {
        this.#replace(free, { ...free, isBusy: true });
        this.runs = [...this.runs, { id, functionName, version }];
        return { kind: 'provisioned' };
      }
    }
    const reserved = this.reservedOf(functionName);
    const prefix = reserved === null ? '' : 'Reserved';
    const limit = this.onDemandLimit(functionName);
    if (this.#onDemand(functionName) >= limit) {
      const owner = reserved === null ? '' : 'ReservedFunction';
      return {
        kind: 'throttled',
        reason: `${owner}ConcurrentInvocationLimitExceeded`,
        limit: reserved ?? limit,
      };
    }
    const pool = reserved === null ? 'shared' : `function ${functionName}`;
    if (!isQueued && !this.#letIn(pool, limit)) {
      return {
        kind: 'throttled',
        reason: `${prefix}FunctionInvocationRateLimitExceeded`,
        limit: limit * 10,
      };
    }
    this.runs = [...this.runs, { id, functionName, version: undefined }];
    return { kind: 'on-demand' };
  }

  /** A new environment for a run; without one the run is over. */
  start(id: number): Decision {
    const run = this.runs.find((each) => each.id === id);
    if (run === undefined) throw new Error('no such run');
    if (this.#hasRates && this.#startsLeft(run.functionName) < 1) {
      this.runs = this.runs.filter((each) => each !== run);
      const prefix = this.reservedOf(run.functionName) === null ? '' : 'Reserved';
      return {
        kind: 'throttled',
        reason: `${prefix}FunctionInvocationRateLimitExceeded`,
        limit: 1_000,
      };
    }
    this.starts = [...this.starts, { functionName: run.functionName, atMs: this.nowMs }];
    return { kind: 'on-demand' };
  }

  release(id: number): void {
    const run = this.runs.find((each) => each.id === id);
    this.runs = this.runs.filter((each) => each !== run);
    const busy = this.environments.find((each) => each.version === run?.version && each.isBusy);
    if (run?.version !== undefined && busy !== undefined) {
      this.#replace(busy, { ...busy, isBusy: false });
    }
  }

  /** What invocations that find no pre-initialised environment may have. */
  onDemandLimit(functionName: string): number {
    const reserved = this.reservedOf(functionName);
    return reserved === null
      ? Math.max(this.unreserved(), 0)
      : Math.max(reserved - this.allocatedOf(functionName), 0);
  }

  allocatedOf(functionName: string): number {
    return this.environments.filter((each) => each.functionName === functionName).length;
  }

  /** Those that share a limit: of one function with a reserve, or of all that have none. */
  #onDemand(functionName: string): number {
    const isReserved = this.reservedOf(functionName) !== null;
    return this.runs.filter(
      (run) =>
        run.version === undefined &&
        (isReserved
          ? run.functionName === functionName
          : this.reservedOf(run.functionName) === null),
    ).length;
  }

  #letIn(pool: string, concurrency: number): boolean {
    if (!this.#hasRates) return true;
    const second = Math.floor(this.nowMs / 1_000);
    const taken = this.requests.filter(
      (each) => each.pool === pool && Math.floor(each.atMs / 1_000) === second,
    );
    if (taken.length >= concurrency * 10) return false;
    this.requests = [...this.requests, { pool, atMs: this.nowMs }];
    return true;
  }

  /** A bucket of 1,000, filled with one each 10 ms, gone through from the beginning. */
  #startsLeft(functionName: string): number {
    let left = 1_000;
    let atMs = 0;
    for (const start of this.starts.filter((each) => each.functionName === functionName)) {
      left = Math.min(1_000, left + (start.atMs - atMs) / 10) - 1;
      atMs = start.atMs;
    }
    // As a sum of tenths it may miss a whole number by less than anybody could see.
    return Math.min(1_000, left + (this.nowMs - atMs) / 10) + 1e-6;
  }

  #replace(old: ModelEnvironment, changed: ModelEnvironment): void {
    this.environments = this.environments.map((each) => (each === old ? changed : each));
  }
}
