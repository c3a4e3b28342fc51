import type { ErrorPayload } from '../core/errors.ts';
import { InvokeFailure, InvokeSuccess, type InvokeOutcome } from '../invoke/outcome.ts';
import { Report } from '../invoke/report.ts';
import type { Execution } from './execution.ts';
import type { DurableError } from './operation.ts';

/** The success of an execution that somebody waited for. */
class ExecutionSuccess extends InvokeSuccess {
  readonly #executionArn: string;

  constructor(execution: Execution, requestId: string, report: Report) {
    const { facts, head } = execution;
    super(requestId, facts.version, asJson(head.result), report);
    this.#executionArn = facts.arn;
  }

  override get executionArn(): string {
    return this.#executionArn;
  }
}

class ExecutionFailure extends InvokeFailure {
  readonly #executionArn: string;

  constructor(execution: Execution, requestId: string, error: ErrorPayload, report: Report) {
    super(requestId, execution.facts.version, error, report, undefined, false);
    this.#executionArn = execution.facts.arn;
  }

  override get executionArn(): string {
    return this.#executionArn;
  }
}

/** What a synchronous invocation gives of an execution that has ended, or that takes too long. */
export function syncOutcome(
  execution: Execution,
  requestId: string,
  memoryMb: number,
): InvokeOutcome {
  const { facts, head } = execution;
  const report = execution.lastReport ?? emptyReport(requestId, memoryMb);
  if (head.status === 'SUCCEEDED') return new ExecutionSuccess(execution, requestId, report);
  const error =
    head.status === 'RUNNING'
      ? {
          errorType: 'Sandbox.Timedout',
          errorMessage: `The durable execution ${facts.arn} still runs after 15 minutes`,
        }
      : payloadOf(head.error ?? { errorMessage: `The durable execution ended as ${head.status}` });
  return new ExecutionFailure(execution, requestId, error, report);
}

function payloadOf({ errorType, errorMessage = '', stackTrace }: DurableError): ErrorPayload {
  return {
    ...(errorType !== undefined && { errorType }),
    errorMessage,
    ...(stackTrace !== undefined && { trace: stackTrace }),
  };
}

/** A result is any text; an answer is JSON. */
function asJson(result: string | undefined): string {
  if (result === undefined || result === '') return 'null';
  try {
    JSON.parse(result);
    return result;
  } catch {
    return JSON.stringify(result);
  }
}

/** The execution was there already, and nothing was invoked. */
function emptyReport(requestId: string, memoryMb: number): Report {
  return new Report({
    requestId,
    durationMs: 0,
    initDurationMs: undefined,
    cpuMs: 0,
    memoryMb,
    peakMemoryBytes: 0,
    status: 'success',
    errorType: undefined,
  });
}
