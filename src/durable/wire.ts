import { CheckpointError } from './durable-errors.ts';
import type { DurableError, Operation, OperationAction, OperationType } from './operation.ts';
import type { OperationUpdate } from './operation-update.ts';

/**
 * AWS's spelling of operations. Times differ by the road that they take: ISO 8601 in the event of a handler, seconds in
 * answers of the API.
 */
export type Timestamp = (ms: number) => string | number;

export const isoTime: Timestamp = (ms) => new Date(ms).toISOString();
export const epochSeconds: Timestamp = (ms) => ms / 1_000;

/** https://docs.aws.amazon.com/lambda/latest/api/API_Operation.html */
export function operationToWire(operation: Operation, time: Timestamp): object {
  const { id, parentId, name, type, subType, status, startedMs, endedMs } = operation;
  return {
    Id: id,
    ParentId: parentId,
    Name: name,
    Type: type,
    SubType: subType,
    StartTimestamp: time(startedMs),
    EndTimestamp: endedMs === undefined ? undefined : time(endedMs),
    Status: status,
    ...detailsOf(operation, time),
  };
}

function detailsOf(operation: Operation, time: Timestamp): object {
  const { type, result, error, dueMs } = operation;
  const outcome = { Result: result, Error: errorToWire(error) };
  switch (type) {
    case 'EXECUTION':
      return { ExecutionDetails: { InputPayload: operation.input } };
    case 'CONTEXT':
      return { ContextDetails: { ReplayChildren: operation.replayChildren, ...outcome } };
    case 'STEP': {
      const next = dueMs === undefined ? undefined : time(dueMs);
      const { attempts = 0 } = operation;
      return { StepDetails: { Attempt: attempts, NextAttemptTimestamp: next, ...outcome } };
    }
    case 'WAIT':
      return {
        WaitDetails: { ScheduledEndTimestamp: dueMs === undefined ? undefined : time(dueMs) },
      };
    case 'CALLBACK':
      return { CallbackDetails: { CallbackId: operation.callback?.id, ...outcome } };
    case 'CHAINED_INVOKE':
      return { ChainedInvokeDetails: outcome };
  }
}

export function errorToWire(error: DurableError | undefined): object | undefined {
  if (error === undefined) return undefined;
  const { errorMessage, errorType, errorData, stackTrace } = error;
  return {
    ErrorMessage: errorMessage,
    ErrorType: errorType,
    ErrorData: errorData,
    StackTrace: stackTrace,
  };
}

/** Takes what is text and leaves the rest out. */
export function errorFromWire(value: unknown): DurableError | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { ErrorMessage, ErrorType, ErrorData, StackTrace } = value as Readonly<
    Record<string, unknown>
  >;
  const lines: readonly unknown[] = Array.isArray(StackTrace) ? StackTrace : [];
  return {
    ...(typeof ErrorType === 'string' && { errorType: ErrorType }),
    ...(typeof ErrorMessage === 'string' && { errorMessage: ErrorMessage }),
    ...(typeof ErrorData === 'string' && { errorData: ErrorData }),
    ...(Array.isArray(StackTrace) && {
      stackTrace: lines.filter((line) => typeof line === 'string'),
    }),
  };
}

/** An update in AWS's spelling, of which nothing is known yet. */
interface WireUpdate {
  readonly Id?: unknown;
  readonly ParentId?: unknown;
  readonly Name?: unknown;
  readonly Type?: unknown;
  readonly SubType?: unknown;
  readonly Action?: unknown;
  readonly Payload?: unknown;
  readonly Error?: unknown;
  readonly ContextOptions?: { readonly ReplayChildren?: unknown };
  readonly StepOptions?: { readonly NextAttemptDelaySeconds?: unknown };
  readonly WaitOptions?: { readonly WaitSeconds?: unknown };
  readonly CallbackOptions?: {
    readonly TimeoutSeconds?: unknown;
    readonly HeartbeatTimeoutSeconds?: unknown;
  };
  readonly ChainedInvokeOptions?: {
    readonly FunctionName?: unknown;
    readonly TenantId?: unknown;
    readonly XAmznTraceId?: unknown;
  };
}

const types = ['EXECUTION', 'CONTEXT', 'STEP', 'WAIT', 'CALLBACK', 'CHAINED_INVOKE'] as const;
const actions = ['START', 'SUCCEED', 'FAIL', 'RETRY', 'CANCEL'] as const;
const idPattern = /^[\w-]{1,64}$/;

/** @throws {CheckpointError} for what is no update */
export function updateFromWire(value: unknown): OperationUpdate {
  if (typeof value !== 'object' || value === null) {
    throw new CheckpointError('Updates must be objects.');
  }
  const update = value as WireUpdate;
  const callback = update.CallbackOptions;
  const chained = update.ChainedInvokeOptions;
  return {
    id: idText('Id', update.Id),
    type: oneOf<OperationType>('Type', update.Type, types),
    action: oneOf<OperationAction>('Action', update.Action, actions),
    parentId: update.ParentId == null ? undefined : idText('ParentId', update.ParentId),
    name: text('Name', update.Name, 256),
    subType: text('SubType', update.SubType, 32),
    payload: text('Payload', update.Payload),
    error: errorFromWire(update.Error),
    replayChildren: update.ContextOptions?.ReplayChildren === true ? true : undefined,
    nextAttemptDelayMs: seconds(update.StepOptions?.NextAttemptDelaySeconds),
    waitMs: seconds(update.WaitOptions?.WaitSeconds),
    callback: callback && {
      timeoutMs: seconds(callback.TimeoutSeconds),
      heartbeatTimeoutMs: seconds(callback.HeartbeatTimeoutSeconds),
    },
    chained: chained && {
      functionName: text('FunctionName', chained.FunctionName, 256) ?? '',
      tenantId: text('TenantId', chained.TenantId, 256),
      traceId: text('XAmznTraceId', chained.XAmznTraceId),
    },
  };
}

function idText(name: string, value: unknown): string {
  if (typeof value === 'string' && idPattern.test(value)) return value;
  throw new CheckpointError(`${name} must be 1 to 64 letters, digits, "-" and "_".`);
}

function oneOf<T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw new CheckpointError(`${name} must be one of ${allowed.join(', ')}.`);
}

function text(name: string, value: unknown, most = Infinity): string | undefined {
  if (value == null) return undefined;
  if (typeof value === 'string' && value.length <= most) return value;
  throw new CheckpointError(`${name} must be a string of at most ${most} characters.`);
}

/** What is no number is refused with the ranges. */
function seconds(value: unknown): number | undefined {
  if (value == null) return undefined;
  return typeof value === 'number' ? value * 1_000 : Number.NaN;
}
