import type { Home } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import { ClosedError } from '../core/errors.ts';
import type { Events } from '../core/events.ts';
import type { Ids } from '../core/ids.ts';
import { limits } from '../core/limits.ts';
import type { ResolvedTarget } from '../functions/routing.ts';
import type { Invocation } from '../invoke/invoker.ts';
import type { InvokeOutcome } from '../invoke/outcome.ts';
import type { StateStore } from '../storage/state-store.ts';
import { Alarms } from './alarms.ts';
import { Announcements, warn, type AnnouncementsOptions } from './announcements.ts';
import { answerFrom, ChainedInvokes } from './chained-invokes.ts';
import { Checkpoints } from './checkpoints.ts';
import { Driver } from './driver.ts';
import { ExecutionNotFoundError } from './durable-errors.ts';
import { ExecutionList } from './execution-list.ts';
import { readExecutions } from './execution-state.ts';
import type { Execution } from './execution.ts';
import { endingChange, Ledger } from './ledger.ts';
import { isPending, type DurableError } from './operation.ts';
import { OutsideChanges } from './outside-changes.ts';
import type { Answer } from './outside-transitions.ts';
import { Starts, type StartRequest } from './starts.ts';
import { syncOutcome } from './sync-outcome.ts';

export interface DurableEngineOptions extends Omit<AnnouncementsOptions, 'ledger'> {
  readonly home: Home;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: Events;
  /** Where executions outlive the process. @default nowhere */
  readonly state: StateStore | undefined;
  /** The version that an execution is pinned to. @throws FunctionNotFoundError */
  pick(functionName: string, version: string): ResolvedTarget;
  /** Reads the reference of a chained invoke. */
  resolve(reference: string): ResolvedTarget;
  invoke(target: ResolvedTarget, invocation: Invocation): InvokeOutcome | Promise<InvokeOutcome>;
}

/**
 * Executions of durable functions: starts them, keeps what they checkpoint, lets them go on when time, an outside
 * system or another function has something for them, and remembers them for a while.
 * https://docs.aws.amazon.com/lambda/latest/dg/durable-functions.html
 */
export class DurableEngine {
  readonly executions: ExecutionList = new ExecutionList();
  readonly checkpoints: Checkpoints;
  readonly #options: DurableEngineOptions;
  readonly #ledger: Ledger;
  readonly #announcements: Announcements;
  readonly #starts: Starts;
  readonly #outside: OutsideChanges;
  readonly #driver: Driver;
  readonly #alarms: Alarms;
  readonly #chained: ChainedInvokes;
  #isClosed = false;

