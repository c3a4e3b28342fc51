import { eventOf, type NewHistoryEvent } from './history-event.ts';
import { dueOf, hasEnded, isPending, type DurableError, type Operation } from './operation.ts';
import { ended, type Transition } from './transitions.ts';

/** How an operation ends that waits for somebody other than the handler. */
export type Answer =
  | { readonly status: 'SUCCEEDED'; readonly result: string | undefined }
  | {
      readonly status: 'FAILED' | 'TIMED_OUT' | 'STOPPED';
      readonly error: DurableError | undefined;
    };

const words: Readonly<Record<Answer['status'], 'Succeeded' | 'Failed' | 'TimedOut' | 'Stopped'>> = {
  SUCCEEDED: 'Succeeded',
  FAILED: 'Failed',
  TIMED_OUT: 'TimedOut',
  STOPPED: 'Stopped',
};

/** Nobody stops a callback. */
const callbackEvents = {
  SUCCEEDED: 'CallbackSucceeded',
  FAILED: 'CallbackFailed',
  TIMED_OUT: 'CallbackTimedOut',
  STOPPED: 'CallbackFailed',
} as const;

/** Ends a callback or a chained invoke; `undefined` when it has ended before. */
export function answered(
  operation: Operation,
  answer: Answer,
  nowMs: number,
): Transition | undefined {
  if (!isPending(operation)) return undefined;
  const { status, ...outcome } = answer;
  const after: Operation = { ...ended(operation, status, nowMs), ...outcome };
  if (operation.type === 'CHAINED_INVOKE') {
    return {
      operation: after,
      event: eventOf(`ChainedInvoke${words[status]}`, after, nowMs, outcome),
    };
  }
  const type = callbackEvents[status];
  return { operation: after, event: eventOf(type, after, nowMs, outcome) };
}

/** The outside system is still at it; `undefined` when the callback has ended. Says nothing in the history. */
export function withHeartbeat(operation: Operation, nowMs: number): Operation | undefined {
  const { callback } = operation;
  if (callback === undefined || hasEnded(operation)) return undefined;
  return { ...operation, callback: { ...callback, lastHeartbeatMs: nowMs } };
}

/** What time has made of an operation; `undefined` while it is not due. */
export function afterTime(
  operation: Operation,
  nowMs: number,
): { readonly operation: Operation; readonly event?: NewHistoryEvent } | undefined {
  const dueMs = dueOf(operation);
  if (dueMs === undefined || dueMs > nowMs) return undefined;
  if (operation.type === 'STEP') {
    return { operation: { ...operation, status: 'READY', dueMs: undefined } };
  }
  if (operation.type === 'WAIT') {
    const after = ended(operation, 'SUCCEEDED', nowMs);
    const details = { durationMs: operation.waitMs };
    return { operation: after, event: eventOf('WaitSucceeded', after, nowMs, details) };
  }
  return answered(
    operation,
    { status: 'TIMED_OUT', error: callbackTimeout(operation, nowMs) },
    nowMs,
  );
}

function callbackTimeout({ callback, startedMs }: Operation, nowMs: number): DurableError {
  const { timeoutMs = 0 } = callback ?? {};
  return timeoutMs > 0 && startedMs + timeoutMs <= nowMs
    ? { errorType: 'Callback.Timeout', errorMessage: 'Callback timed out' }
    : { errorType: 'Callback.Heartbeat', errorMessage: 'Callback timed out on heartbeat' };
}
