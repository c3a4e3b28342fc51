import type { Clock } from '../core/clock.ts';
import type { ResolvedNetwork } from '../network/network-options.ts';
import type { Program } from '../core/program.ts';

/**
 * The port between invocation and isolates. A tier (`inline`, `thread`, later `process`) implements it;
 * nothing on this side of it knows about isolated-vm. Values that cross are plain data, so that a tier
 * may live in another process.
 */
export interface Executor {
  /** Compiles a program ahead of its first cold start. Runs no user code. */
  prepare(program: Program, memoryMb: number): Promise<void>;
  /** Makes an environment and runs module top level. Gives the answer at once where the tier can. */
  start(request: StartRequest): StartedEnvironment | Promise<StartedEnvironment>;
  /** Makes an empty `/tmp` that starts can be given, one after the other. It costs nothing until used. */
  createStorage(ephemeralStorageMb: number): EnvironmentStorage;
  /**
   * Set while every core has a guest that computes, so that one more would only wait; resolves when one of
   * them stops, which may give its core to somebody in line. Callers that may wait ask first, and again.
   */
  relief(): Promise<void> | undefined;
  /** Figures for people: blanks waiting, threads lost. */
  stats(): ExecutorStats;
  /** Ends what is left and resolves when no thread works for this executor any more. */
  close(): Promise<void>;
}

export interface ExecutorStats {
  /** Bootstrapped isolates that wait for a function. */
  readonly blanks: number;
  /** Threads that a guest holds and that no kill has freed so far. */
  readonly zombies: number;
}

/** `/tmp` of one environment. It outlives the isolates that run there, so a reset leaves it as it is. */
export interface EnvironmentStorage {
  /** Bytes of memory that it takes on the host. */
  readonly usedBytes: number;
  /** Nobody needs it any more. */
  dispose(): void;
}

export interface StartRequest {
  readonly program: Program;
  /** Made by the same executor; no other environment runs on it. */
  readonly storage: EnvironmentStorage;
  readonly settings: EnvironmentSettings;
  readonly clock: Clock;
  /** Init may take this long by the clock on the wall, in milliseconds. */
  readonly timeoutMs: number;
  /** Init may compute this long, in milliseconds. */
  readonly cpuMs: number;
  readonly onLog: (line: LogRecord) => void;
  readonly onTrace: (datagram: TraceRecord) => void;
  /** Stacks in failures and log lines show the user's own source. */
  readonly mapsSources: boolean;
  /** Set when a debugger may attach. */
  readonly inspect?: InspectSettings | undefined;
}

/** Where debuggers find the environment. */
export interface InspectSettings {
  readonly host: string;
  readonly port: number;
  /** Module top level runs only when a debugger says so. */
  readonly waitForDebugger: boolean;
}

/** What an environment is made from; frozen for its life. */
export interface EnvironmentSettings {
  readonly runtime: 'nodejs22.x' | 'nodejs24.x';
  readonly functionName: string;
  readonly functionVersion: string;
  /** ARN by which invocations come unless they say otherwise. */
  readonly usualArn: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly logFormat: 'Text' | 'JSON';
  readonly applicationLogLevel: LogRecord['level'];
  readonly architecture: 'x86_64' | 'arm64';
  readonly allowWebAssembly: boolean;
  readonly maxResponseBytes: number;
  readonly maxStreamedBytes: number;
  readonly network: ResolvedNetwork;
}

/** One console call or raw write. */
export interface LogRecord {
  readonly kind: 'console' | 'raw';
  readonly level: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';
  /** Milliseconds since the epoch, as the guest saw it. */
  readonly atMs: number;
  /** Text format: the message. JSON format: the fields after `requestId`, without braces. */
  readonly body: string;
  readonly requestId: string | undefined;
}

/** A datagram for the X-Ray daemon. */
export interface TraceRecord {
  readonly requestId: string | undefined;
  readonly bytes: Uint8Array;
}

export type StartedEnvironment =
  | { readonly ok: true; readonly environment: RunningEnvironment; readonly cpuMs: number }
  | { readonly ok: false; readonly fault: Fault; readonly cpuMs: number };

/** One isolate with one function version in it. Runs one invocation at a time. */
export interface RunningEnvironment {
  invoke(request: RunRequest): RunOutcome | Promise<RunOutcome>;
  /** Whether timers or operations wait for the next invocation. */
  readonly hasPendingWork: boolean;
  /** Bytes that the environment holds: V8 heap plus external, the most that was seen so far. */
  readonly peakMemoryBytes: number;
  dispose(): void;
}

export interface RunRequest {
  readonly requestId: string;
  readonly eventJson: string;
  /** When the invocation began, on the real clock. */
  readonly startedMs: number;
  readonly timeoutMs: number;
  readonly cpuMs: number;
  /** JSON of what the guest is told besides event and request id (`InvokeExtras`). */
  readonly extrasJson: string | undefined;
  /** Who reads a streamed response along; without one it is kept and becomes the payload. */
  readonly response?: ResponseWriter | undefined;
}

/** Where the bytes of a streamed response go. */
export interface ResponseWriter {
  /** Called once, before the first byte. */
  open(contentType: string): void;
  /** Resolves when more may come: a slow reader slows the handler down. */
  write(bytes: Uint8Array): Promise<void>;
}

/** What a handler streamed while nobody read along. */
export interface ResponseBody {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export interface RunOutcome {
  /** The result as JSON, or `undefined` when `fault` says what happened. */
  readonly resultJson: string | undefined;
  /** Instead of a result: the whole body of a handler that streams, when nobody read along. */
  readonly body?: ResponseBody;
  readonly fault: Fault | undefined;
  /** On-thread time of this invocation, in milliseconds. */
  readonly cpuMs: number;
  /** When it ended, on the real clock. */
  readonly endedMs: number;
  /** Whether the environment can take another invocation. */
  readonly isAlive: boolean;
}

/** Why an invocation or an init has no result. */
export type Fault =
  /** The handler threw, rejected or called back with an error; the environment lives on. */
  | { readonly kind: 'handler'; readonly failure: Failure }
  /** Module top level threw, or there is no such handler. */
  | { readonly kind: 'init'; readonly failure: Failure }
  /** The deadline passed (`wall`), or the computing time was used up (`cpu`). */
  | {
      readonly kind: 'timeout';
      readonly budget: 'wall' | 'cpu';
      /** On a clock that is moved by hand: the timer that came next, when the guest waited for nothing else. */
      readonly waitedFor?: { readonly label: string; readonly inMs: number };
    }
  | { readonly kind: 'out-of-memory' }
  /** `process.exit`, or the end of the process that Node would reach by itself. */
  | { readonly kind: 'exit'; readonly status: number | undefined }
  /** An error nobody caught; Node would die of it. */
  | {
      readonly kind: 'uncaught';
      readonly failure: Failure;
      readonly origin: 'exception' | 'rejection';
    }
  /** The promise never settles: nothing is left that could settle it. */
  | { readonly kind: 'never-settled' }
  /** The host closed, or the engine itself failed. */
  | { readonly kind: 'engine'; readonly message: string };

/** A failure as the guest described it, its stack mapped to the user's source. */
export interface Failure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
  /** JSON for the `Invoke Error` log line; empty when AWS logs none. */
  readonly logged: string;
}
