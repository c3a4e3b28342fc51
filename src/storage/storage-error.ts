import { LambdaError } from '../core/errors.ts';

/**
 * What is wrong with a storage:
 * - `unsupported`: this Node has no SQLite
 * - `unavailable`: the file cannot be opened or made
 * - `in-use`: somebody else has it open
 * - `not-a-storage`: it holds something else
 * - `too-new`: a later version of isolambda wrote it
 * - `corrupt`: it is damaged
 * - `encrypted`: none of the keys in `encryptionKey` opens it
 * - `read-only`, `full`: nothing more can be written
 * - `failed`: anything else; `cause` says more
 */
export type StorageProblem =
  | 'unsupported'
  | 'unavailable'
  | 'in-use'
  | 'not-a-storage'
  | 'too-new'
  | 'corrupt'
  | 'encrypted'
  | 'read-only'
  | 'full'
  | 'failed';

/** What was accepted could not be kept, or not be found again. Nothing of the change was accepted. */
export class StorageError extends LambdaError<'ERR_STORAGE'> {
  override readonly name: string = 'StorageError';
  readonly problem: StorageProblem;
  readonly file: string;

  constructor(
    problem: StorageProblem,
    file: string,
    message: string,
    options?: { cause: unknown },
  ) {
    super('ERR_STORAGE', message, options);
    this.problem = problem;
    this.file = file;
  }
}

/** SQLite's primary result codes. https://sqlite.org/rescode.html */
const problems: Readonly<Record<number, readonly [StorageProblem, string]>> = {
  5: [
    'in-use',
    'is in use: another process has it open, or another storage of this one. A file has one owner at a time',
  ],
  8: ['read-only', 'cannot be written by this process'],
  11: ['corrupt', 'is damaged; restore it from a copy, or begin with a new file'],
  13: ['full', 'cannot grow: the disk is full'],
  14: [
    'unavailable',
    'cannot be opened: its folder must exist, and this process must be allowed to read and write there',
  ],
  26: ['not-a-storage', 'holds something else than a SQLite database'],
};

/** Says what an error of `node:sqlite` or of the file system means for the storage. */
export function storageError(error: unknown, file: string): StorageError {
  if (error instanceof StorageError) return error;
  const [problem, text] = problems[resultCode(error) & 0xff] ?? [
    'failed',
    `failed: ${textOf(error)}`,
  ];
  return new StorageError(problem, file, `The storage "${file}" ${text}`, { cause: error });
}

function resultCode(error: unknown): number {
  const isOfSqlite = error instanceof Error && 'errcode' in error;
  return isOfSqlite && typeof error.errcode === 'number' ? error.errcode : 0;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
