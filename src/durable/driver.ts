import type { Clock } from '../core/clock.ts';
import { ClosedError, FunctionNotFoundError } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import type { ResolvedTarget } from '../functions/routing.ts';
import type { Invocation } from '../invoke/invoker.ts';
import type { InvokeOutcome } from '../invoke/outcome.ts';
import { afterInvocation, type InvocationEnd } from './after-invocation.ts';
import type { Execution, ExecutionChange, ExecutionHead } from './execution.ts';
import type { NewHistoryEvent } from './history-event.ts';
import { readOutput } from './invocation-output.ts';
import { endingChange, type Ledger } from './ledger.ts';
import { isPending, type DurableError } from './operation.ts';
import { pageOf, replayed } from './replay-state.ts';
import { checkpointToken } from './tokens.ts';
import { isoTime, operationToWire } from './wire.ts';

export interface DriverOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly ledger: Ledger;
  /** The version that an execution is pinned to. @throws FunctionNotFoundError */
  pick(functionName: string, version: string): ResolvedTarget;
  /** One invocation of the handler. */
  invoke(target: ResolvedTarget, invocation: Invocation): InvokeOutcome | Promise<InvokeOutcome>;
  /** The storage failed in the middle. */
  onFault(execution: Execution, error: unknown): void;
  /** Whether an execution that fails owes somebody a dead letter. */
  owesLetter(execution: Execution): boolean;
}

/** What goes into the event of a handler; the rest is read in pages. */
const eventPage = { items: 1_000, bytes: 4_194_304 } as const;

/** Invokes the handler of an execution for as long as there is something to tell it. */
export class Driver {
  readonly #options: DriverOptions;
  #isStopped = false;

  constructor(options: DriverOptions) {
    this.#options = options;
  }

