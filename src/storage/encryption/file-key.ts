import { randomBytes } from 'node:crypto';
import type { StateStore } from '../state-store.ts';
import { StorageError } from '../storage-error.ts';
import { keyBytes, type KeyProvider } from './key-option.ts';
import { Sealer } from './sealer.ts';

/** The document with the wrapped key of the file; the only one that is never sealed. */
export const fileKeyDocument = 'encryption/key';

interface KeptKey {
  readonly fileKeyId: string;
  /** Id of the key that wrapped it. */
  readonly wrappedBy: string;
  /** In base64. */
  readonly wrapped: string;
}

/**
 * Finds the key of a file, makes it when there is none yet, and wraps it anew when another key is now the first.
 * Undefined for a file that is not encrypted and is not to be. Changes nothing when it throws.
 * @param file for error messages
 * @throws {StorageError} `encrypted`, when none of the keys opens the file
 */
export async function openFileKey(
  state: StateStore,
  keys: readonly KeyProvider[],
  file: string,
): Promise<Sealer | undefined> {
  const documents = await state.list(fileKeyDocument);
  const found = documents.find(({ key }) => key === fileKeyDocument);
  const [first] = keys;
  if (found === undefined) {
    if (first === undefined) return undefined;
    const fileKey = randomBytes(keyBytes);
    const fileKeyId = randomBytes(8).toString('hex');
    await keep(state, first, fileKey, fileKeyId);
    return new Sealer(fileKey, fileKeyId);
  }

  const kept = readKeptKey(found.json, file);
  const { fileKeyId, wrappedBy } = kept;
  const fileKey = await unwrap(kept, keys, file);
  if (first !== undefined && first.id !== wrappedBy) await keep(state, first, fileKey, fileKeyId);
  return new Sealer(fileKey, fileKeyId);
}

async function unwrap(
  { wrappedBy, wrapped }: KeptKey,
  keys: readonly KeyProvider[],
  file: string,
): Promise<Uint8Array> {
  const key = keys.find(({ id }) => id === wrappedBy);
  if (key === undefined) {
    const given = keys.length === 0 ? 'no key was given' : `given: ${idsOf(keys)}`;
    throw new StorageError(
      'encrypted',
      file,
      `The storage "${file}" is encrypted with the key "${wrappedBy}"; ${given}. Pass that key in \`encryptionKey\`, behind the new one if it is to be replaced. Nothing was changed`,
    );
  }
  let cause: unknown;
  try {
    const fileKey = await key.unwrap(Buffer.from(wrapped, 'base64'));
    if (fileKey.byteLength === keyBytes) return fileKey;
  } catch (error) {
    cause = error;
  }
  throw new StorageError(
    'encrypted',
    file,
    `The key "${wrappedBy}" does not open the storage "${file}": it is another one of the same id, or the file is damaged. Nothing was changed`,
    { cause },
  );
}

async function keep(
  state: StateStore,
  key: KeyProvider,
  fileKey: Uint8Array,
  fileKeyId: string,
): Promise<void> {
  const wrapped = Buffer.from(await key.wrap(fileKey)).toString('base64');
  const kept: KeptKey = { fileKeyId, wrappedBy: key.id, wrapped };
  const json = JSON.stringify({ format: 1, ...kept });
  await state.write({ put: [{ key: fileKeyDocument, json, blobs: [] }] });
}

function readKeptKey(json: string, file: string): KeptKey {
  let cause: unknown;
  try {
    const { format, fileKeyId, wrappedBy, wrapped } = JSON.parse(json) as Record<string, unknown>;
    const isText = [fileKeyId, wrappedBy, wrapped].every((value) => typeof value === 'string');
    if (format === 1 && isText) return { fileKeyId, wrappedBy, wrapped } as KeptKey;
  } catch (error) {
    cause = error;
  }
  throw new StorageError(
    'encrypted',
    file,
    `The storage "${file}" is encrypted, and its document "${fileKeyDocument}" cannot be read: it is damaged, or of a later release of isolambda`,
    { cause },
  );
}

function idsOf(keys: readonly KeyProvider[]): string {
  return keys.map(({ id }) => `"${id}"`).join(', ');
}
