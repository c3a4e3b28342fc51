/** What an operation of an execution is. https://docs.aws.amazon.com/lambda/latest/api/API_Operation.html */
export type OperationType =
  | 'EXECUTION'
  | 'CONTEXT'
  | 'STEP'
  | 'WAIT'
  | 'CALLBACK'
  | 'CHAINED_INVOKE';

/** What a handler asks of an operation. */
export type OperationAction = 'START' | 'SUCCEED' | 'FAIL' | 'RETRY' | 'CANCEL';

export type OperationStatus =
  | 'STARTED'
  | 'PENDING'
  | 'READY'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'CANCELLED'
  | 'TIMED_OUT'
  | 'STOPPED';

/** An error as executions keep it. https://docs.aws.amazon.com/lambda/latest/api/API_ErrorObject.html */
export interface DurableError {
  readonly errorType?: string | undefined;
  readonly errorMessage?: string | undefined;
  /** For machines. */
  readonly errorData?: string | undefined;
  readonly stackTrace?: readonly string[] | undefined;
}

/** One operation as it stands; frozen, a change makes another. */
export interface Operation {
  readonly id: string;
  /** Its place in the order in which operations came to be; 0 is the execution itself. */
  readonly sequence: number;
  readonly type: OperationType;
  readonly status: OperationStatus;
  /** The context that it belongs to. */
  readonly parentId?: string | undefined;
  readonly name?: string | undefined;
  /** What the SDK made of the type, such as `Map`. */
  readonly subType?: string | undefined;
  readonly startedMs: number;
  readonly endedMs?: number | undefined;
  /** What an execution was started with, or what a chained invoke hands over. */
  readonly input?: string | undefined;
  readonly result?: string | undefined;
  readonly error?: DurableError | undefined;
  /** CONTEXT: what it contains is replayed although it has ended. */
  readonly replayChildren?: boolean | undefined;
  /** STEP: attempts that ended. */
  readonly attempts?: number | undefined;
  /** WAIT */
  readonly waitMs?: number | undefined;
  /** When time alone changes it: the end of a wait, the next attempt of a step. */
  readonly dueMs?: number | undefined;
  readonly callback?: CallbackTerms | undefined;
  readonly chained?: ChainedInvoke | undefined;
}

/** How an outside system ends a callback, and how long it may take. */
export interface CallbackTerms {
  readonly id: string;
  /** 0 for ever. */
  readonly timeoutMs: number;
  /** 0 without. */
  readonly heartbeatTimeoutMs: number;
  readonly lastHeartbeatMs: number;
}

/** The other function that a chained invoke runs. */
export interface ChainedInvoke {
  readonly functionName: string;
  readonly tenantId?: string | undefined;
  readonly traceId?: string | undefined;
  /** Id of the execution of a durable function. */
  readonly executionId?: string | undefined;
}

const endedStatuses: ReadonlySet<OperationStatus> = new Set([
  'SUCCEEDED',
  'FAILED',
  'CANCELLED',
  'TIMED_OUT',
  'STOPPED',
]);

/** Nothing changes it any more. */
export function hasEnded({ status }: Operation): boolean {
  return endedStatuses.has(status);
}

/** Something other than the handler changes it: time, an outside system, another function. */
export function isPending({ type, status }: Operation): boolean {
  if (type === 'STEP') return status === 'PENDING';
  return status === 'STARTED' && type !== 'CONTEXT' && type !== 'EXECUTION';
}

/** When time changes it, in epoch milliseconds; `undefined` when it does not. */
export function dueOf(operation: Operation): number | undefined {
  if (!isPending(operation)) return undefined;
  const { callback, dueMs, startedMs } = operation;
  if (callback === undefined) return dueMs;
  const { timeoutMs, heartbeatTimeoutMs, lastHeartbeatMs } = callback;
  const timesOutMs = timeoutMs === 0 ? Infinity : startedMs + timeoutMs;
  const heartbeatMs = heartbeatTimeoutMs === 0 ? Infinity : lastHeartbeatMs + heartbeatTimeoutMs;
  const due = Math.min(timesOutMs, heartbeatMs);
  return due === Infinity ? undefined : due;
}
