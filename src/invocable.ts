import type { AsyncOptions } from './async/async-options.ts';
import type { AsyncRoad } from './async-road.ts';
import type { AsyncTarget } from './core/async-target.ts';
import { DurableExecution } from './durable/durable-execution.ts';
import { NotDurableError } from './durable/durable-errors.ts';
import type { DurableEngine } from './durable/engine.ts';
import type { Execution } from './durable/execution.ts';
import { checkExecutionName } from './durable/starts.ts';
import { ClosedError, HandlerError, InvalidOptionError } from './core/errors.ts';
import type { Ids } from './core/ids.ts';
import { limits } from './core/limits.ts';
import { checkPayloadSize } from './core/payload-size.ts';
import { checkBoolean, checkKnownKeys, checkString } from './core/options.ts';
import { longestTraceHeader } from './core/trace-header.ts';
import type { ResolvedTarget, Target } from './functions/routing.ts';
import type { Invocation, InvocationExtras, Invoker } from './invoke/invoker.ts';
import type { ResponseWriter } from './invoke/executor.ts';
import type { InvokeOutcome } from './invoke/outcome.ts';
import { ResponseStream } from './invoke/response-stream.ts';

/** What goes with one invocation besides the event. */
export interface InvokeOptions {
  /** A UUID. @default a new one */
  readonly requestId?: string;
  /** Reaches the handler as `context.clientContext`; JSON of at most 3,583 bytes. */
  readonly clientContext?: unknown;
  /** Required by functions with `perTenant`, refused by others. */
  readonly tenantId?: string;
  /** X-Ray trace header; reaches the handler as `_X_AMZN_TRACE_ID`. */
  readonly traceId?: string;
  /**
   * Runs in a new environment even where a warm one waits.
   * @default false
   */
  readonly cold?: boolean;
  /** Ends the wait, not the invocation: as on AWS, what runs goes on to its end. */
  readonly signal?: AbortSignal;
  /** As of `StartExecutionOptions`; for durable functions only. */
  readonly executionName?: string;
}

const optionKeys = Object.keys({
  requestId: true,
  clientContext: true,
  tenantId: true,
  traceId: true,
  cold: true,
  signal: true,
  executionName: true,
} satisfies Record<keyof InvokeOptions, true>);

/** What goes with an event that is sent. AWS hands on no client context here. */
export interface SendOptions {
  /** A UUID; every attempt has it. @default a new one */
  readonly requestId?: string;
  /** X-Ray trace header; what comes of the event carries it on. @default a new trace */
  readonly traceId?: string;
  /** Required by functions with `perTenant`, refused by others. */
  readonly tenantId?: string;
  /** As of `StartExecutionOptions`; for durable functions only. */
  readonly executionName?: string;
}

/** What goes with the start of an execution besides the event. */
export interface StartExecutionOptions extends Omit<SendOptions, 'executionName'> {
  /**
   * 1 to 64 letters, digits, `-` and `_`. As long as an execution of that name is remembered, starting the function
   * under it with the same event gives that execution again, and with another event is refused.
   * https://docs.aws.amazon.com/lambda/latest/dg/durable-execution-idempotency.html
   * @default a new one
   */
  readonly name?: string;
}

const sendKeys = Object.keys({
  requestId: true,
  traceId: true,
  tenantId: true,
  executionName: true,
} satisfies Record<keyof SendOptions, true>);

const startKeys = Object.keys({
  requestId: true,
  traceId: true,
  tenantId: true,
  name: true,
} satisfies Record<keyof StartExecutionOptions, true>);

/** What became of an event that was sent. */
export interface Sent {
  readonly requestId: string;
  /** Of the execution that it started, where the function is durable. */
  readonly executionArn?: string;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** What a header of HTTP can carry. */
const printable = /^[ -~]*$/;
const tenant = /^[a-zA-Z0-9._:/=+\-@ ]+$/;

/**
 * A response that is read while the handler still writes it. A function that does not stream gives its
 * whole payload as one chunk.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
 */
export interface StreamedResponse {
  readonly requestId: string;
  /** As the handler set it; `application/json` for a function that does not stream. */
  readonly contentType: string;
  /**
   * A reader that does not read slows the handler down. When the handler fails, everything it wrote comes
   * first, then reading rejects with a `HandlerError`.
   */
  readonly body: ReadableStream<Uint8Array>;
  /** The outcome with its report, once the handler has ended; never rejects. */
  readonly outcome: Promise<InvokeOutcome>;
}

/** Turns what callers pass into invocations and runs or queues them. One for each `Lambda`. */
export class Calls {
  readonly #invoker: Invoker;
  readonly #ids: Ids;
  readonly road: AsyncRoad;
  readonly durable: DurableEngine;
  #isClosed = false;

