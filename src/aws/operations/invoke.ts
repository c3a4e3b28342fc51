import { checkPayloadSize } from '../../core/payload-size.ts';
import { limits } from '../../core/limits.ts';
import { longestTraceHeader, newTrace } from '../../core/trace-header.ts';
import type { ResolvedTarget } from '../../functions/routing.ts';
import type { InvokeOptions, Sent, StreamedResponse } from '../../invocable.ts';
import type { InvokeOutcome } from '../../invoke/outcome.ts';
import { ApiError, invalidParameter } from '../api-error.ts';
import { eventFrame } from '../event-stream.ts';
import type { Call, Group, Reply } from '../operation.ts';
import { targetOf } from '../references.ts';

/** Bytes of log that `LogType: Tail` gives, the last ones. */
const tailBytes = 4_096;

/** The deprecated InvokeAsync takes less than Invoke. */
const invokeAsyncBytes = 262_144;

/** Synchronous, asynchronous, streamed. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export const invokeOperations: Group<'Invoke' | 'InvokeAsync' | 'InvokeWithResponseStream'> = {
  Invoke(input, call) {
    const target = targetOf(call, input.FunctionName, input.Qualifier);
    const resolved = target.pick();
    const type = input.InvocationType ?? 'RequestResponse';
    const eventJson = eventTextOf(input.Payload, type);
    call.states.checkInvocable(resolved.version.arn);
    if (type === 'DryRun') return { status: 204 };
    if (type === 'Event') {
      const options = {
        requestId: call.requestId,
        ...traceOf(call),
        ...tenantOf(input, resolved),
        ...executionNameOf(input),
      };
      return call.rooms.calls.sendJson(target, eventJson, options).then(acceptedReply);
    }
    const options = {
      ...optionsOf(call),
      ...tenantOf(input, resolved),
      ...clientContextOf(input.ClientContext),
      ...executionNameOf(input),
    };
    const outcome = call.rooms.calls.invokeJson(resolved, eventJson, options);
    const isTail = input.LogType === 'Tail';
    return outcome instanceof Promise
      ? outcome.then((ended) => outcomeReply(ended, call, isTail))
      : outcomeReply(outcome, call, isTail);
  },

  async InvokeAsync(input, call) {
    const target = targetOf(call, input.FunctionName);
    const { version } = target.pick();
    const bytes = input.InvokeArgs;
    if (bytes.length > invokeAsyncBytes) {
      throw new ApiError(
        413,
        'RequestEntityTooLargeException',
        `${bytes.length} byte payload is too large for the Event invocation type (limit ${invokeAsyncBytes} bytes)`,
      );
    }
    const eventJson = eventTextOf(bytes, 'Event');
    call.states.checkInvocable(version.arn);
    // As AWS documents it, this one does not carry traces on.
    await call.rooms.calls.sendJson(target, eventJson, { requestId: call.requestId });
    return { json: { Status: 202 } };
  },

  async InvokeWithResponseStream(input, call) {
    const target = targetOf(call, input.FunctionName, input.Qualifier);
    const resolved = target.pick();
    const eventJson = eventTextOf(input.Payload, 'RequestResponse');
    call.states.checkInvocable(resolved.version.arn);
    if (input.InvocationType === 'DryRun') return { status: 204 };
    const options = {
      ...optionsOf(call),
      ...tenantOf(input, resolved),
      ...clientContextOf(input.ClientContext),
    };
    const response = await call.rooms.calls.streamJson(resolved, eventJson, options);
    return {
      headers: {
        'content-type': 'application/vnd.amazon.eventstream',
        'x-amz-executed-version': resolved.version.version,
      },
      raw: frames(response, call, input.LogType === 'Tail'),
    };
  },
};

/**
 * The event as the handler gets it: text that was checked to be JSON. An absent body is `{}`.
 * @throws {ApiError} InvalidRequestContentException; RequestEntityTooLargeException
 */
function eventTextOf(
  payload: Uint8Array | undefined,
  type: 'RequestResponse' | 'Event' | 'DryRun',
): string {
  if (payload === undefined || payload.length === 0) return '{}';
  const limited = type === 'DryRun' ? 'RequestResponse' : type;
  try {
    const text = utf8.decode(payload);
    checkPayloadSize(text, limited);
    JSON.parse(text);
    return text;
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof TypeError)) throw cause;
    throw new ApiError(
      400,
      'InvalidRequestContentException',
      `Could not parse request body into json: Could not parse payload into json: ${cause.message}`,
      { cause },
    );
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function optionsOf(call: Call): InvokeOptions {
  return { requestId: call.requestId, ...traceOf(call) };
}