  /** Begins no more invocations; what is cut off from now on says nothing of its execution. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Sees to it that the execution goes on, if there is anything to go on with. */
  wake(execution: Execution): void {
    if (execution.isDriven || !this.#isDue(execution)) return;
    execution.isDriven = true;
    this.#drive(execution).catch((error: unknown) => this.#options.onFault(execution, error));
  }

  async #drive(execution: Execution): Promise<void> {
    try {
      while (this.#isDue(execution)) await this.#invokeOnce(execution);
    } finally {
      execution.isDriven = false;
    }
  }

  #isDue({ head }: Execution): boolean {
    if (this.#isStopped || head.status !== 'RUNNING') return false;
    const { retryAtMs, invocation, isInvoking, changed } = head;
    if (retryAtMs !== undefined) return retryAtMs <= this.#options.clock.now();
    // One that was under way when the host ended has to be done again.
    return invocation === 0 || isInvoking || changed.length > 0;
  }

  async #invokeOnce(execution: Execution): Promise<void> {
    const { clock, ids, ledger } = this.#options;
    let news: readonly string[] = [];
    const hasBegun = await ledger.change(execution, ({ head, isRunning }) => {
      if (!isRunning) return undefined;
      news = head.changed;
      const invocation = head.invocation + 1;
      return {
        head: { invocation, checkpoint: 0, isInvoking: true, changed: [], retryAtMs: undefined },
      };
    });
    if (!hasBegun) return;
    execution.wasChangedMeanwhile = false;
    const { facts, head } = execution;
    const requestId = head.invocation === 1 ? facts.requestId : ids.uuid();
    const startedMs = clock.now();
    const end = await this.#invoke(execution, requestId, this.#eventOf(execution, news));
    if (end === undefined) return;
    await ledger.change(execution, () => this.#after(execution, end, { requestId, startedMs }));
  }

  /** How it ended; `undefined` when the host ended it. */
  async #invoke(
    execution: Execution,
    requestId: string,
    eventJson: string,
  ): Promise<InvocationEnd | undefined> {
    const { functionName, version, tenantId, traceId } = execution.facts;
    try {
      const target = this.#options.pick(functionName, version);
      const outcome = await this.#options.invoke(target, {
        requestId,
        eventJson,
        tenantId,
        extras: {
          ...(tenantId !== undefined && { tenantId }),
          ...(traceId !== undefined && { traceId }),
        },
        isForcedCold: false,
        isWithinExecution: true,
      });
      if (outcome.status === 'error' && outcome.isSystemFault) {
        return this.#isStopped ? undefined : { kind: 'not-run' };
      }
      execution.lastReport = outcome.report;
      return outcome.status === 'ok'
        ? { kind: 'output', output: readOutput(outcome.payloadJson) }
        : { kind: 'function-error', error: errorOf(outcome) };
    } catch (error) {
      if (error instanceof ClosedError) return undefined;
      if (!(error instanceof FunctionNotFoundError)) return { kind: 'not-run' };
      const gone = { errorType: 'ResourceNotFoundException', errorMessage: error.message };
      return { kind: 'output', output: { status: 'FAILED', error: gone } };
    }
  }

  #after(
    execution: Execution,
    end: InvocationEnd,
    invocation: { readonly requestId: string; readonly startedMs: number },
  ): ExecutionChange {
    const nowMs = this.#options.clock.now();
    const completed = end.kind === 'not-run' ? [] : [completedEvent(end, invocation, nowMs)];
    // It may have been stopped, or have ended itself by a checkpoint.
    if (!execution.isRunning) return { events: completed };
    const { head, operations, wasChangedMeanwhile } = execution;
    const next = afterInvocation(end, {
      failures: head.failures,
      refusals: head.refusals,
      hasNews: head.changed.length > 0,
      hadNews: wasChangedMeanwhile,
      isWaiting: Array.from(operations.values()).some(isPending),
    });
    const counts = countsAfter(end, head);
    if (next.kind === 'end') {
      const isFailure = next.ending.status !== 'SUCCEEDED';
      const owes = isFailure && this.#options.owesLetter(execution);
      const change = endingChange(execution, next.ending, nowMs, owes);
      return { ...change, events: [...completed, ...change.events] };
    }
    return {
      events: completed,
      head: {
        ...counts,
        isInvoking: next.kind === 'again',
        ...(next.kind === 'retry' && { retryAtMs: nowMs + next.delayMs }),
      },
    };
  }

  #eventOf(execution: Execution, news: readonly string[]): string {
    const { facts, head, operations } = execution;
    const { invocation, checkpoint } = head;
    const page = pageOf(replayed(operations), 0, eventPage);
    return JSON.stringify({
      DurableExecutionArn: facts.arn,
      CheckpointToken: checkpointToken({
        executionId: facts.id,
        invocation,
        sequence: checkpoint,
      }),
      InitialExecutionState: {
        Operations: page.operations.map((operation) => operationToWire(operation, isoTime)),
        ...(page.next !== undefined && { NextMarker: String(page.next) }),
      },
      ...(news.length > 0 && { UpdatedOperationIds: news }),
    });
  }
}

function countsAfter(
  end: InvocationEnd,
  { failures, refusals }: ExecutionHead,
): Pick<ExecutionHead, 'failures' | 'refusals'> {
  if (end.kind === 'not-run') return { failures, refusals: refusals + 1 };
  return { failures: end.kind === 'output' ? 0 : failures + 1, refusals: 0 };
}

function completedEvent(
  end: InvocationEnd,
  { requestId, startedMs }: { readonly requestId: string; readonly startedMs: number },
  atMs: number,
): NewHistoryEvent {
  const error = end.kind === 'function-error' ? end.error : undefined;
  return { type: 'InvocationCompleted', atMs, details: { requestId, startedMs, error } };
}

/** AWS's payload of a function error, as executions keep it. */
export function errorOf(outcome: Extract<InvokeOutcome, { status: 'error' }>): DurableError {
  const { errorType, errorMessage, trace } = outcome.error;
  return { errorType, errorMessage, ...(trace !== undefined && { stackTrace: trace }) };
}
