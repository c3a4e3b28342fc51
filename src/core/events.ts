import { EventEmitter } from 'eventemitter3';
import { InvalidOptionError, type ErrorPayload } from './errors.ts';

/** Whether an environment was made for an invocation, or ahead of all of them. */
export type InitializationType = 'on-demand' | 'provisioned-concurrency';

/** The environment that something happened in; one frozen object for its whole life. */
export interface EnvironmentInfo {
  readonly environmentId: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly tenantId: string | undefined;
  /** What the handler finds in `AWS_LAMBDA_INITIALIZATION_TYPE`. */
  readonly initializationType: InitializationType;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly runtime: string;
  readonly logFormat: 'Text' | 'JSON';
  readonly systemLogLevel: 'DEBUG' | 'INFO' | 'WARN';
}

/** The figures of AWS's REPORT line. */
export interface ReportFigures {
  readonly durationMs: number;
  readonly billedDurationMs: number;
  readonly initDurationMs: number | undefined;
  readonly cpuMs: number;
  readonly memoryMb: number;
  readonly maxMemoryUsedMb: number;
  readonly isCold: boolean;
  readonly status: 'success' | 'error' | 'timeout' | 'failure';
  readonly errorType: string | undefined;
}

/** Why an environment ended. */
export type StopReason =
  | 'idle'
  | 'memory-ceiling'
  | 'retired'
  | 'timeout'
  | 'out-of-memory'
  | 'exit'
  | 'uncaught-error'
  | 'init-failed'
  | 'engine-fault'
  | 'closed';

/** The asynchronous event that something happened to. */
export interface AsyncFacts {
  readonly at: number;
  readonly requestId: string;
  readonly functionName: string;
  /** As the event was sent: a version, an alias, or `$LATEST`. */
  readonly qualifier: string;
}

/** A record or letter on its way out of the asynchronous road. */
export interface DeliveryFacts extends AsyncFacts {
  /** `Success`, or why the event was given up. */
  readonly condition: string;
  /** ARN of the target, or `callback`. */
  readonly to: string;
}

/** The event source mapping that something happened to. */
export interface MappingFacts {
  readonly at: number;
  readonly mappingId: string;
  readonly functionName: string;
  readonly sourceArn: string;
}

/** One invocation of a mapping. */
export interface BatchFacts extends MappingFacts {
  readonly requestId: string;
  /** How many there are in it. */
  readonly records: number;
  /** Streams only. */
  readonly shardId: string | undefined;
}

/** The execution of a durable function that something happened to. */
export interface ExecutionEventFacts {
  readonly at: number;
  readonly functionName: string;
  readonly executionName: string;
  readonly executionArn: string;
}

/**
 * Everything that happens, by name. `at` is epoch milliseconds on the `Lambda`'s clock. Payloads are plain
 * data that say their own name in `type`; listeners run at once, in the order in which they were added.
 */
