import type { DurableError, OperationAction, OperationType } from './operation.ts';

/**
 * What a handler asks of one operation in a checkpoint.
 * https://docs.aws.amazon.com/lambda/latest/api/API_OperationUpdate.html
 */
export interface OperationUpdate {
  readonly id: string;
  readonly type: OperationType;
  readonly action: OperationAction;
  readonly parentId?: string | undefined;
  readonly name?: string | undefined;
  readonly subType?: string | undefined;
  readonly payload?: string | undefined;
  readonly error?: DurableError | undefined;
  /** CONTEXT */
  readonly replayChildren?: boolean | undefined;
  /** STEP: until the next attempt. */
  readonly nextAttemptDelayMs?: number | undefined;
  /** WAIT */
  readonly waitMs?: number | undefined;
  /** CALLBACK */
  readonly callback?: CallbackOptions | undefined;
  /** CHAINED_INVOKE */
  readonly chained?: ChainedInvokeOptions | undefined;
}

interface CallbackOptions {
  readonly timeoutMs?: number | undefined;
  readonly heartbeatTimeoutMs?: number | undefined;
}

interface ChainedInvokeOptions {
  readonly functionName: string;
  readonly tenantId?: string | undefined;
  readonly traceId?: string | undefined;
}
