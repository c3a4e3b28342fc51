import type { DurableEngine } from './engine.ts';
import { ExecutionFailedError } from './durable-errors.ts';
import type { Execution, ExecutionStatus } from './execution.ts';
import type { HistoryEvent } from './history-event.ts';
import type { DurableError, Operation } from './operation.ts';

/**
 * One execution of a durable function. Stays right while it goes on.
 * https://docs.aws.amazon.com/lambda/latest/dg/durable-basic-concepts.html
 */
export class DurableExecution<Result = unknown> {
  readonly arn: string;
  /** As it was started, or its id. */
  readonly name: string;
  readonly functionName: string;
  /** The version that all its invocations run on. */
  readonly version: string;
  /** Epoch milliseconds. */
  readonly startedMs: number;
  /** The input as JSON text. */
  readonly inputJson: string;
  readonly #engine: DurableEngine;
  readonly #execution: Execution;

  constructor(engine: DurableEngine, execution: Execution) {
    const { facts, input } = execution;
    this.arn = facts.arn;
    this.name = facts.name;
    this.functionName = facts.functionName;
    this.version = facts.version;
    this.startedMs = facts.startedMs;
    this.inputJson = input;
    this.#engine = engine;
    this.#execution = execution;
  }

  get status(): ExecutionStatus {
    return this.#execution.head.status;
  }

  /** Epoch milliseconds; `undefined` while it runs. */
  get endedMs(): number | undefined {
    return this.#execution.head.endedMs;
  }

  /** The result as text, JSON where the handler used AWS's SDK; `undefined` without one. */
  get resultText(): string | undefined {
    return this.#execution.head.result;
  }

  /** Why it failed, timed out or was stopped. */
  get error(): DurableError | undefined {
    return this.#execution.head.error;
  }

  /**
   * Waits for the end, however long that takes, and gives the result.
   * @throws {ExecutionFailedError} when it failed, timed out or was stopped
   * @throws {ClosedError} when the `Lambda` is closed before
   */
  async result(): Promise<Result> {
    await this.#execution.ended;
    const { status, result, error } = this.#execution.head;
    if (status === 'SUCCEEDED' || status === 'RUNNING') return parsed(result) as Result;
    throw new ExecutionFailedError(this.arn, status, error ?? {});
  }

  /** In the order in which they came to be; the first is the execution itself. */
  operations(): Operation[] {
    return [...this.#execution.operations.values()];
  }

  /** What has happened so far, oldest first. */
  history(): HistoryEvent[] {
    return [...this.#execution.history];
  }

  /** Ends it now. An invocation that runs goes on, and can checkpoint no more. Nothing when it has ended. */
  async stop(error?: DurableError): Promise<void> {
    await this.#engine.stopExecution(this.#execution, error);
  }
}

function parsed(result: string | undefined): unknown {
  if (result === undefined || result === '') return undefined;
  try {
    return JSON.parse(result);
  } catch {
    return result;
  }
}
