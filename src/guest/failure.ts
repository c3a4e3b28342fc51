import { maxErrorTextLength } from '../wire/messages.ts';
import {
  ArrayIsArray,
  ArrayJoin,
  JsonStringify,
  NativeError,
  ObjectKeys,
  StringOf,
  StringReplaceAll,
  StringSlice,
  StringSplit,
  quote,
} from './primordials.ts';

/**
 * Turns whatever user code threw into the text of a `FailureMessage`, by the rules of AWS's Node runtime
 * client: name, message and stack of an error; type and string form of anything else. Reading them may run
 * user code (getters, `prepareStackTrace`), so this always happens inside a timed entry.
 */
export function describeFailure(thrown: unknown): string {
  try {
    if (isErrorLike(thrown)) return describeError(thrown);
    return failureText(typeof thrown, stringForm(thrown), '[]', undefined);
  } catch {
    // A trap or a getter threw something else. It must not leave as a thrown value: isolated-vm would read
    // its fields outside of every time limit.
    return unreadable;
  }
}

/** AWS's own words for an error that cannot be read. */
const unreadable = failureText(
  'handled',
  'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
  '[]',
  undefined,
);

/** A failure that isolambda reports itself, with AWS's name for it. */
export function runtimeFailure(errorType: string, errorMessage: string, error?: unknown): string {
  const trace =
    error === undefined ? quoteLines(`${errorType}: ${errorMessage}`) : traceOf(error as ErrorLike);
  return failureText(errorType, errorMessage, trace, undefined);
}

interface ErrorLike {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
}

/** AWS's client takes native errors and anything that looks like one (an error of another realm). */
function isErrorLike(thrown: unknown): thrown is ErrorLike {
  if (thrown instanceof NativeError) return true;
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    'name' in thrown &&
    'message' in thrown &&
    'stack' in thrown
  );
}

function describeError(error: ErrorLike): string {
  const name = error.name;
  const message = error.message;
  return failureText(
    escapeDelete(name === undefined ? '' : StringOf(name)),
    escapeDelete(message === undefined ? '' : cut(StringOf(message))),
    traceOf(error),
    error,
  );
}

function traceOf(error: ErrorLike): string {
  const stack = error.stack;
  return stack === undefined ? '[]' : quoteLines(escapeDelete(cut(StringOf(stack))));
}

function quoteLines(text: string): string {
  const lines = StringSplit(cut(text), '\n');
  let quoted = '';
  for (let index = 0; index < lines.length; index += 1) {
    quoted += (index === 0 ? '' : ',') + quote(lines[index] ?? '');
  }
  return `[${quoted}]`;
}

function failureText(
  type: string,
  message: string,
  trace: string,
  error: object | undefined,
): string {
  const head = `"errorType":${quote(type)},"errorMessage":${quote(message)}`;
  const logged = `{${head}${ownFields(error)},"stack":${trace}}`;
  return `{${head},"trace":${trace},"logged":${quote(logged)}}`;
}

/** Own enumerable fields such as `code`, as AWS's client adds them to the log line. */
function ownFields(error: object | undefined): string {
  if (error === undefined) return '';
  let fields = '';
  try {
    const keys = ObjectKeys(error);
    for (let index = 0; index < keys.length; index += 1) {
      const key = keys[index] ?? '';
      if (key === 'errorType' || key === 'errorMessage' || key === 'stack' || key === 'name')
        continue;
      const value = JsonStringify((error as Record<string, unknown>)[key]);
      const isShort = value !== undefined && value.length + fields.length < maxErrorTextLength;
      if (isShort) fields += `,${quote(key)}:${value}`;
    }
  } catch {
    // A field that cannot be read or stringified must not cost the caller the error itself.
  }
  return fields;
}

function stringForm(thrown: unknown): string {
  try {
    return ArrayIsArray(thrown) ? ArrayJoin(thrown, ',') : StringOf(thrown);
  } catch {
    return 'a value without a string form';
  }
}

/** AWS's client escapes the DEL character, which its header format cannot carry. */
function escapeDelete(text: string): string {
  return StringReplaceAll(text, '\x7f', '%7F');
}

/** A guest could make the host hold a string as large as its own memory. */
function cut(text: string): string {
  return text.length > maxErrorTextLength ? StringSlice(text, 0, maxErrorTextLength) : text;
}
