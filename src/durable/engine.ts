import { functionArn, parseFunctionArn, type Home } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import { ClosedError } from '../core/errors.ts';
import type { Events } from '../core/events.ts';
import type { Ids } from '../core/ids.ts';
import { limits } from '../core/limits.ts';
import { checkString } from '../core/options.ts';
import { AwsRuleError } from '../functions/aws-rule-error.ts';
import type { ResolvedTarget } from '../functions/routing.ts';
import type { Invocation } from '../invoke/invoker.ts';
import type { InvokeOutcome } from '../invoke/outcome.ts';
import type { StateStore } from '../storage/state-store.ts';
import { Alarms } from './alarms.ts';
import { answerFrom, ChainedInvokes, type ChildRequest } from './chained-invokes.ts';
import { Checkpoints } from './checkpoints.ts';
import { Driver } from './driver.ts';
import {
  CallbackTimeoutError,
  ExecutionAlreadyStartedError,
  ExecutionNotFoundError,
} from './durable-errors.ts';
import { executionArn, ExecutionList } from './execution-list.ts';
import { readExecutions } from './execution-state.ts';
import { Execution, timesOutMs, type ExecutionChange, type ExecutionFacts } from './execution.ts';
import { eventOf, type NewHistoryEvent } from './history-event.ts';
import { endingChange, Ledger } from './ledger.ts';
import { isPending, type DurableError, type Operation } from './operation.ts';
import { syncOutcome } from './sync-outcome.ts';
import { readCallbackId } from './tokens.ts';
import { afterTime, answered, withHeartbeat, type Answer } from './transitions.ts';

export interface DurableEngineOptions {
  readonly home: Home;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: Events;
  /** Where executions outlive the process. @default nowhere */
  readonly state: StateStore | undefined;
  pick(functionName: string, version: string): ResolvedTarget;
  /** Reads the reference of a chained invoke. */
  resolve(reference: string): ResolvedTarget;
  invoke(target: ResolvedTarget, invocation: Invocation): InvokeOutcome | Promise<InvokeOutcome>;
  /** ARN of the dead-letter target of a function. */
  deadLetterOf(functionName: string): string | undefined;
  /** Hands over the event of an execution that failed; rejects when it was not taken. */
  sendLetter(facts: ExecutionFacts, input: string, error: DurableError | undefined): Promise<void>;
}

/** What an execution is started with. */
export interface StartRequest {
  readonly name: string | undefined;
  readonly requestId: string;
  readonly eventJson: string;
  readonly tenantId?: string | undefined;
  readonly traceId?: string | undefined;
  readonly isSync: boolean;
}

