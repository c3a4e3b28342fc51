import type { Failure } from '../invoke/executor.ts';
import { responseTooLarge, type FailureMessage } from '../wire/messages.ts';

/** What isolated-vm's error says happened to an entry. */
export type EntryEnd =
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'out-of-memory' }
  | { readonly kind: 'disposed' }
  /** An error that came out of the guest: a rejection nobody handled, or an ES module's top level. */
  | {
      readonly kind: 'thrown';
      readonly name: string;
      readonly message: string;
      readonly stack: string;
    };

/**
 * Reads an error that an entry rejected with. isolated-vm has no codes, so its texts decide; "Isolated is
 * disposed" is its own spelling for synchronous entries.
 */
export function classifyEntryError(error: unknown): EntryEnd {
  if (!(error instanceof Error)) {
    return { kind: 'thrown', name: '', message: String(error), stack: '' };
  }
  const { name, message } = error;
  if (message === 'Script execution timed out.') return { kind: 'timed-out' };
  if (message.includes('due to memory limit')) return { kind: 'out-of-memory' };
  if (
    /^Isolated? (was|is) (already )?disposed/.test(message) ||
    message === 'Promise was abandoned'
  ) {
    return { kind: 'disposed' };
  }
  return { kind: 'thrown', name, message, stack: error.stack ?? '' };
}

/** A failure that only the host can describe: it copied name, message and stack of what was thrown. */
export function thrownFailure(end: Extract<EntryEnd, { kind: 'thrown' }>): FailureMessage {
  const errorType = end.name === '' ? 'Error' : end.name;
  const trace = end.stack === '' ? [] : end.stack.split('\n');
  return {
    errorType,
    errorMessage: end.message,
    trace,
    logged: JSON.stringify({ errorType, errorMessage: end.message, stack: trace }),
  };
}

/** The failure of AWS's client for a rejection that nobody handled. */
export function rejectionFailure(end: Extract<EntryEnd, { kind: 'thrown' }>): FailureMessage {
  const reason = end.name === '' ? end.message : `${end.name}: ${end.message}`;
  const trace = [
    `Runtime.UnhandledPromiseRejection: ${reason}`,
    ...(end.stack === '' ? [] : end.stack.split('\n').slice(1)),
  ];
  return {
    errorType: 'Runtime.UnhandledPromiseRejection',
    errorMessage: reason,
    trace,
    logged: JSON.stringify({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: reason,
      stack: trace,
    }),
  };
}

/** Reads a failure that the guest sent; whatever is not as agreed becomes empty text. */
export function readFailure(text: string): FailureMessage {
  const sent = parseObject(text);
  return {
    errorType: stringField(sent, 'errorType'),
    errorMessage: stringField(sent, 'errorMessage'),
    trace: Array.isArray(sent['trace'])
      ? sent['trace'].filter((line): line is string => typeof line === 'string')
      : [],
    logged: stringField(sent, 'logged'),
  };
}

function stringField(sent: Record<string, unknown>, key: string): string {
  const value = sent[key];
  return typeof value === 'string' ? value : '';
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** AWS's failure for a result over the limit; it logs no line for it. */
export function responseTooLargeFailure(maxBytes: number): Failure {
  return {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: responseTooLarge(maxBytes),
    trace: [],
    logged: '',
  };
}
