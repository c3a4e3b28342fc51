/** How one attempt at an event ended. */
export type AttemptOutcome =
  | 'success'
  /** The handler threw, timed out, crashed, or answered with too much. */
  | 'function-error'
  /** No concurrency was left; nothing ran. */
  | 'throttled'
  /** Not the function's fault; nothing can be said of the handler. */
  | 'system-fault'
  /** Reserved concurrency is 0; nothing ran. */
  | 'zero-reserved'
  /** The function has been in this chain too often; nothing ran. */
  | 'recursion';

export interface EventFacts {
  /** Milliseconds since the event was accepted. */
  readonly ageMs: number;
  /** Function errors so far, this attempt included. */
  readonly functionErrors: number;
  /** Throttles and system faults in a row, this attempt included. */
  readonly backoffs: number;
}

export interface RetryPolicy {
  /** 0 to 2. */
  readonly maxRetries: number;
  readonly maxEventAgeMs: number;
}

/** Why an event is done: AWS's `condition` of a record. */
export type Condition =
  | 'Success'
  | 'RetriesExhausted'
  | 'EventAgeExceeded'
  | 'ZeroReservedConcurrency'
  /** AWS's word for this one is not known. */
  | 'RecursiveInvocation';

export type NextStep =
  | { readonly kind: 'finish'; readonly condition: Condition }
  | { readonly kind: 'retry'; readonly delayMs: number };

const minuteMs = 60_000;
const firstBackoffMs = 1_000;
const longestBackoffMs = 300_000;

/**
 * Decides what becomes of an event after an attempt.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function nextStep(
  outcome: AttemptOutcome,
  facts: EventFacts,
  policy: RetryPolicy,
): NextStep {
  if (outcome === 'success') return { kind: 'finish', condition: 'Success' };
  if (outcome === 'zero-reserved') return { kind: 'finish', condition: 'ZeroReservedConcurrency' };
  if (outcome === 'recursion') return { kind: 'finish', condition: 'RecursiveInvocation' };
  if (outcome === 'function-error' && facts.functionErrors > policy.maxRetries) {
    return { kind: 'finish', condition: 'RetriesExhausted' };
  }

  const delayMs =
    outcome === 'function-error' ? facts.functionErrors * minuteMs : backoffMs(facts.backoffs);
  // AWS looks at the age before it schedules: what would come too late is given up now.
  // An attempt takes some time, if none on a clock that stands still.
  if (facts.ageMs + delayMs >= policy.maxEventAgeMs) {
    return { kind: 'finish', condition: 'EventAgeExceeded' };
  }
  return { kind: 'retry', delayMs };
}

/** 1 s, 2 s, 4 s and so on up to 5 minutes. */
export function backoffMs(backoffs: number): number {
  return Math.min(firstBackoffMs * 2 ** (Math.max(backoffs, 1) - 1), longestBackoffMs);
}
