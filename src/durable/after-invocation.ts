import type { Ending } from './checkpoint-plan.ts';
import type { InvocationOutput } from './invocation-output.ts';
import type { DurableError } from './operation.ts';

/** How an invocation of the handler ended. */
export type InvocationEnd =
  | { readonly kind: 'output'; readonly output: InvocationOutput }
  /** The handler threw, ran out of time or memory, or its environment ended. */
  | { readonly kind: 'function-error'; readonly error: DurableError }
  /** It never ran: no concurrency was left, or the host had trouble. */
  | { readonly kind: 'not-run' };

export interface BetweenInvocations {
  /** Invocations that failed in a row before this one. */
  readonly failures: number;
  /** Invocations in a row that could not begin before this one. */
  readonly refusals: number;
  /** Something happened that the handler does not know of. */
  readonly hasNews: boolean;
  /** Something happened while the handler ran. */
  readonly hadNews: boolean;
  /** Something is under way that will make the handler go on. */
  readonly isWaiting: boolean;
}

export type AfterInvocation =
  | { readonly kind: 'end'; readonly ending: Ending }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'again' }
  | { readonly kind: 'retry'; readonly delayMs: number };

/**
 * AWS runs a handler again that threw or timed out, later and later for several hours, and gives the execution up with
 * the last error after about nine invocations; failures of the environment are tried again at once, three times. The
 * first delay is not documented.
 */
const mostFailures = 9;
const firstRetryMs = 60_000;
const immediateRetries = 3;

/** What comes after an invocation of the handler. */
export function afterInvocation(end: InvocationEnd, between: BetweenInvocations): AfterInvocation {
  if (end.kind === 'not-run') {
    return { kind: 'retry', delayMs: Math.min(1_000 * 2 ** between.refusals, 300_000) };
  }
  if (end.kind === 'function-error') return afterFailure(end.error, between.failures + 1);
  const { output } = end;
  switch (output.status) {
    case 'SUCCEEDED':
    case 'FAILED':
      return { kind: 'end', ending: output };
    case 'PENDING':
      return afterPending(between);
    case 'invalid':
      return fail(output.problem);
  }
}

function afterPending({ hasNews, hadNews, isWaiting }: BetweenInvocations): AfterInvocation {
  if (hasNews) return { kind: 'again' };
  if (isWaiting) return { kind: 'suspend' };
  // The news may have come too late for the handler to make something of it.
  if (hadNews) return { kind: 'again' };
  return fail('Cannot return PENDING status with no pending operations.');
}

function afterFailure(error: DurableError, failures: number): AfterInvocation {
  if (failures >= mostFailures) return { kind: 'end', ending: { status: 'FAILED', error } };
  if (isOfEnvironment(error) && failures <= immediateRetries) return { kind: 'retry', delayMs: 0 };
  return { kind: 'retry', delayMs: firstRetryMs * 2 ** (failures - 1) };
}

/** A timeout counts as the handler's doing. */
function isOfEnvironment({ errorType = '' }: DurableError): boolean {
  return /^(?:Runtime|Sandbox|Extension)\./.test(errorType) && errorType !== 'Sandbox.Timedout';
}

function fail(errorMessage: string): AfterInvocation {
  const error = { errorType: 'InvalidParameterValueException', errorMessage };
  return { kind: 'end', ending: { status: 'FAILED', error } };
}
