import {
  emitKind,
  responseTooLarge,
  type InvokeExtras,
  type StartMessage,
} from '../wire/messages.ts';
import { send } from './bridge.ts';
import {
  createContext,
  createLegacyContext,
  type InvocationFacts,
  type LegacyCompletion,
} from './context.ts';
import { describeFailure, runtimeFailure } from './failure.ts';
import { seesOnlyEvent } from './handler-parameters.ts';
import { warn } from './console.ts';
import { part } from './parts.ts';
import { highWaterMarkMarker, streamingMarker } from './streaming-markers.ts';
import { JsonParse, JsonStringify, NativeError, quote } from './primordials.ts';

export type Handler = (event: unknown, context: object, callback?: unknown) => unknown;

/**
 * Runs one event; gives the result as JSON when it is there at once, else reports it with `send`. Without
 * facts the handler gets no context.
 */
export type RunHandler = (
  eventJson: string,
  facts: InvocationFacts | undefined,
) => string | undefined;

/** A handler under the contract of its runtime. */
export interface Contract {
  readonly run: RunHandler;
  /** Whether the handler could see a context at all. */
  readonly needsFacts: boolean;
}

/** The handler contract of one runtime version. */
export function handlerContract(start: StartMessage, handler: Handler): Contract {
  maxResponseBytes = start.maxResponseBytes;
  if (streamingMarker in handler) {
    return { run: streamingContract(start, handler), needsFacts: true };
  }
  return start.runtime === 'nodejs22.x'
    ? { run: callbackContract(start, handler), needsFacts: true }
    : { run: promiseContract(start, handler), needsFacts: !seesOnlyEvent(handler) };
}

/** `nodejs24.x`: the returned value, awaited, is the result. */
function promiseContract(start: StartMessage, handler: Handler): RunHandler {
  return (eventJson, facts) => {
    let returned: unknown;
    try {
      returned =
        facts === undefined
          ? (handler as (event: unknown) => unknown)(JsonParse(eventJson))
          : handler(JsonParse(eventJson), createContext(start, facts));
      if (!isThenable(returned)) return resultText24(returned);
      void sendWhenSettled(returned);
    } catch (error) {
      sendThrown(error);
    }
    return undefined;
  };
}

/**
 * `await`, not `then`: it asks no `Symbol.species` of the user's, and makes no promise that somebody would
 * have to handle. What reading the promise throws ends here as well.
 */
async function sendWhenSettled(returned: unknown): Promise<void> {
  try {
    send(emitKind.result, resultText24(await returned));
  } catch (error) {
    sendThrown(error);
  }
}

