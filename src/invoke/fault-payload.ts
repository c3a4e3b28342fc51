import type { ErrorPayload } from '../core/errors.ts';
import type { Fault } from './executor.ts';
import type { ReportStatus } from './report.ts';

/** `current` is what AWS sends since the end of 2025, `legacy` what it sent before. */
export type ErrorStyle = 'current' | 'legacy';

export interface FaultFacts {
  readonly requestId: string;
  readonly timeoutMs: number;
  readonly runtime: 'nodejs22.x' | 'nodejs24.x';
  readonly style: ErrorStyle;
  /** ISO time, for the legacy timeout message. */
  readonly at: string;
}

/** The payload that AWS returns for a fault. */
export function faultPayload(fault: Fault, facts: FaultFacts): ErrorPayload {
  switch (fault.kind) {
    case 'handler':
    case 'init':
      return guestPayload(fault.failure);
    case 'uncaught':
      // Node 22's client reports the error before the process ends; Node 24's has no such handlers.
      return facts.runtime === 'nodejs22.x'
        ? guestPayload(fault.failure)
        : exitPayload(1, facts.requestId);
    case 'timeout':
      return timeoutPayload(fault, facts);
    case 'out-of-memory':
      return {
        errorType: facts.style === 'current' ? 'Runtime.OutOfMemory' : 'Runtime.ExitError',
        errorMessage: `RequestId: ${facts.requestId} Error: Runtime exited with error: signal: killed`,
      };
    case 'exit':
      return exitPayload(fault.status, facts.requestId);
    case 'never-settled':
      return facts.runtime === 'nodejs22.x'
        ? neverSettledPayload()
        : exitPayload(13, facts.requestId);
    case 'engine':
      return {
        errorType: 'Runtime.Unknown',
        errorMessage: `RequestId: ${facts.requestId} Error: ${fault.message}`,
      };
  }
}

/** Status and error type of the REPORT line. */
export function faultStatus(
  fault: Fault,
  payload: ErrorPayload,
): { readonly status: ReportStatus; readonly errorType: string | undefined } {
  if (fault.kind === 'timeout') return { status: 'timeout', errorType: undefined };
  if (fault.kind === 'handler') return { status: 'error', errorType: payload.errorType };
  return { status: 'failure', errorType: payload.errorType };
}

function guestPayload(failure: {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}): ErrorPayload {
  const { errorType, errorMessage, trace } = failure;
  return errorType.startsWith('Function.')
    ? { errorMessage, errorType }
    : { errorType, errorMessage, trace };
}

function timeoutPayload(
  { waitedFor }: Extract<Fault, { kind: 'timeout' }>,
  facts: FaultFacts,
): ErrorPayload {
  const seconds = (facts.timeoutMs / 1_000).toFixed(2);
  const why = waitedFor === undefined ? '' : frozenClockHint(waitedFor);
  if (facts.style === 'legacy') {
    return {
      errorMessage: `${facts.at} ${facts.requestId} Task timed out after ${seconds} seconds${why}`,
    };
  }
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${facts.requestId} Error: Task timed out after ${seconds} seconds${why}`,
  };
}

/** The one addition to AWS's sentence: in a test with a virtual clock the sentence alone would be a riddle. */
function frozenClockHint({ label, inMs }: { label: string; inMs: number }): string {
  return (
    `; it waited for "${label}", due in ${inMs} ms on a virtual clock that nobody advanced that far. Budgets are ` +
    `real time: advance the clock while the call runs, as in \`clock.advance(${inMs})\``
  );
}

function exitPayload(status: number | undefined, requestId: string): ErrorPayload {
  const how =
    status === undefined || status === 0
      ? 'Runtime exited without providing a reason'
      : `Runtime exited with error: exit status ${status}`;
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${how}` };
}

function neverSettledPayload(): ErrorPayload {
  const errorMessage =
    'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes';
  return {
    errorType: 'Runtime.NodeJsExit',
    errorMessage,
    trace: [`Runtime.NodeJsExit: ${errorMessage}`],
  };
}
