import type { HistoryDetails, HistoryEvent } from '../durable/history-event.ts';
import { epochSeconds, errorToWire } from '../durable/wire.ts';

/** An event of an execution in AWS's shape. https://docs.aws.amazon.com/lambda/latest/api/API_Event.html */
export function eventToWire(event: HistoryEvent, hasData: boolean): object {
  const { type, id, atMs, operationId, name, parentId, subType } = event;
  return {
    EventType: type,
    SubType: subType,
    EventId: id,
    Id: operationId,
    Name: name,
    ParentId: parentId,
    EventTimestamp: epochSeconds(atMs),
    [`${type}Details`]: detailsOf(event, hasData),
  };
}

function detailsOf({ type, details, atMs }: HistoryEvent, hasData: boolean): object {
  switch (type) {
    case 'ExecutionStarted':
      return { ...inputOf(details, hasData), ExecutionTimeout: seconds(details.timeoutMs) };
    case 'WaitStarted':
      return {
        Duration: seconds(details.durationMs),
        ScheduledEndTimestamp: epochSeconds(details.scheduledEndMs ?? atMs),
      };
    case 'WaitSucceeded':
      return { Duration: seconds(details.durationMs) };
    case 'CallbackStarted':
      return {
        CallbackId: details.callbackId,
        Timeout: seconds(details.timeoutMs),
        HeartbeatTimeout: seconds(details.heartbeatTimeoutMs),
      };
    case 'ChainedInvokeStarted':
      return {
        FunctionName: details.functionName,
        TenantId: details.tenantId,
        ...inputOf(details, hasData),
        ExecutedVersion: details.executedVersion,
        DurableExecutionArn: details.executionArn,
      };
    case 'StepSucceeded':
      return { ...resultOf(details, hasData), RetryDetails: retryOf(details) };
    case 'StepFailed':
      return { ...errorOf(details, hasData), RetryDetails: retryOf(details) };
    case 'InvocationCompleted':
      return {
        StartTimestamp: epochSeconds(details.startedMs ?? atMs),
        EndTimestamp: epochSeconds(atMs),
        RequestId: details.requestId,
        ...(details.error !== undefined && errorOf(details, hasData)),
      };
    case 'ContextStarted':
    case 'StepStarted':
      return {};
    case 'ExecutionSucceeded':
    case 'ContextSucceeded':
    case 'ChainedInvokeSucceeded':
    case 'CallbackSucceeded':
      return resultOf(details, hasData);
    case 'ExecutionFailed':
    case 'ExecutionTimedOut':
    case 'ExecutionStopped':
    case 'ContextFailed':
    case 'WaitCancelled':
    case 'ChainedInvokeFailed':
    case 'ChainedInvokeTimedOut':
    case 'ChainedInvokeStopped':
    case 'CallbackFailed':
    case 'CallbackTimedOut':
      return errorOf(details, hasData);
  }
}

function inputOf({ input }: HistoryDetails, hasData: boolean): object {
  return { Input: hasData ? { Payload: input, Truncated: false } : {} };
}

function resultOf({ result }: HistoryDetails, hasData: boolean): object {
  return { Result: hasData ? { Payload: result, Truncated: false } : {} };
}

function errorOf({ error }: HistoryDetails, hasData: boolean): object {
  return { Error: hasData ? { Payload: errorToWire(error), Truncated: false } : {} };
}

function retryOf({ attempt, nextAttemptDelayMs }: HistoryDetails): object {
  return { CurrentAttempt: attempt, NextAttemptDelaySeconds: seconds(nextAttemptDelayMs) };
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1_000;
}
