import { limits } from '../core/limits.ts';
import { CheckpointError } from './durable-errors.ts';
import type { NewHistoryEvent } from './history-event.ts';
import type { DurableError, Operation } from './operation.ts';
import type { OperationUpdate } from './operation-update.ts';
import { actionsOf, checkOutcome, transition, type StartContext } from './transitions.ts';

/** What a checkpoint is decided on. */
export interface ExecutionView {
  readonly operations: ReadonlyMap<string, Operation>;
  /** Bytes that checkpoints have written so far. */
  readonly writtenBytes: number;
  /** What the result of the execution may have. */
  readonly resultBytes: number;
}

/** How an execution ends. */
export type Ending =
  | { readonly status: 'SUCCEEDED'; readonly result: string | undefined }
  | {
      readonly status: 'FAILED' | 'TIMED_OUT' | 'STOPPED';
      readonly error: DurableError | undefined;
    };

/** What a checkpoint changes, all of it or nothing. */
export interface CheckpointPlan {
  /** As they are afterwards, in the order in which they were touched. */
  readonly operations: readonly Operation[];
  readonly events: readonly NewHistoryEvent[];
  readonly writtenBytes: number;
  /** The handler ended the execution by a checkpoint, since its result is too large for an answer. */
  readonly ending: Ending | undefined;
}

/**
 * Decides what a checkpoint does.
 * @throws {CheckpointError} when one of the updates is not allowed
 */
export function planCheckpoint(
  view: ExecutionView,
  updates: readonly OperationUpdate[],
  context: Omit<StartContext, 'sequence'>,
): CheckpointPlan {
  checkExecutionUpdate(updates);
  checkParentsAndDuplicates(updates, view.operations);
  const touched = new Map<string, Operation>();
  const events: NewHistoryEvent[] = [];
  let { writtenBytes } = view;
  let sequence = view.operations.size;
  let ending: Ending | undefined;
  for (const update of updates) {
    const current = touched.get(update.id) ?? view.operations.get(update.id);
    checkSameOperation(current, update);
    writtenBytes += checkSizes(update, view.resultBytes);
    if (!actionsOf[update.type].includes(update.action)) {
      throw new CheckpointError('Invalid action for the given operation type.');
    }
    if (update.type === 'EXECUTION') {
      ending = endingOf(update);
      continue;
    }
    checkDurations(update);
    const { operation, event } = transition(current, update, { ...context, sequence });
    if (current === undefined) sequence += 1;
    touched.set(operation.id, Object.freeze(operation));
    events.push(event);
  }
  // The execution itself is none.
  if (sequence - 1 > limits.durable.operations) {
    throw new CheckpointError(
      `The execution has more than ${limits.durable.operations} operations`,
    );
  }
  if (writtenBytes > limits.durable.writtenBytes) {
    throw new CheckpointError(
      `The execution has written more than ${limits.durable.writtenBytes} bytes`,
    );
  }
  return { operations: [...touched.values()], events, writtenBytes, ending };
}

function endingOf(update: OperationUpdate): Ending {
  checkOutcome(update);
  return update.action === 'SUCCEED'
    ? { status: 'SUCCEEDED', result: update.payload }
    : { status: 'FAILED', error: update.error };
}

function checkExecutionUpdate(updates: readonly OperationUpdate[]): void {
  const count = updates.filter(({ type }) => type === 'EXECUTION').length;
  if (count > 1) throw new CheckpointError('Cannot checkpoint multiple EXECUTION updates.');
  if (count === 1 && updates.at(-1)?.type !== 'EXECUTION') {
    throw new CheckpointError('EXECUTION checkpoint must be the last update.');
  }
}

/** Parents are contexts that are there, or start earlier in the same checkpoint. */
function checkParentsAndDuplicates(
  updates: readonly OperationUpdate[],
  operations: ReadonlyMap<string, Operation>,
): void {
  const started = new Map<string, OperationUpdate>();
  const last = new Map<string, OperationUpdate>();
  for (const update of updates) {
    const { id, parentId, action } = update;
    const before = last.get(id);
    if (before !== undefined && !mayFollow(before, update)) {
      throw new CheckpointError('Cannot checkpoint multiple operations with the same ID.');
    }
    if (parentId !== undefined) {
      const parent = started.get(parentId) ?? operations.get(parentId);
      if (parent?.type !== 'CONTEXT') throw new CheckpointError('Invalid parent operation id.');
    }
    if (action === 'START') started.set(id, update);
    last.set(id, update);
  }
}

/** A step or context may start and end in one checkpoint. */
function mayFollow(before: OperationUpdate, { action }: OperationUpdate): boolean {
  const canBoth = before.type === 'STEP' || before.type === 'CONTEXT';
  return canBoth && before.action === 'START' && action !== 'START';
}

function checkSameOperation(current: Operation | undefined, update: OperationUpdate): void {
  if (current === undefined) return;
  const { type, subType, name, parentId } = update;
  if (type !== current.type) throw new CheckpointError('Inconsistent operation type.');
  if (subType !== undefined && subType !== current.subType) {
    throw new CheckpointError('Inconsistent operation subtype.');
  }
  if (name !== undefined && name !== current.name) {
    throw new CheckpointError('Inconsistent operation name.');
  }
  if (parentId !== undefined && parentId !== current.parentId) {
    throw new CheckpointError('Inconsistent parent operation id.');
  }
}

/** The bytes that an update writes. */
function checkSizes({ type, payload, error }: OperationUpdate, resultBytes: number): number {
  const { payloadBytes } = limits.durable;
  const most = type === 'EXECUTION' ? resultBytes : payloadBytes;
  const payloadSize = payload === undefined ? 0 : Buffer.byteLength(payload);
  if (payloadSize > most) {
    throw new CheckpointError(`${type} payload size must be less than or equal to ${most} bytes.`);
  }
  const errorSize = sizeOfError(error);
  if (errorSize > payloadBytes) {
    throw new CheckpointError(`Error object size must be less than ${payloadBytes} bytes.`);
  }
  return payloadSize + errorSize;
}

/** Bytes of all fields of an error together. */
function sizeOfError(error: DurableError | undefined): number {
  if (error === undefined) return 0;
  const { errorMessage = '', errorType = '', errorData = '', stackTrace = [] } = error;
  return [errorMessage, errorType, errorData, ...stackTrace].reduce(
    (bytes, text) => bytes + Buffer.byteLength(text),
    0,
  );
}

function checkDurations({ waitMs, nextAttemptDelayMs, callback }: OperationUpdate): void {
  checkDuration('WaitSeconds', waitMs, limits.durable.delayMs);
  checkDuration('NextAttemptDelaySeconds', nextAttemptDelayMs, limits.durable.delayMs);
  const { timeoutMs, heartbeatTimeoutMs } = callback ?? {};
  checkDuration('TimeoutSeconds', timeoutMs, limits.durable.callbackTimeoutMs);
  checkDuration('HeartbeatTimeoutSeconds', heartbeatTimeoutMs, limits.durable.callbackTimeoutMs);
}

function checkDuration(
  name: string,
  ms: number | undefined,
  { min, max }: { readonly min: number; readonly max: number },
): void {
  if (ms === undefined || (Number.isInteger(ms) && ms >= min && ms <= max)) return;
  throw new CheckpointError(`${name} must be an integer from ${min / 1_000} to ${max / 1_000}.`);
}
