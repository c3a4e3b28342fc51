import type { StateChanges, StateDocument, StateStore } from './state-store.ts';
import { checkStateChanges } from './state-input.ts';

interface KeptBlob {
  readonly bytes: Uint8Array;
  /** How many documents name it. */
  count: number;
}

/** A `StateStore` that lives as long as its `Lambda`. */
export class MemoryStateStore implements StateStore {
  readonly #documents = new Map<string, StateDocument>();
  readonly #blobs = new Map<string, KeptBlob>();

  async list(prefix: string): Promise<readonly StateDocument[]> {
    return [...this.#documents.values()]
      .filter(({ key }) => key.startsWith(prefix))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async write(changes: StateChanges): Promise<void> {
    checkStateChanges(changes, (hash) => this.#blobs.has(hash));
    const { put = [], blobs = new Map<string, Uint8Array>(), delete: removed = [] } = changes;
    // What is needed is counted first, so that bytes do not go away between the old and the new document.
    for (const document of put) {
      for (const hash of new Set(document.blobs)) this.#use(hash, blobs.get(hash));
    }
    for (const key of removed) this.#remove(key);
    for (const { key, json, blobs: hashes } of put) {
      this.#remove(key);
      this.#documents.set(key, Object.freeze({ key, json, blobs: Object.freeze([...hashes]) }));
    }
  }

  async readBlob(hash: string): Promise<Uint8Array | undefined> {
    return this.#blobs.get(hash)?.bytes.slice();
  }

  #use(hash: string, bytes: Uint8Array | undefined): void {
    const kept = this.#blobs.get(hash);
    if (kept !== undefined) kept.count += 1;
    // The caller may go on writing into its own bytes.
    else if (bytes !== undefined) this.#blobs.set(hash, { bytes: bytes.slice(), count: 1 });
  }

  #remove(key: string): void {
    for (const hash of new Set(this.#documents.get(key)?.blobs)) {
      const kept = this.#blobs.get(hash);
      if (kept === undefined) continue;
      kept.count -= 1;
      if (kept.count === 0) this.#blobs.delete(hash);
    }
    this.#documents.delete(key);
  }
}