  constructor(invoker: Invoker, ids: Ids, road: AsyncRoad, durable: DurableEngine) {
    this.#invoker = invoker;
    this.#ids = ids;
    this.road = road;
    this.durable = durable;
  }

  /** Refuses callers from now on; events that were accepted before still run. */
  close(): void {
    this.#isClosed = true;
  }

  /** Resolves when the event is safely queued. */
  async send(target: Target, event: unknown, options?: SendOptions): Promise<Sent> {
    return this.sendJson(target, eventText(event), options);
  }

  /** As `send`, for those who have the event as JSON text. */
  async sendJson(target: Target, eventJson: string, options: SendOptions = {}): Promise<Sent> {
    checkKnownKeys('options', options, sendKeys);
    const { requestId = this.#ids.uuid(), traceId, tenantId } = options;
    const resolved = target.pick();
    checkRequest(options, resolved);
    if (resolved.version.config.durable !== null) {
      const { facts } = await this.start(resolved, eventJson, { ...options, requestId });
      return { requestId, executionArn: facts.arn };
    }
    const { functionName, qualifier = '$LATEST' } = target;
    const accepted = { requestId, functionName, qualifier, eventJson, traceId, tenantId };
    await this.road.queue.accept(accepted);
    return { requestId };
  }

  /** Starts an execution of a durable function and resolves when that is safe. */
  async start(
    target: ResolvedTarget,
    eventJson: string,
    options: SendOptions & { readonly requestId: string },
  ): Promise<Execution> {
    if (this.#isClosed) throw new ClosedError();
    checkPayloadSize(eventJson, 'Event');
    const { requestId, tenantId, executionName: name } = options;
    const { traceId } = this.road.withRound(options, requestId, target);
    const request = { name, requestId, eventJson, tenantId, traceId, isSync: false };
    return this.durable.start(target, request);
  }

  /** As `start`, for those who have options of an own. */
  async startExecution<Result>(
    target: ResolvedTarget,
    event: unknown,
    options: StartExecutionOptions = {},
  ): Promise<DurableExecution<Result>> {
    checkKnownKeys('options', options, startKeys);
    if (target.version.config.durable === null) throw new NotDurableError(target.invokedArn);
    const { name, requestId = this.#ids.uuid(), ...others } = options;
    checkRequest(options, target);
    const sendOptions = {
      ...others,
      requestId,
      ...(name !== undefined && { executionName: name }),
    };
    const execution = await this.start(target, eventText(event), sendOptions);
    return new DurableExecution(this.durable, execution);
  }

  invoke(
    target: ResolvedTarget,
    event: unknown,
    options: InvokeOptions | undefined,
  ): InvokeOutcome | Promise<InvokeOutcome> {
    return this.invokeJson(target, eventText(event), options);
  }

  /** As `invoke`, for those who have the event as JSON text. */
  invokeJson(
    target: ResolvedTarget,
    eventJson: string,
    options: InvokeOptions | undefined,
  ): InvokeOutcome | Promise<InvokeOutcome> {
    if (this.#isClosed) throw new ClosedError();
    if (options === undefined && !target.version.config.perTenant) {
      return this.#invoker.invoke(target, {
        requestId: this.#ids.uuid(),
        eventJson,
        tenantId: undefined,
        extras: undefined,
        isForcedCold: false,
      });
    }
    return this.#invokeWith(target, eventJson, options ?? {});
  }

  /** Resolves with the first byte, or with the end of an invocation that has none. */
  async stream(
    target: ResolvedTarget,
    event: unknown,
    options?: InvokeOptions,
  ): Promise<StreamedResponse> {
    return this.streamJson(target, eventText(event), options);
  }

  /** As `stream`, for those who have the event as JSON text. */
  async streamJson(
    target: ResolvedTarget,
    eventJson: string,
    options: InvokeOptions = {},
  ): Promise<StreamedResponse> {
    if (this.#isClosed) throw new ClosedError();
    checkInvokeOptions(options, target);
    const response = new ResponseStream();
    const { signal, requestId = this.#ids.uuid(), ...others } = options;
    signal?.throwIfAborted();
    const withId = { ...others, requestId };
    const running = this.#invokeWith(target, eventJson, withId, response);
    const outcome = Promise.resolve(running).then((ended) => {
      response.finish(ended);
      return ended;
    });
    // What is refused before the handler runs is refused here; after the first byte nothing can be.
    const first = Promise.race([response.opened, outcome]);
    await (signal === undefined ? first : untilAborted(first, signal));
    return { requestId, contentType: response.contentType, body: response.body, outcome };
  }

  #invokeWith(
    target: ResolvedTarget,
    eventJson: string,
    options: InvokeOptions,
    response?: ResponseWriter,
  ): InvokeOutcome | Promise<InvokeOutcome> {
    checkInvokeOptions(options, target);
    const { requestId = this.#ids.uuid(), tenantId, cold = false, signal } = options;
    const { executionName } = options;
    const invocation: Invocation = {
      requestId,
      eventJson,
      tenantId,
      extras: extrasOf(this.road.withRound(options, requestId, target)),
      isForcedCold: cold,
      ...(response !== undefined && { response }),
      ...(executionName !== undefined && { executionName }),
    };
    signal?.throwIfAborted();
    const outcome = this.#invoker.invoke(target, invocation);
    return signal === undefined || !(outcome instanceof Promise)
      ? outcome
      : untilAborted(outcome, signal);
  }
}

/** Something that can be invoked: a function, one of its versions, or an alias. */
export abstract class Invocable<Event = unknown, Result = unknown> implements AsyncTarget {
  /** Qualified for versions and aliases, unqualified for a function. */
  abstract readonly arn: string;
  readonly #calls: Calls;
  readonly #target: Target;

  constructor(calls: Calls, target: Target) {
    this.#calls = calls;
    this.#target = target;
  }

  /**
   * Invokes and gives the handler's result.
   * @throws {HandlerError} when the handler or its environment failed
   * @throws {ThrottledError} when no concurrency is left
   */
  async call(event?: Event, options?: InvokeOptions): Promise<Result> {
    const pending = this.#calls.invoke(this.#target.pick(), event, options);
    const outcome = pending instanceof Promise ? await pending : pending;
    if (outcome.status === 'ok') return outcome.result as Result;
    throw new HandlerError(outcome.error, outcome.requestId, outcome.exhaustedBudget);
  }

  /** Invokes and gives the whole outcome with its report; a failed handler is data, not an exception. */
  async invoke(event?: Event, options?: InvokeOptions): Promise<InvokeOutcome<Result>> {
    const outcome = this.#calls.invoke(this.#target.pick(), event, options);
    return outcome as InvokeOutcome<Result> | Promise<InvokeOutcome<Result>>;
  }

  /**
   * Invokes and gives the response while the handler still writes it (`awslambda.streamifyResponse`).
   * @throws {ThrottledError} when no concurrency is left
   */
  async invokeStream(event?: Event, options?: InvokeOptions): Promise<StreamedResponse> {
    return this.#calls.stream(this.#target.pick(), event, options);
  }

  /**
   * Queues an event and gives its request id before the handler starts. The handler gets it at least once; when
   * it fails it gets it again after one minute and after two more, then the event goes to the failure destination
   * and to the dead-letter target.
   * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
   * @throws {PayloadTooLargeError} when the event has more than 1 MB
   */
  async send(event?: Event, options?: SendOptions): Promise<Sent> {
    return this.#calls.send(this.#target, event, options);
  }

  /**
   * Starts an execution of a durable function and gives it before the handler starts.
   * https://docs.aws.amazon.com/lambda/latest/dg/durable-invoking.html
   * @throws {NotDurableError} when the function is not durable
   * @throws {InvalidOptionError} for a function without a version or alias
   * @throws {ExecutionAlreadyStartedError} when an execution of that name has another event
   */
  async startExecution(
    event?: Event,
    options?: StartExecutionOptions,
  ): Promise<DurableExecution<Result>> {
    return this.#calls.startExecution<Result>(this.#target.pick(), event, options);
  }

  /**
   * Says how events are dealt with that are sent to this function, version or alias: a version or an alias does
   * not take over what the function has. Replaces what was said before.
   */
  async configureAsync(options: AsyncOptions): Promise<void> {
    await this.#calls.road.configure(this.#target, options);
  }

  /** What `configureAsync` said; `undefined` when it said nothing and the defaults hold. */
  get asyncOptions(): AsyncOptions | undefined {
    return this.#calls.road.optionsOf(this.#target);
  }

  /** Back to the defaults. False when nothing was configured. */
  async resetAsync(): Promise<boolean> {
    return this.#calls.road.reset(this.#target);
  }
}

/** AWS delivers an absent payload as `{}`. */
function eventText(event: unknown): string {
  if (event === undefined) return '{}';
  let text: string | undefined;
  try {
    text = JSON.stringify(event);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new InvalidOptionError('event', 'a value that JSON can express', event, problem);
  }
  if (text === undefined) {
    throw new InvalidOptionError('event', 'a value that JSON can express', event);
  }
  return text;
}

function checkInvokeOptions(options: InvokeOptions, target: ResolvedTarget): void {
  checkKnownKeys('options', options, optionKeys);
  const { cold, signal } = options;
  if (cold !== undefined) checkBoolean('cold', cold);
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new InvalidOptionError('signal', 'an AbortSignal', signal);
  }
  checkRequest(options, target);
}

/** What calls and events have in common. */
function checkRequest(options: SendOptions, target: ResolvedTarget): void {
  const { requestId, tenantId, traceId, executionName } = options;
  if (executionName !== undefined) {
    if (target.version.config.durable === null) throw new NotDurableError(target.invokedArn);
    checkExecutionName(executionName);
  }
  if (requestId !== undefined) {
    checkString('requestId', requestId, { maxLength: 36, pattern: uuid, says: 'a UUID' });
  }
  if (traceId !== undefined) {
    checkString('traceId', traceId, {
      maxLength: longestTraceHeader,
      pattern: printable,
      says: 'an X-Ray trace header',
    });
  }
  const { perTenant } = target.version.config;
  if (perTenant || tenantId !== undefined) checkTenant(tenantId, perTenant);
}

function checkTenant(tenantId: unknown, isPerTenant: boolean): void {
  if (!isPerTenant) {
    throw new InvalidOptionError(
      'tenantId',
      'left out',
      tenantId,
      'The function was not created with `perTenant: true`',
    );
  }
  checkString('tenantId', tenantId, {
    maxLength: limits.tenantIdLength,
    pattern: tenant,
    says: `1 to ${limits.tenantIdLength} letters, digits, spaces and "._:/=+-@", because the function is \`perTenant\``,
  });
}

function extrasOf(options: InvokeOptions): InvocationExtras | undefined {
  const { clientContext, tenantId, traceId } = options;
  if (clientContext === undefined && tenantId === undefined && traceId === undefined) {
    return undefined;
  }
  checkClientContext(clientContext);
  return {
    ...(clientContext !== undefined && { clientContext }),
    ...(tenantId !== undefined && { tenantId }),
    ...(traceId !== undefined && { traceId }),
  };
}

function checkClientContext(clientContext: unknown): void {
  const rule = `a value whose JSON has at most ${limits.clientContextBytes} bytes`;
  let json: string | undefined;
  try {
    json = JSON.stringify(clientContext);
  } catch {
    throw new InvalidOptionError('clientContext', rule, clientContext);
  }
  const bytes = Buffer.byteLength(json ?? '');
  if (bytes > limits.clientContextBytes) {
    throw new InvalidOptionError('clientContext', rule, clientContext, `It has ${bytes}`);
  }
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([promise, aborted]).finally(() =>
    signal.removeEventListener('abort', onAbort),
  );
}