export interface LambdaEvents {
  'function.created': {
    readonly type: 'function.created';
    readonly at: number;
    readonly functionName: string;
    readonly arn: string;
  };
  'function.updated': {
    readonly type: 'function.updated';
    readonly at: number;
    readonly functionName: string;
    readonly arn: string;
  };
  'function.deleted': {
    readonly type: 'function.deleted';
    readonly at: number;
    readonly functionName: string;
    readonly arn: string;
  };
  'version.published': {
    readonly type: 'version.published';
    readonly at: number;
    readonly functionName: string;
    readonly version: string;
    readonly arn: string;
  };
  'version.deleted': {
    readonly type: 'version.deleted';
    readonly at: number;
    readonly functionName: string;
    readonly version: string;
  };
  'alias.created': {
    readonly type: 'alias.created';
    readonly at: number;
    readonly functionName: string;
    readonly alias: string;
  };
  'alias.updated': {
    readonly type: 'alias.updated';
    readonly at: number;
    readonly functionName: string;
    readonly alias: string;
  };
  'alias.deleted': {
    readonly type: 'alias.deleted';
    readonly at: number;
    readonly functionName: string;
    readonly alias: string;
  };
  /** Init begins; AWS's INIT_START, which it does not print when init is redone inside an invoke. */
  'environment.started': {
    readonly type: 'environment.started';
    readonly at: number;
    readonly environment: EnvironmentInfo;
    readonly phase: 'init' | 'invoke';
  };
  'environment.ready': {
    readonly type: 'environment.ready';
    readonly at: number;
    readonly environment: EnvironmentInfo;
    readonly initDurationMs: number;
  };
  /** AWS's INIT_REPORT; init is then redone inside the invoke, `phase` says which of the two it was. */
  'environment.initFailed': {
    readonly type: 'environment.initFailed';
    readonly at: number;
    readonly environment: EnvironmentInfo;
    readonly initDurationMs: number;
    /** The invocation that init is redone in. */
    readonly requestId: string | undefined;
    readonly phase: 'init' | 'invoke';
    readonly status: 'error' | 'timeout';
    readonly errorType: string | undefined;
  };
  'environment.frozen': {
    readonly type: 'environment.frozen';
    readonly at: number;
    readonly environment: EnvironmentInfo;
  };
  'environment.stopped': {
    readonly type: 'environment.stopped';
    readonly at: number;
    readonly environment: EnvironmentInfo;
    readonly reason: StopReason;
  };
  'invocation.started': {
    readonly type: 'invocation.started';
    readonly at: number;
    readonly requestId: string;
    readonly functionName: string;
    readonly environment: EnvironmentInfo;
    /** The version has provisioned concurrency, and none of it was free. */
    readonly isSpillover: boolean;
  };
  'invocation.finished': {
    readonly type: 'invocation.finished';
    readonly at: number;
    readonly startedAt: number;
    readonly requestId: string;
    readonly functionName: string;
    readonly environment: EnvironmentInfo;
    /** As in `invocation.started`; AWS's ProvisionedConcurrencySpilloverInvocations. */
    readonly isSpillover: boolean;
    readonly report: ReportFigures;
    /** The error payload, when the invocation failed. */
    readonly error: ErrorPayload | undefined;
  };
  /** All environments that a version or alias has provisioned are there. */
  'provisioned.ready': {
    readonly type: 'provisioned.ready';
    readonly at: number;
    readonly functionName: string;
    /** A version or an alias. */
    readonly qualifier: string;
    readonly allocated: number;
  };
  /** Init failed again and again; no more is tried before the configuration changes. */
  'provisioned.failed': {
    readonly type: 'provisioned.failed';
    readonly at: number;
    readonly functionName: string;
    readonly qualifier: string;
    readonly allocated: number;
    /** AWS's StatusReason. */
    readonly reason: string;
  };
  /** The call never ran; it left no log line and costs nothing. */
  'invocation.throttled': {
    readonly type: 'invocation.throttled';
    readonly at: number;
    readonly functionName: string;
    readonly reason: string;
    readonly limit: number;
  };
  'log.written': {
    readonly type: 'log.written';
    readonly at: number;
    readonly environment: EnvironmentInfo;
    readonly requestId: string | undefined;
    readonly kind: 'console' | 'raw';
    readonly level: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';
    /** Text format: the message. JSON format: the fields after `requestId`, without braces. */
    readonly body: string;
  };
  /**
   * The guest sent a datagram to the X-Ray daemon of its environment (`AWS_XRAY_DAEMON_ADDRESS`), as AWS's
   * SDK for X-Ray does with every segment: one line of header, then the segment as JSON. It is the guest's
   * own text; up to 1 MB of it an invocation gets here.
   */
  'trace.sent': {
    readonly type: 'trace.sent';
    readonly at: number;
    readonly environment: EnvironmentInfo;
    /** The invocation that ran; none during init. */
    readonly requestId: string | undefined;
    readonly text: string;
  };
  /** Debuggers can connect; a function with `inspect` asked for it. */
  'inspector.listening': {
    readonly type: 'inspector.listening';
    readonly at: number;
    readonly host: string;
    readonly port: number;
  };
  /** An environment that a debugger can attach to; `isWaiting` says that it runs only when one does. */
  'inspector.target': {
    readonly type: 'inspector.target';
    readonly at: number;
    /** Function and version, as in a list of targets: `orders[$LATEST]`. */
    readonly title: string;
    readonly webSocketUrl: string;
    readonly isWaiting: boolean;
  };
  /** AWS's AsyncEventsReceived: the event is safely queued. */
  'async.accepted': AsyncFacts & { readonly type: 'async.accepted' };
  /** An attempt begins; AWS's AsyncEventAge. `attempt` counts from 1, throttled ones not included. */
  'async.attempted': AsyncFacts & {
    readonly type: 'async.attempted';
    readonly attempt: number;
    readonly ageMs: number;
  };
  /** The event was not dealt with and comes again after `delayMs`. */
  'async.retried': AsyncFacts & {
    readonly type: 'async.retried';
    readonly reason: 'function-error' | 'throttled' | 'system-fault' | 'lease-lost';
    readonly delayMs: number;
    readonly invokeCount: number;
  };
  /** The handler succeeded; the event is done once its destination, if there is one, has the record. */
  'async.succeeded': AsyncFacts & {
    readonly type: 'async.succeeded';
    readonly invokeCount: number;
  };
  /** AWS's AsyncEventsDropped: given up, then handed to the failure destination and the dead-letter target. */
  'async.dropped': AsyncFacts & {
    readonly type: 'async.dropped';
    readonly condition: string;
    readonly invokeCount: number;
  };
  /** The `Lambda` was closed while the event waited in memory. */
  'async.abandoned': AsyncFacts & { readonly type: 'async.abandoned'; readonly eventJson: string };
  'destination.delivered': DeliveryFacts & { readonly type: 'destination.delivered' };
  /** AWS's DestinationDeliveryFailures: tried again until it could not succeed any more. */
  'destination.failed': DeliveryFacts & {
    readonly type: 'destination.failed';
    readonly reason: string;
    /** What could not be delivered. */
    readonly body: string;
  };
  'deadLetter.sent': DeliveryFacts & { readonly type: 'deadLetter.sent' };
  /** AWS's DeadLetterErrors. */
  'deadLetter.failed': DeliveryFacts & {
    readonly type: 'deadLetter.failed';
    readonly reason: string;
    readonly body: string;
  };
  /** AWS's RecursiveInvocationsDropped. */
  'recursion.stopped': {
    readonly type: 'recursion.stopped';
    readonly at: number;
    readonly requestId: string;
    readonly functionName: string;
    /** Invocations of this function in the chain so far. */
    readonly rounds: number;
  };
  /** AWS's DurableExecutionStarted. */
  'execution.started': ExecutionEventFacts & { readonly type: 'execution.started' };
  /** AWS's DurableExecutionSucceeded, -Failed, -TimedOut and -Stopped, and DurableExecutionDuration. */
  'execution.ended': ExecutionEventFacts & {
    readonly type: 'execution.ended';
    readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'STOPPED';
    readonly durationMs: number;
  };
  /** The `Lambda` was closed while the execution ran, and it was in memory. */
  'execution.abandoned': ExecutionEventFacts & { readonly type: 'execution.abandoned' };
  /** A queue, topic, rule or notification could deliver a message nowhere, not even to a dead-letter queue. */
  'delivery.failed': {
    readonly type: 'delivery.failed';
    readonly at: number;
    readonly from: string;
    readonly to: string;
    readonly reason: string;
    readonly body: string;
  };
  'mapping.created': MappingFacts & { readonly type: 'mapping.created' };
  'mapping.updated': MappingFacts & { readonly type: 'mapping.updated' };
  /** Gone, after its last batch has ended. */
  'mapping.deleted': MappingFacts & { readonly type: 'mapping.deleted' };
  'mapping.stateChanged': MappingFacts & {
    readonly type: 'mapping.stateChanged';
    /** As AWS names it, such as `Enabled`. */
    readonly state: string;
    readonly reason: string;
  };
  /** AWS's PolledEventCount. */
  'mapping.recordsPolled': MappingFacts & {
    readonly type: 'mapping.recordsPolled';
    readonly records: number;
  };
  /** AWS's FilteredOutEventCount: no filter wanted them. */
  'mapping.recordsFiltered': MappingFacts & {
    readonly type: 'mapping.recordsFiltered';
    readonly records: number;
  };
  /** AWS's InvokedEventCount: the function gets a batch. */
  'mapping.batchInvoked': BatchFacts & {
    readonly type: 'mapping.batchInvoked';
    /** AWS's IteratorAge: how old the last record of the batch is. Streams only. */
    readonly iteratorAgeMs: number | undefined;
  };
  'mapping.batchSucceeded': BatchFacts & { readonly type: 'mapping.batchSucceeded' };
  /** AWS's FailedInvokeEventCount: all or some records of a batch were not dealt with. */
  'mapping.batchFailed': BatchFacts & {
    readonly type: 'mapping.batchFailed';
    readonly reason: 'function-error' | 'item-failures' | 'invalid-response' | 'recursion';
    readonly failed: number;
  };
  /** The function was throttled, or could not be invoked for another reason; the batch is tried again. */
  'mapping.batchDelayed': BatchFacts & {
    readonly type: 'mapping.batchDelayed';
    readonly reason: string;
    readonly delayMs: number;
  };
  /** AWS's DeletedEventCount: done, and gone from their queue. */
  'mapping.recordsDeleted': MappingFacts & {
    readonly type: 'mapping.recordsDeleted';
    readonly records: number;
  };
  /** AWS's DroppedEventCount: given up; the failure destination, if there is one, is told. Streams only. */
  'mapping.recordsDropped': MappingFacts & {
    readonly type: 'mapping.recordsDropped';
    readonly records: number;
    readonly shardId: string;
    readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded' | 'RecordExpired';
    readonly startSequenceNumber: string | undefined;
    readonly endSequenceNumber: string | undefined;
  };
  /** AWS's OnFailureDestinationDeliveredEventCount. */
  'mapping.failureDelivered': MappingFacts & {
    readonly type: 'mapping.failureDelivered';
    readonly to: string;
    readonly records: number;
  };
  /** AWS's DestinationDeliveryFailures. */
  'mapping.failureUndelivered': MappingFacts & {
    readonly type: 'mapping.failureUndelivered';
    readonly to: string;
    readonly records: number;
    readonly reason: string;
    readonly body: string;
  };
  /** A source could not be read, or messages could not be deleted; it is tried again. */
  'mapping.pollFailed': MappingFacts & {
    readonly type: 'mapping.pollFailed';
    readonly reason: string;
  };
  /** A killed guest holds a thread that nothing short of the end of the process frees, or gave one back. */
  'engine.zombies': {
    readonly type: 'engine.zombies';
    readonly at: number;
    readonly count: number;
  };
}

