import { ServiceError } from '../service.ts';

export type ErrnoCode =
  | 'EPERM'
  | 'ENOENT'
  | 'EBADF'
  | 'EACCES'
  | 'EBUSY'
  | 'EEXIST'
  | 'EXDEV'
  | 'ENOTDIR'
  | 'EISDIR'
  | 'EINVAL'
  | 'EMFILE'
  | 'EFBIG'
  | 'ENOSPC'
  | 'ESPIPE'
  | 'EROFS'
  | 'ENAMETOOLONG'
  | 'ENOTEMPTY'
  | 'ELOOP'
  | 'EOPNOTSUPP';

/** Linux's numbers with libuv's sentences: what Node prints on Lambda, whatever the host runs on. */
const errors: Readonly<Record<ErrnoCode, readonly [number, string]>> = {
  EPERM: [1, 'operation not permitted'],
  ENOENT: [2, 'no such file or directory'],
  EBADF: [9, 'bad file descriptor'],
  EACCES: [13, 'permission denied'],
  EBUSY: [16, 'resource busy or locked'],
  EEXIST: [17, 'file already exists'],
  EXDEV: [18, 'cross-device link not permitted'],
  ENOTDIR: [20, 'not a directory'],
  EISDIR: [21, 'illegal operation on a directory'],
  EINVAL: [22, 'invalid argument'],
  EMFILE: [24, 'too many open files'],
  EFBIG: [27, 'file too large'],
  ENOSPC: [28, 'no space left on device'],
  ESPIPE: [29, 'invalid seek'],
  EROFS: [30, 'read-only file system'],
  ENAMETOOLONG: [36, 'name too long'],
  ENOTEMPTY: [39, 'directory not empty'],
  ELOOP: [40, 'too many symbolic links encountered'],
  EOPNOTSUPP: [95, 'operation not supported on socket'],
};

/** What a system call returns instead of a result; the service adds who asked for what. */
export class Errno extends Error {
  override readonly name: string = 'Errno';
  readonly code: ErrnoCode;

  constructor(code: ErrnoCode) {
    super(code);
    this.code = code;
  }
}

const made = new Map<ErrnoCode, Errno>();

/** One error for each code: a stack tells nobody anything, and collecting one is most of a call's cost. */
export function errno(code: ErrnoCode): Errno {
  let error = made.get(code);
  if (error === undefined) {
    error = new Errno(code);
    made.set(code, error);
  }
  return error;
}

/** The error that Node shows for it: `ENOENT: no such file or directory, open '/tmp/x'`. */
export function fileError(
  code: ErrnoCode,
  syscall: string,
  path?: string,
  dest?: string,
): ServiceError {
  const [number, sentence] = errors[code];
  const from = path === undefined ? '' : ` '${path}'`;
  const to = dest === undefined ? '' : ` -> '${dest}'`;
  const { stackTraceLimit } = Error;
  // Programs look for files that are not there all the time, and only the text crosses.
  Error.stackTraceLimit = 0;
  const error = new ServiceError(code, `${code}: ${sentence}, ${syscall}${from}${to}`, {
    fields: {
      errno: -number,
      // Here too, so that it comes second, as in Node's errors.
      code,
      syscall,
      ...(path !== undefined && { path }),
      ...(dest !== undefined && { dest }),
    },
  });
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}
