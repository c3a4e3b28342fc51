import type { Report } from '../invoke/report.ts';
import type { HistoryEvent, NewHistoryEvent } from './history-event.ts';
import type { DurableError, Operation } from './operation.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'STOPPED';

/** What an execution was started with; never changes. */
export interface ExecutionFacts {
  readonly id: string;
  /** Unique for its function. */
  readonly name: string;
  readonly arn: string;
  readonly functionName: string;
  /** Qualified with the version. */
  readonly functionArn: string;
  /** All invocations run on it: a number, or `$LATEST` as it is at the time. */
  readonly version: string;
  /** Whether somebody waited for the end when it was started. */
  readonly isSync: boolean;
  /** Of the invocation that started it. */
  readonly requestId: string;
  readonly tenantId?: string | undefined;
  readonly traceId?: string | undefined;
  readonly startedMs: number;
  readonly timeoutMs: number;
  readonly retentionDays: number;
  /** The chained invoke that started it. */
  readonly parent?: { readonly executionId: string; readonly operationId: string } | undefined;
}

/** What changes in the course of an execution besides its operations; replaced, never modified. */
export interface ExecutionHead {
  readonly status: ExecutionStatus;
  readonly endedMs?: number | undefined;
  readonly result?: string | undefined;
  readonly error?: DurableError | undefined;
  /** Invocations of the handler that began. */
  readonly invocation: number;
  /** Checkpoints of the invocation that runs. */
  readonly checkpoint: number;
  readonly isInvoking: boolean;
  /** Operations that somebody other than the handler changed and that the handler does not know of yet. */
  readonly changed: readonly string[];
  readonly writtenBytes: number;
  /** Invocations that failed since the last one that did not. */
  readonly failures: number;
  /** Invocations that could not begin since the last one that did. */
  readonly refusals: number;
  /** When the handler is invoked again after a failure. */
  readonly retryAtMs?: number | undefined;
  /** A dead letter has to be sent. */
  readonly owesLetter: boolean;
}

/** One step of an execution, applied as a whole. */
export interface ExecutionChange {
  readonly operations?: readonly Operation[];
  readonly events?: readonly NewHistoryEvent[];
  readonly head?: Partial<ExecutionHead>;
}

const freshHead: ExecutionHead = Object.freeze({
  status: 'RUNNING',
  invocation: 0,
  checkpoint: 0,
  isInvoking: false,
  changed: [],
  writtenBytes: 0,
  failures: 0,
  refusals: 0,
  owesLetter: false,
});

/** One execution in memory. Only the ledger changes it. */
export class Execution {
  readonly facts: ExecutionFacts;
  readonly operations: Map<string, Operation>;
  readonly history: HistoryEvent[];
  head: ExecutionHead;
  /** Somebody sees to its invocations now. */
  isDriven = false;
  /** An operation was changed from outside while the handler ran. */
  wasChangedMeanwhile = false;
  /** Of the last invocation of this process. */
  lastReport: Report | undefined;
  /** Resolves when it is safely started. */
  started: Promise<void> = Promise.resolve();
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(
    facts: ExecutionFacts,
    kept: {
      readonly head?: ExecutionHead;
      readonly operations?: readonly Operation[];
      readonly history?: HistoryEvent[];
    } = {},
  ) {
    const { head = freshHead, operations = [], history = [] } = kept;
    this.facts = facts;
    this.head = head;
    this.operations = new Map(operations.map((operation) => [operation.id, operation]));
    this.history = history;
    // Nobody may wait for it.
    this.#ended.promise.catch(() => {});
    if (head.status !== 'RUNNING') this.#ended.resolve();
  }

  /** Resolves when it has ended; rejects when the host ends before it. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  get isRunning(): boolean {
    return this.head.status === 'RUNNING';
  }

  /** The input that it was started with, as JSON text. */
  get input(): string {
    return this.operations.get(this.facts.id)?.input ?? '{}';
  }

  /** The events of a change with their numbers. */
  numbered(events: readonly NewHistoryEvent[]): HistoryEvent[] {
    return events.map((event, index) =>
      Object.freeze({ ...event, id: this.history.length + index + 1 }),
    );
  }

  apply(head: ExecutionHead, operations: readonly Operation[], events: HistoryEvent[]): void {
    this.head = head;
    for (const operation of operations) this.operations.set(operation.id, operation);
    for (const event of events) this.history.push(event);
    if (head.status !== 'RUNNING') this.#ended.resolve();
  }

  /** Nobody sees its end in this process any more. */
  abandon(reason: Error): void {
    this.#ended.reject(reason);
  }
}

/** Epoch milliseconds at which the execution times out. */
export function timesOutMs({ startedMs, timeoutMs }: ExecutionFacts): number {
  return startedMs + timeoutMs;
}

const dayMs = 86_400_000;

/** Epoch milliseconds at which an execution that has ended is forgotten. */
export function forgottenMs({ facts, head }: Execution): number {
  return (head.endedMs ?? facts.startedMs) + facts.retentionDays * dayMs;
}
