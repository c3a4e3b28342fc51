import { callKind, emitKind } from '../wire/messages.ts';
import { ask, send } from './bridge.ts';
import { cancelOperation, keepOperation, refOperation } from './operations.ts';
import {
  JsonParse,
  NativeError,
  NativePromise,
  NativeRangeError,
  NativeSyntaxError,
  NativeTypeError,
  ObjectKeys,
  StringSlice,
} from './primordials.ts';

/** What the host answers: text, bytes, or nothing. */
export type Answer = string | ArrayBuffer | undefined;

/**
 * Asks a service of the host and blocks until it answers; throws what the service refused with. `bytes`
 * must be a buffer of its own: all of it crosses, as a copy.
 */
export function askHost(name: string, text = '', bytes?: ArrayBuffer): Answer {
  const answer = ask(callKind.service, `${name} ${text}`, bytes);
  if (typeof answer !== 'string') return answer;
  if (answer[0] === '=') return StringSlice(answer, 1);
  throw hostError(StringSlice(answer, 1));
}

/** An operation of the host that runs beside the guest. */
export interface HostOperation {
  /** Gives it up; the answer goes nowhere. */
  cancel(): void;
  /** Whether it keeps the event loop busy, as `socket.ref()` and `unref()` say. */
  ref(isRef: boolean): void;
}

/**
 * Starts an operation of the host; `done` runs in a later entry. The operation outlives the invocation, as
 * sockets do between the invocations of a frozen process.
 */
export function startHost(
  name: string,
  text: string,
  bytes: ArrayBuffer | undefined,
  done: (error: Error | undefined, answer: Answer) => void,
): HostOperation {
  const id = keepOperation({
    repeats: false,
    survives: true,
    settle: (failed, answer, answerBytes) => {
      if (failed) done(hostError(answer ?? '{}'), undefined);
      else done(undefined, answerBytes ?? answer);
    },
  });
  send(emitKind.startOperation, `${id} host ${name} ${text}`, bytes);
  return {
    cancel: () => cancelOperation(id),
    ref: (isRef) => refOperation(id, isRef),
  };
}

/** `startHost` as a promise. */
export function operate(name: string, text = '', bytes?: ArrayBuffer): Promise<Answer> {
  return new NativePromise<Answer>((fulfil, reject) => {
    startHost(name, text, bytes, (error, answer) => {
      if (error === undefined) fulfil(answer);
      else reject(error);
    });
  });
}

/** The guest's own error for what a service refused: class, message, code and fields are the host's. */
export function hostError(json: string): Error {
  const { name, message, ...fields } = JsonParse(json) as {
    name?: string;
    message?: string;
    [field: string]: unknown;
  };
  const error = new (errorClass(name))(message ?? 'The host gave no reason');
  const keys = ObjectKeys(fields);
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] ?? '';
    (error as unknown as Record<string, unknown>)[key] = fields[key];
  }
  return error;
}

function errorClass(name: string | undefined): ErrorConstructor {
  if (name === 'TypeError') return NativeTypeError;
  if (name === 'RangeError') return NativeRangeError;
  if (name === 'SyntaxError') return NativeSyntaxError;
  return NativeError;
}
