/** Every error that isolambda throws by itself; `code` is stable, the message may get better. */
export class LambdaError<Code extends string = string> extends Error {
  override readonly name: string = 'LambdaError';
  readonly code: Code;

  constructor(code: Code, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The caller passed something that an option does not take. Names the option, the value and the rule. */
export class InvalidOptionError extends LambdaError<'ERR_INVALID_OPTION'> {
  override readonly name: string = 'InvalidOptionError';
  readonly option: string;
  readonly value: unknown;

  constructor(option: string, rule: string, value: unknown, hint?: string) {
    const found = `Expected \`${option}\` to be ${rule}, got ${describeValue(value)}`;
    super('ERR_INVALID_OPTION', hint === undefined ? found : `${found}. ${hint}`);
    this.option = option;
    this.value = value;
  }
}

/** No function, version or alias goes by that name. */
export class FunctionNotFoundError extends LambdaError<'ERR_FUNCTION_NOT_FOUND'> {
  override readonly name: string = 'FunctionNotFoundError';
  readonly target: string;

  constructor(target: string, message: string) {
    super('ERR_FUNCTION_NOT_FOUND', message);
    this.target = target;
  }
}

/** Something with that name exists already, or is in use. AWS: ResourceConflictException. */
export class ConflictError extends LambdaError<'ERR_CONFLICT'> {
  override readonly name: string = 'ConflictError';

  constructor(message: string) {
    super('ERR_CONFLICT', message);
  }
}

/** The code of a function could not be read, bundled or unpacked. */
export class CodeError extends LambdaError<'ERR_CODE'> {
  override readonly name: string = 'CodeError';

  constructor(message: string, options?: { cause?: unknown }) {
    super('ERR_CODE', message, options);
  }
}

/** A request or response is larger than AWS takes. */
export class PayloadTooLargeError extends LambdaError<'ERR_PAYLOAD_TOO_LARGE'> {
  override readonly name: string = 'PayloadTooLargeError';
  readonly bytes: number;
  readonly limit: number;

  constructor(
    bytes: number,
    limit: number,
    invocationType: 'RequestResponse' | 'Event' = 'RequestResponse',
  ) {
    super(
      'ERR_PAYLOAD_TOO_LARGE',
      `${bytes} byte payload is too large for the ${invocationType} invocation type (limit ${limit} bytes)`,
    );
    this.bytes = bytes;
    this.limit = limit;
  }
}

/** What a throttled call ran into. */
export type ThrottleLimit =
  | 'concurrency'
  | 'requests-per-second'
  /** Environments that are made faster than AWS makes them. */
  | 'scale-out'
  | 'tenant-environments';

const throttleLimits: Readonly<Record<ThrottleLimit, string>> = {
  concurrency: 'concurrent invocations',
  'requests-per-second': 'requests a second',
  'scale-out': 'new environments in ten seconds',
  'tenant-environments': 'environments for tenants',
};

/** All concurrency that this call may use is in use, or calls come too fast. AWS: TooManyRequestsException. */
export class ThrottledError extends LambdaError<'ERR_THROTTLED'> {
  override readonly name: string = 'ThrottledError';
  readonly limit: number;
  /** AWS's `Reason`, such as `ConcurrentInvocationLimitExceeded`. */
  readonly reason: string;
  /** When to try again, where that is known: rates have room again after a second at most. */
  readonly retryAfterMs: number | undefined;

  constructor(
    functionName: string,
    limit: number,
    reason: string,
    what: ThrottleLimit = 'concurrency',
  ) {
    super(
      'ERR_THROTTLED',
      `Function "${functionName}" is throttled: the limit of ${limit} ${throttleLimits[what]} is reached`,
    );
    this.limit = limit;
    this.reason = reason;
    this.retryAfterMs = what === 'requests-per-second' || what === 'scale-out' ? 1_000 : undefined;
  }
}

/** The `Lambda` was closed, or closed while the call was waiting. */
export class ClosedError extends LambdaError<'ERR_CLOSED'> {
  override readonly name: string = 'ClosedError';

  constructor(message = 'This Lambda is closed') {
    super('ERR_CLOSED', message);
  }
}

/** isolambda itself, not the caller and not the handler, could not do its work. */
export class RuntimeFaultError extends LambdaError<'ERR_RUNTIME_FAULT'> {
  override readonly name: string = 'RuntimeFaultError';

  constructor(message: string, options?: { cause?: unknown }) {
    super('ERR_RUNTIME_FAULT', message, options);
  }
}

/** The payload that AWS returns for a function error. */
export interface ErrorPayload {
  readonly errorType?: string;
  readonly errorMessage: string;
  /** Stack lines, mapped to the user's source where a source map is known. */
  readonly trace?: readonly string[];
}

/** The handler, or the environment it ran in, failed. `call` throws it; `invoke` returns it as data. */
export class HandlerError extends LambdaError<'ERR_HANDLER'> {
  override readonly name: string = 'HandlerError';
  readonly errorType: string | undefined;
  readonly payload: ErrorPayload;
  readonly requestId: string;
  /** Which budget ended a timeout: the time on the wall (`timeoutMs`), or computing time (`cpuMs`). */
  readonly exhaustedBudget: 'wall' | 'cpu' | undefined;

  constructor(payload: ErrorPayload, requestId: string, exhaustedBudget?: 'wall' | 'cpu') {
    // AWS's sentence names the timeout whatever ran out; the payload keeps it.
    const hint = exhaustedBudget === 'cpu' ? ' (its computing time, `cpuMs`, was used up)' : '';
    super('ERR_HANDLER', `${payload.errorMessage}${hint}`);
    this.errorType = payload.errorType;
    this.payload = payload;
    this.requestId = requestId;
    this.exhaustedBudget = exhaustedBudget;
    const trace = payload.trace?.slice(1).join('\n');
    if (trace !== undefined && trace !== '') {
      this.stack = `${this.name}: ${payload.errorMessage}\n${trace}\n${callerFrames(this.stack)}`;
    }
  }
}

function callerFrames(stack: string | undefined): string {
  const lines = stack?.split('\n') ?? [];
  return lines.filter((line) => /^\s+at /.test(line)).join('\n');
}

/** Shows a value in an error message: short, on one line, never throwing. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(shorten(value));
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    return shorten(JSON.stringify(value) ?? Object.prototype.toString.call(value));
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function shorten(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
