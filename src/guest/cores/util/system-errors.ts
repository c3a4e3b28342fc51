import { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } from '../../node/internal/errors.ts';
import { systemErrors } from '../../node/internal/errno.ts';
import { validateNumber } from '../../node/internal/validators.ts';

let byNumber: Map<number, [string, string]> | undefined;

/** libuv's errors by their negative number. */
export function getSystemErrorMap(): Map<number, [string, string]> {
  byNumber ??= new Map(
    Object.entries(systemErrors).map(([name, row]) => {
      const [errno, text] = row as readonly [number, string];
      return [errno, [name, text]];
    }),
  );
  return new Map(byNumber);
}

function checked(error: unknown): number {
  validateNumber(error, 'err');
  if (error >= 0 || !Number.isSafeInteger(error)) {
    throw new ERR_OUT_OF_RANGE('err', 'a negative integer', error);
  }
  return error;
}

export function getSystemErrorName(error: unknown): string {
  const errno = checked(error);
  return getSystemErrorMap().get(errno)?.[0] ?? `Unknown system error ${errno}`;
}

export function getSystemErrorMessage(error: unknown): string {
  const errno = checked(error);
  return getSystemErrorMap().get(errno)?.[1] ?? `Unknown system error ${errno}`;
}

/** `util._errnoException`: what node modules from before `SystemError` throw. */
export function errnoException(error: unknown, syscall: string, original?: string): Error {
  const name = getSystemErrorName(error);
  const message = original ? `${syscall} ${name} ${original}` : `${syscall} ${name}`;
  return Object.assign(new Error(message), { errno: error, code: name, syscall });
}

export function exceptionWithHostPort(
  error: unknown,
  syscall: string,
  address?: string,
  port?: number,
  additional?: string,
): Error {
  const name = getSystemErrorName(error);
  const where = port && port > 0 ? ` ${address}:${port}` : address ? ` ${address}` : '';
  const more = additional ? ` - Local (${additional})` : '';
  const exception = Object.assign(new Error(`${syscall} ${name}${where}${more}`), {
    errno: error,
    code: name,
    syscall,
    address,
  });
  return port ? Object.assign(exception, { port }) : exception;
}

const signals = [
  'SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2',
  'SIGPIPE SIGALRM SIGTERM SIGSTKFLT SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG',
  'SIGXCPU SIGXFSZ SIGVTALRM SIGPROF SIGWINCH SIGIO SIGPWR SIGSYS',
]
  .join(' ')
  .split(' ');

/** 128 and the signal's number, as shells report it. */
export function convertProcessSignalToExitCode(signal: unknown): number {
  const number = signals.indexOf(signal as string) + 1;
  if (number > 0) return 128 + number;
  throw new ERR_INVALID_ARG_TYPE('signalCode', 'string', signal);
}