/** AWS begins a trace where the caller did not; a header that cannot be one counts for none. */
function traceOf({ request, requestId, rooms }: Call): { traceId: string } {
  const given = request.headers['x-amzn-trace-id'];
  if (given !== undefined && given.length <= longestTraceHeader && /^[ -~]*$/.test(given)) {
    return { traceId: given };
  }
  return { traceId: newTrace({ requestId, atMs: rooms.options.clock.now() }) };
}

function tenantOf(
  input: { readonly TenantId?: string | undefined },
  { version }: ResolvedTarget,
): { tenantId?: string } {
  const { TenantId: tenantId } = input;
  if (version.config.perTenant === (tenantId !== undefined)) {
    return tenantId === undefined ? {} : { tenantId };
  }
  throw invalidParameter(
    tenantId === undefined
      ? 'The invoked function is enabled with tenancy configuration. Add a valid tenant ID in your request and try again.'
      : 'The invoked function is not enabled with tenancy configuration. Remove the tenant ID from your request and try again.',
  );
}

function executionNameOf({
  DurableExecutionName: executionName,
}: {
  readonly DurableExecutionName?: string | undefined;
}): { executionName?: string } {
  return executionName === undefined ? {} : { executionName };
}

function acceptedReply({ executionArn }: Sent): Reply {
  return { status: 202, headers: executionArnHeader(executionArn) };
}

function executionArnHeader(executionArn: string | undefined): Record<string, string> {
  return executionArn === undefined ? {} : { 'x-amz-durable-execution-arn': executionArn };
}

function clientContextOf(base64: string | undefined): { clientContext?: unknown } {
  if (base64 === undefined || base64 === '') return {};
  if (base64.length > limits.clientContextBytes) {
    throw new ApiError(
      400,
      'InvalidRequestContentException',
      `The client context has ${base64.length} bytes of base64, more than ${limits.clientContextBytes}`,
    );
  }
  try {
    const clientContext: unknown = JSON.parse(utf8.decode(Buffer.from(base64, 'base64')));
    return { clientContext };
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new ApiError(
      400,
      'InvalidRequestContentException',
      `Could not parse the client context into json: ${problem}`,
      { cause },
    );
  }
}

function outcomeReply(outcome: InvokeOutcome, call: Call, isTail: boolean): Reply {
  if (outcome.status === 'error' && outcome.isSystemFault) {
    throw new ApiError(500, 'ServiceException', outcome.error.errorMessage);
  }
  return {
    headers: {
      'x-amz-executed-version': outcome.executedVersion,
      ...(outcome.status === 'error' && { 'x-amz-function-error': outcome.functionError }),
      ...(isTail && { 'x-amz-log-result': logTail(call) }),
      ...executionArnHeader(outcome.executionArn),
      ...(outcome.status === 'ok' &&
        outcome.body !== undefined && { 'content-type': outcome.body.contentType }),
    },
    raw:
      outcome.status === 'ok' && outcome.body !== undefined
        ? outcome.body.bytes
        : outcome.payloadJson,
  };
}

/** START to REPORT of this invocation, the last 4,096 bytes; lines of the init are not among them. */
function logTail({ lambda, requestId }: Call): string {
  const lines = lambda.readLogs({ requestId }).map(({ message }) => `${message}\n`);
  return Buffer.from(lines.join('')).subarray(-tailBytes).toString('base64');
}

/** Chunks as they come, then how the invocation ended; an error after the first byte shows only there. */
function frames(
  response: StreamedResponse,
  call: Call,
  isTail: boolean,
): ReadableStream<Uint8Array> {
  const reader = response.body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = await nextChunk(reader);
        if (chunk !== undefined) {
          controller.enqueue(eventFrame('PayloadChunk', 'application/octet-stream', chunk));
          return;
        }
        controller.enqueue(completion(await response.outcome, call, isTail));
        controller.close();
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** Undefined at the end, also where the handler failed: the outcome tells. */
async function nextChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<Uint8Array | undefined> {
  const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>();
  reader.read().then(
    ({ value }) => resolve(value),
    () => resolve(undefined),
  );
  return promise;
}

function completion(outcome: InvokeOutcome, call: Call, isTail: boolean): Uint8Array {
  const failed = outcome.status === 'error' ? outcome.error : undefined;
  const body = {
    ...(failed !== undefined && {
      ErrorCode: failed.errorType ?? 'Unhandled',
      ErrorDetails: JSON.stringify(failed),
    }),
    ...(isTail && { LogResult: logTail(call) }),
  };
  return eventFrame('InvokeComplete', 'application/json', Buffer.from(JSON.stringify(body)));
}
