import { realNowMs, SystemClock, type Clock } from '../core/clock.ts';
import { ClosedError, RuntimeFaultError, type ErrorPayload } from '../core/errors.ts';
import type { EnvironmentInfo, Events } from '../core/events.ts';
import type { Ids } from '../core/ids.ts';
import { checkPayloadSize } from '../core/payload-size.ts';
import type { Program } from '../core/program.ts';
import { contractOf } from '../functions/runtimes.ts';
import type { FunctionVersionRecord } from '../functions/function-record.ts';
import type { ResolvedTarget } from '../functions/routing.ts';
import type { Admission, ConcurrencyPool } from './admission.ts';
import { environmentInfo, environmentSettings } from './environment-settings.ts';
import { Environment, stopReason } from './environment.ts';
import type { EnvironmentPool } from './environment-pool.ts';
import type {
  EnvironmentStorage,
  Executor,
  Fault,
  ResponseWriter,
  RunOutcome,
  StartedEnvironment,
} from './executor.ts';
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
  readonly executors: Readonly<Record<'inline' | 'thread', Executor>>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: Events;
  readonly region: string;
  /** Variables that every environment gets besides. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly errorStyle: ErrorStyle;
  /** @default durable functions are invoked as any other */
  readonly durable?: DurableInvoker;
}

/** How far one invocation has come. */
interface Run {
  /** What it counts against. */
  readonly pool: ConcurrencyPool;
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

interface Budgets {
  readonly timeoutMs: number;
  readonly cpuMs: number;
}

/** Runs one synchronous invocation from the lease to the outcome. */
export class Invoker {
  readonly #options: InvokerOptions;
  readonly #admission: Admission;
  readonly #pool: EnvironmentPool;
  readonly #events: Events;
  readonly #clock: Clock;
  readonly #isOwnClock: boolean;
  #isClosed = false;
  #isEnded = false;
  #onDrained: (() => void) | undefined;

  constructor(options: InvokerOptions) {
    this.#options = options;
    this.#admission = options.admission;
    this.#pool = options.pool;
    this.#events = options.events;
    this.#clock = options.clock;
    this.#isOwnClock = !(options.clock instanceof SystemClock);
  }

  /** The outcome at once where the tier can, else a promise. Throws only for the caller's mistakes. */
  invoke(target: ResolvedTarget, invocation: Invocation): InvokeOutcome | Promise<InvokeOutcome> {
    if (this.#isClosed) throw new ClosedError();
    checkPayloadSize(invocation.eventJson, 'RequestResponse');
    const { durable } = this.#options;
    if (target.version.config.durable !== null && invocation.isWithinExecution !== true) {
      if (durable !== undefined) return durable.invoke(target, invocation);
    }
    const pool = this.#admission.acquire(target.version.functionName);
    const run: Run = {
      pool,
      target,
      invocation,
      startedMs: 0,
      startedAt: undefined,
      initDurationMs: undefined,
      cpuMs: 0,
      isReleased: false,
    };
    const warm = invocation.isForcedCold
      ? undefined
      : this.#pool.take(target.version, invocation.tenantId);
    if (warm !== undefined) return this.#runIn(warm, run);
    return this.#runCold(run).finally(() => this.#release(run));
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
    this.#admission.release(run.pool);
    if (this.#admission.running === 0) this.#onDrained?.();
  }

  /**
   * Init gets 10 s of its own. When it fails, AWS does it again inside the invoke, under the function's
   * timeout, in a fresh runtime.
   */
  async #runCold(run: Run): Promise<InvokeOutcome> {
    const { version } = run.target;
    const { config } = version;
    const program = version.code.loaded?.program ?? (await this.#loadProgram(version));
    const first = this.#createEnvironment(run, this.#newInfo(run), 'init');
    const initStartedMs = realNowMs();
    const budgets = { timeoutMs: config.initTimeoutMs, cpuMs: config.initTimeoutMs };
    const started = await this.#start(first, program, budgets);
    const initDurationMs = realNowMs() - initStartedMs;
    if (started.ok) {
      run.initDurationMs = initDurationMs;
      first.ready(started.environment, initDurationMs);
      return this.#runIn(first, run);
    }
    this.#initFailed(first, started.fault, initDurationMs, undefined);
    if (this.#isEnded) {
      // Closed while the function was starting: there is no second try.
      this.#begin(first, run);
      return this.#finish(first, run, this.#clock.now(), started.fault, undefined, realNowMs());
    }
    return this.#runWithInitInside(run, program, first.info);
  }

  /** After a restart, code stays in the storage until its first cold start. */
  async #loadProgram(version: FunctionVersionRecord): Promise<Program> {
    const { code, config, functionName } = version;
    const release = this.#clock.hold?.(
      `code of ${functionName}:${version.version} is read`,
      30_000,
    );
    try {
      const { program } = await code.load();
      await this.#options.executors[config.isolation].prepare(program, config.memoryMb);
      return program;
    } finally {
      release?.();
    }
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
    const started = await this.#start(environment, program, config);
    run.cpuMs += started.cpuMs;
    const initDurationMs = realNowMs() - run.startedMs;
    if (!started.ok) {
      this.#initFailed(environment, started.fault, initDurationMs, run.invocation.requestId);
      const at = this.#clock.now();
      return this.#finish(environment, run, at, started.fault, undefined, realNowMs());
    }
    environment.ready(started.environment, initDurationMs);
    return this.#enter(environment, run, config.timeoutMs - initDurationMs);
  }

