import { CheckpointError } from './durable-errors.ts';
import { eventOf, type HistoryDetails, type NewHistoryEvent } from './history-event.ts';
import type { Operation, OperationStatus, OperationType } from './operation.ts';
import type { OperationUpdate } from './operation-update.ts';

/** An operation after a change, and what the history says of it. */
export interface Transition {
  readonly operation: Operation;
  readonly event: NewHistoryEvent;
}

/** Where a chained invoke leads, known when it starts. */
export interface ChainedTarget {
  readonly executedVersion?: string | undefined;
  readonly executionId?: string | undefined;
  readonly executionArn?: string | undefined;
}

/** What the start of an operation needs besides the update. */
export interface StartContext {
  readonly nowMs: number;
  /** For an operation that is new. */
  readonly sequence: number;
  callbackId(operationId: string): string;
  chainedTarget(functionName: string): ChainedTarget;
}

/**
 * What becomes of an operation when the handler asks for something.
 * @throws {CheckpointError} for what its state does not allow, in AWS's words
 */
export function transition(
  current: Operation | undefined,
  update: OperationUpdate,
  context: StartContext,
): Transition {
  switch (update.type) {
    case 'STEP':
      return transitionStep(current, update, context);
    case 'CONTEXT':
      return transitionContext(current, update, context);
    case 'WAIT':
      return transitionWait(current, update, context);
    case 'CALLBACK':
      return startCallback(current, update, context);
    case 'CHAINED_INVOKE':
      return transitionInvoke(current, update, context);
    case 'EXECUTION':
      throw new TypeError('The end of an execution is no operation');
  }
}

function transitionStep(
  current: Operation | undefined,
  update: OperationUpdate,
  context: StartContext,
): Transition {
  const { nowMs } = context;
  const { status } = current ?? {};
  const before = current ?? newOperation(update, context);
  const isOpen = status === undefined || status === 'STARTED' || status === 'READY';
  if (update.action === 'START') {
    refuseUnless(
      status === undefined || status === 'READY',
      'Invalid current STEP state to start.',
    );
    const started = { ...before, status: 'STARTED', dueMs: undefined } as const;
    return { operation: started, event: eventOf('StepStarted', started, nowMs) };
  }
  const attempt = (before.attempts ?? 0) + 1;
  const { payload: result, error } = update;
  if (update.action === 'RETRY') {
    refuseUnless(isOpen, 'Invalid current STEP state to re-attempt.');
    const { nextAttemptDelayMs } = update;
    if (nextAttemptDelayMs === undefined) {
      throw new CheckpointError('Invalid StepOptions for the given action.');
    }
    refuseUnless(
      error === undefined || result === undefined,
      'Cannot provide both error and payload to RETRY a STEP.',
    );
    const pending: Operation = {
      ...before,
      status: 'PENDING',
      attempts: attempt,
      dueMs: nowMs + nextAttemptDelayMs,
      result,
      error,
    };
    const type = error === undefined ? 'StepSucceeded' : 'StepFailed';
    const details = { result, error, attempt, nextAttemptDelayMs };
    return { operation: pending, event: eventOf(type, pending, nowMs, details) };
  }
  refuseUnless(isOpen, 'Invalid current STEP state to close.');
  checkOutcome(update);
  const operation = { ...closed(before, update, nowMs), attempts: attempt, dueMs: undefined };
  const type = update.action === 'SUCCEED' ? 'StepSucceeded' : 'StepFailed';
  return { operation, event: eventOf(type, operation, nowMs, { result, error, attempt }) };
}

function transitionContext(
  current: Operation | undefined,
  update: OperationUpdate,
  context: StartContext,
): Transition {
  const { nowMs } = context;
  if (update.action === 'START') {
    refuseUnless(current === undefined, 'Cannot start a CONTEXT that already exist.');
    const { replayChildren } = update;
    const operation = { ...newOperation(update, context), replayChildren };
    return { operation, event: eventOf('ContextStarted', operation, nowMs) };
  }
  refuseUnless(
    current === undefined || current.status === 'STARTED',
    'Invalid current CONTEXT state to close.',
  );
  checkOutcome(update);
  const before = current ?? newOperation(update, context);
  const operation = {
    ...closed(before, update, nowMs),
    replayChildren: update.replayChildren ?? before.replayChildren,
  };
  const type = update.action === 'SUCCEED' ? 'ContextSucceeded' : 'ContextFailed';
  const details = { result: update.payload, error: update.error };
  return { operation, event: eventOf(type, operation, nowMs, details) };
}

