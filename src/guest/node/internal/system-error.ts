import { systemErrors } from './errno.ts';

export interface SystemError extends Error {
  errno: number;
  code: string;
  syscall: string;
  path?: string;
  dest?: string;
  address?: string;
  port?: number;
}

/** Node's error of a failed system call: `ENOENT: no such file or directory, open '/x'`. */
export function systemError(
  code: string,
  syscall: string,
  path?: string,
  dest?: string,
): SystemError {
  const [errno, text] = systemErrors[code] ?? [-4094, 'unknown error'];
  let message = `${code}: ${text}, ${syscall}`;
  if (path !== undefined) message += ` '${path}'`;
  if (dest !== undefined) message += ` -> '${dest}'`;
  const error = new Error(message) as SystemError;
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  if (path !== undefined) error.path = path;
  if (dest !== undefined) error.dest = dest;
  return error;
}

/** Node's error of a failed network call: `connect ECONNREFUSED 10.0.0.1:80`. */
export function networkError(
  code: string,
  syscall: string,
  address?: string,
  port?: number,
): SystemError {
  const [errno] = systemErrors[code] ?? [-4094];
  const where = address === undefined ? '' : ` ${address}${port === undefined ? '' : `:${port}`}`;
  const error = new Error(`${syscall} ${code}${where}`) as SystemError;
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  if (address !== undefined) error.address = address;
  if (port !== undefined) error.port = port;
  return error;
}
