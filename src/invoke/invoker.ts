import { realNowMs, SystemClock, type Clock } from '../core/clock.ts';
import { ClosedError, type ErrorPayload } from '../core/errors.ts';
import type { EnvironmentInfo, Events } from '../core/events.ts';
import { checkPayloadSize } from '../core/payload-size.ts';
import type { Program } from '../core/program.ts';
import { contractOf } from '../functions/runtimes.ts';
import type { FunctionVersionRecord } from '../functions/function-record.ts';
import type { ResolvedTarget } from '../functions/routing.ts';
import type { Admission, Lease } from './admission.ts';
import { stopReason, type Environment } from './environment.ts';
import type { EnvironmentPool } from './environment-pool.ts';
import type { EnvironmentStarter } from './environment-starter.ts';
import type { Fault, ResponseWriter, RunOutcome } from './executor.ts';
import { faultPayload, faultStatus, type ErrorStyle } from './fault-payload.ts';
import { InvokeFailure, InvokeSuccess, type InvokeOutcome } from './outcome.ts';
import { Report } from './report.ts';

/** Rarely used parts of a request. */
export interface InvocationExtras {
  readonly clientContext?: unknown;
  readonly tenantId?: string;
  readonly traceId?: string;
}

/** One request, checked and ready to run. */
export interface Invocation {
  readonly requestId: string;
  readonly eventJson: string;
  readonly tenantId: string | undefined;
  /** What the handler finds in its context besides the usual. */
  readonly extras: InvocationExtras | undefined;
  /** Runs in an environment of its own that nobody used before. */
  readonly isForcedCold: boolean;
  /** An event that waited in a queue. @default false */
  readonly isQueued?: boolean;
  /** Who reads a streamed response along. */
  readonly response?: ResponseWriter;
  /** Name of the execution that it starts, where the function is durable. */
  readonly executionName?: string | undefined;
  /** It goes on with an execution of a durable function instead of starting one. */
  readonly isWithinExecution?: true;
}

/** Runs invocations of durable functions, which are executions of many invocations. */
export interface DurableInvoker {
  invoke(target: ResolvedTarget, invocation: Invocation): Promise<InvokeOutcome>;
}

export interface InvokerOptions {
  readonly admission: Admission;
  readonly pool: EnvironmentPool;
  readonly starter: EnvironmentStarter;
  readonly clock: Clock;
  readonly events: Events;
  readonly errorStyle: ErrorStyle;
  /** @default durable functions are invoked as any other */
  readonly durable?: DurableInvoker;
}

/** How far one invocation has come. */
interface Run {
  /** What it counts against. */
  readonly lease: Lease;
  /** The version has pre-initialised environments, and none was free. */
  readonly isSpillover: boolean;
  readonly target: ResolvedTarget;
  readonly invocation: Invocation;
  /** Start of the invoke phase, on the real clock. */
  startedMs: number;
  /** The same in epoch milliseconds, where the `Lambda`'s clock is not the machine's. */
  startedAt: number | undefined;
  initDurationMs: number | undefined;
  cpuMs: number;
  isReleased: boolean;
}

/** Runs one synchronous invocation from the lease to the outcome. */
export class Invoker {
  readonly #errorStyle: ErrorStyle;
  readonly #durable: DurableInvoker | undefined;
  readonly #admission: Admission;
  readonly #pool: EnvironmentPool;
  readonly #starter: EnvironmentStarter;
  readonly #events: Events;
  readonly #clock: Clock;
  readonly #isOwnClock: boolean;
  #isClosed = false;
  #isEnded = false;
  #onDrained: (() => void) | undefined;

  constructor(options: InvokerOptions) {
    this.#errorStyle = options.errorStyle;
    this.#durable = options.durable;
    this.#admission = options.admission;
    this.#pool = options.pool;
    this.#starter = options.starter;
    this.#events = options.events;
    this.#clock = options.clock;
    this.#isOwnClock = !(options.clock instanceof SystemClock);
  }