const namePattern = /^[\w-]+$/;

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
  readonly #driver: Driver;
  readonly #alarms: Alarms;
  readonly #chained: ChainedInvokes;
  #isClosed = false;

  constructor(options: DurableEngineOptions) {
    const { clock, ids, state } = options;
    this.#options = options;
    this.#ledger = new Ledger(clock, state, (execution) => this.#changed(execution));
    this.#alarms = new Alarms(clock, state === undefined, (execution) => this.#due(execution));
    this.#driver = new Driver({
      clock,
      ids,
      ledger: this.#ledger,
      pick: (functionName, version) => options.pick(functionName, version),
      invoke: (target, invocation) => options.invoke(target, invocation),
      owesLetter: (execution) => this.#owesLetter(execution),
    });
    this.#chained = new ChainedInvokes({
      clock,
      ids,
      resolve: (reference) => options.resolve(reference),
      invoke: (target, invocation) => options.invoke(target, invocation),
      start: (target, child) => this.#startChild(target, child),
      arnOf: (target, child) => this.#arnOf(target, child),
      answer: (parent, operationId, answer) => this.#answer(parent, operationId, answer),
    });
    this.checkpoints = new Checkpoints({
      clock,
      ids,
      ledger: this.#ledger,
      executions: this.executions,
      chained: this.#chained,
      owesLetter: (execution) => this.#owesLetter(execution),
    });
  }

  /**
   * Starts an execution. One that is there under the name already, with the same input, is given again.
   * @throws {ExecutionAlreadyStartedError} when its input is another
   */
  async start(target: ResolvedTarget, request: StartRequest): Promise<Execution> {
    if (this.#isClosed) throw new ClosedError();
    checkQualified(target);
    const { name, requestId, eventJson, tenantId, traceId, isSync } = request;
    const { functionName } = target.version;
    if (name !== undefined) {
      checkExecutionName(name);
      const existing = this.executions.byName(functionName, name);
      if (existing !== undefined) return this.#existing(existing, eventJson);
    }
    const id = this.#options.ids.uuid();
    return this.#begin(target, eventJson, {
      id,
      name: name ?? id,
      requestId,
      tenantId,
      traceId,
      isSync,
    });
  }

  /** A synchronous invocation: waits for the end of the execution, for up to 15 minutes. */
  async invoke(target: ResolvedTarget, invocation: Invocation): Promise<InvokeOutcome> {
    const { requestId, eventJson, tenantId, extras, executionName: name } = invocation;
    const traceId = extras?.traceId;
    const execution = await this.start(target, {
      name,
      requestId,
      eventJson,
      tenantId,
      traceId,
      isSync: true,
    });
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
  async answerCallback(callbackId: string, answer: Answer): Promise<void> {
    const { execution, operation } = this.#callback(callbackId);
    const isTaken = await this.#fromOutside(execution, operation.id, (current) =>
      answered(current, answer, this.#options.clock.now()),
    );
    if (!isTaken) throw callbackEnded(callbackId);
  }

  /** The outside system is still at work. @throws as `answerCallback` does */
  async heartbeatCallback(callbackId: string): Promise<void> {
    const { execution, operation } = this.#callback(callbackId);
    const nowMs = this.#options.clock.now();
    const isTaken = await this.#ledger.change(execution, ({ operations, isRunning }) => {
      const current = isRunning ? operations.get(operation.id) : undefined;
      const after = current && withHeartbeat(current, nowMs);
      return after && { operations: [Object.freeze(after)] };
    });
    if (!isTaken) throw callbackEnded(callbackId);
  }

  /** Goes on with what a storage kept. */
  async restore(): Promise<void> {
    const { state } = this.#options;
    if (state === undefined) return;
    for (const execution of await readExecutions(state)) this.executions.add(execution);
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
      if (this.#options.state === undefined) this.#emit('execution.abandoned', execution);
    }
  }

  async #existing(execution: Execution, eventJson: string): Promise<Execution> {
    if (execution.input !== eventJson) throw new ExecutionAlreadyStartedError(execution.facts.arn);
    await execution.started;
    return execution;
  }

  async #begin(
    target: ResolvedTarget,
    input: string,
    request: Pick<
      ExecutionFacts,
      'id' | 'name' | 'requestId' | 'tenantId' | 'traceId' | 'isSync' | 'parent'
    >,
  ): Promise<Execution> {
    const { functionName, version, config } = target.version;
    const { executionTimeoutMs: timeoutMs = 0, retentionDays = 0 } = config.durable ?? {};
    const startedMs = this.#options.clock.now();
    const facts: ExecutionFacts = Object.freeze({
      ...request,
      arn: this.#arnOf(target, request),
      functionName,
      functionArn: functionArn(this.#options.home, functionName, version),
      version,
      startedMs,
      timeoutMs,
      retentionDays,
    });
    const execution = new Execution(facts);
    const itself: Operation = {
      id: facts.id,
      sequence: 0,
      type: 'EXECUTION',
      status: 'STARTED',
      startedMs,
      input,
    };
    // There at once, so that a second start under the name finds it.
    execution.operations.set(facts.id, itself);
    this.executions.add(execution);
    execution.started = this.#ledger.begin(execution, {
      operations: [itself],
      events: [eventOf('ExecutionStarted', { id: facts.id }, startedMs, { input, timeoutMs })],
    });
    try {
      await execution.started;
    } catch (error) {
      this.executions.remove(execution);
      throw error;
    }
    this.#emit('execution.started', execution);
    return execution;
  }

  async #startChild(target: ResolvedTarget, child: ChildRequest): Promise<Execution> {
    const existing = this.executions.byId(child.id);
    if (existing !== undefined) return existing;
    checkQualified(target);
    const { eventJson, ...request } = child;
    return this.#begin(target, eventJson, {
      ...request,
      name: child.id,
      requestId: this.#options.ids.uuid(),
      isSync: false,
    });
  }

  #arnOf(
    target: ResolvedTarget,
    { id, name }: { readonly id: string; readonly name: string },
  ): string {
    const { functionName, version } = target.version;
    return executionArn(this.#options.home, { functionName, version, id, name });
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

  #callback(callbackId: string): { execution: Execution; operation: Operation } {
    const facts = readCallbackId(callbackId);
    const execution = facts && this.executions.byId(facts.executionId);
    const operation = facts && execution?.operations.get(facts.operationId);
    if (execution === undefined || operation?.callback?.id !== callbackId) {
      throw new ExecutionNotFoundError(`Callback not found: ${callbackId}`);
    }
    return { execution, operation };
  }

  async #answer(parent: Execution, operationId: string, answer: Answer): Promise<void> {
    await this.#fromOutside(parent, operationId, (operation) =>
      answered(operation, answer, this.#options.clock.now()),
    );
  }

  /** A change that the handler has to be told of. False when there was none. */
  #fromOutside(
    execution: Execution,
    operationId: string,
    decide: (
      operation: Operation,
    ) => { readonly operation: Operation; readonly event: NewHistoryEvent } | undefined,
  ): Promise<boolean> {
    return this.#ledger.change(execution, ({ operations, head, isRunning }) => {
      const operation = isRunning ? operations.get(operationId) : undefined;
      const after = operation && decide(operation);
      if (after === undefined) return undefined;
      execution.wasChangedMeanwhile = true;
      return {
        operations: [Object.freeze(after.operation)],
        events: [after.event],
        head: { changed: [...head.changed, operationId] },
      };
    });
  }

  /** Time has come for something. */
  #due(execution: Execution): void {
    if (!execution.isRunning) {
      this.executions.remove(execution);
      this.#ledger.remove(execution).catch(warn);
      return;
    }
    this.#ledger
      .change(execution, () => this.#afterTime(execution))
      .then((isChanged) => {
        if (isChanged) return;
        // Only the handler has to be invoked again.
        this.#changed(execution);
      }, warn);
  }

  #afterTime(execution: Execution): ExecutionChange | undefined {
    const nowMs = this.#options.clock.now();
    const { facts, head, operations, isRunning } = execution;
    if (!isRunning) return undefined;
    if (timesOutMs(facts) <= nowMs) {
      const seconds = facts.timeoutMs / 1_000;
      const error = {
        errorType: 'Execution.TimedOut',
        errorMessage: `Execution timed out after ${seconds} seconds.`,
      };
      const owes = this.#owesLetter(execution);
      return endingChange(execution, { status: 'TIMED_OUT', error }, nowMs, owes);
    }
    const due = Array.from(operations.values()).flatMap(
      (operation) => afterTime(operation, nowMs) ?? [],
    );
    if (due.length === 0) return undefined;
    execution.wasChangedMeanwhile = true;
    return {
      operations: due.map(({ operation }) => Object.freeze(operation)),
      events: due.flatMap(({ event }) => event ?? []),
      head: { changed: [...head.changed, ...due.map(({ operation }) => operation.id)] },
    };
  }

  async #end(
    execution: Execution,
    ending: { readonly status: 'STOPPED' | 'FAILED'; readonly error: DurableError | undefined },
  ): Promise<void> {
    await this.#ledger.change(execution, ({ isRunning }) => {
      if (!isRunning) return undefined;
      // Who stops an execution knows of it.
      const owes = ending.status === 'FAILED' && this.#owesLetter(execution);
      return endingChange(execution, ending, this.#options.clock.now(), owes);
    });
  }

  /** After each change: what follows from how the execution stands. */
  #changed(execution: Execution): void {
    if (this.#isClosed && !execution.isRunning) return;
    if (!this.#isClosed) this.#alarms.set(execution);
    if (execution.isRunning) this.#driver.wake(execution);
    else this.#hasEnded(execution);
  }

  #hasEnded(execution: Execution): void {
    const { facts, head } = execution;
    if (!execution.isAnnounced) {
      execution.isAnnounced = true;
      this.#emit('execution.ended', execution);
    }
    const parent = facts.parent && this.executions.byId(facts.parent.executionId);
    if (parent !== undefined && facts.parent !== undefined) {
      this.#answer(parent, facts.parent.operationId, answerFrom(execution)).catch(warn);
    }
    if (head.owesLetter && !execution.isSendingLetter) {
      execution.isSendingLetter = true;
      this.#sendLetter(execution).catch(warn);
    }
  }

  #owesLetter({ facts }: Execution): boolean {
    if (facts.isSync || facts.parent !== undefined) return false;
    return this.#options.deadLetterOf(facts.functionName) !== undefined;
  }

  async #sendLetter(execution: Execution): Promise<void> {
    const { facts, head, input } = execution;
    await this.#options.sendLetter(facts, input, head.error);
    await this.#ledger.change(execution, () => ({ head: { owesLetter: false } }));
  }

  #emit(
    type: 'execution.started' | 'execution.ended' | 'execution.abandoned',
    execution: Execution,
  ): void {
    const { facts, head } = execution;
    const { functionName, name, arn } = facts;
    const about = {
      at: this.#options.clock.now(),
      functionName,
      executionName: name,
      executionArn: arn,
    };
    if (type !== 'execution.ended') {
      this.#options.events.emit({ type, ...about });
      return;
    }
    if (head.status === 'RUNNING') return;
    const durationMs = (head.endedMs ?? about.at) - facts.startedMs;
    this.#options.events.emit({ type, ...about, status: head.status, durationMs });
  }
}

/** @throws {AwsRuleError} for a function alone: replays need code that does not change under them */
function checkQualified({ invokedArn }: ResolvedTarget): void {
  if (parseFunctionArn(invokedArn)?.qualifier !== undefined) return;
  throw new AwsRuleError(
    'functionName',
    'a version, an alias or `$LATEST` of a durable function, such as "orders:1"',
    invokedArn,
    'You cannot invoke a durable function using an unqualified ARN.',
  );
}

export function checkExecutionName(name: unknown): asserts name is string {
  checkString('executionName', name, {
    maxLength: limits.durable.nameLength,
    pattern: namePattern,
    says: `1 to ${limits.durable.nameLength} letters, digits, "-" and "_"`,
  });
}

function callbackEnded(callbackId: string): CallbackTimeoutError {
  return new CallbackTimeoutError(
    `The callback has timed out or has an answer already: ${callbackId}`,
  );
}

function closedBefore(): ClosedError {
  return new ClosedError('The Lambda was closed before the execution ended');
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
