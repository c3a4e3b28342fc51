import { emitKind, logLevels, maxLogLineLength, type LogLevel } from '../wire/messages.ts';
import { send } from './bridge.ts';
import { part } from './parts.ts';
import {
  DateNow,
  JsonStringify,
  NativeError,
  StringIndexOf,
  StringOf,
  StringReplaceAll,
  StringSlice,
  bareRecord,
  quote,
} from './primordials.ts';

/**
 * `console` as AWS's Node runtime patches it: one line a call, with a level. The host adds timestamp
 * format and request id; see semantics of the text and the JSON log format.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
let isJson = false;
let lowestLevel = 0;

export function configureConsole(format: 'Text' | 'JSON', level: LogLevel): void {
  isJson = format === 'JSON';
  for (let index = 0; index < logLevels.length; index += 1) {
    if (logLevels[index] === level) lowestLevel = index;
  }
}

/** Writes one line; `level` is an index of `logLevels`. */
function writeLog(level: number, body: string): void {
  const line = body.length > maxLogLineLength ? StringSlice(body, 0, maxLogLineLength) : body;
  send(emitKind.log, `${level}${DateNow()} ${line}`);
}

function log(level: number, args: unknown[]): void {
  if (level < lowestLevel) return;
  writeLog(level, isJson ? jsonFields(args) : formatText(args));
}

const inspectPart = () =>
  part('node/internal/inspect') as typeof import('./node/internal/inspect.ts');

/** `util.format`, without loading it for the common case: plain text and numbers, no placeholders. */
function formatText(args: unknown[]): string {
  let text = '';
  for (let index = 0; index < args.length; index += 1) {
    const value = args[index];
    const isPlain =
      (typeof value === 'string' &&
        (index > 0 || args.length === 1 || StringIndexOf(value, '%') < 0)) ||
      value === undefined ||
      value === null ||
      typeof value === 'boolean' ||
      // Negative zero is the one number that `util.format` writes in its own way.
      (typeof value === 'number' && !(value === 0 && 1 / value < 0));
    if (!isPlain) return inspectPart().format(...args);
    text += index === 0 ? StringOf(value) : ` ${StringOf(value)}`;
  }
  return text;
}

/** The fields of a JSON log line after `timestamp`, `level` and `requestId`, without the braces. */
function jsonFields(args: unknown[]): string {
  if (args.length === 1) {
    const structured = stringifyOrNothing(args[0]);
    if (structured !== undefined) return `"message":${structured}`;
  }
  let fields = `"message":${quote(formatText(args))}`;
  for (let index = 0; index < args.length; index += 1) {
    const value = args[index];
    if (!(value instanceof NativeError)) continue;
    fields += `,"errorType":${quote(StringOf(value.name))},"errorMessage":${quote(StringOf(value.message))}`;
    fields += `,"stackTrace":${JsonStringify(StringOf(value.stack).split('\n')) ?? '[]'}`;
    break;
  }
  return fields;
}

function stringifyOrNothing(value: unknown): string | undefined {
  try {
    if (value instanceof NativeError) return errorObject(value);
    return JsonStringify(value);
  } catch {
    return undefined;
  }
}

function errorObject(error: Error): string {
  const stack = JsonStringify(StringOf(error.stack).split('\n')) ?? '[]';
  return `{"errorType":${quote(StringOf(error.name))},"errorMessage":${quote(StringOf(error.message))},"stackTrace":${stack}}`;
}

const level = { trace: 0, debug: 1, info: 2, warn: 3, error: 4, fatal: 5 } as const;

/** A warning of the runtime itself. */
export function warn(text: string): void {
  log(level.warn, [text]);
}

const textPart = () =>
  part('web/internal/console-text') as typeof import('./web/internal/console-text.ts');

interface ProcessOutput {
  readonly stdout: object;
  readonly stderr: object;
  emitWarning(text: string): void;
}
const nodeProcess = () => (globalThis as unknown as { process: ProcessOutput }).process;

