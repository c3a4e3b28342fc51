import type { FileOutcome, TestResult } from './suite.ts';

/** What a deployment's last step answers. */
interface Answer {
  readonly skipped?: string;
  readonly note?: string;
  readonly tests?: readonly TestResult[];
}

/** Reads an answer that arrived as JSON; both harnesses (wpt and node) write this form. */
export function outcomeOf(message: {
  readonly error?: string;
  readonly value?: unknown;
}): FileOutcome {
  if (message.error !== undefined) return { kind: 'crashed', reason: message.error.slice(0, 500) };
  const answer = message.value as Answer | null | undefined;
  if (answer?.skipped !== undefined) return { kind: 'skipped', reason: answer.skipped };
  if (answer?.tests === undefined) return { kind: 'crashed', reason: 'gave no result' };
  const { tests, note } = answer;
  return note === undefined ? { kind: 'ran', tests } : { kind: 'ran', tests, note };
}
