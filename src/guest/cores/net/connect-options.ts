import {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_MISSING_ARGS,
  ERR_SOCKET_BAD_PORT,
} from '../../node/internal/errors.ts';

/** Options of `socket.connect`, as far as anything follows from them here. */
export interface ConnectOptions {
  port?: number | string;
  host?: string;
  path?: string;
  family?: number | string;
  lookup?: Lookup;
  timeout?: number;
  noDelay?: boolean;
  keepAlive?: boolean;
  keepAliveInitialDelay?: number;
  localAddress?: string | null;
  localPort?: number | null;
  onread?: unknown;
  signal?: unknown;
  allowHalfOpen?: boolean;
}

export type Lookup = (
  host: string,
  options: object,
  done: (
    error: Error | null,
    address: string | { address: string; family: number }[],
    family?: number,
  ) => void,
) => void;

/** `(options, done?)`, `(port, host?, done?)` or `(path, done?)`, given as a list. */
export function readConnectArguments(args: readonly unknown[]): {
  options: ConnectOptions;
  done: ((...args: never[]) => void) | undefined;
} {
  const [first, second] = args;
  const last = args.at(-1);
  const done = typeof last === 'function' ? (last as (...args: never[]) => void) : undefined;
  if (typeof first === 'object' && first !== null) return { options: first, done };
  if (typeof first === 'string' && !/^\d+$/.test(first)) return { options: { path: first }, done };
  const options: ConnectOptions = { port: first as number };
  if (typeof second === 'string') options.host = second;
  return { options, done };
}

/** @throws Node's errors for ports and options that are none */
export function checkConnectOptions(options: ConnectOptions): number {
  const { port, host, lookup } = options;
  if (port === undefined && options.path === undefined) {
    throw new ERR_MISSING_ARGS(['options', 'port', 'path']);
  }
  if (host !== undefined && typeof host !== 'string') {
    throw new ERR_INVALID_ARG_TYPE('options.host', 'string', host);
  }
  if (lookup !== undefined && typeof lookup !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('options.lookup', 'function', lookup);
  }
  if (options.onread !== undefined) {
    throw new ERR_INVALID_ARG_VALUE('options.onread', options.onread, 'is not available here');
  }
  return options.path === undefined ? checkPort(port) : 0;
}

function checkPort(port: unknown): number {
  const isNumeric =
    typeof port === 'number' ||
    (typeof port === 'string' && /^(?:0x)?[0-9a-f]+$/i.test(port.trim()));
  if (typeof port !== 'number' && typeof port !== 'string') {
    throw new ERR_INVALID_ARG_TYPE('options.port', ['number', 'string'], port);
  }
  const number = Number(port);
  if (isNumeric && Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  throw new ERR_SOCKET_BAD_PORT('Port', port);
}

export function familyOf(family: unknown): 0 | 4 | 6 {
  if (family === 4 || family === 'IPv4') return 4;
  return family === 6 || family === 'IPv6' ? 6 : 0;
}
