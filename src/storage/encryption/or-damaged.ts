import { StorageError } from '../storage-error.ts';

/** What was sealed with the key of the file opens with it, unless it was changed. */
export function orDamaged<Opened>(file: string, what: string, open: () => Opened): Opened {
  try {
    return open();
  } catch (cause) {
    const message = `${what} in the storage "${file}" is damaged: it was changed after it was encrypted`;
    throw new StorageError('corrupt', file, message, { cause });
  }
}
