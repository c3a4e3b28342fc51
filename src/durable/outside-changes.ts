import type { Clock } from '../core/clock.ts';
import { CallbackTimeoutError, ExecutionNotFoundError } from './durable-errors.ts';
import type { ExecutionList } from './execution-list.ts';
import { timesOutMs, type Execution, type ExecutionChange } from './execution.ts';
import { endingChange, type Ledger } from './ledger.ts';
import type { Operation } from './operation.ts';
import { afterTime, answered, withHeartbeat, type Answer } from './outside-transitions.ts';
import { readCallbackId } from './tokens.ts';

export interface OutsideChangesOptions {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly executions: ExecutionList;
  owesLetter(execution: Execution): boolean;
}

/** What happens to executions while their handlers do not run, or do not look: time, callbacks, other functions. */
export class OutsideChanges {
  readonly #options: OutsideChangesOptions;

  constructor(options: OutsideChangesOptions) {
    this.#options = options;
  }

  /** @throws {CallbackTimeoutError} when it has an answer, or timed out; {ExecutionNotFoundError} */
  async answerCallback(callbackId: string, answer: Answer): Promise<void> {
    const { execution, operation } = this.#callback(callbackId);
    const isTaken = await this.answer(execution, operation.id, answer);
    if (!isTaken) throw callbackEnded(callbackId);
  }

  /** @throws as `answerCallback` does */
  async heartbeatCallback(callbackId: string): Promise<void> {
    const { ledger, clock } = this.#options;
    const { execution, operation } = this.#callback(callbackId);
    const isTaken = await ledger.change(execution, ({ operations, isRunning }) => {
      const current = isRunning ? operations.get(operation.id) : undefined;
      const after = current && withHeartbeat(current, clock.now());
      return after && { operations: [Object.freeze(after)] };
    });
    if (!isTaken) throw callbackEnded(callbackId);
  }

  /** Ends an operation that waits for somebody; false when there is nothing that waits. */
  answer(execution: Execution, operationId: string, answer: Answer): Promise<boolean> {
    return this.#options.ledger.change(execution, ({ operations, head, isRunning }) => {
      const operation = isRunning ? operations.get(operationId) : undefined;
      const after = operation && answered(operation, answer, this.#options.clock.now());
      if (after === undefined) return undefined;
      execution.wasChangedMeanwhile = true;
      return {
        operations: [Object.freeze(after.operation)],
        events: [after.event],
        head: { changed: [...head.changed, operationId] },
      };
    });
  }

  /** Applies what is due by now; false when nothing of the execution is. */
  timePassed(execution: Execution): Promise<boolean> {
    return this.#options.ledger.change(execution, () => this.#afterTime(execution));
  }

  #afterTime(execution: Execution): ExecutionChange | undefined {
    const nowMs = this.#options.clock.now();
    const { facts, head, operations, isRunning } = execution;
    if (!isRunning) return undefined;
    if (timesOutMs(facts) <= nowMs) {
      const error = {
        errorType: 'Execution.TimedOut',
        errorMessage: `Execution timed out after ${facts.timeoutMs / 1_000} seconds.`,
      };
      const owes = this.#options.owesLetter(execution);
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

  #callback(callbackId: string): { execution: Execution; operation: Operation } {
    const facts = readCallbackId(callbackId);
    const execution = facts && this.#options.executions.byId(facts.executionId);
    const operation = facts && execution?.operations.get(facts.operationId);
    if (execution === undefined || operation?.callback?.id !== callbackId) {
      throw new ExecutionNotFoundError(`Callback not found: ${callbackId}`);
    }
    return { execution, operation };
  }
}

function callbackEnded(callbackId: string): CallbackTimeoutError {
  return new CallbackTimeoutError(
    `The callback has timed out or has an answer already: ${callbackId}`,
  );
}