/** What stands for an error whose description is ready; never seen by user code. */
class ReadyFailure {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Looks for the private field: `instanceof` would run the traps of a proxy. */
  static textOf(thrown: unknown): string | undefined {
    if (typeof thrown !== 'object' || thrown === null || !(#text in thrown)) return undefined;
    return thrown.#text;
  }
}

function resultText24(value: unknown): string {
  let text: string;
  try {
    text = JsonStringify(value === undefined ? null : value) ?? 'null';
  } catch (error) {
    throw new ReadyFailure(
      runtimeFailure('Runtime.JSONStringifyError', 'Unable to stringify response body', error),
    );
  }
  return checkedSize(text);
}

let maxResponseBytes = 0;

/** A response that is too long in any encoding stays in the guest; the host checks the exact bytes. */
function checkedSize(text: string): string {
  if (text.length <= maxResponseBytes) return text;
  throw new ReadyFailure(
    `{"errorType":"Function.ResponseSizeTooLarge","errorMessage":${quote(responseTooLarge(maxResponseBytes))},"trace":[],"logged":""}`,
  );
}

/** `awslambda.streamifyResponse`: the handler writes its response into a stream and returns a promise. */
function streamingContract(start: StartMessage, handler: Handler): RunHandler {
  const { [highWaterMarkMarker]: highWaterMark } = handler as unknown as Record<symbol, unknown>;
  return (eventJson, facts) => {
    if (facts === undefined) throw new NativeError('An invocation came without its request id');
    void runStreaming(start, handler, eventJson, facts, highWaterMark as number | undefined);
    return undefined;
  };
}

async function runStreaming(
  start: StartMessage,
  handler: Handler,
  eventJson: string,
  facts: InvocationFacts,
  highWaterMark: number | undefined,
): Promise<void> {
  try {
    const { createResponseStream, finished } = part(
      'node/internal/response-stream',
    ) as typeof import('./node/internal/response-stream.ts');
    const stream = createResponseStream(highWaterMark);
    const streaming = handler as unknown as (
      event: unknown,
      stream: object,
      context: object,
    ) => unknown;
    const returned = streaming(JsonParse(eventJson), stream, createContext(start, facts));
    if (!isThenable(returned)) {
      throw new NativeError('Streaming does not support non-async handlers.');
    }
    if ((await returned) !== undefined) warn('Streaming handlers ignore return values.');
    await finished(stream);
    send(emitKind.result, 'null');
  } catch (error) {
    sendThrown(error);
  }
}

/** `nodejs22.x`: promise, or callback; what a synchronous handler returns is ignored. */
function callbackContract(start: StartMessage, handler: Handler): RunHandler {
  return (eventJson, facts) => {
    if (facts === undefined) throw new NativeError('An invocation came without its request id');
    const completion = createCompletion();
    try {
      const context = createLegacyContext(start, facts, completion);
      const returned = handler(JsonParse(eventJson), context, completion.callback);
      if (isThenable(returned)) {
        void completeWhenSettled(returned, completion);
      } else if (!completion.isHeld) {
        send(emitKind.heldResult, 'null');
      }
    } catch (error) {
      completion.fail(error);
    }
    return undefined;
  };
}

interface Completion extends LegacyCompletion {
  readonly callback: (error?: unknown, result?: unknown) => void;
  /** A result waits for the event loop to become empty. */
  isHeld: boolean;
}

async function completeWhenSettled(returned: unknown, completion: Completion): Promise<void> {
  try {
    completion.succeed(await returned);
  } catch (error) {
    // Also a result that cannot be stringified.
    completion.fail(error);
  }
}

/** First completion wins; what comes later is ignored without a word, as AWS's client does. */
function createCompletion(): Completion {
  let isFinished = false;
  const finishOnce = (finish: () => void): void => {
    if (isFinished) return;
    finish();
    isFinished = true;
  };
  const failed = (error: unknown): boolean => error !== undefined && error !== null;
  const completion: Completion = {
    waitsForEmptyEventLoop: true,
    isHeld: false,
    callback: (error, result) =>
      finishOnce(() => {
        if (failed(error)) {
          sendThrown(error);
          return;
        }
        completion.isHeld = true;
        const kind = completion.waitsForEmptyEventLoop ? emitKind.heldResult : emitKind.result;
        send(kind, resultText22(result));
      }),
    done: (error, result) =>
      finishOnce(() => {
        if (failed(error)) sendThrown(error);
        else send(emitKind.result, resultText22(result));
      }),
    succeed: (result) => completion.done(null, result),
    fail: (error) => completion.done(failed(error) ? error : 'handled'),
  };
  return completion;
}

function resultText22(value: unknown): string {
  let text: string;
  try {
    text = JsonStringify(value === undefined ? null : value) ?? 'null';
  } catch {
    throw new NativeError('Unable to stringify response body');
  }
  return checkedSize(text);
}

function sendThrown(error: unknown): void {
  send(emitKind.failure, ReadyFailure.textOf(error) ?? describeFailure(error));
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

/** Reads the rarely used fields of an invocation. */
export function parseExtras(json: string): InvokeExtras {
  return JsonParse(json) as InvokeExtras;
}