/** What loggers look for: winston writes to `_stdout` where there is one, past the log's format. */
const hidden: PropertyDescriptorMap = {
  _stdout: { get: () => nodeProcess().stdout, configurable: true },
  _stderr: { get: () => nodeProcess().stderr, configurable: true },
  [Symbol.toStringTag]: { value: 'console', configurable: true },
  Console: {
    get: () =>
      (part('node/internal/console-class') as typeof import('./node/internal/console-class.ts'))
        .Console,
    configurable: true,
    enumerable: true,
  },
};

/** A console with every method of Node's; what has no meaning in a log does nothing. */
export function createConsole(): object {
  const counts = bareRecord<number>();
  const timers = bareRecord<number>();
  let indent = '';
  const write = (at: number, args: unknown[]): void => {
    if (indent === '' || isJson) log(at, args);
    else log(at, [indent + StringReplaceAll(formatText(args), '\n', `\n${indent}`)]);
  };
  const elapsed = (label: string, method: string): string | undefined => {
    const startedMs = timers[label];
    if (startedMs === undefined) {
      nodeProcess().emitWarning(`No such label '${label}' for console.${method}()`);
      return undefined;
    }
    const durationMs = DateNow() - startedMs;
    return `${label}: ${durationMs < 1000 ? `${durationMs}ms` : textPart().durationText(durationMs)}`;
  };
  return Object.defineProperties(
    {
      log: (...args: unknown[]) => write(level.info, args),
      info: (...args: unknown[]) => write(level.info, args),
      debug: (...args: unknown[]) => write(level.debug, args),
      warn: (...args: unknown[]) => write(level.warn, args),
      error: (...args: unknown[]) => write(level.error, args),
      fatal: (...args: unknown[]) => write(level.fatal, args),
      trace: (...args: unknown[]) => {
        const stack = StringOf(new NativeError().stack).split('\n').slice(2).join('\n');
        write(level.trace, [`${formatText(args)}\n${stack}`]);
      },
      dir: (value: unknown, options?: object) =>
        write(level.info, [inspectPart().inspect(value, { customInspect: false, ...options })]),
      dirxml: (...args: unknown[]) => write(level.info, args),
      table: (value: unknown, properties?: unknown) => {
        write(level.info, [textPart().tableText(value, properties) ?? value]);
      },
      assert: (condition: unknown, ...args: unknown[]) => {
        if (condition) return;
        if (typeof args[0] === 'string') args[0] = `Assertion failed: ${args[0]}`;
        write(level.warn, typeof args[0] === 'string' ? args : ['Assertion failed', ...args]);
      },
      count: (label: unknown = 'default') => {
        const key = StringOf(label);
        const count = (counts[key] ?? 0) + 1;
        counts[key] = count;
        write(level.info, [`${key}: ${count}`]);
      },
      countReset: (label: unknown = 'default') => {
        const key = StringOf(label);
        if (counts[key] === undefined)
          nodeProcess().emitWarning(`Count for '${key}' does not exist`);
        delete counts[key];
      },
      group: (...args: unknown[]) => {
        if (args.length > 0) write(level.info, args);
        indent += '  ';
      },
      groupCollapsed: (...args: unknown[]) => {
        if (args.length > 0) write(level.info, args);
        indent += '  ';
      },
      groupEnd: () => void (indent = indent.slice(2)),
      clear: () => {},
      profile: () => {},
      profileEnd: () => {},
      timeStamp: () => {},
      time: (label: unknown = 'default') => {
        const key = StringOf(label);
        if (timers[key] === undefined) timers[key] = DateNow();
        else nodeProcess().emitWarning(`Label '${key}' already exists for console.time()`);
      },
      timeLog: (label: unknown = 'default', ...args: unknown[]) => {
        const text = elapsed(StringOf(label), 'timeLog');
        if (text !== undefined) write(level.info, [text, ...args]);
      },
      timeEnd: (label: unknown = 'default') => {
        const text = elapsed(StringOf(label), 'timeEnd');
        if (text !== undefined) write(level.info, [text]);
        delete timers[StringOf(label)];
      },
    },
    hidden,
  );
}