// One emitter carries events of many shapes; `on`, `off` and `emit` tie name and shape together.
type Listener = (event: unknown) => void;

/** The one emitter of a `Lambda`; eventemitter3 does the work and stays behind this. */
export class Events {
  readonly #emitter = new EventEmitter<string>();
  readonly #guarded = new Map<Listener, Listener>();

  on<Name extends keyof LambdaEvents>(
    name: Name,
    listener: (event: LambdaEvents[Name]) => void,
  ): void {
    if (typeof listener !== 'function') {
      throw new InvalidOptionError('listener', 'a function', listener);
    }
    const key = listener as Listener;
    const guarded = this.#guarded.get(key) ?? guard(key);
    this.#guarded.set(key, guarded);
    this.#emitter.on(name, guarded);
  }

  off<Name extends keyof LambdaEvents>(
    name: Name,
    listener: (event: LambdaEvents[Name]) => void,
  ): void {
    const guarded = this.#guarded.get(listener as Listener);
    if (guarded !== undefined) this.#emitter.off(name, guarded);
  }

  /** Whether anybody listens; asked before a payload is built on a hot path. */
  has(name: keyof LambdaEvents): boolean {
    return this.#emitter.listenerCount(name) > 0;
  }

  emit(event: LambdaEvents[keyof LambdaEvents]): void {
    this.#emitter.emit(event.type, event);
  }
}

/**
 * A listener that throws must not break the invocation that it listens to, and must not go unseen either:
 * the error is thrown anew outside, where Node reports it as uncaught.
 */
function guard(listener: Listener): Listener {
  return (event) => {
    try {
      listener(event);
    } catch (error) {
      setImmediate(() => {
        throw error;
      });
    }
  };
}
