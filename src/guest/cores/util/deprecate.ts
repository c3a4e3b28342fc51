import { validateString } from '../../node/internal/validators.ts';

interface Process {
  noDeprecation?: unknown;
  env: Record<string, string | undefined>;
  pid: number;
  stderr: { write(text: string): void };
  emitWarning(text: unknown, type: string, code: unknown, from?: unknown): void;
}

const processOf = (): Process => (globalThis as unknown as { process: Process }).process;

type AnyFunction = (...args: unknown[]) => unknown;

const warnedCodes = new Set<string>();

/** A function that warns once when it is called. */
export function deprecate(
  original: AnyFunction,
  message: string,
  code?: string,
  options: { modifyPrototype?: boolean } = {},
): AnyFunction {
  if (code !== undefined) validateString(code, 'code');
  let isWarned = false;
  function deprecated(this: unknown, ...args: unknown[]): unknown {
    const process = processOf();
    if (!isWarned && !process.noDeprecation) {
      isWarned = true;
      if (code === undefined) {
        process.emitWarning(message, 'DeprecationWarning', undefined, deprecated);
      } else if (!warnedCodes.has(code)) {
        warnedCodes.add(code);
        process.emitWarning(message, 'DeprecationWarning', code, deprecated);
      }
    }
    return new.target === undefined
      ? Reflect.apply(original, this, args)
      : Reflect.construct(original, args, new.target);
  }
  if (options.modifyPrototype === false) return deprecated;
  Object.setPrototypeOf(deprecated, original);
  const { prototype } = original as { prototype?: unknown };
  if (prototype) (deprecated as { prototype?: unknown }).prototype = prototype;
  return deprecated;
}

/** What `NODE_DEBUG` names: `fs,net*`. */
function isDebugged(section: string): boolean {
  const names = processOf().env['NODE_DEBUG'] ?? '';
  return names
    .split(',')
    .filter((name) => name !== '')
    .some((name) =>
      new RegExp(
        `^${name.replace(/[|\\{}()[\]^$+?.]/g, String.raw`\$&`).replaceAll('*', '.*')}$`,
        'i',
      ).test(section),
    );
}

export function debuglog(
  section: string,
  onFirst?: (log: AnyFunction) => void,
): AnyFunction & { readonly enabled: boolean } {
  const name = section.toUpperCase();
  let enabled: boolean | undefined;
  const isEnabled = (): boolean => (enabled ??= isDebugged(name));
  let hasLogged = false;
  const log: AnyFunction = (...args) => {
    if (!hasLogged) {
      hasLogged = true;
      onFirst?.(log);
    }
    if (!isEnabled()) return;
    const process = processOf();
    process.stderr.write(`${name} ${process.pid}: ${formatOf(args)}\n`);
  };
  return Object.defineProperty(log, 'enabled', {
    get: isEnabled,
    configurable: true,
    enumerable: true,
  }) as AnyFunction & { readonly enabled: boolean };
}

let formatOf: (args: unknown[]) => string = (args) => args.map(String).join(' ');

/** The part that has `format` hands it over, so that this file need not load it. */
export function useFormat(format: (...args: unknown[]) => string): void {
  formatOf = (args) => format(...args);
}
