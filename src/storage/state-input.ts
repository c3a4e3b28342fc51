import { InvalidOptionError } from '../core/errors.ts';
import { checkKnownKeys, checkString } from '../core/options.ts';
import { checkText } from './queue-input.ts';
import type { StateChanges } from './state-store.ts';

const anyKey = { maxLength: 4_096, pattern: /./, says: 'a string of 1 to 4096 characters' };

/** Throws an `InvalidOptionError` before anything is written. */
export function checkStateChanges(changes: StateChanges, hasBlob: (hash: string) => boolean): void {
  checkKnownKeys('changes', changes, ['put', 'blobs', 'delete']);
  const { put = [], blobs, delete: removed = [] } = changes;
  const keys = put.map(({ key }) => key);
  for (const key of [...keys, ...removed]) {
    checkText('key', key);
    checkString('key', key, anyKey);
  }
  const twice = keys.find((key, at) => keys.indexOf(key) !== at || removed.includes(key));
  if (twice !== undefined) {
    throw new InvalidOptionError('changes', 'an object that names each key once', twice);
  }
  for (const { key, json, blobs: hashes } of put) {
    checkText('json', json);
    const missing = hashes.find((hash) => blobs?.has(hash) !== true && !hasBlob(hash));
    if (missing === undefined) continue;
    throw new InvalidOptionError(
      'blobs',
      `a map with the bytes of every hash that is new, as "${key}" needs them`,
      missing,
    );
  }
}