function transitionWait(
  current: Operation | undefined,
  update: OperationUpdate,
  context: StartContext,
): Transition {
  const { nowMs } = context;
  if (update.action === 'CANCEL') {
    if (current?.status !== 'STARTED') {
      throw new CheckpointError(
        'Cannot cancel a WAIT that does not exist or has already completed.',
      );
    }
    const operation = ended(current, 'CANCELLED', nowMs);
    const details = { error: update.error };
    return { operation, event: eventOf('WaitCancelled', operation, nowMs, details) };
  }
  refuseUnless(current === undefined, 'Cannot start a WAIT that already exist.');
  const { waitMs } = update;
  if (waitMs === undefined) {
    throw new CheckpointError('Invalid WaitOptions for the given action.');
  }
  const dueMs = nowMs + waitMs;
  const operation = { ...newOperation(update, context), waitMs, dueMs };
  const details = { durationMs: waitMs, scheduledEndMs: dueMs };
  return { operation, event: eventOf('WaitStarted', operation, nowMs, details) };
}

function startCallback(
  current: Operation | undefined,
  update: OperationUpdate,
  context: StartContext,
): Transition {
  refuseUnless(current === undefined, 'Cannot start a CALLBACK that already exist.');
  const { nowMs } = context;
  const { timeoutMs = 0, heartbeatTimeoutMs = 0 } = update.callback ?? {};
  const id = context.callbackId(update.id);
  const operation: Operation = {
    ...newOperation(update, context),
    callback: { id, timeoutMs, heartbeatTimeoutMs, lastHeartbeatMs: nowMs },
  };
  const details: HistoryDetails = {
    callbackId: id,
    ...(timeoutMs > 0 && { timeoutMs }),
    ...(heartbeatTimeoutMs > 0 && { heartbeatTimeoutMs }),
  };
  return { operation, event: eventOf('CallbackStarted', operation, nowMs, details) };
}

function transitionInvoke(
  current: Operation | undefined,
  update: OperationUpdate,
  context: StartContext,
): Transition {
  const { nowMs } = context;
  if (update.action === 'CANCEL') {
    if (current?.status !== 'STARTED') {
      throw new CheckpointError(
        'Cannot cancel an INVOKE that does not exist or has already completed.',
      );
    }
    // There is no event for it: AWS's history says that it was stopped.
    const operation = ended(current, 'CANCELLED', nowMs);
    const details = { error: update.error };
    return { operation, event: eventOf('ChainedInvokeStopped', operation, nowMs, details) };
  }
  refuseUnless(current === undefined, 'Cannot start an INVOKE that already exist.');
  const { chained, payload: input } = update;
  if (chained === undefined) {
    throw new CheckpointError('Invalid ChainedInvokeOptions for the given action.');
  }
  const { functionName, tenantId } = chained;
  const { executionId, executionArn, executedVersion } = context.chainedTarget(functionName);
  const operation: Operation = {
    ...newOperation(update, context),
    input,
    chained: { ...chained, executionId },
  };
  const details = { functionName, tenantId, input, executedVersion, executionArn };
  return { operation, event: eventOf('ChainedInvokeStarted', operation, nowMs, details) };
}

function newOperation(update: OperationUpdate, { nowMs, sequence }: StartContext): Operation {
  const { id, type, parentId, name, subType } = update;
  return { id, sequence, type, status: 'STARTED', parentId, name, subType, startedMs: nowMs };
}

function closed(before: Operation, update: OperationUpdate, nowMs: number): Operation {
  const status = update.action === 'SUCCEED' ? 'SUCCEEDED' : 'FAILED';
  return { ...ended(before, status, nowMs), result: update.payload, error: update.error };
}

/** An operation that nothing changes any more. */
export function ended(before: Operation, status: OperationStatus, nowMs: number): Operation {
  return { ...before, status, endedMs: nowMs };
}

/** An end has a result or an error, never both. */
export function checkOutcome({ action, payload, error }: OperationUpdate): void {
  refuseUnless(
    action !== 'FAIL' || payload === undefined,
    'Cannot provide a Payload for FAIL action.',
  );
  refuseUnless(
    action !== 'SUCCEED' || error === undefined,
    'Cannot provide an Error for SUCCEED action.',
  );
}

function refuseUnless(isAllowed: boolean, awsMessage: string): void {
  if (!isAllowed) throw new CheckpointError(awsMessage);
}

/** What can be asked of each type. */
export const actionsOf: Readonly<Record<OperationType, readonly string[]>> = {
  EXECUTION: ['SUCCEED', 'FAIL'],
  CONTEXT: ['START', 'SUCCEED', 'FAIL'],
  STEP: ['START', 'SUCCEED', 'FAIL', 'RETRY'],
  WAIT: ['START', 'CANCEL'],
  CALLBACK: ['START'],
  CHAINED_INVOKE: ['START', 'CANCEL'],
};
