import type { Clock } from '../core/clock.ts';
import { ClosedError, FunctionNotFoundError, ThrottledError } from '../core/errors.ts';
import { isEndless, roundsOf, withRound, type RecursiveLoop } from '../core/lineage.ts';
import type { ResolvedTarget } from '../functions/routing.ts';
import type { Invocation } from '../invoke/invoker.ts';
import type { InvokeOutcome } from '../invoke/outcome.ts';
import type { LastResponse } from './invocation-record.ts';
import type { AttemptOutcome } from './next-step.ts';
import type { QueuedEvent } from './queued-event.ts';

/** What of a function counts for every qualifier. */
export interface FunctionFacts {
  /** Unqualified. */
  readonly arn: string;
  /** @default none */
  readonly reservedConcurrency: number | null;
  /** ARN of a queue or topic. */
  readonly deadLetter: string | null;
  readonly recursiveLoop: RecursiveLoop;
}

/** What attempts need of the rest. */
export interface AttemptPorts {
  readonly clock: Clock;
  /** The version that one request runs on. @throws FunctionNotFoundError */
  pick(functionName: string, qualifier: string): ResolvedTarget;
  invoke(target: ResolvedTarget, invocation: Invocation): InvokeOutcome | Promise<InvokeOutcome>;
  /** Whether the host ends its invocations, so that a fault says nothing of the event. */
  isStopping(): boolean;
  /** Throws a fault that somebody asked for; `attempt` counts those that a handler saw and those that none did. */
  disturb?: ((requestId: string, attempt: number) => void) | undefined;
}

export interface AttemptResult {
  readonly outcome: AttemptOutcome;
  /** Whether the handler ran. */
  readonly hasRun: boolean;
  readonly response: LastResponse | undefined;
  /** For the dead letter. */
  readonly error: { readonly statusCode: number; readonly message: string } | undefined;
}

/** The header that the handler of an event sees, and what comes of it. */
export function traceOf(event: QueuedEvent, functionArn: string): string {
  return withRound(event.traceId, functionArn, {
    requestId: event.requestId,
    atMs: event.acceptedMs,
  });
}

/**
 * Runs an event once. The result is there at once where the handler's is; `undefined` when the host stopped before
 * or in the middle, which says nothing of the event. Never throws.
 */
export function attempt(
  event: QueuedEvent,
  functionName: string,
  facts: FunctionFacts,
  ports: AttemptPorts,
): AttemptResult | undefined | Promise<AttemptResult | undefined> {
  if (facts.reservedConcurrency === 0) return notRun('zero-reserved', 429, 'Rate Exceeded.');
  const rounds = roundsOf(event.traceId, facts.arn);
  if (facts.recursiveLoop === 'Terminate' && isEndless(rounds)) {
    return notRun(
      'recursion',
      400,
      'Lambda has detected your function being invoked in a recursive loop with other resources.',
    );
  }
  const ended = (outcome: InvokeOutcome): AttemptResult | undefined =>
    isCutOff(outcome) && ports.isStopping() ? undefined : resultOf(outcome);
  try {
    const { requestId, invokeCount, backoffs } = event;
    ports.disturb?.(requestId, invokeCount + backoffs);
    const target = ports.pick(functionName, event.qualifier);
    const outcome = ports.invoke(target, invocationOf(event, facts.arn));
    return outcome instanceof Promise ? outcome.then(ended, failed) : ended(outcome);
  } catch (error) {
    return failed(error);
  }
}

function invocationOf(event: QueuedEvent, functionArn: string): Invocation {
  const { requestId, eventJson, tenantId } = event;
  return {
    requestId,
    eventJson,
    tenantId,
    extras: { traceId: traceOf(event, functionArn), ...(tenantId !== undefined && { tenantId }) },
    isForcedCold: false,
    isQueued: true,
  };
}

/** What a host that closes makes of invocations that still run. */
function isCutOff(outcome: InvokeOutcome): boolean {
  return outcome.status === 'error' && outcome.isSystemFault;
}

function resultOf(outcome: InvokeOutcome): AttemptResult {
  const { executedVersion } = outcome;
  if (outcome.status === 'ok') {
    const payloadJson =
      outcome.body === undefined ? outcome.payloadJson : asJson(outcome.payloadJson);
    return {
      outcome: 'success',
      hasRun: true,
      response: { executedVersion, isError: false, payloadJson },
      error: undefined,
    };
  }
  const { error, payloadJson } = outcome;
  return {
    outcome: outcome.isSystemFault ? 'system-fault' : 'function-error',
    hasRun: true,
    response: { executedVersion, isError: true, payloadJson },
    // A function error is a request that AWS answers with 200.
    error: { statusCode: outcome.isSystemFault ? 500 : 200, message: error.errorMessage },
  };
}

/** What was thrown instead of an outcome: nothing ran. */
function failed(error: unknown): AttemptResult | undefined {
  if (error instanceof ClosedError) return undefined;
  if (error instanceof ThrottledError) return notRun('throttled', 429, 'Rate Exceeded.');
  const message = error instanceof Error ? error.message : String(error);
  return notRun('system-fault', error instanceof FunctionNotFoundError ? 404 : 500, message);
}

function notRun(outcome: AttemptOutcome, statusCode: number, message: string): AttemptResult {
  return { outcome, hasRun: false, response: undefined, error: { statusCode, message } };
}

/** A handler that streams may have written anything. */
function asJson(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}
