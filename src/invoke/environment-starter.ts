import type { Clock } from '../core/clock.ts';
import { RuntimeFaultError } from '../core/errors.ts';
import type { EnvironmentInfo, Events, InitializationType } from '../core/events.ts';
import type { Ids } from '../core/ids.ts';
import type { Program } from '../core/program.ts';
import type { FunctionVersionRecord } from '../functions/function-record.ts';
import { contractOf } from '../functions/runtimes.ts';
import { Environment } from './environment.ts';
import type { EnvironmentPool } from './environment-pool.ts';
import { environmentInfo, environmentSettings } from './environment-settings.ts';
import type { EnvironmentStorage, Executor, Fault, StartedEnvironment } from './executor.ts';

export interface EnvironmentStarterOptions {
  readonly pool: EnvironmentPool;
  readonly executors: Readonly<Record<'inline' | 'thread', Executor>>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: Events;
  readonly region: string;
  /** Variables that every environment gets besides. */
  readonly credentials: Readonly<Record<string, string>>;
}

/** What init, or an invocation, may use. */
export interface Budgets {
  readonly timeoutMs: number;
  readonly cpuMs: number;
}

/** What a new environment is for. */
export interface NewEnvironment {
  readonly version: FunctionVersionRecord;
  readonly info: EnvironmentInfo;
  readonly storage: EnvironmentStorage;
  /** ARN by which invocations usually come. */
  readonly usualArn: string;
  readonly phase: 'init' | 'invoke';
}

/** Makes environments and runs their init, for an invocation that waits or ahead of all of them. */
export class EnvironmentStarter {
  readonly #options: EnvironmentStarterOptions;
  readonly #pool: EnvironmentPool;
  readonly #events: Events;
  readonly #clock: Clock;

  constructor(options: EnvironmentStarterOptions) {
    this.#options = options;
    this.#pool = options.pool;
    this.#events = options.events;
    this.#clock = options.clock;
  }

  /** At once where the code is in memory; after a restart it stays in the storage until its first cold start. */
  program(version: FunctionVersionRecord): Program | Promise<Program> {
    return version.code.loaded?.program ?? this.#loadProgram(version);
  }

  newInfo(
    version: FunctionVersionRecord,
    tenantId: string | undefined,
    initializationType: InitializationType,
  ): EnvironmentInfo {
    const { clock, ids } = this.#options;
    return environmentInfo(version, { tenantId, initializationType }, { clock, ids });
  }

  /** `/tmp` of an environment that was reset, for the one that takes its place; else an empty one. */
  storage(version: FunctionVersionRecord, tenantId: string | undefined): EnvironmentStorage {
    return this.#pool.takeStorage(version, tenantId) ?? this.freshStorage(version);
  }

  freshStorage({ config }: FunctionVersionRecord): EnvironmentStorage {
    return this.#options.executors[config.isolation].createStorage(config.ephemeralStorageMb);
  }

  /** On the books of the pool from now on. */
  create({ version, info, storage, usualArn, phase }: NewEnvironment): Environment {
    const environment = new Environment(
      version,
      info,
      storage,
      usualArn,
      phase,
      this.#clock,
      this.#events,
    );
    this.#pool.add(environment);
    return environment;
  }

  /** An engine that cannot even make an isolate is our fault; the environment must not stay on the books. */
  async start(
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

  /** Says so in events and logs, and ends the environment. `requestId`: of the invocation that init ran in. */
  initFailed(
    environment: Environment,
    fault: Fault,
    initDurationMs: number,
    requestId: string | undefined,
  ): void {
    this.logFailure(environment, fault, requestId, 'init');
    this.#events.emit({
      type: 'environment.initFailed',
      at: this.#clock.now(),
      environment: environment.info,
      initDurationMs,
      requestId,
      phase: requestId === undefined ? 'init' : 'invoke',
      status: fault.kind === 'timeout' ? 'timeout' : 'error',
      errorType: initErrorType(fault),
    });
    this.#pool.drop(environment, fault.kind === 'timeout' ? 'timeout' : 'init-failed');
  }

  /** The ERROR line that AWS's runtime client writes for an error of the guest's. */
  logFailure(
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
}

function initErrorType(fault: Fault): string | undefined {
  switch (fault.kind) {
    case 'init':
    case 'uncaught':
      return fault.failure.errorType;
    case 'out-of-memory':
      return 'Runtime.OutOfMemory';
    case 'timeout':
      return undefined;
    case 'handler':
    case 'exit':
    case 'never-settled':
    case 'engine':
      return 'Runtime.ExitError';
  }
}
