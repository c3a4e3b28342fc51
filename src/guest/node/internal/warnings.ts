import { nextTick } from '../../ticks.ts';
import { writeOutput } from '../../process.ts';
import { ERR_INVALID_ARG_TYPE } from './errors.ts';
import { validateString } from './validators.ts';

export interface WarningProcess {
  readonly pid: number;
  readonly noDeprecation?: boolean;
  readonly throwDeprecation?: boolean;
  emit(name: string, ...args: unknown[]): boolean;
  listenerCount?(name: string): number;
}

interface Warning extends Error {
  code?: string;
  detail?: string;
}

/** `process.emitWarning(warning[, type[, code]])` or with an object of options. */
export function emitWarning(process: WarningProcess, args: readonly unknown[]): void {
  const [given] = args;
  let [, type, code] = args as [unknown, unknown, unknown];
  let detail: unknown;
  if (type !== null && typeof type === 'object' && !Array.isArray(type)) {
    ({ code, detail, type } = type as { code?: unknown; detail?: unknown; type?: unknown });
  } else if (typeof type === 'function') {
    code = undefined;
    type = 'Warning';
  }
  if (typeof code === 'function') code = undefined;
  if (type !== undefined) validateString(type, 'type');
  if (code !== undefined) validateString(code, 'code');
  const warning = given instanceof Error ? (given as Warning) : made(given, type);
  if (!(given instanceof Error)) {
    if (typeof code === 'string') warning.code = code;
    if (typeof detail === 'string') warning.detail = detail;
  }
  if (warning.name === 'DeprecationWarning') {
    if (process.noDeprecation === true) return;
    if (process.throwDeprecation === true) {
      nextTick(() => {
        throw warning;
      }, []);
      return;
    }
  }
  nextTick(() => {
    show(process, warning);
    process.emit('warning', warning);
  }, []);
}

function made(text: unknown, type: string = 'Warning'): Warning {
  if (typeof text !== 'string') {
    throw new ERR_INVALID_ARG_TYPE('warning', ['Error', 'string'], text);
  }
  const warning = new Error(text) as Warning;
  warning.name = type;
  return warning;
}

function show(process: WarningProcess, warning: Warning): void {
  const code = warning.code === undefined ? '' : `[${warning.code}] `;
  const detail = typeof warning.detail === 'string' ? `\n${warning.detail}` : '';
  writeOutput(`(node:${process.pid}) ${code}${warning.name}: ${warning.message}${detail}\n`);
}
