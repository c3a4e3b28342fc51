import type { DeliveryQueue, OpenQueueOptions } from '../delivery-queue.ts';
import { checkText } from '../queue-input.ts';
import type { StateChanges, StateDocument, StateStore } from '../state-store.ts';
import type { Storage } from '../storage.ts';
import { EncryptedQueue } from './encrypted-queue.ts';
import { fileKeyDocument, openFileKey } from './file-key.ts';
import type { KeyProvider } from './key-option.ts';
import { orDamaged } from './or-damaged.ts';
import type { Sealer } from './sealer.ts';

/**
 * The storage behind its encryption; itself when it is not encrypted and no key is given.
 * @param file for error messages
 * @throws {StorageError} `encrypted`, when none of the keys opens it
 */
export async function encrypted(
  storage: Storage,
  keys: readonly KeyProvider[],
  file: string,
): Promise<Storage> {
  const sealer = await openFileKey(storage.state, keys, file);
  return sealer === undefined ? storage : new EncryptedStorage(storage, sealer, file);
}

/**
 * A storage that keeps contents sealed: documents, packages, bodies of messages and what is kept beside them.
 * Readable stay keys of documents and hashes of packages, names of queues, and of messages ids, groups,
 * deduplication ids, sizes and times. What was there before the encryption is read as it is, and sealed when it is
 * written again.
 */
class EncryptedStorage implements Storage {
  readonly state: StateStore;
  readonly #inner: Storage;
  readonly #sealer: Sealer;
  readonly #file: string;

  constructor(inner: Storage, sealer: Sealer, file: string) {
    this.#inner = inner;
    this.#sealer = sealer;
    this.#file = file;
    this.state = new EncryptedState(inner.state, sealer, file);
  }

  get isDurable(): boolean {
    return this.#inner.isDurable;
  }

  openQueue(options: OpenQueueOptions): DeliveryQueue {
    return new EncryptedQueue(this.#inner.openQueue(options), this.#sealer, this.#file);
  }

  queueNames(): readonly string[] {
    return this.#inner.queueNames();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

/** Around the sealed text, so that a document is JSON at all times. */
const opening = '{"sealed":"';
const closing = '"}';

class EncryptedState implements StateStore {
  readonly #inner: StateStore;
  readonly #sealer: Sealer;
  readonly #file: string;

  constructor(inner: StateStore, sealer: Sealer, file: string) {
    this.#inner = inner;
    this.#sealer = sealer;
    this.#file = file;
  }

  async list(prefix: string): Promise<readonly StateDocument[]> {
    const documents = await this.#inner.list(prefix);
    return documents
      .filter(({ key }) => key !== fileKeyDocument)
      .map((document) => this.#opened(document));
  }

  async write(changes: StateChanges): Promise<void> {
    const { put, blobs } = changes;
    await this.#inner.write({
      ...changes,
      ...(put !== undefined && { put: put.map((document) => this.#sealed(document)) }),
      ...(blobs !== undefined && {
        blobs: new Map(
          Array.from(blobs, ([hash, bytes]) => [hash, this.#sealer.seal(bytes, `blob ${hash}`)]),
        ),
      }),
    });
  }

  async readBlob(hash: string): Promise<Uint8Array | undefined> {
    const bytes = await this.#inner.readBlob(hash);
    if (bytes === undefined) return undefined;
    const open = (): Buffer | undefined => this.#sealer.open(bytes, `blob ${hash}`);
    const opened = orDamaged(this.#file, `The package ${hash}`, open);
    if (opened === undefined) return bytes;
    return new Uint8Array(opened.buffer, opened.byteOffset, opened.byteLength);
  }

  #sealed({ key, json, blobs }: StateDocument): StateDocument {
    // Sealed, all text looks well-formed.
    checkText('json', json);
    const text = this.#sealer.sealText(json, `document ${key}`);
    return { key, json: `${opening}${text}${closing}`, blobs };
  }

  #opened(document: StateDocument): StateDocument {
    const { key, json } = document;
    if (!json.startsWith(opening)) return document;
    const text = json.slice(opening.length, -closing.length);
    const open = (): string | undefined => this.#sealer.openText(text, `document ${key}`);
    const opened = orDamaged(this.#file, `The document "${key}"`, open);
    return opened === undefined ? document : { ...document, json: opened };
  }
}