  constructor(options: DurableEngineOptions) {
    const { clock, ids, state } = options;
    this.#options = options;
    this.#ledger = new Ledger(clock, state, (execution) => this.#changed(execution));
    this.#alarms = new Alarms(clock, state === undefined, (execution) => this.#due(execution));
    this.#announcements = new Announcements({ ...options, ledger: this.#ledger });
    const owesLetter = (execution: Execution): boolean => this.#announcements.owesLetter(execution);
    const shared = {
      ...options,
      ledger: this.#ledger,
      executions: this.executions,
      announcements: this.#announcements,
      owesLetter,
    };
    this.#starts = new Starts(shared);
    this.#outside = new OutsideChanges(shared);
    this.#driver = new Driver({
      ...shared,
      onFault: (execution, error) => this.#faulted(execution, error),
    });
    this.#chained = new ChainedInvokes({
      clock,
      ids,
      resolve: (reference) => options.resolve(reference),
      invoke: (target, invocation) => options.invoke(target, invocation),
      start: (target, child) => this.#starts.startChild(target, child),
      arnOf: (target, child) => this.#starts.arnOf(target, child),
      answer: (parent, operationId, answer) => this.#outside.answer(parent, operationId, answer),
    });
    this.checkpoints = new Checkpoints({ ...shared, chained: this.#chained });
  }

  /**
   * Starts an execution and resolves when that is safe. One that is there under the name already, with the same
   * input, is given again.
   * @throws {ExecutionAlreadyStartedError} when its input is another
   */
  async start(target: ResolvedTarget, request: StartRequest): Promise<Execution> {
    if (this.#isClosed) throw new ClosedError();
    return this.#starts.start(target, request);
  }

  /** A synchronous invocation: waits for the end of the execution, for up to 15 minutes. */
  async invoke(target: ResolvedTarget, invocation: Invocation): Promise<InvokeOutcome> {
    const { requestId, eventJson, tenantId, extras, executionName: name } = invocation;
    const traceId = extras?.traceId;
    const request = { name, requestId, eventJson, tenantId, traceId, isSync: true };
    const execution = await this.start(target, request);
    await this.#untilEnded(execution);
    return syncOutcome(execution, requestId, target.version.config.memoryMb);
  }

  /** @throws {ExecutionNotFoundError} */
  need(arn: string): Execution {
    const execution = this.executions.byArn(arn);
    if (execution !== undefined) return execution;
    throw new ExecutionNotFoundError(`Durable execution not found: ${arn}`);
  }

  /** Ends it now; what runs of it may go on, and can checkpoint no more. Nothing when it has ended. */
  async stopExecution(execution: Execution, error: DurableError | undefined): Promise<void> {
    await this.#end(execution, { status: 'STOPPED', error });
  }

  /** @throws {CallbackTimeoutError} when it has an answer, or timed out; {ExecutionNotFoundError} */
  answerCallback(callbackId: string, answer: Answer): Promise<void> {
    return this.#outside.answerCallback(callbackId, answer);
  }

  /** The outside system is still at work. @throws as `answerCallback` does */
  heartbeatCallback(callbackId: string): Promise<void> {
    return this.#outside.heartbeatCallback(callbackId);
  }

  /** Goes on with what a storage kept. */
  async restore(): Promise<void> {
    const { state } = this.#options;
    if (state === undefined) return;
    for (const execution of await readExecutions(state)) {
      this.executions.add(execution);
      this.#announcements.restored(execution);
    }
    for (const execution of this.executions.all()) {
      this.#changed(execution);
      if (!execution.isRunning) continue;
      for (const operation of execution.operations.values()) {
        if (operation.type !== 'CHAINED_INVOKE' || !isPending(operation)) continue;
        this.#chained.launch(execution, operation);
      }
    }
  }

  /** A function or a version is gone: what runs on it cannot go on. */
  functionGone(functionName: string, version?: string): void {
    const running = this.executions.find({ functionName, version, statuses: ['RUNNING'] });
    for (const execution of running) {
      const errorMessage = `Function not found: ${execution.facts.functionArn}`;
      const error = { errorType: 'ResourceNotFoundException', errorMessage };
      this.#end(execution, { status: 'FAILED', error }).catch(warn);
    }
  }

  /** Tells those who wait for executions that are suspended: nobody will see the end of these. */
  releaseCallers(): void {
    for (const execution of this.executions.all()) {
      if (execution.isRunning && !execution.isDriven) execution.abandon(closedBefore());
    }
  }

  /** Starts nothing any more; what runs may still checkpoint. */
  stop(): void {
    this.#isClosed = true;
    this.#driver.stop();
    this.#chained.stop();
    this.#alarms.close();
  }

  /** Resolves when what was decided is kept. */
  async close(): Promise<void> {
    this.stop();
    await this.#ledger.close();
    for (const execution of this.executions.all()) {
      if (!execution.isRunning) continue;
      execution.abandon(closedBefore());
      if (this.#options.state === undefined) this.#announcements.abandoned(execution);
    }
  }

  async #untilEnded(execution: Execution): Promise<void> {
    const { promise: tooLate, resolve } = Promise.withResolvers<void>();
    const label = `a caller of execution ${execution.facts.name}`;
    const timer = this.#options.clock.setTimer(resolve, limits.durable.syncWaitMs, {
      label,
      keepAlive: false,
    });
    try {
      await Promise.race([execution.ended, tooLate]);
    } finally {
      timer.cancel();
    }
  }

  async #end(
    execution: Execution,
    ending: { readonly status: 'STOPPED' | 'FAILED'; readonly error: DurableError | undefined },
  ): Promise<void> {
    await this.#ledger.change(execution, ({ isRunning }) => {
      if (!isRunning) return undefined;
      // Who stops an execution knows of it.
      const owes = ending.status === 'FAILED' && this.#announcements.owesLetter(execution);
      return endingChange(execution, ending, this.#options.clock.now(), owes);
    });
  }

  /** Time has come for something. */
  #due(execution: Execution): void {
    if (!execution.isRunning) {
      this.executions.remove(execution);
      this.#ledger.remove(execution).catch(warn);
      return;
    }
    this.#outside.timePassed(execution).then(
      (isChanged) => {
        // Otherwise only the handler has to be invoked again.
        if (!isChanged) this.#changed(execution);
      },
      (error: unknown) => this.#faulted(execution, error),
    );
  }

  /** The storage failed: the execution stands as it was kept, and what was due is tried again. */
  #faulted(execution: Execution, error: unknown): void {
    warn(error);
    const label = `execution ${execution.facts.name} after a fault of the storage`;
    this.#options.clock.setTimer(() => this.#changed(execution), faultPauseMs, {
      label,
      keepAlive: false,
    });
  }

  /** After each change: what follows from how the execution stands. */
  #changed(execution: Execution): void {
    if (!this.#isClosed) this.#alarms.set(execution);
    if (!execution.isRunning) this.#hasEnded(execution);
    else if (!this.#isClosed) this.#driver.wake(execution);
  }

  #hasEnded(execution: Execution): void {
    this.#announcements.ended(execution);
    const { parent } = execution.facts;
    const caller = parent && this.executions.byId(parent.executionId);
    if (parent === undefined || caller === undefined) return;
    this.#outside.answer(caller, parent.operationId, answerFrom(execution)).catch(warn);
  }
}

/** Between a fault of the storage and the next try. */
const faultPauseMs = 1_000;

function closedBefore(): ClosedError {
  return new ClosedError('The Lambda was closed before the execution ended');
}
