import { InvalidOptionError } from '../core/errors.ts';
import { checkBoolean, checkInteger, checkKnownKeys } from '../core/options.ts';

/** How debuggers reach a function's environments. */
export interface InspectOptions {
  /** Functions with the same host and port share one list of targets. 0 takes a free port. @default 9229 */
  readonly port?: number;
  /** This machine only: `localhost`, `::1` or an address that starts with `127.`. @default '127.0.0.1' */
  readonly host?: string;
  /** Module top level runs only when a debugger has attached and says so. @default false */
  readonly waitForDebugger?: boolean;
}

export interface InspectConfig {
  readonly port: number;
  readonly host: string;
  readonly waitForDebugger: boolean;
}

const keys = Object.keys({
  port: true,
  host: true,
  waitForDebugger: true,
} satisfies Record<keyof InspectOptions, true>);

/** Where Node's own inspector listens. */
const usualPort = 9_229;

export function resolveInspect(
  inspect: boolean | InspectOptions,
  isolation: string,
): InspectConfig | false {
  if (inspect === false) return false;
  if (isolation !== 'thread') {
    throw new InvalidOptionError(
      'inspect',
      `false or absent with the isolation "${isolation}"`,
      inspect,
      'A breakpoint there would stop the thread that the debugger is served by; use "thread".',
    );
  }
  const options = inspect === true ? {} : inspect;
  checkKnownKeys('inspect', options, keys);
  const { port = usualPort, host = '127.0.0.1', waitForDebugger = false } = options;
  checkInteger('inspect.port', port, { min: 0, max: 65_535 });
  checkLoopback(host);
  checkBoolean('inspect.waitForDebugger', waitForDebugger);
  return Object.freeze({ port, host, waitForDebugger });
}

/** Whoever reaches the port may run code in the function. */
function checkLoopback(host: unknown): asserts host is string {
  if (host === 'localhost' || host === '::1') return;
  if (typeof host === 'string' && /^127(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(host)) return;
  throw new InvalidOptionError(
    'inspect.host',
    '"localhost", "::1" or an address that starts with "127."',
    host,
    'A debugger may run any code, so it is served on this machine only; use an SSH tunnel.',
  );
}