  #newInfo(run: Run): EnvironmentInfo {
    const { clock, ids } = this.#options;
    return environmentInfo(run.target.version, run.invocation.tenantId, { clock, ids });
  }

  #createEnvironment(run: Run, info: EnvironmentInfo, phase: 'init' | 'invoke'): Environment {
    const { version, invokedArn } = run.target;
    const environment = new Environment(
      version,
      info,
      this.#storageFor(run, phase),
      invokedArn,
      phase,
      this.#clock,
      this.#events,
    );
    this.#pool.add(environment);
    return environment;
  }

  /** An init that is done again runs where the first one did. */
  #storageFor({ target, invocation }: Run, phase: 'init' | 'invoke'): EnvironmentStorage {
    const { version } = target;
    const { isolation, ephemeralStorageMb } = version.config;
    const isFresh = invocation.isForcedCold && phase === 'init';
    const kept = isFresh ? undefined : this.#pool.takeStorage(version, invocation.tenantId);
    return kept ?? this.#options.executors[isolation].createStorage(ephemeralStorageMb);
  }

  /** An engine that cannot even make an isolate is our fault; the environment must not stay on the books. */
  async #start(
    environment: Environment,
    program: Program,
    budgets: Budgets,
  ): Promise<StartedEnvironment> {
    try {
      return await this.#startIn(environment, program, budgets);
    } catch (cause) {
      this.#pool.drop(environment, 'engine-fault');
      const { functionName, version } = environment.version;
      const problem = cause instanceof Error ? cause.message : String(cause);
      throw new RuntimeFaultError(
        `No environment could be made for ${functionName}:${version}: ${problem}`,
        { cause },
      );
    }
  }

  #startIn(
    environment: Environment,
    program: Program,
    { timeoutMs, cpuMs }: Budgets,
  ): StartedEnvironment | Promise<StartedEnvironment> {
    const { version, info } = environment;
    const { region, credentials, clock, executors } = this.#options;
    return executors[version.config.isolation].start({
      program,
      storage: environment.storage,
      settings: environmentSettings(environment, { region, credentials }),
      clock,
      timeoutMs,
      cpuMs,
      mapsSources: version.config.sourceMaps,
      inspect: version.config.inspect === false ? undefined : version.config.inspect,
      onLog: (record) => {
        this.#events.emit({
          type: 'log.written',
          at: record.atMs,
          environment: info,
          requestId: record.requestId,
          kind: record.kind,
          level: record.level,
          body: record.body,
        });
      },
      onTrace: ({ requestId, bytes }) => {
        if (!this.#events.has('trace.sent')) return;
        this.#events.emit({
          type: 'trace.sent',
          at: clock.now(),
          environment: info,
          requestId,
          text: new TextDecoder().decode(bytes),
        });
      },
    });
  }

  #initFailed(
    environment: Environment,
    fault: Fault,
    initDurationMs: number,
    requestId: string | undefined,
  ): void {
    const errorType =
      fault.kind === 'init' || fault.kind === 'uncaught'
        ? fault.failure.errorType
        : fault.kind === 'out-of-memory'
          ? 'Runtime.OutOfMemory'
          : fault.kind === 'timeout'
            ? undefined
            : 'Runtime.ExitError';
    this.#logFailure(environment, fault, requestId, 'init');
    this.#events.emit({
      type: 'environment.initFailed',
      at: this.#clock.now(),
      environment: environment.info,
      initDurationMs,
      requestId,
      phase: requestId === undefined ? 'init' : 'invoke',
      status: fault.kind === 'timeout' ? 'timeout' : 'error',
      errorType,
    });
    this.#pool.drop(environment, fault.kind === 'timeout' ? 'timeout' : 'init-failed');
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
      this.#logFailure(environment, fault, requestId, 'invoke');
    }
    if (this.#events.has('invocation.finished')) {
      this.#events.emit({
        type: 'invocation.finished',
        at,
        startedAt: run.startedAt ?? at - durationMs,
        requestId,
        functionName: version.functionName,
        environment: environment.info,
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
      style: this.#options.errorStyle,
      at: new Date(this.#clock.now()).toISOString(),
    });
  }

  /** The ERROR line that AWS's runtime client writes for an error of the guest's. */
  #logFailure(
    environment: Environment,
    fault: Fault,
    requestId: string | undefined,
    phase: 'init' | 'invoke',
  ): void {
    if (fault.kind !== 'handler' && fault.kind !== 'init' && fault.kind !== 'uncaught') return;
    const { logged } = fault.failure;
    if (logged === '') return;
    const { info, version } = environment;
    const initLabel =
      contractOf(version.config.runtime) === 'nodejs22.x' ? 'Uncaught Exception' : 'Init Error';
    const label = phase === 'init' ? initLabel : 'Invoke Error';
    this.#events.emit({
      type: 'log.written',
      at: this.#clock.now(),
      environment: info,
      requestId,
      kind: 'console',
      level: 'ERROR',
      body: info.logFormat === 'JSON' ? `"message":${logged}` : `${label} \t${logged}`,
    });
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

const successful = { status: 'success', errorType: undefined } as const;