  /** The outcome at once where the tier can, else a promise. Throws only for the caller's mistakes. */
  invoke(target: ResolvedTarget, invocation: Invocation): InvokeOutcome | Promise<InvokeOutcome> {
    if (this.#isClosed) throw new ClosedError();
    checkPayloadSize(invocation.eventJson, 'RequestResponse');
    const { version } = target;
    const durable = this.#durable;
    if (version.config.durable !== null && invocation.isWithinExecution !== true) {
      if (durable !== undefined) return durable.invoke(target, invocation);
    }
    const lease = this.#admission.acquire(version, invocation);
    const run: Run = {
      lease,
      isSpillover: lease.kind === 'on-demand' && this.#admission.isProvisioned(version),
      target,
      invocation,
      startedMs: 0,
      startedAt: undefined,
      initDurationMs: undefined,
      cpuMs: 0,
      isReleased: false,
    };
    const warm = this.#takeWarm(run);
    if (warm !== undefined) return this.#runIn(warm, run);
    const { tenantId } = invocation;
    const ofTenants =
      tenantId === undefined ? undefined : this.#pool.countOfTenants(version.functionName);
    this.#admission.scaleOut(lease, ofTenants);
    return this.#runCold(run).finally(() => this.#release(run));
  }

  #takeWarm({ lease, target, invocation }: Run): Environment | undefined {
    if (lease.kind === 'on-demand') {
      if (invocation.isForcedCold) return undefined;
      return this.#pool.take(target.version, invocation.tenantId);
    }
    const environment = lease.idle.pop();
    environment?.take();
    return environment;
  }

  /** From now on nothing may start any more, also what had been accepted before. */
  end(): void {
    this.#isEnded = true;
  }

  /** Resolves when nothing runs any more; new invocations are refused from now on. */
  drain(): Promise<void> {
    this.#isClosed = true;
    if (this.#admission.running === 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onDrained = resolve;
    return promise;
  }

  /** Gives the lease of a run back, once. */
  #release(run: Run): void {
    if (run.isReleased) return;
    run.isReleased = true;
    this.#admission.release(run.lease);
    if (this.#admission.running === 0) this.#onDrained?.();
  }

  /**
   * Init gets 10 s of its own. When it fails, AWS does it again inside the invoke, under the function's
   * timeout, in a fresh runtime.
   */
  async #runCold(run: Run): Promise<InvokeOutcome> {
    const { version } = run.target;
    const { config } = version;
    // At once where it is at hand: virtual time must see that the call is under way.
    const program = version.code.loaded?.program ?? (await this.#starter.program(version));
    const { tenantId } = run.invocation;
    const info = this.#starter.newInfo(version, tenantId, 'on-demand');
    const first = this.#createEnvironment(run, info, 'init');
    const initStartedMs = realNowMs();
    const budgets = { timeoutMs: config.initTimeoutMs, cpuMs: config.initTimeoutMs };
    const started = await this.#starter.start(first, program, budgets);
    const initDurationMs = realNowMs() - initStartedMs;
    if (started.ok) {
      run.initDurationMs = initDurationMs;
      first.ready(started.environment, initDurationMs);
      return this.#runIn(first, run);
    }
    this.#starter.initFailed(first, started.fault, initDurationMs, undefined);
    if (this.#isEnded) {
      // Closed while the function was starting: there is no second try.
      this.#begin(first, run);
      return this.#finish(first, run, this.#clock.now(), started.fault, undefined, realNowMs());
    }
    return this.#runWithInitInside(run, program, first.info);
  }

  /** The runtime is a fresh one, but to those who read logs it is still the same environment. */
  async #runWithInitInside(
    run: Run,
    program: Program,
    info: EnvironmentInfo,
  ): Promise<InvokeOutcome> {
    const { config } = run.target.version;
    const environment = this.#createEnvironment(run, info, 'invoke');
    this.#begin(environment, run);
    const started = await this.#starter.start(environment, program, config);
    run.cpuMs += started.cpuMs;
    const initDurationMs = realNowMs() - run.startedMs;
    if (!started.ok) {
      const { requestId } = run.invocation;
      this.#starter.initFailed(environment, started.fault, initDurationMs, requestId);
      const at = this.#clock.now();
      return this.#finish(environment, run, at, started.fault, undefined, realNowMs());
    }
    environment.ready(started.environment, initDurationMs);
    return this.#enter(environment, run, config.timeoutMs - initDurationMs);
  }

