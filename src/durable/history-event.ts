import type { DurableError, Operation } from './operation.ts';

export type HistoryEventType =
  | 'ExecutionStarted'
  | 'ExecutionSucceeded'
  | 'ExecutionFailed'
  | 'ExecutionTimedOut'
  | 'ExecutionStopped'
  | 'ContextStarted'
  | 'ContextSucceeded'
  | 'ContextFailed'
  | 'WaitStarted'
  | 'WaitSucceeded'
  | 'WaitCancelled'
  | 'StepStarted'
  | 'StepSucceeded'
  | 'StepFailed'
  | 'ChainedInvokeStarted'
  | 'ChainedInvokeSucceeded'
  | 'ChainedInvokeFailed'
  | 'ChainedInvokeTimedOut'
  | 'ChainedInvokeStopped'
  | 'CallbackStarted'
  | 'CallbackSucceeded'
  | 'CallbackFailed'
  | 'CallbackTimedOut'
  | 'InvocationCompleted';

/**
 * Something that happened in an execution; which of the details are there follows from the type.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Event.html
 */
export interface HistoryEvent {
  readonly type: HistoryEventType;
  /** Counts from 1. */
  readonly id: number;
  readonly atMs: number;
  /** What it happened to; none for the end of an invocation. */
  readonly operationId?: string | undefined;
  readonly name?: string | undefined;
  readonly parentId?: string | undefined;
  readonly subType?: string | undefined;
  readonly details: HistoryDetails;
}

export interface HistoryDetails {
  readonly input?: string | undefined;
  readonly result?: string | undefined;
  readonly error?: DurableError | undefined;
  /** An execution and a callback: how long they may take. */
  readonly timeoutMs?: number | undefined;
  readonly heartbeatTimeoutMs?: number | undefined;
  readonly callbackId?: string | undefined;
  /** A wait: how long, and until when. */
  readonly durationMs?: number | undefined;
  readonly scheduledEndMs?: number | undefined;
  /** A step: which attempt it was, and when the next one is. */
  readonly attempt?: number | undefined;
  readonly nextAttemptDelayMs?: number | undefined;
  /** A chained invoke. */
  readonly functionName?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly executedVersion?: string | undefined;
  readonly executionArn?: string | undefined;
  /** An invocation of the handler. */
  readonly requestId?: string | undefined;
  readonly startedMs?: number | undefined;
}

/** Numbered when it is written. */
export type NewHistoryEvent = Omit<HistoryEvent, 'id'>;

export function eventOf(
  type: HistoryEventType,
  { id, name, parentId, subType }: Pick<Operation, 'id' | 'name' | 'parentId' | 'subType'>,
  atMs: number,
  details: HistoryDetails = {},
): NewHistoryEvent {
  return { type, atMs, operationId: id, name, parentId, subType, details };
}
