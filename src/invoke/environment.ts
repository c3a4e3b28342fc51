import type { Clock } from '../core/clock.ts';
import type { EnvironmentInfo, Events, StopReason } from '../core/events.ts';
import type { FunctionVersionRecord } from '../functions/function-record.ts';
import type {
  EnvironmentStorage,
  Fault,
  RunningEnvironment,
  RunOutcome,
  RunRequest,
} from './executor.ts';

/** Where an environment is in its life; only `Environment` moves it. */
export type EnvironmentState =
  | { readonly kind: 'starting' }
  /** Warm, with nothing waiting. */
  | { readonly kind: 'idle'; readonly sinceMs: number }
  | { readonly kind: 'busy' }
  /** Warm, with timers or operations that go on in the next invocation. */
  | { readonly kind: 'frozen'; readonly sinceMs: number }
  | { readonly kind: 'dead'; readonly reason: StopReason };

const starting: EnvironmentState = { kind: 'starting' };
const busy: EnvironmentState = { kind: 'busy' };

/**
 * One execution environment of one (function version, tenant): an isolate with the evaluated module. It
 * runs one invocation at a time, is never handed to another version or tenant, and once it was killed it
 * is never used again.
 */
export class Environment {
  readonly version: FunctionVersionRecord;
  readonly info: EnvironmentInfo;
  /** Its `/tmp`, which may have had other environments before. */
  readonly storage: EnvironmentStorage;
  /** ARN of the first invocation; the guest knows it from the start and is only told of others. */
  readonly usualArn: string;
  readonly #clock: Clock;
  readonly #events: Events;
  #running: RunningEnvironment | undefined;
  #state: EnvironmentState = starting;
  #isRetired = false;
  /** The pool's list that it waits in between invocations. */
  home: Environment[] = [];
  /** Told when it ends, if somebody keeps it for later invocations. */
  onStopped: ((reason: StopReason) => void) | undefined;
  /** Bytes that the pool has on its books for this environment. */
  bookedBytes = 0;

  constructor(
    version: FunctionVersionRecord,
    info: EnvironmentInfo,
    storage: EnvironmentStorage,
    usualArn: string,
    phase: 'init' | 'invoke',
    clock: Clock,
    events: Events,
  ) {
    this.version = version;
    this.info = info;
    this.storage = storage;
    this.usualArn = usualArn;
    this.#clock = clock;
    this.#events = events;
    if (events.has('environment.started')) {
      events.emit({ type: 'environment.started', at: clock.now(), environment: info, phase });
    }
  }

  get state(): EnvironmentState {
    return this.#state;
  }

  /** Since when nothing runs in it; epoch milliseconds. */
  get idleSinceMs(): number {
    const state = this.#state;
    return state.kind === 'idle' || state.kind === 'frozen' ? state.sinceMs : Infinity;
  }

  get peakMemoryBytes(): number {
    return this.#running?.peakMemoryBytes ?? 0;
  }

  /** What it holds of the host's memory, `/tmp` included. */
  get heldBytes(): number {
    return this.peakMemoryBytes + this.storage.usedBytes;
  }

  /** A newer revision or a deletion made it obsolete: the invocation in it ends, then it goes. */
  get isRetired(): boolean {
    return this.#isRetired;
  }

  retire(): void {
    this.#isRetired = true;
  }

  /** Initialised ahead of invocations: it stays until it is not wanted any more. */
  get isProvisioned(): boolean {
    return this.info.initializationType === 'provisioned-concurrency';
  }

  /** Nothing runs in it. */
  get isResting(): boolean {
    const { kind } = this.#state;
    return kind === 'idle' || kind === 'frozen';
  }

  /** Init is done; the environment is about to run its first invocation. */
  ready(running: RunningEnvironment, initDurationMs: number): void {
    this.#expect('starting', 'ready');
    this.#running = running;
    this.#state = busy;
    if (this.#events.has('environment.ready')) {
      this.#events.emit({
        type: 'environment.ready',
        at: this.#clock.now(),
        environment: this.info,
        initDurationMs,
      });
    }
  }

  /** Taken from the pool for an invocation. */
  take(): void {
    if (this.#state.kind !== 'frozen') this.#expect('idle', 'take');
    this.#state = busy;
  }

  run(request: RunRequest): RunOutcome | Promise<RunOutcome> {
    this.#expect('busy', 'run');
    const running = this.#running;
    if (running === undefined) throw new Error('An environment is busy before it is ready');
    return running.invoke(request);
  }

  /** The invocation is over and the environment can take another one. `sinceMs`: epoch milliseconds. */
  rest(sinceMs: number): void {
    this.#expect('busy', 'rest');
    if (this.#running?.hasPendingWork !== true) {
      this.#state = { kind: 'idle', sinceMs };
      return;
    }
    this.#state = { kind: 'frozen', sinceMs };
    if (this.#events.has('environment.frozen')) {
      this.#events.emit({ type: 'environment.frozen', at: sinceMs, environment: this.info });
    }
  }

  /** Ends it; the first reason stays. */
  stop(reason: StopReason): void {
    if (this.#state.kind === 'dead') return;
    this.#state = { kind: 'dead', reason };
    this.#running?.dispose();
    this.#running = undefined;
    this.#events.emit({
      type: 'environment.stopped',
      at: this.#clock.now(),
      environment: this.info,
      reason,
    });
    this.onStopped?.(reason);
  }

  #expect(kind: EnvironmentState['kind'], move: string): void {
    if (this.#state.kind === kind) return;
    throw new Error(`An environment cannot ${move} while it is ${this.#state.kind}`);
  }
}

/** Why an environment ended, seen from the fault that ended it. */
export function stopReason(fault: Fault): StopReason {
  switch (fault.kind) {
    case 'timeout':
    case 'out-of-memory':
    case 'exit':
      return fault.kind;
    case 'init':
      return 'init-failed';
    case 'engine':
      return 'engine-fault';
    case 'handler':
    case 'uncaught':
    case 'never-settled':
      return 'uncaught-error';
  }
}
