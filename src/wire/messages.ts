/**
 * What crosses the isolate boundary: strings, numbers and array buffers, nothing else. The guest may be hostile, so the
 * host checks every message on arrival (`isolate/guest-session.ts`).
 */

/** Messages from guest to host that need no answer: `emit(kind, text)`. */
export const emitKind = {
  /** The invocation succeeded; `text` is the result as JSON. */
  result: 0,
  /** The invocation failed; `text` is a `FailureMessage`. */
  failure: 1,
  /** The result to report once the event loop is empty (Node 22 callbacks); a later one replaces it. */
  heldResult: 2,
  /** One console call; `text` is `<level digit><epoch ms> <body>`. */
  log: 3,
  /** Starts a host operation; `text` is `<id> <name> <json>`. */
  startOperation: 4,
  /** Forgets a host operation; `text` is its id. */
  cancelOperation: 5,
  /** Whether an operation keeps the event loop busy; `text` is `<id> 0` or `<id> 1`. */
  refOperation: 6,
  /** Module top level ended and the handler was found. */
  ready: 7,
  /** Module top level failed; `text` is a `FailureMessage`. */
  initFailure: 8,
  /** Raw text on stdout or stderr. */
  rawOutput: 9,
  /** An error that nobody caught, from a timer or the like; `text` is a `FailureMessage`. */
  uncaught: 10,
  /** Starts an operation that is answered at once, in an entry of its own; `text` is its id. */
  startImmediate: 11,
} as const;

/** Questions from guest to host that block the guest until the answer is there: `call(kind, text)`. */
export const callKind = {
  /** A message that takes the slow lane, so that a flood waits for the host: `<emit kind> <text>`. */
  emit: 0,
  /** `{ specifier, from, kind }` -> `Resolution` as JSON. */
  resolveModule: 1,
  /** A path -> `<format letter><text>`, or nothing. */
  loadModule: 2,
  /** Name of a lazy part of the prelude -> its script text. */
  loadPart: 3,
  /** `process.exit(code)`; never returns. */
  exit: 4,
  /** Asks a service: `<name> <text>` and bytes -> `=<text>`, `!<error as JSON>`, or bytes. */
  service: 5,
  /** The present by the host's clock -> milliseconds since 1970. */
  now: 6,
} as const;

/** How many messages of one entry go out without waiting for the host; the rest take the slow lane. */
export const fastMessagesPerEntry = 128;

/** And how many characters; the message that goes over still leaves, since a result must not wait. */
export const fastLengthPerEntry = 1_048_576;

/** Operations and timers that one environment may have waiting; one more throws in the guest. */
export const maxPendingOperations = 10_000;

/** Characters of one log line that cross; AWS cuts a log event at 256 KB. */
export const maxLogLineLength = 262_144;

/** Characters of an error's message or of its stack that cross; far more than anybody reads. */
export const maxErrorTextLength = 65_536;

/** Characters of a module specifier or path that cross. */
export const maxSpecifierLength = 4_096;

/** Host operations that the guest may start. */
export const operationName = {
  timer: 'timer',
  import: 'import',
  /** `<service operation> <text>`, and bytes. */
  host: 'host',
} as const;

/** Levels in the order of their digit in a log message. */
export const logLevels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What the guest is told when it starts. */
export interface StartMessage {
  readonly runtime: 'nodejs22.x' | 'nodejs24.x';
  readonly environment: Readonly<Record<string, string>>;
  readonly functionName: string;
  readonly functionVersion: string;
  /** ARN as the first caller invoked it. */
  readonly usualArn: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly logFormat: 'Text' | 'JSON';
  /** Lines below this level are not sent. */
  readonly logLevel: LogLevel;
  readonly allowWebAssembly: boolean;
  readonly entryPath: string;
  readonly entryFormat: 'commonjs' | 'module';
  readonly exportPath: readonly string[];
  readonly architecture: 'x86_64' | 'arm64';
  /** Bytes of the largest result; the guest does not send what is longer in any encoding. */
  readonly maxResponseBytes: number;
  /**
   * Left out: the guest goes by the machine's clock. A number: by the host's, which stands still while code
   * runs, in milliseconds since 1970; entries tell what it is later. `look`: by one that is asked each time.
   */
  readonly hostTime?: number | 'look';
}

/** What an invocation carries besides event and request id; left out when there is none of it. */
export interface InvokeExtras {
  /** As the caller invoked it, when that is not the usual ARN. */
  readonly invokedArn?: string;
  /** What is left, when init was redone inside the invocation. */
  readonly timeoutMs?: number;
  readonly traceId?: string;
  readonly clientContext?: unknown;
  readonly identity?: unknown;
  readonly tenantId?: string;
}

/** A failed invocation or init, as the guest describes it. */
export interface FailureMessage {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
  /** The error as JSON text for the `Invoke Error` log line; own enumerable fields included. */
  readonly logged: string;
}

/** How a guest says that it is ready, and what its handler can see. */
export const readyText = {
  /** Event and context: invocations bring the request id along. */
  withFacts: 'ready',
  /** The event alone. */
  eventOnly: 'ready, event only',
} as const;

/** The functions that the bootstrap hands to the host, by name. */
export const guestEntry = {
  /** `()`, once: from now on messages reach the host. */
  connect: 'connect',
  /** `(startJson) -> readyText | undefined` */
  start: 'start',
  /** `(eventJson, requestId?, extrasJson?, nowMs?) -> resultJson | undefined` */
  invoke: 'invoke',
  /** `(operationId, failed?, text?, bytes?, nowMs?)` */
  deliver: 'deliver',
} as const;

/** Calls that rewritten modules make; the host rewrites by the same names (`core/program.ts`). */
export const loaderCalls = {
  dynamicImport: '__isolambda_import',
  importMeta: '__isolambda_meta',
  awaitOperand: '__isolambda_await',
} as const;

/** Names that the host's module texts use inside the guest. */
export const loaderNames = {
  define: '__isolambda_define',
  require: '__isolambda_require',
  namespace: '__isolambda_namespace',
  part: '__isolambda_part',
} as const;

/** AWS's message for a result over the limit. */
export function responseTooLarge(maxBytes: number): string {
  return `Response payload size exceeded maximum allowed payload size (${maxBytes} bytes).`;
}
