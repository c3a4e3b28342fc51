import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidOptionError } from '../core/errors.ts';
import { checkKnownKeys } from '../core/options.ts';

/**
 * Where accepted events, messages and functions are kept: the memory of this process, or a file that a
 * restarted host opens again.
 */
export type StorageOption = 'memory' | StorageFile;

export interface StorageFile {
  /** A SQLite database; made when it is not there. Relative paths start at the working directory. */
  readonly file: string | URL;
}

export type ResolvedStorage =
  | { readonly kind: 'memory' }
  /** Absolute. */
  | { readonly kind: 'file'; readonly path: string };

/** Checks the option `storage` of a `Lambda`. Looks at the value only, not at the disk. */
export function resolveStorageOption(option: StorageOption = 'memory'): ResolvedStorage {
  if (option === 'memory') return Object.freeze({ kind: 'memory' });
  if (typeof option === 'string') {
    throw new InvalidOptionError('storage', '"memory" or { file }', option);
  }
  checkKnownKeys('storage', option, ['file']);
  return Object.freeze({ kind: 'file', path: pathOf(option.file) });
}

function pathOf(file: unknown): string {
  if (file instanceof URL && file.protocol === 'file:') return fileURLToPath(file);
  if (typeof file === 'string' && file !== '' && !file.includes('\0')) return resolve(file);
  throw new InvalidOptionError('storage.file', 'a path or a file: URL', file);
}
