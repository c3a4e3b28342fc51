import { durationText, tableText } from '../../web/internal/console-text.ts';
import { ERR_INVALID_ARG_TYPE, errorWithCode } from './errors.ts';
import { formatWithOptions, inspect } from './inspect.ts';

interface Output {
  write(text: string): unknown;
}

interface Options {
  readonly stdout: Output;
  readonly stderr?: Output;
  readonly ignoreErrors?: boolean;
  readonly colorMode?: boolean | 'auto';
  readonly inspectOptions?: object;
  readonly groupIndentation?: number;
}

type Method = (...args: unknown[]) => void;

const isOutput = (value: unknown): value is Output =>
  typeof (value as Output | undefined)?.write === 'function';

function warn(text: string): void {
  const { process } = globalThis as unknown as { process: { emitWarning(text: string): void } };
  process.emitWarning(text);
}

/** `console.Console`: a console on streams of one's own, past the log of the function. */
export function Console(this: unknown, ...args: unknown[]): unknown {
  const isOptions = args[0] !== null && typeof args[0] === 'object' && !isOutput(args[0]);
  const options = (
    isOptions ? args[0] : { stdout: args[0], stderr: args[1], ignoreErrors: args[2] }
  ) as Options;
  const { stdout, stderr = stdout, ignoreErrors = true, groupIndentation = 2 } = options;
  for (const [name, stream] of [
    ['stdout', stdout],
    ['stderr', stderr],
  ] as const) {
    if (isOutput(stream)) continue;
    throw errorWithCode(
      'ERR_CONSOLE_WRITABLE_STREAM',
      `Console expects a writable stream instance for ${name}`,
      TypeError,
    );
  }
  if (options.inspectOptions !== undefined && typeof options.inspectOptions !== 'object') {
    throw new ERR_INVALID_ARG_TYPE('options.inspectOptions', 'object', options.inspectOptions);
  }
  const inspectOptions = { colors: options.colorMode === true, ...options.inspectOptions };
  const target = new.target === undefined ? Object.create(Console.prototype) : this;
  return Object.assign(target as object, {
    _stdout: stdout,
    _stderr: stderr,
    ...methodsOn(stdout, stderr, { ignoreErrors, groupIndentation, inspectOptions }),
  });
}

interface Settings {
  readonly ignoreErrors: boolean;
  readonly groupIndentation: number;
  readonly inspectOptions: object;
}

function methodsOn(stdout: Output, stderr: Output, settings: Settings): Record<string, Method> {
  const counts = new Map<string, number>();
  const timers = new Map<string, number>();
  let indent = '';
  const put = (stream: Output, text: string): void => {
    const indented = indent === '' ? text : indent + text.replaceAll('\n', `\n${indent}`);
    try {
      stream.write(`${indented}\n`);
    } catch (error) {
      if (!settings.ignoreErrors) throw error;
    }
  };
  const text = (args: unknown[]): string => formatWithOptions(settings.inspectOptions, ...args);
  const log: Method = (...args) => put(stdout, text(args));
  const error: Method = (...args) => put(stderr, text(args));
  const group: Method = (...args) => {
    if (args.length > 0) log(...args);
    indent += ' '.repeat(settings.groupIndentation);
  };
  const elapsed = (label: string, method: string): string | undefined => {
    const startedMs = timers.get(label);
    if (startedMs === undefined) {
      warn(`No such label '${label}' for console.${method}()`);
      return undefined;
    }
    return `${label}: ${durationText(Date.now() - startedMs)}`;
  };
  const labelled =
    (use: (label: string, rest: unknown[]) => void): Method =>
    (label = 'default', ...rest) =>
      use(String(label), rest);
  return {
    log,
    info: log,
    debug: log,
    warn: error,
    error,
    dirxml: log,
    dir: (value, options) =>
      put(
        stdout,
        inspect(value, {
          customInspect: false,
          ...settings.inspectOptions,
          ...(options as object),
        }),
      ),
    trace: (...args) => {
      const trace = new Error(text(args));
      trace.name = 'Trace';
      error(trace.stack);
    },
    assert: (condition, ...args) => {
      if (condition) return;
      if (typeof args[0] === 'string') args[0] = `Assertion failed: ${args[0]}`;
      else args.unshift('Assertion failed');
      error(...args);
    },
    clear: () => {},
    count: labelled((label) => {
      const count = (counts.get(label) ?? 0) + 1;
      counts.set(label, count);
      log(`${label}: ${count}`);
    }),
    countReset: labelled((label) => {
      if (!counts.delete(label)) warn(`Count for '${label}' does not exist`);
    }),
    group,
    groupCollapsed: group,
    groupEnd: () => {
      indent = indent.slice(0, -settings.groupIndentation);
    },
    table: (value, properties) => log(tableText(value, properties) ?? value),
    time: labelled((label) => {
      if (timers.has(label)) warn(`Label '${label}' already exists for console.time()`);
      else timers.set(label, Date.now());
    }),
    timeEnd: labelled((label) => {
      const line = elapsed(label, 'timeEnd');
      timers.delete(label);
      if (line !== undefined) log(line);
    }),
    timeLog: labelled((label, rest) => {
      const line = elapsed(label, 'timeLog');
      if (line !== undefined) log(line, ...rest);
    }),
  };
}