  #createEnvironment(run: Run, info: EnvironmentInfo, phase: 'init' | 'invoke'): Environment {
    const { version, invokedArn: usualArn } = run.target;
    const { isForcedCold, tenantId } = run.invocation;
    // An init that is done again runs where the first one did.
    const isFresh = isForcedCold && phase === 'init';
    const storage = isFresh
      ? this.#starter.freshStorage(version)
      : this.#starter.storage(version, tenantId);
    return this.#starter.create({ version, info, storage, usualArn, phase });
  }

  #runIn(environment: Environment, run: Run): InvokeOutcome | Promise<InvokeOutcome> {
    this.#begin(environment, run);
    return this.#enter(environment, run, run.target.version.config.timeoutMs);
  }

  #begin(environment: Environment, run: Run): void {
    run.startedMs = realNowMs();
    if (this.#isOwnClock) run.startedAt = this.#clock.now();
    if (!this.#events.has('invocation.started')) return;
    this.#events.emit({
      type: 'invocation.started',
      at: this.#clock.now(),
      requestId: run.invocation.requestId,
      functionName: environment.info.functionName,
      environment: environment.info,
      isSpillover: run.isSpillover,
    });
  }

  #enter(
    environment: Environment,
    run: Run,
    timeoutMs: number,
  ): InvokeOutcome | Promise<InvokeOutcome> {
    const { invocation, target } = run;
    const { config } = target.version;
    const isPlain =
      invocation.extras === undefined &&
      target.invokedArn === environment.usualArn &&
      timeoutMs === config.timeoutMs;
    const outcome = environment.run({
      requestId: invocation.requestId,
      eventJson: invocation.eventJson,
      startedMs: timeoutMs === config.timeoutMs ? run.startedMs : realNowMs(),
      timeoutMs,
      cpuMs: config.cpuMs - run.cpuMs,
      extrasJson: isPlain
        ? undefined
        : JSON.stringify({ ...invocation.extras, invokedArn: target.invokedArn, timeoutMs }),
      response: invocation.response,
    });
    return outcome instanceof Promise
      ? outcome.then((late) => this.#ended(environment, run, late))
      : this.#ended(environment, run, outcome);
  }

  #ended(environment: Environment, run: Run, outcome: RunOutcome): InvokeOutcome {
    const { fault } = outcome;
    const at = this.#clock.now();
    run.cpuMs += outcome.cpuMs;
    try {
      return this.#finish(environment, run, at, fault, outcome, outcome.endedMs);
    } finally {
      if (outcome.isAlive) {
        this.#pool.giveBack(environment, at);
      } else {
        this.#pool.drop(environment, fault === undefined ? 'uncaught-error' : stopReason(fault));
      }
      this.#release(run);
    }
  }

  #finish(
    environment: Environment,
    run: Run,
    at: number,
    fault: Fault | undefined,
    outcome: RunOutcome | undefined,
    endedMs: number,
  ): InvokeOutcome {
    const { version } = run.target;
    const { requestId } = run.invocation;
    const durationMs = endedMs - run.startedMs;
    const error = fault === undefined ? undefined : this.#payload(fault, version, requestId);
    const ending =
      fault === undefined || error === undefined ? successful : faultStatus(fault, error);
    const report = new Report({
      requestId,
      durationMs,
      initDurationMs: run.initDurationMs,
      cpuMs: run.cpuMs,
      memoryMb: version.config.memoryMb,
      peakMemoryBytes: environment.peakMemoryBytes,
      status: ending.status,
      errorType: ending.errorType,
    });
    // What failed in init has been logged as such already.
    if (fault !== undefined && fault.kind !== 'init') {
      this.#starter.logFailure(environment, fault, requestId, 'invoke');
    }
    if (this.#events.has('invocation.finished')) {
      this.#events.emit({
        type: 'invocation.finished',
        at,
        startedAt: run.startedAt ?? at - durationMs,
        requestId,
        functionName: version.functionName,
        environment: environment.info,
        isSpillover: run.isSpillover,
        report,
        error,
      });
    }
    if (error === undefined) {
      const body = outcome?.body;
      return body === undefined
        ? new InvokeSuccess(requestId, version.version, outcome?.resultJson ?? 'null', report)
        : new InvokeSuccess(requestId, version.version, textOf(body.bytes), report, body);
    }
    const budget = fault?.kind === 'timeout' ? fault.budget : undefined;
    const isSystemFault = fault?.kind === 'engine';
    return new InvokeFailure(requestId, version.version, error, report, budget, isSystemFault);
  }

  #payload(fault: Fault, version: FunctionVersionRecord, requestId: string): ErrorPayload {
    return faultPayload(fault, {
      requestId,
      timeoutMs: version.config.timeoutMs,
      runtime: contractOf(version.config.runtime),
      style: this.#errorStyle,
      at: new Date(this.#clock.now()).toISOString(),
    });
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

const successful = { status: 'success', errorType: undefined } as const;
